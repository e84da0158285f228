//! A journey that writes every kind of item, and the file in which its items are kept.

use std::collections::BTreeSet;
use std::path::PathBuf;

use antrian_local::simulator::Fault;
use antrian_tests::desk::Desk;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::{Answer, Browser, Person, TestApp};
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

pub(super) use antrian_tests::person::nik as nik_of;

use super::start;
use crate::registration::{begin, path};
use crate::steps::{administer, close, office_with, reach};
use crate::webhooks::{deliver, message, store};

/// Keys that seal the fixtures: known to everybody, and of use nowhere else.
pub(super) const KEYS: &str =
    r#"{"current":1,"keys":{"1":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="},"lookup":1}"#;
/// 08:31 at the office, on the day on which the visitor comes.
const MORNING: &str = "2026-12-02T00:31:00Z";
/// The date of the booking that is on.
pub(super) const LATER: &str = "2026-12-04";
/// A date that the office closes.
const CLOSED: &str = "2026-12-05";

/// What is kept of a journey: its items, and what people need to go on with it.
#[derive(Clone)]
pub(super) struct Fixture {
    /// When the journey ended.
    pub(super) now: DateTime<Utc>,
    /// Sessions by who it is.
    pub(super) tokens: Value,
    /// Bookings by where they stand: their codes and tickets.
    pub(super) bookings: Value,
    /// A registration that waits for its one-time code.
    pub(super) registration: Value,
    /// All items, in DynamoDB's JSON.
    pub(super) items: Vec<Value>,
}

/// Where the items of a release are kept.
fn file(release: &str) -> PathBuf {
    let name = format!("items-{release}.json");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("blackbox/compat").join(name)
}

impl Fixture {
    /// The items that a release has written.
    pub(super) fn read(release: &str) -> Self {
        let text = std::fs::read_to_string(file(release)).unwrap();
        let mut kept: Value = serde_json::from_str(&text).unwrap();
        Self {
            now: kept["now"].as_str().unwrap().parse().unwrap(),
            tokens: kept["tokens"].take(),
            bookings: kept["bookings"].take(),
            registration: kept["registration"].take(),
            items: kept["items"].as_array().unwrap().clone(),
        }
    }

    /// The items that this release writes.
    pub(super) async fn of_this_release() -> Self {
        static PLAYED: OnceCell<Fixture> = OnceCell::const_new();
        PLAYED.get_or_init(play).await.clone()
    }

    /// One item a line, so that a change of one is seen as such.
    fn write(&self, release: &str) {
        let mut items = self.items.clone();
        items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
        let items: Vec<String> = items.iter().map(Value::to_string).collect();
        let (now, tokens) = (self.now.to_rfc3339(), &self.tokens);
        let (bookings, registration) = (&self.bookings, &self.registration);
        let text = format!(
            "{{\"now\": \"{now}\",\n\"tokens\": {tokens},\n\"bookings\": {bookings},\n\
             \"registration\": {registration},\n\"items\": [\n{}\n]}}\n",
            items.join(",\n")
        );
        std::fs::write(file(release), text).unwrap();
    }
}

/// The kind of an item: what is constant in its keys.
pub(super) fn kind(item: &Value) -> String {
    let key = |name: &str| item[name]["S"].as_str().unwrap().to_owned();
    let (pk, sk) = (key("pk"), key("sk"));
    let first = |key: &str| key.split('#').next().unwrap().to_owned();
    match (first(&pk).as_str(), sk.split('#').count()) {
        ("DAY", 1) => "day".to_owned(),
        ("DAY", 2) => "slot".to_owned(),
        ("DAY", _) => "seat".to_owned(),
        ("CLOSURES" | "FREED" | "LOOKUP" | "OTP" | "SPENDING" | "VERSIONS", _) => first(&pk),
        _ => format!("{}/{}", first(&pk), first(&sk)),
    }
}

