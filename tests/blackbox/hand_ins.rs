//! Scans that were made without a network and handed in later.

use antrian::domain::code::BookingCode;
use antrian_tests::app::{Answer, DATE};
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::offline::{OfflineScanner, outcomes};
use antrian_tests::{Person, Setup, TestApp, offices};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{reach, wrong_fields};

/// Of the visit at nine: 08:00 at the office, when check-in opens, and later.
const AT_8_00: &str = "2026-12-02T00:00:00Z";
const AT_8_10: &str = "2026-12-02T00:10:00Z";
const AT_8_20: &str = "2026-12-02T00:20:00Z";
const AT_8_30: &str = "2026-12-02T00:30:00Z";
const AT_9_00: &str = "2026-12-02T01:00:00Z";
/// After the time for coming is over.
const AT_10_00: &str = "2026-12-02T02:00:00Z";

/// Codes of people who are to come at nine.
async fn booked(app: &TestApp, people: std::ops::RangeInclusive<u32>) -> Vec<(Person, Answer)> {
    let mut booked = vec![];
    for number in people {
        let person = Person::register(app, number).await;
        let booking = person.book(app, DATE, "09:00").await;
        booked.push((person, booking));
    }
    booked
}

fn code(of: &(Person, Answer)) -> String {
    of.1.text("code")
}

fn scan(answer: &Answer, place: usize) -> &Value {
    &answer.body["scans"][place]
}

/// Where a booking stands, by the desk: status, queue number, and the versions of its history.
async fn seen(app: &TestApp, code: &str) -> (String, String, usize) {
    let token = app.staff(OFFICE, &["desk"]).await;
    let path = format!("/v1/offices/{OFFICE}/bookings/{code}");
    let seen = app.call(Method::GET, &path, Some(&token), None).await;
    let number = seen.body["queue_number"].as_str().unwrap_or_default().to_owned();
    (seen.text("status"), number, seen.body["history"].as_array().unwrap().len())
}

#[tokio::test]
async fn what_was_scanned_in_time_counts_however_late_it_is_handed_in_that_day() {
    let app = TestApp::with_quota(3).await;
    let people = booked(&app, 1..=3).await;
    reach(&app, AT_10_00);
    app.tick().await;
    let desk = Desk::sign_in(&app).await;
    let scanner = OfflineScanner::new("gate-1")
        .code("c", &code(&people[2]), "2026-12-02T01:31:00Z")
        .ticket("b", &people[1].1.text("ticket"), AT_8_30)
        .code("a", &code(&people[0]), AT_8_10);
    let answer = scanner.hand_in(&app, &desk).await;
    assert_eq!(outcomes(&answer), [("refused", "too_late"), ("accepted", ""), ("accepted", "")]);
    let (first, second) = (scan(&answer, 2), scan(&answer, 1));
    assert_eq!((&first["id"], &second["id"]), (&json!("a"), &json!("b")));
    assert_eq!(first["visit"]["queue_number"], "A-001", "in the order of the scans");
    assert_eq!(second["visit"]["queue_number"], "A-002");
    assert_eq!(first["visit"]["applicant"]["name"], "Contoh 1");
    let at = json!({"at": "2026-12-02T08:10:00+08:00", "gate": "gate-1"});
    assert_eq!((&first["visit"]["first_scan"], &first["scanned_at"]), (&at, &at["at"]));
    assert!(first["detail"].as_str().unwrap().contains("08.10"), "{first}");
    assert!(scan(&answer, 0)["detail"].as_str().unwrap().contains("09.00"), "{answer:?}");
    // The visit that counted as missed does not, and keeps its seat.
    app.assert_audit_agrees().await;
    let hold = people[0].0.hold(&app, "2026-12-03", "09:00").await;
    assert_eq!((hold.status, hold.code()), (409, "already_booked"));
    let entry = desk.entry(&app, "A-001").await;
    assert_eq!(entry["since"], "2026-12-02T08:10:00+08:00", "{entry}");
}

