//! What time makes due: days, lapses, the recount.

use std::sync::Arc;

use antrian::domain::office::Office;
use antrian::storage::Disagreement;
use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::wire::{Action, Item, Switch, client, item_of, touched};
use antrian_tests::{Person, Setup, TestApp};
use serde_json::{Value, json};

use crate::steps::{after, close, office_with, reach};

fn released(id: &str, zone: &str, policy: Value) -> Office {
    office_with(2, |office| {
        office["id"] = id.into();
        office["timezone"] = zone.into();
        office["release"] = policy;
    })
}

async fn day(app: &TestApp, office: &str, date: &str) -> Value {
    let query = format!("service={SERVICE}&from={date}&to={date}");
    let answer = app.get(&format!("/v1/offices/{office}/availability?{query}")).await;
    answer.body["days"][0].clone()
}

/// Asserts that `date` opens at `instant` and not half a minute before, and that nothing has to run then.
async fn opens(app: &TestApp, office: &str, date: &str, instant: &str) {
    reach(app, &after(instant, -3600));
    app.tick().await;
    reach(app, &after(instant, -30));
    let before = day(app, office, date).await;
    assert_eq!(before["status"], "not_released", "{office} {date}");
    let told = before["release_at"].as_str().unwrap();
    assert_eq!(after(told, 0), after(instant, 0), "{office} {date}");
    reach(app, instant);
    assert_eq!(day(app, office, date).await["status"], "open", "{office} {date}");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_open_at_the_second_that_their_office_says() {
    let offices = vec![
        released("monthly", "Asia/Jakarta", json!({"kind": "monthly", "day": 31, "at": "09:00"})),
        released(
            "rolling",
            "Asia/Jayapura",
            json!({"kind": "rolling", "days_ahead": 3, "at": "08:00"}),
        ),
        released(
            "weekly",
            "Asia/Makassar",
            json!({"kind": "weekly", "weekday": "fri", "at": "14:00"}),
        ),
    ];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    // November has no 31st: its last day opens all of December.
    opens(&app, "monthly", "2026-12-01", "2026-11-30T02:00:00Z").await;
    assert_eq!(day(&app, "monthly", "2026-12-31").await["status"], "open");
    assert_eq!(day(&app, "monthly", "2027-01-02").await["status"], "not_released");
    opens(&app, "rolling", "2026-12-04", "2026-11-30T23:00:00Z").await;
    opens(&app, "rolling", "2026-12-05", "2026-12-01T23:00:00Z").await;
    opens(&app, "weekly", "2026-12-07", "2026-12-04T06:00:00Z").await;
    assert_eq!(day(&app, "weekly", "2026-12-13").await["status"], "open");
    assert_eq!(day(&app, "weekly", "2026-12-14").await["status"], "not_released");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_writes_down_what_time_has_changed() {
    let app = TestApp::start().await;
    let (first, second) = (Person::register(&app, 1).await, Person::register(&app, 2).await);
    let held = first.hold(&app, DATE, "09:00").await;
    let missed = second.book(&app, DATE, "09:00").await.text("code");
    let history = |person: Person, code: String| {
        let app = &app;
        async move {
            let seen = person.get(app, &format!("/v1/bookings/{code}")).await;
            seen.body["history"].as_array().unwrap().clone()
        }
    };
    let expires_at = held.text("hold_expires_at");
    reach(&app, &after(&expires_at, -30));
    assert_eq!(app.tick().await.settled, 0);
    reach(&app, &expires_at);
    assert_eq!(history(first.clone(), held.text("code")).await.len(), 1);
    assert_eq!(app.tick().await.settled, 1);
    let events = history(first, held.text("code")).await;
    assert_eq!((&events[1]["status"], &events[1]["by"]), (&json!("expired"), &json!("system")));

    reach(&app, "2026-12-02T01:29:30Z");
    assert_eq!(app.tick().await.settled, 0);
    reach(&app, "2026-12-02T01:30:00Z");
    assert_eq!(app.tick().await.settled, 1);
    assert_eq!(app.tick().await.settled, 0);
    let events = history(second.clone(), missed).await;
    assert_eq!((&events[2]["status"], &events[2]["by"]), (&json!("no_show"), &json!("system")));
    assert_eq!(second.hold(&app, "2026-12-03", "09:00").await.status, 201);
    app.assert_audit_agrees().await;
}

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
    assert_eq!(day(&app, OFFICE, DATE).await["status"], "closed");
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