/// Every kind of ARCHITECTURE.md's data model.
pub(super) const KINDS: [&str; 42] = [
    "ACCOUNT/APPLICANT",
    "ACCOUNT/BOOKING",
    "ACCOUNT/CHAT",
    "ACCOUNT/PROFILE",
    "ACCOUNT/SESSION",
    "AUDIT/AUDIT",
    "BOOKING/BOOKING",
    "BOOKING/EVENT",
    "CLERK/SESSION",
    "CLOSURES",
    "CONTACT/CONTACT",
    "DIRECTORY/DENIED",
    "DIRECTORY/HEAD",
    "DIRECTORY/LIST",
    "DIRECTORY/NEXT",
    "FREED",
    "INBOUND/INBOUND",
    "KEYRING/KEYRING",
    "LOOKUP",
    "MESSAGE/MESSAGE",
    "OFFICES/OFFICE",
    "OFFICES/STAFF",
    "OTP",
    "PAUSE/PAUSE",
    "PERSON/ACTIVE",
    "PERSON/CLAIM",
    "PLANS/PLAN",
    "QUEUE/COUNTER",
    "QUEUE/DESK",
    "QUEUE/ENTRY",
    "QUEUE/EVENT",
    "QUEUE/SETUP",
    "REGISTRATION/REGISTRATION",
    "REQUEST/REQUEST",
    "SPENDING",
    "SURVEYS/SURVEY",
    "VERSIONS",
    "VIEW/DAYS",
    "VIEW/LEASE",
    "day",
    "seat",
    "slot",
];

