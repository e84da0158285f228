//! The wire itself: what tests inject arrives as it would from AWS.

use std::sync::{Arc, Mutex};

use antrian_tests::wire::{Action, Item, Switch, client, touched};
use antrian_tests::{Person, Setup, TestApp, app::DATE};
use serde_json::json;

async fn app_on(switch: &Arc<Switch>) -> TestApp {
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    TestApp::start_with(setup).await
}

#[tokio::test]
async fn a_hold_touches_its_items_in_one_transaction() {
    let switch = Arc::new(Switch::default());
    let app = app_on(&switch).await;
    let person = Person::register(&app, 1).await;
    let seen: Arc<Mutex<Vec<Vec<Item>>>> = Arc::default();
    let notes = seen.clone();
    switch.arm(move |call| {
        notes.lock().unwrap().push(touched(call));
        Action::Pass
    });
    assert_eq!(person.hold(&app, DATE, "09:00").await.status, 201);
    switch.disarm();
    let seen = seen.lock().unwrap();
    let writes: Vec<_> = seen.iter().filter(|items| !items.is_empty()).collect();
    assert_eq!(writes.len(), 1, "{seen:?}");
    // The account and the person in it have to be there, and the account gets a pointer to the booking.
    for (item, expected) in [
        (Item::Booking, 1),
        (Item::Person, 1),
        (Item::Seat, 1),
        (Item::Event, 1),
        (Item::Account, 3),
        (Item::Message, 1),
    ] {
        let count = writes[0].iter().filter(|written| **written == item).count();
        assert_eq!(count, expected, "{item:?}: {writes:?}");
    }
    assert_eq!(writes[0].len(), 8, "{writes:?}");
}

#[tokio::test]
async fn a_changed_body_is_what_the_table_gets() {
    let switch = Arc::new(Switch::default());
    let app = app_on(&switch).await;
    let person = Person::register(&app, 1).await;
    switch.arm(|call| match call.target.as_str() {
        "TransactWriteItems" => {
            let mut body = call.body.clone();
            let items = body["TransactItems"].as_array_mut().unwrap();
            for put in items.iter_mut().filter_map(|item| item.get_mut("Put")) {
                // Longer than it was, so that the length has to follow.
                put["Item"]["note"] = json!({"S": "a longer item than before"});
            }
            Action::Send(body)
        }
        _ => Action::Pass,
    });
    assert_eq!(person.hold(&app, DATE, "09:00").await.status, 201);
    switch.arm(|call| match call.target.as_str() {
        "GetItem" => Action::Answer { status: 200, body: json!({}) },
        _ => Action::Pass,
    });
    assert_eq!(person.get(&app, "/v1/me").await.status, 401, "an absent session");
    switch.disarm();
    assert_eq!(person.get(&app, "/v1/me").await.status, 200);
}

#[tokio::test]
async fn a_broken_wire_is_busy_or_unknown_and_never_a_refusal() {
    let switch = Arc::new(Switch::default());
    let app = app_on(&switch).await;
    let person = Person::register(&app, 1).await;
    for action in [Action::Refuse, Action::LoseAnswer] {
        switch.arm(move |_| action.clone());
        let answer = person.hold(&app, DATE, "09:00").await;
        assert_eq!(answer.status, 503, "{answer:?}");
        switch.disarm();
    }
    assert_eq!(person.hold(&app, DATE, "09:00").await.status, 201);
}
