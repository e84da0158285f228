//! The audit finds what does not agree, whoever wrote it, and goes on where a run had no time left.

use std::sync::Arc;

use antrian::storage::{AuditReport, AuditRun, Disagreement};
use antrian_scheduler::Job;
use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::wire::{Action, Item, Switch, client, item_of, touched};
use antrian_tests::{Person, Setup, TestApp};
use reqwest::Method;
use serde_json::json;

use crate::steps::{close, office_with, reach};

/// Leaves one kind of item out of every transaction, as no correct program would.
fn leave_out(switch: &Switch, item: Item) {
    switch.arm(move |call| {
        if !touched(call).contains(&item) {
            return Action::Pass;
        }
        let mut body = call.body.clone();
        let writes = body["TransactItems"].as_array_mut().unwrap();
        writes.retain(|write| item_of(write) != item);
        Action::Send(body)
    });
}

/// What the audit says after a hold that lacks one of its items; and the hold's code.
async fn audited_without(item: Item) -> (Vec<Disagreement>, String) {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    app.assert_audit_agrees().await;
    leave_out(&switch, item);
    let held = person.hold(&app, DATE, "09:00").await;
    switch.disarm();
    assert_eq!(held.status, 201, "{held:?}");
    (app.audit().await.disagreements, held.text("code"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_a_booking_without_its_seat() {
    let (found, code) = audited_without(Item::Seat).await;
    assert_eq!(found, [Disagreement::BookingWithoutSeat { code: code.parse().unwrap() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_a_booking_without_the_seat_that_it_returns_to() {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    reach(&app, "2026-12-02T00:31:00Z");
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &code).await.status, 200);
    app.assert_audit_agrees().await;
    leave_out(&switch, Item::Seat);
    let missing =
        json!({"decision": "incomplete", "missing": ["kk"], "deadline": "2026-12-04T07:00:00Z"});
    let sent = desk.documents(&app, &code, missing).await;
    switch.disarm();
    assert!(sent.body["return_seat"].is_object(), "{sent:?}");
    let found = app.audit().await.disagreements;
    assert_eq!(found, [Disagreement::BookingWithoutSeat { code: code.parse().unwrap() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_last_audit_has_found_is_told_to_whoever_may_look_at_every_office() {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let auditor = app.staff("*", &["auditor"]).await;
    let ask = async |token: &str| app.call(Method::GET, "/v1/staff/audit", Some(token), None).await;
    assert_eq!(ask(&auditor).await.code(), "not_found", "none has begun");
    leave_out(&switch, Item::Seat);
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    switch.disarm();
    app.audit().await;
    let told = ask(&auditor).await.body;
    let seen = json!([told["ended"], told["live_bookings"], told["disagreements"]]);
    let found = json!([{"kind": "booking_without_seat", "code": code}]);
    assert_eq!(seen, json!([true, 1, found]), "{told}");
    assert_eq!(ask(&app.staff(OFFICE, &["auditor"]).await).await.code(), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_a_seat_without_its_booking() {
    let (found, code) = audited_without(Item::Booking).await;
    let [Disagreement::SeatWithoutBooking { seat, code: of }] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(seat.starts_with("0900#passport_new#"), "{seat}");
    assert_eq!(of.as_str(), code);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_a_booking_without_its_persons_guard() {
    let (found, code) = audited_without(Item::Person).await;
    assert_eq!(found, [Disagreement::BookingWithoutGuard { code: code.parse().unwrap() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_a_visit_without_its_persons_guard() {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { http_client, ..Setup::default() }).await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    reach(&app, "2026-12-02T00:30:00Z");
    let desk = app.staff(OFFICE, &["desk"]).await;
    leave_out(&switch, Item::Person);
    let scan = Some(json!({"code": code}));
    let scanned = app.call(reqwest::Method::POST, "/v1/check-ins", Some(&desk), scan).await;
    switch.disarm();
    assert_eq!(scanned.status, 200, "{scanned:?}");
    let found = app.audit().await.disagreements;
    assert_eq!(found, [Disagreement::BookingWithoutGuard { code: code.parse().unwrap() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_a_booking_without_its_history() {
    let (found, code) = audited_without(Item::Event).await;
    assert_eq!(found, [Disagreement::BrokenHistory { code: code.parse().unwrap() }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_a_booking_that_a_closed_day_still_has() {
    let app = TestApp::start().await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    close(&app, &[DATE]).await;
    app.assert_audit_agrees().await;
    app.advance(16 * 60);
    let found = app.audit().await.disagreements;
    assert_eq!(found, [Disagreement::LiveOnClosedDay { code: code.parse().unwrap() }]);
    app.tick().await;
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_audit_goes_as_far_as_days_are_open() {
    let office = office_with(2, |office| office["release"]["days_ahead"] = 100.into());
    let app = TestApp::start_with(Setup { offices: vec![office], ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    let held = person.book(&app, "2027-03-05", "09:00").await;
    assert_eq!(held.text("status"), "confirmed", "{held:?}");
    let report = app.assert_audit_agrees().await;
    assert_eq!((report.seats_taken, report.live_bookings), (1, 1));
    // Today, the day before, and those ahead.
    assert_eq!(report.days, 102);
}

/// Four offices with three people each, whose bookings stand in several shards of the index.
async fn busy() -> TestApp {
    let offices = (0..4)
        .map(|number| office_with(2, |office| office["id"] = format!("kantor-{number}").into()));
    let app = TestApp::start_with(Setup { offices: offices.collect(), ..Setup::default() }).await;
    for number in 0..12 {
        let person = Person::register(&app, number).await;
        let wish = json!({"applicant_id": "p1", "office": format!("kantor-{}", number % 4),
            "service": SERVICE, "date": DATE, "slot": "09:00"});
        let held = person.post(&app, "/v1/bookings", wish).await;
        assert!(matches!(held.status, 201 | 409), "{held:?}");
    }
    app
}

/// Does the parts of an audit in as many runs, each of which knows only what was stored.
async fn in_runs(app: &TestApp, mut between: impl FnMut(u32)) -> AuditReport {
    let (store, work) = (app.stack.app.ledger.store(), &app.stack.work);
    let mut run = AuditRun::begin(app.now());
    for count in 0..1_000 {
        assert!(store.put_audit_run(&mut run).await.unwrap());
        between(count);
        let stored = store.audit_run().await.unwrap().unwrap();
        assert_eq!(stored, run);
        if stored.next.is_none() {
            return stored.report;
        }
        run = work.audit_part(stored, app.now()).await.unwrap();
    }
    panic!("it does not end: {run:?}");
}

#[tokio::test]
async fn an_audit_of_many_runs_sees_what_one_sees() {
    let app = busy().await;
    let mut runs = 0;
    let report = in_runs(&app, |count| runs = count).await;
    assert!(runs > 8, "a part for each shard, and each office: {runs}");
    assert_eq!((report.seats_taken, report.live_bookings), (8, 8), "two at each office");
    assert_eq!(report, app.assert_audit_agrees().await);
}

#[tokio::test]
async fn of_two_runs_that_go_on_with_an_audit_one_stops() {
    let app = busy().await;
    let store = app.stack.app.ledger.store();
    let mut run = AuditRun::begin(app.now());
    assert!(store.put_audit_run(&mut run).await.unwrap());
    let mut other = store.audit_run().await.unwrap().unwrap();
    assert!(store.put_audit_run(&mut run).await.unwrap());
    assert!(!store.put_audit_run(&mut other).await.unwrap());
    // What was left is done by whoever comes next.
    let report = app.assert_audit_agrees().await;
    assert_eq!(report.live_bookings, 8);
    assert!(store.audit_run().await.unwrap().unwrap().next.is_none());
}

#[tokio::test]
async fn a_night_has_one_audit_and_the_next_night_another() {
    let app = busy().await;
    let nightly = async || app.stack.run_job(Job::NightlyAudit).await.unwrap().audit;
    assert!(nightly().await.is_some());
    app.advance(15 * 60);
    assert!(nightly().await.is_none(), "it has ended");
    app.assert_audit_agrees().await;
    app.advance(24 * 60 * 60);
    assert!(nightly().await.is_some());
}
