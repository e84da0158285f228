//! What the system counts: that it is counted when it becomes true, once, in CloudWatch's format.

mod following;
mod refusals;

use std::collections::BTreeMap;
use std::time::Instant;

use antrian::storage::Cost;
use antrian::telemetry::{catalogue, cold_start};
use antrian_local::simulator::Fault;
use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::phone::Phone;
use antrian_tests::records::faults;
use antrian_tests::{Person, Setup, TestApp, offices};
use reqwest::Method;
use serde_json::{Value, json};

use crate::registration::{begin, path};
use crate::steps::close;
use crate::webhooks::{deliver, message};

/// Answers that a number gets within an hour.
const ANSWERS: usize = 3;

async fn start() -> TestApp {
    let settings = [("ANTRIAN_ANSWERS_PER_HOUR".to_owned(), ANSWERS.to_string())].into();
    let offices = vec![offices::office(8)];
    TestApp::start_with(Setup { offices, settings, ..Setup::default() }).await
}

/// Everything that is counted happens, most of it once.
async fn everything(app: &TestApp) {
    cold_start(&app.stack.app.metrics, "slots", Instant::now(), app.now());
    let person = Person::register(app, 1).await;
    let visitor = Person::register(app, 2).await;
    let visit = visitor.book(app, DATE, "09:00").await;
    let ticket = visit.text("ticket");
    assert_eq!(person.book(app, DATE, "09:00").await.status, 200);
    let code = person.get(app, "/v1/me/bookings").await.body["bookings"][0]["code"].clone();
    let code = code.as_str().unwrap();
    assert_eq!(person.reschedule(app, code, DATE, "10:00").await.status, 200);
    assert_eq!(person.hold(app, DATE, "10:00").await.code(), "already_booked");
    assert_eq!(person.act(app, code, "cancel").await.status, 200);
    app.drain().await;
    assert_eq!(person.hold(app, DATE, "10:00").await.status, 201, "and lets it run out");
    app.stack.graph.fail(Fault::Code(131_026), 1);
    app.drain().await;
    let late = Person::register(app, 4).await.book(app, DATE, "09:00").await.text("code");
    app.drain().await;
    scans(app, &ticket).await;
    at_the_desk(app, &visit.text("code"), &late).await;
    let missing = Person::register(app, 3).await;
    assert_eq!(missing.book(app, DATE, "10:00").await.status, 200);
    app.stack.graph.fail(Fault::Code(131_031), 1);
    app.drain().await;
    assert_eq!(app.post("/webhooks/whatsapp", json!({})).await.status, 401);
    app.advance_to("2026-12-02T16:00:00Z");
    app.tick().await;
    app.audit().await;
    claimed(app, &missing).await;
    what_is_limited(app).await;
    misread_and_lapsed(app).await;
}

/// A person is claimed, and looked up at a desk.
async fn claimed(app: &TestApp, person: &Person) {
    let claim = person.post(app, "/v1/me/applicants/p1/claim", json!({})).await;
    assert_eq!(claim.status, 202, "{claim:?}");
    let staff = app.staff("uji", &["desk"]).await;
    let look = Some(json!({"nik": antrian_tests::person::nik(3)}));
    let path = "/v1/offices/uji/person-releases";
    assert_eq!(app.call(Method::POST, path, Some(&staff), look).await.status, 200);
}

/// A code that is refused, one that waits at the ceiling, and a chat with too many answers.
async fn what_is_limited(app: &TestApp) {
    for (phone, status) in [("+881612345678", 422), ("6280000000009", 202)] {
        let asked = app.post(&path(&begin(app).await, "otp"), json!({"phone": phone})).await;
        assert_eq!(asked.status, status, "{asked:?}");
    }
    let cost = Cost { micros: 200_000_000, at: app.now() };
    app.stack.app.ledger.store().count_cost(&"others".parse().unwrap(), cost).await.unwrap();
    app.drain().await;
    let mut phone = Phone::new(app, "6280000000008");
    phone.say("blabla").await;
    for _ in 0..ANSWERS + 1 {
        phone.say("MENU").await;
    }
}

/// A seat is held in a chat, what its person writes then is not understood, and the hold runs out.
async fn misread_and_lapsed(app: &TestApp) {
    let mut phone = Phone::new(app, "6280000000007");
    phone.say("#Budi Contoh#9971010101909077#04-12-2026").await;
    phone.say("blabla").await;
    app.advance(16 * 60);
    app.tick().await;
}

