//! A clerk looks a booking of the office up and cancels it; a scan that was somebody else's is undone.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::offices::OFFICE;
use antrian_tests::phone::Phone;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Gate, Item, Switch, client, touched};
use antrian_tests::{Answer, Person, Recorder, Setup, TestApp, offices};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

use super::{MORNING, fill, hall};
use crate::steps::{office_with, outcome, reach, wrong_fields};

async fn look(app: &TestApp, token: &str, office: &str, code: &str) -> Answer {
    let path = format!("/v1/offices/{office}/bookings/{code}");
    app.call(Method::GET, &path, Some(token), None).await
}

async fn cancel(app: &TestApp, token: &str, code: &str, body: Value) -> Answer {
    let path = format!("/v1/offices/{OFFICE}/bookings/{code}/cancel");
    app.call(Method::POST, &path, Some(token), Some(body)).await
}

async fn undo(app: &TestApp, code: &str) -> Answer {
    let token = app.staff(OFFICE, &["desk"]).await;
    app.call(Method::DELETE, &format!("/v1/check-ins/{code}"), Some(&token), None).await
}

#[tokio::test]
async fn a_clerk_cancels_a_booking_of_the_office_and_its_account_is_told() {
    let (app, recorder) = Recorder::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let seen = look(&app, &clerk, OFFICE, &code).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    let fields = json!([
        seen.body["status"],
        seen.body["date"],
        seen.body["slot"],
        seen.body["applicant"]["name"],
        seen.body["history"][1]["by"]
    ]);
    assert_eq!(fields, json!(["confirmed", DATE, "09:00", "Contoh 1", "applicant"]));

    assert_eq!(
        wrong_fields(&cancel(&app, &clerk, &code, json!({"reason": "x"})).await),
        ["reason"]
    );
    let mut phone = Phone::new(&app, &person.phone);
    for _ in 0..2 {
        let cancelled = cancel(&app, &clerk, &code, json!({"reason": "asked"})).await;
        assert_eq!((cancelled.status, cancelled.text("status").as_str()), (200, "cancelled"));
    }
    let told = phone.read().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].text.contains("dibatalkan oleh petugas kantor"), "{told:?}");
    let seen = look(&app, &clerk, OFFICE, &code).await;
    let last = json!([seen.body["history"][2]["by"], seen.body["history"][2]["reason"]]);
    assert_eq!(last, json!(["office", "asked"]));
    let own = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(own.text("cancel_reason"), "desk");
    assert!(own.body["history"][2]["reason"].is_null(), "why is for the office: {own:?}");
    assert_eq!(person.hold(&app, "2026-12-04", "09:00").await.status, 201, "free to book again");
    app.assert_audit_agrees().await;
    let items = recorder.items().await;
    let clerks: Vec<_> = items.iter().filter(|item| !item["clerk"].is_null()).collect();
    assert_eq!(clerks.len(), 1, "{clerks:?}");
    let staff = clerks[0]["clerk"]["M"]["staff"]["S"].as_str().unwrap();
    assert!(!staff.is_empty() && !own.body.to_string().contains(staff));
}

#[tokio::test]
async fn a_booking_is_shown_at_its_own_office_only() {
    let mut other = offices::office(2);
    other.id = "lain".parse().unwrap();
    let offices = vec![offices::office(2), other];
    let app = TestApp::start_with(Setup { offices, ..Setup::default() }).await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let (here, there) = (app.staff(OFFICE, &["desk"]).await, app.staff("lain", &["desk"]).await);
    assert_eq!(outcome(&look(&app, &there, OFFICE, &code).await), (403, "forbidden"));
    let elsewhere = look(&app, &there, "lain", &code).await;
    assert_eq!(outcome(&elsewhere), (409, "wrong_office"));
    assert!(!elsewhere.body.to_string().contains("Contoh 1"));
    assert_eq!(outcome(&look(&app, &here, OFFICE, "7KQ4MM2XAB").await), (404, "not_found"));
    let everywhere = app.staff("*", &["desk"]).await;
    assert_eq!(outcome(&look(&app, &everywhere, "lain", &code).await), (409, "wrong_office"));
    assert_eq!(look(&app, &everywhere, OFFICE, &code).await.status, 200);
}

#[tokio::test]
async fn nobody_who_is_at_the_office_is_cancelled() {
    let (app, _, codes, _) = hall(1).await;
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let refused = cancel(&app, &clerk, &codes[0], json!({"reason": "office"})).await;
    assert_eq!(outcome(&refused), (409, "already_checked_in"));
}

