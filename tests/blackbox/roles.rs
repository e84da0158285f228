//! What each function writes is within its role (`infra/roles.yaml`): a function that writes another kind
//! of item fails here and not in the cloud.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use antrian_local::simulator::Fault;
use antrian_tests::app::DATE;
use antrian_tests::{Browser, Person, Recorder, TestApp};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::person_claims::{give_up, stranger};
use crate::registration::{begin, path};
use crate::steps::{close, reach};
use crate::webhooks::{message, store};

/// What keys begin with that a function writes, by function.
type Written = BTreeMap<&'static str, BTreeSet<String>>;

/// Notes what is written between two steps as the work of one function.
struct Watch {
    app: TestApp,
    recorder: Arc<Recorder>,
    seen: usize,
    written: Written,
}

impl Watch {
    fn begin(&mut self) {
        self.seen = self.recorder.bodies("TransactWriteItems").len();
    }

    fn end(&mut self, function: &'static str) {
        let bodies = self.recorder.bodies("TransactWriteItems");
        let begins = self.written.entry(function).or_default();
        for write in bodies[self.seen..].iter().flat_map(writes) {
            begins.extend(leading(&write));
            begins.extend((!write["Delete"].is_null()).then(|| DELETE.to_owned()));
        }
        self.seen = bodies.len();
    }

    /// A request, which `function` answers.
    async fn call(
        &mut self,
        function: &'static str,
        method: Method,
        path: &str,
        token: &str,
        body: Value,
    ) {
        self.begin();
        let headers = [("idempotency-key", path)];
        let body = (!body.is_null()).then_some(body);
        let token = Some(token).filter(|token| !token.is_empty());
        let answer = self.app.try_call(method, path, token, &headers, body).await.unwrap();
        assert!(answer.status < 300, "{path}: {answer:?}");
        self.end(function);
    }

    /// Somebody writes; it is received, answered, and the answer is sent.
    async fn say(&mut self, id: &str, from: &str, text: &str) {
        self.begin();
        assert_eq!(store(&self.app, &[message(id, json!({"from": from}), text)]).await, 200);
        self.end("whatsapp");
        self.app.listen().await;
        self.end("conversation");
        self.deliver().await;
    }

    async fn deliver(&mut self) {
        self.begin();
        self.app.drain().await;
        self.end("notifier");
    }

    async fn tick(&mut self, secs: i64) {
        self.app.advance(secs);
        self.begin();
        self.app.tick().await;
        self.end("scheduler");
    }
}

fn writes(body: &Value) -> Vec<Value> {
    body["TransactItems"].as_array().cloned().unwrap_or_default()
}

/// What the key of a write begins with, and that of a check beside it: AWS does not say whether a role is
/// asked about each item of a transaction or about all keys at once, so a role covers both.
fn leading(write: &Value) -> Option<String> {
    let (kind, inner) = write.as_object()?.iter().next()?;
    let key = match kind.as_str() {
        "Put" => &inner["Item"],
        _ => &inner["Key"],
    };
    let of_erasures = inner["TableName"].as_str()?.ends_with("-erasures");
    let first = key["pk"]["S"].as_str()?.split('#').next()?.to_owned();
    (!of_erasures).then_some(first)
}

/// That something is removed, among what keys begin with.
const DELETE: &str = "(delete)";

/// What the roles allow, by function, without what ends a prefix.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let (mut all, mut function, mut deletes) = (BTreeMap::new(), String::new(), false);
    for line in include_str!("../../infra/roles.yaml").lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("Description: !Sub \"${Name}-") {
            function = name.trim_end_matches('"').to_owned();
        }
        if line.starts_with("Action: [\"dynamodb:PutItem\"") {
            deletes = line.contains("dynamodb:DeleteItem");
        }
        let keys =
            line.strip_prefix("\"dynamodb:LeadingKeys\": [").filter(|_| !function.is_empty());
        if let Some(keys) = keys {
            let keys = keys.trim_end_matches(']').split(", ");
            let keys = keys.map(|key| key.trim_matches('"').trim_end_matches("#*").to_owned());
            let keys = keys.chain(deletes.then(|| DELETE.to_owned()));
            all.insert(function.clone(), keys.collect());
        }
    }
    all
}

