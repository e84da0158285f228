//! Personal data stays in its place: a whole journey with marked values, and a search for them in
//! everything that leaves the process: logs, metrics, calls of the table and the queue, tickets, errors.

use std::process::Command;

use antrian::telemetry::{LogFormat, start};
use antrian_tests::{Person, Recorder, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::registration::{begin, exchange, path, proof};
use crate::webhooks::{deliver, message};

const NIK: &str = "9988774101909778";
const PHONE: &str = "62899987654321";
/// What must not be found: all of it, or what the masked forms hide.
const MARKS: [&str; 6] = ["zqxjvw", NIK, "77410190", PHONE, "99987654", "1977-07-17"];
/// What is logged on purpose, so that the search is known to look in the right place.
const CONTROL: &str = "control-of-the-search";
const CHILD: &str = "ANTRIAN_TEST_PRIVACY_CHILD";

fn mark_in(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    MARKS.into_iter().find(|mark| text.contains(mark))
}

fn assert_clean(place: &str, text: &str) {
    assert_eq!(mark_in(text), None, "{place}: {text}");
}

/// Logs are the whole process', so the journey has one of its own.
#[tokio::test(flavor = "multi_thread")]
async fn marked_values_are_found_nowhere_but_with_their_owner() {
    if std::env::var_os(CHILD).is_some() {
        start(LogFormat::Json);
        journey().await;
        drop(antrian::http::problem::internal(&std::io::Error::other(CONTROL)));
        panicked();
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("privacy::marked_values_are_found_nowhere_but_with_their_owner")
        .env(CHILD, "1")
        .env("RUST_LOG", "info,antrian=trace")
        .output()
        .unwrap();
    let logs = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}{logs}", String::from_utf8_lossy(&output.stdout));
    assert!(logs.contains(CONTROL), "the search looks where logs are: {logs}");
    for line in logs.lines() {
        assert_clean("log", line);
        assert!(serde_json::from_str::<Value>(line).is_ok(), "a line is one JSON object: {line}");
    }
    let panics = logs.lines().filter(|line| line.contains(r#""message":"panic""#));
    assert_eq!(panics.count(), 1, "{logs}");
}

/// A panic whose words hold what somebody wrote.
fn panicked() {
    let text = format!("Zqxjvwmarked {NIK} é");
    let cut = std::thread::spawn(move || text[..text.len() - 1].len());
    assert!(cut.join().is_err());
}

#[test]
fn the_search_finds_a_mark_however_it_is_written() {
    assert_eq!(mark_in("name: ZQXJVWmarked"), Some("zqxjvw"));
    assert_eq!(mark_in(&format!("{{\"to\":\"{PHONE}\"}}")), Some(PHONE));
    assert_eq!(mark_in("99887741"), None);
}

fn marked(nik: &str) -> Value {
    json!({"name": "Zqxjvwmarked Orang", "nik": nik, "birth_date": "1977-07-17",
        "ktp_regency": "Kota Zqxjvwregency"})
}

async fn journey() {
    let (app, recorder) = Recorder::start().await;
    let person = register(&app).await;
    for nik in [NIK, "9988774101909779"] {
        let added = person.post(&app, "/v1/me/applicants", marked(nik)).await;
        assert_eq!(added.status, 201, "{added:?}");
    }
    let ticket = visit(&app, &person).await;
    refused(&app, &person).await;
    claimed(&app).await;
    desk(&app, &person, &ticket).await;
    let fresh = sign_in_again(&app).await;
    let export = fresh.get(&app, "/v1/me/export").await.body.to_string();
    assert!(export.contains(NIK) && export.contains(PHONE), "the owner sees it all");
    assert_table_is_clean(&recorder).await;

    let erase = async || app.call(Method::DELETE, "/v1/me", Some(&person.token), None).await;
    assert_eq!(erase().await.code(), "visit_in_progress");
    app.advance_to("2026-12-04T17:00:00Z");
    assert_eq!(erase().await.status, 204);
    app.tick().await;
    app.drain().await;
    assert_table_is_clean(&recorder).await;
    assert_calls_are_clean(&recorder);
    assert_metrics_are_clean(&app);
    app.assert_audit_agrees().await;
}

/// The number is proved once more.
async fn sign_in_again(app: &TestApp) -> Person {
    let begun = begin(app).await;
    let from = json!({"from": PHONE, "from_user_id": "ID.Zqxjvwscoped"});
    assert_eq!(deliver(app, &proof("wamid.again", &from, &begun)).await, 200);
    let token = exchange(app, &begun).await.text("token");
    Person { token, phone: PHONE.to_owned() }
}

/// Registers by a one-time code to the number, then by a message that tells both contacts.
async fn register(app: &TestApp) -> Person {
    let begun = begin(app).await;
    let asked = app.post(&path(&begun, "otp"), json!({"phone": PHONE})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    app.drain().await;
    assert_eq!(app.sent().len(), 1);
    let wrong = json!({"secret": begun["secret"], "otp": "Zqxjvwotp"});
    assert_eq!(app.post(&path(&begun, "verify"), wrong).await.code(), "wrong_otp");
    let text = format!("Nama saya Zqxjvwmarked {}", begun["code"].as_str().unwrap());
    let from = json!({"from": PHONE, "from_user_id": "ID.Zqxjvwscoped"});
    let number = begun["match_number"].as_str().unwrap();
    let sent = [message("wamid.1", from.clone(), &text), message("wamid.1.answer", from, number)];
    assert_eq!(deliver(app, &sent).await, 200);
    let token = exchange(app, &begun).await.text("token");
    Person { token, phone: PHONE.to_owned() }
}

/// Holds, confirms, moves, is reminded; another booking is cancelled. The ticket.
async fn visit(app: &TestApp, person: &Person) -> String {
    let held = person.hold_with_key(app, "2026-12-02", "09:00", "a-key").await.unwrap();
    assert_eq!(held.status, 201, "{held:?}");
    app.drain().await;
    let code = held.text("code");
    person.act(app, &code, "confirm").await;
    let moved = person.reschedule(app, &code, "2026-12-04", "09:00").await;
    assert_eq!(moved.status, 200, "{moved:?}");
    let again = person.hold(app, "2026-12-02", "10:00").await;
    assert_eq!(again.code(), "already_booked", "{again:?}");
    let wish = json!({"applicant_id": "p2", "office": "uji", "service": "passport_new"});
    let second = person.post(app, "/v1/bookings", wish).await;
    person.act(app, &second.text("code"), "confirm").await;
    assert_eq!(person.act(app, &second.text("code"), "cancel").await.status, 200);
    for answer in [&held, &moved, &second] {
        assert_clean("booking", &answer.body.to_string());
    }
    app.drain().await;
    app.advance_to("2026-12-03T12:00:00Z");
    app.tick().await;
    app.drain().await;
    let ids = app.sent_ids();
    assert!(ids.iter().any(|id| id.contains("reminder")), "{ids:?}");
    assert_ticket_is_clean(app, person, &code, &moved.text("ticket")).await;
    moved.text("ticket")
}

async fn assert_ticket_is_clean(app: &TestApp, person: &Person, code: &str, ticket: &str) {
    assert_clean("ticket", ticket);
    let claims = app.stack.app.tickets.verify(ticket).unwrap();
    assert_clean("claims", &format!("{claims:?}"));
    for kind in ["svg", "png", "ics"] {
        let url = format!("{}/v1/bookings/{code}/ticket.{kind}", app.stack.base_url);
        let answer = app.http.get(url).bearer_auth(&person.token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{kind}");
        let bytes = answer.bytes().await.unwrap();
        assert_clean(kind, &String::from_utf8_lossy(&bytes));
    }
}

/// Requests that are refused: none repeats what it was sent.
async fn refused(app: &TestApp, person: &Person) {
    let mut wrong = marked(NIK);
    wrong["nik"] = json!(format!("{NIK}1"));
    let unknown = json!({"unknown": NIK});
    let deep = json!({"exceptions": {"2026-12-02": {"open": "Zqxjvwmarked"}}});
    let admin = app.staff("uji", &["admin", "desk"]).await;
    let (own, staff) = (Some(person.token.as_str()), Some(admin.as_str()));
    for (method, path, token, body) in [
        (Method::POST, "/v1/me/applicants", own, Some(wrong)),
        (Method::POST, "/v1/me/applicants", own, Some(unknown.clone())),
        (Method::POST, "/v1/bookings", own, Some(unknown.clone())),
        (Method::POST, "/v1/registrations", None, Some(unknown)),
        (Method::POST, "/v1/registrations/Zqxjvw/otp", None, Some(json!({"phone": PHONE}))),
        (Method::GET, "/v1/bookings/Zqxjvwmarked", own, None),
        (Method::GET, "/v1/Zqxjvwmarked", own, None),
        (Method::GET, "/v1/offices/uji/availability?service=Zqxjvwmarked", None, None),
        (Method::GET, "/v1/requirements?Zqxjvw=9988774101909778", None, None),
        (Method::GET, "/v1/me", Some("Zqxjvwtoken.Zqxjvwtoken"), None),
        (Method::POST, "/v1/check-ins", staff, Some(json!({"code": NIK}))),
        (Method::POST, "/v1/check-ins", staff, Some(json!({"ticket": "ZQXJVWMARKED"}))),
        (Method::POST, "/v1/check-ins", Some("zqxjvw.zqxjvw.zqxjvw"), Some(json!({"code": NIK}))),
        (Method::PUT, "/v1/offices/uji/calendar", staff, Some(deep)),
        (Method::POST, "/v1/offices/uji/person-releases", staff, Some(json!({"nik": PHONE}))),
    ] {
        let answer = app.call(method.clone(), path, token, body).await;
        assert!((400..500).contains(&answer.status), "{method} {path}: {answer:?}");
        assert_clean(path, &answer.body.to_string());
    }
    let headers =
        [("x-request-id", PHONE), ("x-amzn-trace-id", NIK), ("user-agent", "Zqxjvwmarked")];
    let unknown = json!({"unknown": NIK});
    let given = app.try_call(Method::POST, "/v1/bookings", own, &headers, Some(unknown)).await;
    assert_eq!(given.unwrap().status, 422);
    let held = person.hold(app, "2026-12-02", "10:00").await;
    assert_clean("answer", &held.body.to_string());
    let requirements = "/v1/requirements?office=uji&service=passport_new&ktp_regency=Zqxjvwregency";
    assert_eq!(app.get(requirements).await.status, 200);
}

/// Somebody else knows the NIK, is refused, and claims its person; a clerk looks them up.
async fn claimed(app: &TestApp) {
    let stranger = Person::register_only(app, 900).await;
    let added = stranger.post(app, "/v1/me/applicants", marked(NIK)).await;
    assert_eq!(added.status, 201, "{added:?}");
    let refused = stranger.hold(app, "2026-12-04", "10:00").await;
    assert_eq!(refused.code(), "person_needs_confirmation", "{refused:?}");
    let claim = stranger.post(app, "/v1/me/applicants/p1/claim", json!({})).await;
    assert_eq!(claim.status, 202, "{claim:?}");
    app.drain().await;
    assert_clean("question", app.sent().last().unwrap());
    let staff = app.staff("uji", &["desk"]).await;
    let look = Some(json!({"nik": NIK}));
    let path = "/v1/offices/uji/person-releases";
    let found = app.call(Method::POST, path, Some(&staff), look).await;
    assert_eq!(found.text("found"), "booked", "{found:?}");
    for answer in [refused, claim, found] {
        assert_clean("claim", &answer.body.to_string());
    }
}

async fn desk(app: &TestApp, person: &Person, ticket: &str) {
    app.advance_to("2026-12-04T00:30:00Z");
    let staff = app.staff("uji", &["desk"]).await;
    for duplicate in [false, true] {
        let scan = Some(json!({"ticket": ticket}));
        let scanned = app.call(Method::POST, "/v1/check-ins", Some(&staff), scan).await;
        assert_eq!(scanned.body["duplicate"], duplicate, "{scanned:?}");
        assert_eq!(scanned.body["applicant"]["name"], "Zqxjvwmarked Orang", "for the clerk");
    }
    assert_eq!(person.get(app, "/v1/me/bookings").await.status, 200);
}

async fn assert_table_is_clean(recorder: &Recorder) {
    let items = recorder.items().await;
    assert!(items.iter().any(|item| item.to_string().contains("Kantor Uji")), "the search works");
    for item in items {
        assert_clean("item", &item.to_string());
    }
}

fn assert_calls_are_clean(recorder: &Recorder) {
    let queued = recorder.bodies("SendMessage");
    assert!(queued.len() >= 4, "{queued:?}");
    for body in recorder.bodies("") {
        assert_clean("call", &body.to_string());
    }
    for url in recorder.urls() {
        assert_clean("address", &url);
    }
}

fn assert_metrics_are_clean(app: &TestApp) {
    let lines = app.stack.app.metrics.kept();
    for event in [
        "hold",
        "booking",
        "move",
        "cancellation",
        "check_in",
        "refusal",
        "person_claim",
        "person_lookup",
        "message_sent",
    ] {
        let shown = lines.iter().any(|line| line.contains(&format!(r#""event":"{event}""#)));
        assert!(shown, "the search looks where `{event}` is");
    }
    for line in lines {
        assert_clean("metrics", &line);
    }
}