#[tokio::test]
async fn a_batch_is_judged_by_the_hour_of_each_scan_and_each_is_answered_for_itself() {
    let mut other = offices::office(2);
    other.id = "lain".parse().unwrap();
    let offices = vec![offices::office(9), other];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    let people = booked(&app, 1..=3).await;
    let held = Person::register(&app, 4).await.book(&app, "2026-12-03", "09:00").await;
    let cancelled = Person::register(&app, 5).await;
    let ended = cancelled.book(&app, DATE, "09:00").await.text("code");
    cancelled.act(&app, &ended, "cancel").await;
    reach(&app, AT_9_00);
    let ticket = people[0].1.text("ticket");
    let last = if ticket.ends_with('0') { "1" } else { "0" };
    let forged = format!("{}{last}", &ticket[..ticket.len() - 1]);
    let stranger = TestApp::start().await;
    let foreign = Person::register(&stranger, 1).await.book(&stranger, DATE, "09:00").await;
    let scanner = OfflineScanner::new("gate")
        .code("1", &code(&people[0]), "2026-12-01T23:59:59Z")
        .code("2", &code(&people[1]), AT_8_00)
        .ticket("3", &forged, AT_8_30)
        .ticket("4", &foreign.text("ticket"), AT_8_30)
        .code("5", "7KQ4M", AT_8_30)
        .code("6", &held.text("code"), AT_8_30)
        .code("7", &ended, AT_8_30)
        .code("8", &code(&people[2]), AT_8_30);
    let desk = Desk::sign_in(&app).await;
    let answer = scanner.hand_in(&app, &desk).await;
    let expected = [
        ("refused", "too_early"),
        ("accepted", ""),
        ("refused", "bad_ticket"),
        ("refused", "bad_ticket"),
        ("refused", "invalid_request"),
        ("refused", "wrong_day"),
        ("refused", "booking_ended"),
        ("accepted", ""),
    ];
    assert_eq!(outcomes(&answer), expected);
    for place in [0, 2, 3, 4, 5, 6] {
        let refused = scan(&answer, place);
        assert_eq!((&refused["visit"], &refused["booking"]), (&Value::Null, &Value::Null));
        for said in ["detail", "detail_en"] {
            assert!(!refused[said].as_str().unwrap().is_empty(), "{refused}");
        }
    }
    assert_eq!(seen(&app, &code(&people[0])).await, ("confirmed".into(), String::new(), 2));
    let elsewhere = app.staff("lain", &["desk"]).await;
    let batch = scanner.only(0..2).batch(app.now());
    let path = "/v1/check-ins/batch";
    let there = app.call(Method::POST, path, Some(&elsewhere), Some(batch)).await;
    assert_eq!(outcomes(&there), [("refused", "wrong_office"); 2]);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_same_scans_twice_or_by_halves_end_in_the_same_state() {
    let app = TestApp::with_quota(4).await;
    let people = booked(&app, 1..=4).await;
    reach(&app, AT_9_00);
    let desk = Desk::sign_in(&app).await;
    let mut scanner = OfflineScanner::new("gate");
    for (place, of) in people.iter().enumerate() {
        scanner = scanner.code(&place.to_string(), &code(of), AT_8_30);
    }
    let half = scanner.only(0..2).hand_in(&app, &desk).await;
    assert_eq!(outcomes(&half), [("accepted", ""); 2]);
    let whole = scanner.hand_in(&app, &desk).await;
    assert_eq!(outcomes(&whole), [("accepted", ""); 4]);
    app.advance(600);
    let again = scanner.hand_in(&app, &desk).await;
    assert_eq!(again.body, whole.body, "the same answer");
    for (number, of) in (1..).zip(&people) {
        let expected = ("checked_in".to_owned(), format!("A-{number:03}"), 3);
        assert_eq!(seen(&app, &code(of)).await, expected, "one event each");
    }
    // One id is one scan.
    let mixed = OfflineScanner::new("other")
        .code("x", &code(&people[0]), AT_8_30)
        .code("x", &code(&people[1]), AT_8_30)
        .code("y", &code(&people[2]), AT_8_30)
        .code("y", &code(&people[2]), AT_8_30);
    let (later, other) = (("duplicate", "already_checked_in"), ("refused", "idempotency_mismatch"));
    assert_eq!(outcomes(&mixed.hand_in(&app, &desk).await), [later, other, later, later]);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_earlier_scan_counts_whoever_hands_in_first_and_both_stay_in_the_history() {
    let app = TestApp::with_quota(2).await;
    let people = booked(&app, 1..=2).await;
    let codes: Vec<_> = people.iter().map(code).collect();
    reach(&app, AT_8_30);
    let desk = Desk::sign_in(&app).await;
    let online = desk.scan(&app, &codes[0]).await;
    assert_eq!(online.status, 200);
    let by_name = |name, at| OfflineScanner::new(name).code("1", &codes[0], at);
    let later = by_name("gate-2", AT_9_00);
    let earlier = by_name("gate-3", AT_8_10);
    reach(&app, AT_10_00);
    let answer = later.hand_in(&app, &desk).await;
    assert_eq!(outcomes(&answer), [("duplicate", "already_checked_in")]);
    assert_eq!(scan(&answer, 0)["visit"]["first_scan"], online.body["first_scan"]);
    let said = scan(&answer, 0)["detail"].as_str().unwrap();
    assert!(said.contains("08.30") && said.contains(&offices::office(2).name), "{said}");

    let answer = earlier.hand_in(&app, &desk).await;
    assert_eq!(outcomes(&answer), [("accepted", "")]);
    let first = json!({"at": "2026-12-02T08:10:00+08:00", "gate": "gate-3"});
    let visit = &scan(&answer, 0)["visit"];
    assert_eq!((&visit["first_scan"], &visit["queue_number"]), (&first, &json!("A-001")));
    assert_eq!(desk.entry(&app, "A-001").await["since"], first["at"]);
    let events = history(&app, &codes[0]).await;
    assert_eq!(events.last().unwrap()["handed_in"]["scan"]["gate"], "gate-3");
    assert_eq!(events.last().unwrap()["handed_in"]["instead_of"]["gate"], offices::office(2).name);
    for _ in 0..2 {
        assert_eq!(outcomes(&earlier.hand_in(&app, &desk).await), [("accepted", "")]);
        let answer = later.hand_in(&app, &desk).await;
        assert_eq!(scan(&answer, 0)["visit"]["first_scan"], first);
        assert_eq!(history(&app, &codes[0]).await, events, "nothing more is written");
    }
    let rescanned = desk.scan(&app, &codes[0]).await;
    assert_eq!(
        (&rescanned.body["duplicate"], &rescanned.body["first_scan"]),
        (&json!(true), &first)
    );
    app.assert_audit_agrees().await;
}

/// The events of a booking as they are stored.
async fn history(app: &TestApp, code: &str) -> Vec<Value> {
    let store = app.stack.app.ledger.store();
    let kept = store.booking_with_history(code.parse().unwrap()).await.unwrap().unwrap();
    kept.events.iter().map(|event| serde_json::to_value(event).unwrap()).collect()
}

#[tokio::test]
async fn an_earlier_scan_takes_its_place_in_a_visit_that_is_served_already() {
    let app = TestApp::start().await;
    let people = booked(&app, 1..=1).await;
    reach(&app, AT_8_30);
    let desk = Desk::sign_in(&app).await;
    let code = code(&people[0]);
    desk.scan(&app, &code).await;
    for step in ["call", "serve", "finish"] {
        let answer = desk.queue(&app, step, json!({"counter": "1"})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let earlier = OfflineScanner::new("gate").code("1", &code, AT_8_10);
    let answer = earlier.hand_in(&app, &desk).await;
    assert_eq!(outcomes(&answer), [("accepted", "")]);
    let visit = &scan(&answer, 0)["visit"];
    assert_eq!((&visit["status"], &visit["queue_number"]), (&json!("served"), &json!("A-001")));
    let next = people[0].0.hold(&app, "2026-12-03", "09:00").await;
    assert_eq!(next.status, 201, "who was served may book again: {next:?}");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn what_was_changed_after_the_scan_is_a_conflict_that_tells_both_and_changes_nothing() {
    let app = TestApp::with_quota(4).await;
    let people = booked(&app, 1..=3).await;
    let codes: Vec<_> = people.iter().map(code).collect();
    reach(&app, AT_8_20);
    let desk = Desk::sign_in(&app).await;
    people[0].0.act(&app, &codes[0], "cancel").await;
    desk.scan(&app, &codes[1]).await;
    let undo = format!("/v1/check-ins/{}", codes[1]);
    let token = app.staff(OFFICE, &["desk"]).await;
    assert_eq!(app.call(Method::DELETE, &undo, Some(&token), None).await.status, 200);
    reach(&app, AT_9_00);
    let scanner = OfflineScanner::new("gate")
        .code("1", &codes[0], AT_8_10)
        .code("2", &codes[1], AT_8_10)
        .code("3", &codes[0], AT_8_30)
        .code("4", &codes[1], AT_8_30);
    let answer = scanner.only(0..3).hand_in(&app, &desk).await;
    let expected = [
        ("conflict", "cancelled_meanwhile"),
        ("conflict", "undone_meanwhile"),
        ("refused", "booking_ended"),
    ];
    assert_eq!(outcomes(&answer), expected);
    let both = scan(&answer, 0);
    assert_eq!(both["scanned_at"], "2026-12-02T08:10:00+08:00");
    assert!(both["changed_at"].as_str().unwrap().starts_with("2026-12-02T08:20:"), "{both}");
    assert_eq!(both["booking"]["status"], "cancelled");
    assert_eq!(both["visit"], Value::Null);
    let said = both["detail"].as_str().unwrap();
    assert!(said.contains("08.10") && said.contains("08.20"), "{said}");
    assert_eq!(seen(&app, &codes[0]).await.0, "cancelled");
    assert_eq!(seen(&app, &codes[1]).await, ("confirmed".into(), String::new(), 4));
    // After the undoing it is a scan like any other.
    let after = scanner.only(3..4).hand_in(&app, &desk).await;
    assert_eq!(outcomes(&after), [("accepted", "")]);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_booking_that_was_moved_after_the_scan_is_a_conflict() {
    let app = TestApp::start_with(Setup {
        offices: vec![crate::steps::office_with(4, |office| {
            office["policy"]["reschedule_days_before"] = json!(0);
        })],
        ..Setup::default()
    })
    .await;
    let people = booked(&app, 1..=1).await;
    reach(&app, AT_8_20);
    let code = code(&people[0]);
    let moved = people[0].0.reschedule(&app, &code, "2026-12-04", "10:00").await;
    assert_eq!(moved.status, 200, "{moved:?}");
    reach(&app, AT_8_30);
    let desk = Desk::sign_in(&app).await;
    let answer = OfflineScanner::new("gate").code("1", &code, AT_8_10).hand_in(&app, &desk).await;
    assert_eq!(outcomes(&answer), [("conflict", "moved_meanwhile")]);
    let booking = &scan(&answer, 0)["booking"];
    assert_eq!((&booking["date"], &booking["slot"]), (&json!("2026-12-04"), &json!("10:00")));
    assert!(scan(&answer, 0)["detail"].as_str().unwrap().contains("4 Desember"), "{answer:?}");
    assert_eq!(seen(&app, &code).await.0, "confirmed");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_missed_visit_whose_seat_or_person_has_another_booking_is_a_conflict() {
    let app = TestApp::with_quota(1).await;
    let people = booked(&app, 1..=1).await;
    let late = Person::register(&app, 2).await;
    let code = code(&people[0]);
    reach(&app, "2026-12-02T01:30:00Z");
    app.tick().await;
    let again = people[0].0.hold(&app, "2026-12-03", "09:00").await;
    assert_eq!(again.status, 201, "{again:?}");
    let desk = Desk::sign_in(&app).await;
    let answer = OfflineScanner::new("gate").code("1", &code, AT_8_30).hand_in(&app, &desk).await;
    assert_eq!(outcomes(&answer), [("conflict", "given_away")]);
    assert_eq!(seen(&app, &code).await.0, "no_show");
    assert_eq!(late.hold(&app, "2026-12-03", "10:00").await.status, 201);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn who_was_here_in_time_has_missed_nothing() {
    let app = TestApp::with_quota(4).await;
    let people = booked(&app, 1..=1).await;
    let person = &people[0].0;
    reach(&app, AT_10_00);
    app.tick().await;
    let desk = Desk::sign_in(&app).await;
    let scanner = OfflineScanner::new("gate").code("1", &code(&people[0]), AT_8_30);
    assert_eq!(outcomes(&scanner.hand_in(&app, &desk).await), [("accepted", "")]);
    for step in ["call", "serve", "finish"] {
        assert_eq!(desk.queue(&app, step, json!({"counter": "1"})).await.status, 200);
    }
    // A day that is missed really is the first one, and closes nothing.
    assert_eq!(person.book(&app, "2026-12-03", "09:00").await.status, 200);
    reach(&app, "2026-12-03T01:30:00Z");
    app.tick().await;
    assert_eq!(person.hold(&app, "2026-12-04", "09:00").await.status, 201);
}

#[tokio::test]
async fn a_clock_that_is_hours_off_is_corrected_and_one_that_contradicts_itself_refused() {
    let app = TestApp::with_quota(3).await;
    let people = booked(&app, 1..=3).await;
    let codes: Vec<_> = people.iter().map(code).collect();
    reach(&app, AT_9_00);
    let desk = Desk::sign_in(&app).await;
    for (minutes, code) in [(120, &codes[0]), (-120, &codes[1])] {
        let scanner = OfflineScanner::new("gate").ahead(minutes).code("1", code, AT_8_10);
        let answer = scanner.hand_in(&app, &desk).await;
        assert_eq!(outcomes(&answer), [("accepted", "")]);
        let at = scan(&answer, 0)["scanned_at"].as_str().unwrap();
        assert!(at.starts_with("2026-12-02T08:10:") || at.starts_with("2026-12-02T08:09:"), "{at}");
    }
    let future = OfflineScanner::new("gate").code("1", &codes[2], "2026-12-02T01:10:00Z");
    assert_eq!(outcomes(&future.hand_in(&app, &desk).await), [("refused", "scanned_in_future")]);
    assert_eq!(seen(&app, &codes[2]).await, ("confirmed".into(), String::new(), 2));
}

#[tokio::test]
async fn what_is_handed_in_on_another_day_is_refused() {
    let app = TestApp::start().await;
    let people = booked(&app, 1..=1).await;
    reach(&app, "2026-12-02T16:00:00Z");
    let desk = Desk::sign_in(&app).await;
    let scanner = OfflineScanner::new("gate").code("1", &code(&people[0]), AT_8_30);
    assert_eq!(outcomes(&scanner.hand_in(&app, &desk).await), [("refused", "handed_in_late")]);
    assert_eq!(seen(&app, &code(&people[0])).await.1, "");
}

#[tokio::test]
async fn a_batch_names_its_scanner_and_its_scans_and_is_not_too_long() {
    let app = TestApp::start().await;
    let desk = Desk::sign_in(&app).await;
    let path = "/v1/check-ins/batch";
    let unknown = BookingCode::from_bits(7);
    let scan = |id: &str| json!({"id": id, "code": unknown, "scanned_at": AT_8_00});
    let batch = |scanner: &str, scans: Vec<Value>| json!({"scanner": scanner, "sent_at": AT_9_00, "scans": scans});
    let many = (0..101).map(|id| scan(&id.to_string())).collect();
    for (wrong, field) in [
        (batch("gate 1", vec![scan("1")]), "scanner"),
        (batch(&"g".repeat(65), vec![scan("1")]), "scanner"),
        (batch("g", vec![]), "scans"),
        (batch("g", many), "scans"),
        (batch("g", vec![scan("1"), scan("")]), "scans[1].id"),
    ] {
        assert_eq!(wrong_fields(&desk.post(&app, path, wrong).await), [field]);
    }
    let both = json!({"id": "1", "code": "x", "ticket": "y", "scanned_at": AT_8_00});
    let neither = json!({"id": "2", "scanned_at": AT_8_00});
    let answer = desk.post(&app, path, batch("g", vec![both, neither, scan("3")])).await;
    let refused = ("refused", "invalid_request");
    assert_eq!(outcomes(&answer), [refused, refused, ("refused", "not_found")]);
    let counter = app.staff(OFFICE, &["counter"]).await;
    let body = batch("g", vec![scan("1")]);
    let answer = app.call(Method::POST, path, Some(&counter), Some(body.clone())).await;
    assert_eq!((answer.status, answer.code()), (403, "forbidden"));
    assert_eq!(app.call(Method::POST, path, None, Some(body)).await.status, 401);
}