/// What people, staff and time do with every function.
async fn everything() -> Written {
    let (app, recorder) = Recorder::start().await;
    let mut watch = Watch { app, recorder, seen: 0, written: Written::new() };
    let comes = Person::register(&watch.app, 1).await;
    let leaves = Person::register(&watch.app, 2).await;
    online(&mut watch, &comes, &leaves).await;
    by_chat(&mut watch).await;
    by_page(&mut watch).await;
    claims(&mut watch).await;
    at_the_office(&mut watch, &comes).await;
    by_staff_page(&mut watch).await;
    administration(&mut watch).await;
    watch.written
}

async fn online(watch: &mut Watch, comes: &Person, leaves: &Person) {
    let begun = begin(&watch.app).await;
    watch
        .call("registration", Method::POST, "/v1/registrations", "", json!({"locale": "id"}))
        .await;
    let phone = json!({"phone": "6280000000009"});
    watch.call("registration", Method::POST, &path(&begun, "otp"), "", phone).await;
    watch.begin();
    let wrong = json!({"secret": begun["secret"], "otp": "000000"});
    watch.app.post(&path(&begun, "verify"), wrong).await;
    watch.end("registration");
    let another = json!({"name": "Contoh", "nik": antrian_tests::person::nik(9),
        "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar", "category": "general"});
    watch.call("registration", Method::POST, "/v1/me/applicants", &leaves.token, another).await;
    let (second, nik) = ("/v1/me/applicants/p2", antrian_tests::person::nik(8));
    watch.call("registration", Method::PATCH, second, &leaves.token, json!({"nik": nik})).await;
    watch.call("registration", Method::DELETE, second, &leaves.token, Value::Null).await;
    for (person, slot) in [(comes, "09:00"), (leaves, "10:00")] {
        watch.begin();
        let code = person.hold(&watch.app, DATE, slot).await.text("code");
        watch.end("slots");
        watch
            .call(
                "slots",
                Method::POST,
                &format!("/v1/bookings/{code}/confirm"),
                &person.token,
                Value::Null,
            )
            .await;
        if slot == "10:00" {
            let to = json!({"date": "2026-12-04", "slot": "09:00"});
            watch
                .call(
                    "slots",
                    Method::POST,
                    &format!("/v1/bookings/{code}/reschedule"),
                    &person.token,
                    to,
                )
                .await;
            watch
                .call(
                    "slots",
                    Method::POST,
                    &format!("/v1/bookings/{code}/cancel"),
                    &person.token,
                    Value::Null,
                )
                .await;
        }
    }
    watch.begin();
    leaves.book(&watch.app, DATE, "10:00").await;
    watch.end("slots");
    watch.call("registration", Method::DELETE, "/v1/me", &leaves.token, Value::Null).await;
    watch.app.stack.graph.fail(Fault::Code(131_031), 1);
    watch.deliver().await;
    watch.tick(30).await;
    watch.tick(900).await;
    watch.deliver().await;
}

async fn by_chat(watch: &mut Watch) {
    let from = "6280000000077";
    let said = [
        "MENU",
        "1",
        "Siti Contoh / 9971014501909001",
        "2 desember",
        "jam 10",
        "ya",
        "STOP",
        "MULAI",
        "ENGLISH",
    ];
    for (number, text) in said.iter().enumerate() {
        watch.say(&format!("wamid.{number}"), from, text).await;
    }
    let begun = begin(&watch.app).await;
    watch.say("wamid.prove", "6280000000078", begun["code"].as_str().unwrap()).await;
    watch.begin();
    let wait = message("wamid.wait", json!({"from": from}), "BATAL");
    assert_eq!(store(&watch.app, &[wait]).await, 200);
    watch.end("whatsapp");
    watch.tick(30).await;
    watch.app.listen().await;
    watch.end("conversation");
    watch.deliver().await;
}

