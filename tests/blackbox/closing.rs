//! Calendars that were refused, cut short, or changed while a day opened.

use std::sync::Arc;

use antrian_tests::app::DATE;
use antrian_tests::offices::{OFFICE, SERVICE};
use antrian_tests::wire::{Action, Item, Switch, client, touched};
use antrian_tests::{Answer, Person, Setup, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{administer, close, office_with};

async fn switched() -> (TestApp, Arc<Switch>) {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    (TestApp::start_with(setup).await, switch)
}

async fn close_day(app: &TestApp) -> Answer {
    let reason = json!({"id": "Pemadaman listrik", "en": "Power cut"});
    let body = json!({"exceptions": {DATE: {"open": false, "reason": reason}}});
    administer(app, Method::PUT, "/calendar", body).await
}

/// Somebody else has changed the office when it is written.
fn change_meanwhile(switch: &Switch) {
    switch.arm(|call| match touched(call).as_slice() {
        [Item::Office, Item::Directory, Item::Directory, Item::Version] => {
            let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
            let codes = ["ConditionalCheckFailed", "None", "None", "None"];
            let reasons = codes.map(|code| json!({"Code": code}));
            let body = json!({"__type": kind, "message": "", "CancellationReasons": reasons});
            Action::Answer { status: 400, body }
        }
        _ => Action::Pass,
    });
}

/// Days cannot be marked.
fn forbid_marks(switch: &Switch) {
    switch.arm(|call| match touched(call).contains(&Item::Day) {
        true => {
            let kind = "com.amazonaws.dynamodb.v20120810#AccessDeniedException";
            Action::Answer { status: 400, body: json!({"__type": kind}) }
        }
        false => Action::Pass,
    });
}

/// Lets the scheduler do all that follows from a closed day; how many bookings have left it.
async fn cleared(app: &TestApp) -> u32 {
    let mut cleared = 0;
    for _ in 0..4 {
        app.advance(31);
        cleared += app.tick().await.cleared;
    }
    cleared
}

#[tokio::test]
async fn a_calendar_that_was_refused_moves_nobody() {
    let (app, switch) = switched().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    change_meanwhile(&switch);
    let refused = close_day(&app).await;
    switch.disarm();
    assert_eq!(refused.status, 409, "{refused:?}");
    assert_eq!(cleared(&app).await, 0);
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(seen.text("status"), "confirmed");
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(1));
}

#[tokio::test]
async fn a_calendar_that_was_cut_short_is_carried_out_by_the_scheduler() {
    let (app, switch) = switched().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    forbid_marks(&switch);
    let cut = close_day(&app).await;
    switch.disarm();
    assert!(cut.status >= 500, "{cut:?}");
    assert_eq!(cleared(&app).await, 1);
    let seen = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((seen.text("status"), seen.text("date")), ("confirmed".into(), "2026-12-03".into()));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_day_whose_reopening_was_refused_stays_closed() {
    let (app, switch) = switched().await;
    close(&app, &[DATE]).await;
    cleared(&app).await;
    let open = json!({"exceptions": {}});
    change_meanwhile(&switch);
    let refused = administer(&app, Method::PUT, "/calendar", open).await;
    switch.disarm();
    assert_eq!(refused.status, 409, "{refused:?}");
    let person = Person::register(&app, 1).await;
    assert_eq!(person.hold(&app, DATE, "09:00").await.code(), "office_closed");
    app.advance(6);
    app.tick().await;
    let (office, date) = (OFFICE.parse().unwrap(), DATE.parse().unwrap());
    let state = app.stack.app.ledger.store().day_state(&office, date).await.unwrap();
    assert!(state.unwrap().closed.is_some(), "it is marked again");
}

/// An office with a second service, which has sessions on Wednesdays only.
fn two_services() -> antrian::domain::office::Office {
    office_with(2, |office| {
        let other = json!({"id": "passport_lost", "name": {"id": "Hilang", "en": "Lost"},
            "queue_group": "B"});
        office["services"].as_array_mut().unwrap().push(other);
        let mut session = office["sessions"][0].clone();
        session["service"] = "passport_lost".into();
        session["days"] = json!(["wed"]);
        office["sessions"].as_array_mut().unwrap().push(session);
    })
}

async fn day(app: &TestApp, service: &str, date: &str) -> Value {
    let path = format!("/v1/offices/{OFFICE}/availability?service={service}&from={date}&to={date}");
    app.get(&path).await.body["days"][0].clone()
}

async fn release(app: &TestApp, service: &str, date: &str) -> Value {
    let body = json!({"service": service, "from": date, "to": date});
    let released = administer(app, Method::POST, "/releases", body).await;
    assert_eq!(released.status, 200, "{released:?}");
    released.body
}

#[tokio::test]
async fn a_day_opened_for_one_service_is_not_released_for_the_others() {
    let app =
        TestApp::start_with(Setup { offices: vec![two_services()], ..Setup::default() }).await;
    let wednesday = "2027-01-13";
    release(&app, "passport_lost", wednesday).await;
    assert_eq!(day(&app, "passport_lost", wednesday).await["status"], "open");
    let other = day(&app, SERVICE, wednesday).await;
    assert_eq!(other["status"], "not_released", "{other}");
}

#[tokio::test]
async fn a_release_of_a_service_without_sessions_opens_nothing() {
    let app =
        TestApp::start_with(Setup { offices: vec![two_services()], ..Setup::default() }).await;
    let thursday = "2027-01-14";
    let released = release(&app, "passport_lost", thursday).await;
    assert_eq!(released, json!({"opened": [], "slots_added": 0}));
    assert_eq!(release(&app, SERVICE, thursday).await["opened"], json!([thursday]));
}

#[tokio::test]
async fn a_reason_that_says_nothing_or_too_much_closes_no_day() {
    let app = TestApp::start().await;
    for said in ["", "  ", &"é".repeat(121)] {
        let reason = json!({"id": "Pemadaman listrik", "en": said});
        let body = json!({"exceptions": {DATE: {"open": false, "reason": reason}}});
        let refused = administer(&app, Method::PUT, "/calendar", body).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid_request"), "{refused:?}");
        let field = format!("exceptions.{DATE}.reason");
        assert_eq!(refused.body["errors"][0]["field"], field, "{refused:?}");
    }
    assert_eq!(close_day(&app).await.status, 200);
}
