//! Bookings and deliveries hang, in any number: the desks go on. In the cloud each function has instances
//! of its own besides (`infra/checks/rules/functions.py`, `shares`); here they share one process, its
//! threads and its connections.

use std::sync::Arc;

use antrian_tests::desk::Desk;
use antrian_tests::wire::{Action, Call, Gate, Item, Switch, client, touched};
use antrian_tests::{Person, Setup, TestApp, offices};
use serde_json::json;
use tokio::task::JoinSet;

use super::operations::AT_THE_GATE;
use crate::webhooks::{message, store};

const BOOKINGS: usize = 60;
const DELIVERIES: usize = 20;
const VISITORS: u32 = 4;

/// The writes of a hold and of a delivery.
fn hangs(call: &Call) -> bool {
    let is_received =
        call.target == "TransactWriteItems" && call.body.to_string().contains("\"INBOUND#");
    is_received || touched(call).contains(&Item::Seat)
}

#[tokio::test(flavor = "multi_thread")]
async fn while_bookings_and_deliveries_hang_the_desk_goes_on() {
    let switch = Arc::new(Switch::default());
    let offices = vec![offices::office(80)];
    let http_client = Some(client(switch.clone()));
    let app = TestApp::start_with(Setup { offices, http_client, ..Setup::default() }).await;
    let app = Arc::new(app);
    let (desk, codes) = visitors(&app).await;
    let mut applicants = vec![];
    for number in 0..BOOKINGS {
        applicants.push(Person::register(&app, 100 + number as u32).await);
    }
    app.advance_to(AT_THE_GATE);

    let gate = Gate::default();
    let closed = gate.clone();
    switch.arm(move |call| match hangs(call) {
        true => Action::Wait(closed.clone(), Box::new(Action::Pass)),
        false => Action::Pass,
    });
    let mut waiting = JoinSet::new();
    for person in applicants {
        let app = app.clone();
        waiting.spawn(async move { person.hold(&app, "2026-12-04", "09:00").await.status });
    }
    for number in 0..DELIVERIES {
        let app = app.clone();
        let said = message(
            &format!("wamid.{number}"),
            json!({"from": format!("6281000{number:05}")}),
            "MENU",
        );
        waiting.spawn(async move { store(&app, &[said]).await });
    }
    gate.reached_by(BOOKINGS + DELIVERIES).await;

    for (number, code) in codes.iter().enumerate() {
        let counter = number.to_string();
        assert_eq!(desk.scan(&app, code).await.status, 200);
        assert_eq!(desk.documents(&app, code, json!({"decision": "complete"})).await.status, 200);
        assert_eq!(desk.call(&app, &counter).await.status, 200);
        assert_eq!(desk.step(&app, "finish", &counter).await.status, 200);
    }
    assert!(waiting.try_join_next().is_none(), "nothing else was answered meanwhile");

    gate.open();
    let answers = waiting.join_all().await;
    let held = answers.iter().filter(|status| **status == 201).count();
    let stored = answers.iter().filter(|status| **status == 200).count();
    assert_eq!((held, stored), (BOOKINGS, DELIVERIES));
    switch.disarm();
    app.assert_audit_agrees().await;
}

/// People with a booking of today, and the clerk who will see them.
async fn visitors(app: &TestApp) -> (Desk, Vec<String>) {
    let mut codes = vec![];
    for number in 1..=VISITORS {
        let person = Person::register(app, number).await;
        codes.push(person.book(app, "2026-11-30", "10:00").await.text("code"));
    }
    (Desk::sign_in(app).await, codes)
}