/// Everything that pages write: both ways to sign in, a person, a booking with its changes, an erasure.
async fn by_page(watch: &mut Watch) {
    let mut browser = Browser::new(&watch.app);
    let own = "/saya";
    watch.begin();
    browser.post("/masuk/nomor", &[("phone", "6280000000010"), ("ke", own)]).await;
    browser.post("/masuk/otp", &[("otp", "000000"), ("ke", own)]).await;
    watch.end("web");
    browser.sign_in(&watch.app, "6280000000011", own).await;
    watch.begin();
    browser.post("/masuk/selesai", &[("ke", own)]).await;
    browser.add(11, own).await;
    let slot = format!("?kantor=uji&layanan=passport_new&tanggal={DATE}&jam=09%3A00&orang=p1");
    let check = browser.get(&format!("/pesan/periksa{slot}")).await;
    let held = browser.hold(&check).await.location().to_owned();
    let ticket = browser.post(&format!("{held}/pasti"), &[]).await.location().to_owned();
    let target = [("tanggal", "2026-12-04"), ("jam", "09:00")];
    assert_eq!(browser.post(&format!("{ticket}/pindah"), &target).await.status, 303);
    assert_eq!(browser.post("/saya/hapus", &[]).await.status, 303);
    watch.end("web");
}

/// A booking is given up to a claim; the next one is released at a desk.
async fn claims(watch: &mut Watch) {
    let owner = Person::register(&watch.app, 5).await;
    let code = owner.book(&watch.app, "2026-12-03", "09:00").await.text("code");
    let claimant = stranger(&watch.app, 6, 5).await;
    let claim = "/v1/me/applicants/p1/claim";
    watch.call("registration", Method::POST, claim, &claimant.token, Value::Null).await;
    watch.deliver().await;
    watch.begin();
    let tap = [give_up("wamid.give-up", &owner.phone, &code)];
    assert_eq!(store(&watch.app, &tap).await, 200);
    watch.end("whatsapp");
    watch.app.listen().await;
    watch.end("conversation");
    watch.deliver().await;
    assert_eq!(claimant.hold(&watch.app, "2026-12-03", "10:00").await.status, 201);
    let staff = watch.app.staff("uji", &["desk"]).await;
    let release = json!({"nik": antrian_tests::person::nik(5), "release": "not_theirs"});
    let path = "/v1/offices/uji/person-releases";
    watch.call("checkin", Method::POST, path, &staff, release).await;
}

async fn at_the_office(watch: &mut Watch, comes: &Person) {
    let bookings = comes.get(&watch.app, "/v1/me/bookings").await;
    let code = bookings.body["bookings"][0]["code"].as_str().unwrap().to_owned();
    reach(&watch.app, "2026-12-02T00:31:00Z");
    watch.tick(1).await;
    watch.deliver().await;
    let staff = watch.app.staff("uji", &["desk", "admin"]).await;
    watch.call("checkin", Method::POST, "/v1/check-ins", &staff, json!({"code": code})).await;
    let sent = watch.app.now();
    let earlier = json!({"id": "1", "code": code, "scanned_at": sent - TimeDelta::minutes(10)});
    let batch = json!({"scanner": "gate", "sent_at": sent, "scans": [earlier]});
    watch.call("checkin", Method::POST, "/v1/check-ins/batch", &staff, batch).await;
    let documents = format!("/v1/check-ins/{code}/documents");
    let missing =
        json!({"decision": "incomplete", "missing": ["kk"], "deadline": "2026-12-02T07:00:00Z"});
    watch.call("checkin", Method::POST, &documents, &staff, missing).await;
    watch.begin();
    let complete = json!({"decision": "complete"});
    watch.app.post_with_key(&documents, Some(&staff), "complete", complete).await;
    watch.end("checkin");
    let person = json!({"service": antrian_tests::offices::SERVICE, "name": "Contoh",
        "nik": antrian_tests::person::nik(8), "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar"});
    let path = "/v1/offices/uji/walk-ins";
    watch.call("checkin", Method::POST, path, &staff, person.clone()).await;
    watch.begin();
    let again = watch.app.post_with_key(path, Some(&staff), "again", person).await;
    assert_eq!(again.code(), "person_needs_confirmation", "{again:?}");
    watch.end("checkin");
    for step in ["call", "recall", "serve", "finish"] {
        let path = format!("/v1/offices/uji/queue/{step}");
        watch.call("checkin", Method::POST, &path, &staff, json!({"counter": "1"})).await;
    }
}