/// Plays the journey; what it leaves in the table.
async fn play() -> Fixture {
    let office = office_with(2, |office| office["release"]["days_ahead"] = json!(6));
    let (app, recorder) = start(KEYS, None, vec![office]).await;
    app.tick().await;
    let people = [1, 2, 3, 4];
    let [visitor, coming, holding, leaving] = {
        let mut all = Vec::new();
        for number in people {
            all.push(Person::register(&app, number).await);
        }
        <[Person; 4]>::try_from(all).unwrap()
    };
    let visit = visitor.book(&app, "2026-12-02", "09:00").await;
    let on = book_and_correct(&app, &coming).await;
    let off = leaving.book(&app, LATER, "10:00").await;
    assert_eq!(leaving.act(&app, &off.text("code"), "cancel").await.status, 200);
    app.drain().await;

    reach(&app, MORNING);
    app.tick().await;
    app.drain().await;
    check_in(&app, &visit.text("ticket"), "visit").await;
    at_the_desk(&app, &visit.text("code")).await;
    claim_and_look_up(&app, &leaving).await;
    chat_and_prove(&app).await;
    let begun = begin(&app).await;
    let asked = app.post(&path(&begun, "otp"), json!({"phone": "6280000000009"})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let hold = holding.hold(&app, LATER, "10:00").await;
    app.stack.graph.fail(Fault::Code(131_031), 1);
    app.drain().await;
    close(&app, &[CLOSED]).await;
    let more = json!({"service": SERVICE, "quota": 3});
    let slot = format!("/slots/{LATER}/10:00");
    assert_eq!(administer(&app, Method::PATCH, &slot, more).await.status, 200);
    let head = app.staff("*", &["admin"]).await;
    let denied = json!({"denial_reason": "left"});
    let path = "/v1/staff/denials/clerk-1";
    assert_eq!(app.call(Method::PUT, path, Some(&head), Some(denied)).await.status, 200);
    assert_eq!(app.seats_free(LATER, "09:00").await, Some(1));
    Browser::new(&app).sign_in_as("local-desk", "/petugas").await;
    let wait = message("wamid.waiting", json!({"from": coming.phone}), "MENU");
    assert_eq!(store(&app, &[wait]).await, 200);
    app.assert_audit_agrees().await;
    Fixture {
        now: app.now(),
        tokens: json!({"visitor": visitor.token, "coming": coming.token, "holding": holding.token,
            "leaving": leaving.token}),
        bookings: json!({"visit": kept(&visit), "on": kept(&on), "off": kept(&off),
            "hold": kept(&hold)}),
        registration: json!({"id": begun["id"], "secret": begun["secret"]}),
        items: recorder.items().await,
    }
}

/// The number of somebody who registered in a test.
pub(super) fn phone_of(number: u32) -> String {
    format!("62800{number:07}")
}

/// What somebody keeps of a booking.
fn kept(booking: &Answer) -> Value {
    json!({"code": booking.body["code"], "ticket": booking.body["ticket"]})
}

/// Scans a ticket under a key.
pub(super) async fn check_in(app: &TestApp, ticket: &str, key: &str) -> Answer {
    let staff = app.staff(OFFICE, &["desk"]).await;
    let scan = json!({"ticket": ticket, "gate": "Gerbang 1"});
    let scanned = app.post_with_key("/v1/check-ins", Some(&staff), key, scan).await;
    assert_eq!(scanned.status, 200, "{scanned:?}");
    scanned
}

/// Corrects the NIK of somebody's first person.
async fn correct(app: &TestApp, person: &Person, number: u32) {
    let (path, nik) = ("/v1/me/applicants/p1", json!({"nik": nik_of(number)}));
    let corrected = app.call(Method::PATCH, path, Some(&person.token), Some(nik)).await;
    assert_eq!(corrected.status, 200, "{corrected:?}");
}

/// Books under a NIK that was mistyped, adds somebody and removes them.
async fn book_and_correct(app: &TestApp, person: &Person) -> Answer {
    correct(app, person, 7).await;
    let on = person.book(app, LATER, "09:00").await;
    correct(app, person, 2).await;
    assert_eq!(person.add(app, 5).await.status, 201);
    let path = "/v1/me/applicants/p2";
    assert_eq!(app.call(Method::DELETE, path, Some(&person.token), None).await.status, 204);
    on
}

/// The visitor fetches a paper, and is called.
async fn at_the_desk(app: &TestApp, code: &str) {
    let desk = Desk::sign_in(app).await;
    let missing = json!({"decision": "incomplete", "missing": ["kk"],
        "deadline": "2026-12-02T07:00:00Z"});
    for found in [missing, json!({"decision": "complete"})] {
        assert_eq!(desk.documents(app, code, found).await.status, 200);
    }
    assert_eq!(desk.set_counter(app, "1", json!({"open": true})).await.status, 200);
    assert_eq!(desk.call(app, "1").await.status, 200);
}

/// Somebody claims whom another has booked for; a clerk looks the person up.
async fn claim_and_look_up(app: &TestApp, claimant: &Person) {
    assert_eq!(claimant.add(app, 2).await.status, 201);
    let claimed = claimant.post(app, "/v1/me/applicants/p2/claim", json!({})).await;
    assert_eq!(claimed.status, 202, "{claimed:?}");
    let staff = app.staff(OFFICE, &["desk"]).await;
    let path = format!("/v1/offices/{OFFICE}/person-releases");
    let look = json!({"nik": nik_of(2)});
    assert_eq!(app.call(Method::POST, &path, Some(&staff), Some(look)).await.status, 200);
}

/// Somebody chats; of another nothing but a message that was dealt with is left.
async fn chat_and_prove(app: &TestApp) {
    let from = json!({"from": "6280000000008", "from_user_id": "ID.contoh8"});
    assert_eq!(deliver(app, &[message("wamid.chat", from, "BOOK")]).await, 200);
    app.drain().await;
}

/// Set, this makes the file of this release: `ANTRIAN_WRITE_ITEMS=1 cargo test -p antrian-tests
/// every_kind_of_item`.
const WRITE: &str = "ANTRIAN_WRITE_ITEMS";

#[tokio::test(flavor = "multi_thread")]
async fn the_journey_writes_every_kind_of_item() {
    let fixture = Fixture::of_this_release().await;
    let kinds: BTreeSet<String> = fixture.items.iter().map(kind).collect();
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), KINDS);
    if std::env::var_os(WRITE).is_some() {
        fixture.write(env!("CARGO_PKG_VERSION"));
    }
}