#[tokio::test]
async fn the_wrong_child_was_scanned_and_the_number_is_given_to_nobody() {
    let (app, desk, codes, persons) = hall(2).await;
    let undone = undo(&app, &codes[0]).await;
    let seen = json!([undone.body["status"], undone.body["queue_number"]]);
    assert_eq!((undone.status, seen), (200, json!(["confirmed", null])));
    assert_eq!(outcome(&undo(&app, &codes[0]).await), (409, "not_checked_in"));
    let called = desk.call(&app, "1").await;
    assert_eq!(called.text("queue_number"), "A-002", "{called:?}");
    let scanned = desk.scan(&app, &codes[0]).await;
    let seen = json!([scanned.body["queue_number"], scanned.body["duplicate"]]);
    assert_eq!(seen, json!(["A-003", false]), "{scanned:?}");
    let own = persons[0].get(&app, &format!("/v1/bookings/{}", codes[0])).await;
    let history: Vec<_> = own.body["history"].as_array().unwrap().clone();
    let steps: Vec<_> = history.iter().map(|event| event["status"].as_str().unwrap()).collect();
    assert_eq!(steps, ["held", "confirmed", "checked_in", "confirmed", "checked_in"]);
    assert_eq!(history[3]["by"], "office");
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_scan_is_not_undone_once_it_has_led_to_something() {
    let (app, desk, codes, _) = hall(3).await;
    assert_eq!(desk.call(&app, "1").await.text("queue_number"), "A-001");
    assert_eq!(outcome(&undo(&app, &codes[0]).await), (409, "already_called"));
    assert_eq!(desk.step(&app, "skip", "1").await.status, 200);
    assert_eq!(outcome(&undo(&app, &codes[0]).await), (409, "already_called"));
    let complete = json!({"decision": "complete"});
    assert_eq!(desk.documents(&app, &codes[1], complete).await.status, 200);
    assert_eq!(outcome(&undo(&app, &codes[1]).await), (409, "already_called"));
    reach(&app, "2026-12-02T16:30:00Z");
    assert_eq!(outcome(&undo(&app, &codes[2]).await), (409, "booking_ended"), "the day is over");
}

/// The visit is as before the scan: whoever did not come has not come.
#[tokio::test]
async fn a_scan_that_is_undone_late_is_a_missed_visit_that_a_clerk_can_excuse() {
    let (app, _, codes, _) = hall(1).await;
    reach(&app, "2026-12-02T01:40:00Z");
    let undone = undo(&app, &codes[0]).await;
    assert_eq!((undone.status, undone.text("status").as_str()), (200, "no_show"));
    let clerk = app.staff(OFFICE, &["desk"]).await;
    let excuse = format!("/v1/check-ins/{}/excuse", codes[0]);
    let excused = app.call(Method::POST, &excuse, Some(&clerk), None).await;
    assert_eq!((excused.status, &excused.body["excused"]), (200, &json!(true)), "{excused:?}");
    app.assert_audit_agrees().await;
}

/// An undoing waits on its way, and goes on as `then` says; meanwhile the number is called.
async fn called_beside(unguarded: bool) -> (Answer, Answer) {
    let switch = Arc::new(Switch::default());
    let http_client = Some(client(switch.clone()));
    let offices = vec![office_with(8, |_| {})];
    let app = TestApp::start_with(Setup { offices, http_client, ..Setup::default() }).await;
    let (desk, codes, _) = fill(&app, 1).await;
    let gate = Gate::default();
    let stopped = gate.clone();
    switch.arm(move |call| {
        let kinds = touched(call);
        match kinds.contains(&Item::Booking) && kinds.contains(&Item::Entry) {
            false => Action::Pass,
            true if unguarded => {
                let sent = without_conditions_on(&[Item::Entry], call);
                Action::Wait(stopped.clone(), Box::new(sent))
            }
            true => Action::Wait(stopped.clone(), Box::new(Action::Pass)),
        }
    });
    let calling = async {
        gate.reached().await;
        let called = desk.call(&app, "1").await;
        gate.open();
        called
    };
    tokio::join!(undo(&app, &codes[0]), calling)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_called_meanwhile_is_not_undone() {
    let (undone, called) = called_beside(false).await;
    assert_eq!(called.status, 200, "{called:?}");
    assert_eq!(outcome(&undone), (409, "already_called"));
}

#[tokio::test(flavor = "multi_thread")]
async fn control_without_its_condition_a_called_number_is_undone() {
    let (undone, called) = called_beside(true).await;
    assert_eq!((undone.status, called.status), (200, 200), "{undone:?}");
}

#[tokio::test]
async fn a_desk_is_signed_in() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    reach(&app, MORNING);
    assert_eq!(Desk::sign_in(&app).await.scan(&app, &code).await.status, 200);
    let path = format!("/v1/check-ins/{code}");
    let own = app.call(Method::DELETE, &path, Some(&person.token), None).await;
    assert_eq!(own.status, 401, "{own:?}");
}