/// One brings a missing paper, is called, does not hear it, and is served; another does not come back.
async fn at_the_desk(app: &TestApp, code: &str, late: &str) {
    let desk = Desk::sign_in(app).await;
    assert_eq!(desk.scan(app, late).await.status, 200);
    let missing = json!({"decision": "incomplete", "missing": ["kk", "ktp"],
        "deadline": "2026-12-02T07:00:00Z"});
    for code in [code, late] {
        assert_eq!(desk.documents(app, code, missing.clone()).await.status, 200);
    }
    app.advance(600);
    assert_eq!(desk.documents(app, code, json!({"decision": "complete"})).await.status, 200);
    app.advance(120);
    assert_eq!(desk.call(app, "1").await.status, 200);
    assert_eq!(desk.step(app, "skip", "1").await.status, 200);
    let again = json!({"counter": "1", "number": "A-001"});
    assert_eq!(desk.queue(app, "call", again).await.status, 200);
    assert_eq!(desk.step(app, "serve", "1").await.status, 200);
    app.advance(300);
    assert_eq!(desk.step(app, "finish", "1").await.status, 200);
}

/// At nine: the first scan, the second, and one that is refused.
async fn scans(app: &TestApp, ticket: &str) {
    app.advance_to("2026-12-02T00:50:00Z");
    app.tick().await;
    let staff = app.staff("uji", &["desk"]).await;
    for (scan, status) in [
        (json!({"ticket": ticket}), 200),
        (json!({"ticket": ticket}), 200),
        (json!({"ticket": "x"}), 422),
    ] {
        let answer = app.call(Method::POST, "/v1/check-ins", Some(&staff), Some(scan)).await;
        assert!(answer.status == status || answer.code() == "bad_ticket", "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_happens_is_counted_in_cloudwatchs_format() {
    let app = start().await;
    everything(&app).await;
    let records = app.records();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for record in &records {
        assert_eq!(faults(record), [""; 0], "{record}");
        assert_eq!(record["Stage"], "local", "{record}");
        *seen.entry(record["event"].as_str().unwrap()).or_default() += 1;
    }
    let all: Vec<_> = catalogue::ALL.iter().map(|definition| definition.event).collect();
    for event in &all {
        assert!(seen.contains_key(event), "{event} was not emitted: {seen:?}");
    }
    for (event, times) in [
        ("hold", 6),
        ("booking", 4),
        ("move", 1),
        ("cancellation", 1),
        ("check_in", 2),
        ("sent_back", 2),
        ("documents_brought", 1),
        ("lapsed", 1),
        ("called", 1),
        ("skipped", 1),
        ("served", 1),
        ("check_in_refusal", 1),
        ("hold_expired", 2),
        ("hold_misread", 1),
        ("no_show", 1),
        // A code and its number for each who registers, and what is too much.
        ("inbound", 8 + 5 + 2),
        ("code_refused", 1),
        ("message_held_back", 1),
        ("misread", 2),
        ("answer_withheld", 1),
        ("message_failed", 1),
        ("sending_paused", 1),
        ("webhook_rejected", 1),
        ("audit", 1),
        ("cold_start", 1),
    ] {
        assert_eq!(seen[event], times, "{event}: {records:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_where_and_when() {
    let app = start().await;
    everything(&app).await;
    let first = |event: &str| app.records_of(event).remove(0);
    let hold = first("hold");
    assert_eq!(
        [&hold["Holds"], &hold["Channel"], &hold["office"], &hold["date"], &hold["service"]],
        [&json!(1), &json!("web"), &json!("uji"), &json!(DATE), &json!("passport_new")]
    );
    let set = json!([["Stage"], ["Stage", "Channel"]]);
    assert_eq!(hold["_aws"]["CloudWatchMetrics"][0]["Dimensions"], set);
    assert_eq!(hold["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Antrian");
    let check_in = first("check_in");
    // The clock goes on while the test runs.
    let early = check_in["minutes_after_slot"].as_i64();
    assert!(matches!(early, Some(-10 | -9)), "{check_in}");
    // Whoever fetched a paper waits anew; which papers, ids of the checklist tell.
    assert_eq!(first("sent_back")["missing"], "ktp kk");
    let called = first("called")["WaitingTime"].as_i64();
    assert!(matches!(called, Some(120..600)), "{called:?}");
    let served = first("served")["ServiceTime"].as_i64();
    assert!(matches!(served, Some(300..600)), "{served:?}");
    let failed = first("message_failed");
    assert_eq!((&failed["reason"], &failed["Kind"]), (&json!("131026"), &json!("hold")));
    assert_eq!(first("sending_paused")["reason"], "131031");
    assert_eq!(first("webhook_rejected")["provider"], "cloud_api");
    assert_eq!(first("check_in_refusal")["Reason"], "bad_ticket");
    assert_eq!(first("audit")["AuditDisagreements"], 0);
    assert_eq!(first("cold_start")["Function"], "slots");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_late_is_counted_as_late_whatever_was_tried_before() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    app.drain().await;
    assert_eq!(person.hold(&app, DATE, "09:00").await.status, 201);
    app.stack.graph.fail(Fault::RateLimit, 3);
    for _ in 0..4 {
        app.drain().await;
        app.advance(130);
        app.tick().await;
    }
    app.drain().await;
    let sent = app.records_of("message_sent");
    let [_question, verified, hold] = &*sent else { panic!("{sent:?}") };
    assert_eq!((&verified["Kind"], &verified["MessagesLate"]), (&json!("verified"), &json!(0)));
    assert!(verified["MessageDelay"].as_i64().unwrap() < 30_000, "{verified}");
    assert_eq!((&hold["Kind"], &hold["office"]), (&json!("hold"), &json!("uji")));
    assert_eq!(hold["MessagesLate"], 1);
    assert!(hold["MessageDelay"].as_i64().unwrap() >= 260_000, "{hold}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweeper_tells_how_long_the_oldest_row_was_due() {
    let app = TestApp::start().await;
    let last = || app.records_of("sweep").pop().unwrap();
    assert_eq!((&last()["MessagesSwept"], &last()["SweepLag"]), (&json!(0), &json!(0)));
    let person = Person::register(&app, 1).await;
    assert_eq!(person.hold(&app, DATE, "09:00").await.status, 201);
    app.advance(90);
    app.tick().await;
    assert_eq!(last()["MessagesSwept"], 3, "the queue had them, nobody took them: {}", last());
    let lag = last()["SweepLag"].as_i64().unwrap();
    assert!((90..120).contains(&lag), "{lag}");
}

#[tokio::test(flavor = "multi_thread")]
async fn free_seats_are_told_for_each_office_and_day_and_in_sum_every_quarter_of_an_hour() {
    let app = TestApp::start().await;
    let seats = || app.records_of("seats");
    let count = |record: &Value| record["SeatsFree"].as_i64().unwrap();
    let sums = || -> Vec<i64> {
        seats().iter().filter(|record| record["_aws"].is_object()).map(count).collect()
    };
    let by_day = |date: &str| -> Vec<i64> {
        seats().iter().filter(|record| record["date"] == date).map(count).collect()
    };
    assert_eq!(sums().len(), 1);
    let days: i64 = seats().iter().filter(|record| record["office"] == "uji").map(count).sum();
    assert_eq!(sums()[0], days, "{:?}", seats());
    let before = by_day(DATE)[0];
    assert_eq!(Person::register(&app, 1).await.book(&app, DATE, "09:00").await.status, 200);
    app.advance(14 * 60);
    app.tick().await;
    assert_eq!(sums().len(), 1, "not yet");
    app.advance(60);
    app.tick().await;
    assert_eq!(by_day(DATE), [before, before - 1]);
    close(&app, &[DATE]).await;
    app.advance(15 * 60);
    app.tick().await;
    assert_eq!(by_day(DATE).len(), 2, "a closed day has no seats to count");
    assert_eq!(sums().len(), 3);
}

#[tokio::test]
async fn a_message_that_is_delivered_again_is_counted_once() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let text = begun["code"].as_str().unwrap();
    let messages = [message("wamid.1", json!({"from": "6280000000001"}), text)];
    for _ in 0..3 {
        assert_eq!(deliver(&app, &messages).await, 200);
    }
    let counted: Vec<_> = app.records_of("inbound");
    assert_eq!(counted.len(), 1, "{counted:?}");
}

#[test]
fn the_rules_find_what_is_wrong() {
    let sound = json!({
        "_aws": {"Timestamp": 1_796_083_200_000_i64, "CloudWatchMetrics": [{"Namespace": "Antrian",
            "Dimensions": [["Stage"], ["Stage", "Reason"]],
            "Metrics": [{"Name": "CheckInRefusals", "Unit": "Count"}]}]},
        "event": "check_in_refusal", "Stage": "dev", "Reason": "too_early", "CheckInRefusals": 1,
    });
    assert_eq!(faults(&sound), [""; 0]);
    let directive = "/_aws/CloudWatchMetrics/0";
    for (pointer, wrong) in [
        ("/_aws/Timestamp".to_owned(), json!(1_796_083_200)),
        ("/_aws/CloudWatchMetrics".to_owned(), json!([])),
        (format!("{directive}/Namespace"), json!("")),
        (format!("{directive}/Dimensions"), json!([])),
        (format!("{directive}/Dimensions"), json!([["Office"]])),
        (format!("{directive}/Dimensions"), json!([vec!["Stage"; 31]])),
        (format!("{directive}/Metrics"), json!([])),
        (format!("{directive}/Metrics/0/Name"), json!("Other")),
        (format!("{directive}/Metrics/0/Unit"), json!("Pieces")),
        ("/event".to_owned(), json!("other")),
        ("/event".to_owned(), json!("hold")),
        ("/Stage".to_owned(), json!("")),
        ("/Stage".to_owned(), json!("x".repeat(1_025))),
        ("/Reason".to_owned(), json!(7)),
        ("/CheckInRefusals".to_owned(), json!("1")),
    ] {
        let mut record = sound.clone();
        *record.pointer_mut(&pointer).unwrap() = wrong;
        assert_ne!(faults(&record), [""; 0], "{pointer}: {record}");
    }
    let mut named = sound;
    named["name"] = json!("Contoh");
    assert_ne!(faults(&named), [""; 0], "what the catalogue does not have");
}