/// Staff sign in to their pages, go on for longer than a token lasts, let somebody in, and sign out.
async fn by_staff_page(watch: &mut Watch) {
    let guest = Person::register(&watch.app, 12).await;
    let code = &guest.book(&watch.app, DATE, "10:00").await.text("code");
    // Check-in is open for the slot at ten.
    reach(&watch.app, "2026-12-02T01:01:00Z");
    let mut browser = Browser::new(&watch.app);
    watch.begin();
    browser.sign_in_as("local-desk", "/petugas").await;
    watch.app.advance(301);
    assert_eq!(browser.get("/petugas").await.status, 200);
    let scan = "/petugas/uji/pindai";
    assert_eq!(browser.post(scan, &[("isi", code)]).await.status, 303);
    let documents = format!("{scan}/{code}/dokumen");
    let missing = [("ada", "ktp"), ("sampai", "2026-12-02T07:00:00Z")];
    assert_eq!(browser.post(&documents, &missing).await.status, 303);
    assert_eq!(browser.post(&documents, &[("semua", "ya")]).await.status, 303);
    let undo = format!("{scan}/{code}/batal");
    assert_eq!(browser.post(&undo, &[]).await.status, 409, "documents were looked at");
    let counter = |deed: &'static str| [("loket", "1"), ("buat", deed), ("huruf", "A")];
    browser.sign_in_as("local-counter", "/petugas").await;
    for deed in ["berikutnya", "layani", "selesai", "buka"] {
        assert_eq!(browser.post("/petugas/uji/loket", &counter(deed)).await.status, 303, "{deed}");
    }
    browser.sign_in_as("local-head", "/petugas").await;
    let closing = [("dari", "2026-12-10"), ("alasan", "Pemadaman listrik")];
    assert_eq!(browser.post("/petugas/uji/tutup", &closing).await.status, 303);
    let opened = [("tanggal", "2026-12-10")];
    assert_eq!(browser.post("/petugas/uji/tutup/buka", &opened).await.status, 303);
    browser.post("/petugas/keluar", &[]).await;
    watch.end("office");
}

async fn administration(watch: &mut Watch) {
    let staff = watch.app.staff("uji", &["desk", "admin"]).await;
    let quota = json!({"service": antrian_tests::offices::SERVICE, "quota": 3});
    watch
        .call("admin", Method::PATCH, "/v1/offices/uji/slots/2026-12-04/10:00", &staff, quota)
        .await;
    let office = serde_json::to_value(antrian_tests::offices::office(2)).unwrap();
    watch.call("admin", Method::PUT, "/v1/offices/uji", &staff, office).await;
    let days = json!({"from": "2027-01-11", "to": "2027-01-12"});
    watch.call("admin", Method::POST, "/v1/offices/uji/releases", &staff, days).await;
    let late = Person::register(&watch.app, 4).await;
    late.book(&watch.app, "2026-12-04", "09:00").await;
    late.hold(&watch.app, "2026-12-04", "10:00").await;
    watch.begin();
    close(&watch.app, &["2026-12-04"]).await;
    watch.end("admin");
    let reason = json!({"id": "Pemadaman listrik", "en": "Power cut"});
    let week = json!({"from": "2026-12-05", "to": "2026-12-30", "reason": reason});
    watch.call("admin", Method::POST, "/v1/offices/uji/closures", &staff, week).await;
    for secs in [40, 60, 900, 86_400] {
        watch.tick(secs).await;
    }
    watch.begin();
    watch.app.audit().await;
    watch.end("scheduler");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_function_writes_what_its_role_does_not_allow() {
    let (allowed, written) = (allowed(), everything().await);
    assert_eq!(allowed.len(), 10, "{allowed:?}");
    for (function, begins) in &written {
        assert!(!begins.is_empty(), "{function} was watched");
        let beyond: Vec<_> = begins.difference(&allowed[*function]).collect();
        assert!(beyond.is_empty(), "{function} writes {beyond:?}");
    }
    assert!(!allowed["notifier"].contains("DAY"));
}
