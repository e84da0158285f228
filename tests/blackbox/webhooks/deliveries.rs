//! A delivery has its effect once, whole, and only after it is stored.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use antrian_tests::TestApp;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Call, Item};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{deliver, delivery, hash, message, post_signed, switched};
use crate::registration::{begin, exchange, proof};

const DAY_SECS: i64 = 24 * 3600;

fn from(number: u32) -> Value {
    json!({"from": format!("62800{number:08}")})
}

/// Messages that ask for nothing, each from another sender.
fn greetings(count: u32) -> Vec<Value> {
    (0..count).map(|at| message(&format!("wamid.{at}"), from(at), "halo")).collect()
}

/// Whether a call stores the message with this hash.
fn stores(call: &Call, hash: &str) -> bool {
    let key = &call.body["TransactItems"][0]["Put"]["Item"]["pk"]["S"];
    *key == json!(format!("INBOUND#{hash}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_delivered_a_hundred_times_at_once_has_one_effect() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let messages = proof("wamid.1", &from(1), &begun);
    let statuses = join_all((0..100).map(|_| deliver(&app, &messages))).await;
    // Where the deliveries meet, some are told to come again; none is refused for good.
    assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?}");
    assert_eq!(deliver(&app, &messages).await, 200, "delivered again, it is settled");
    assert_eq!(exchange(&app, &begun).await.status, 200);
    app.tick().await;
    app.drain().await;
    let ids = app.sent_ids();
    // The question and what the answer led to.
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(ids.iter().filter(|id| id.starts_with("verified-")).count(), 1, "{ids:?}");
}

#[tokio::test]
async fn a_message_that_comes_again_after_days_is_not_dealt_with_again() {
    let (app, switch) = switched().await;
    let messages = greetings(1);
    let waits = async || {
        let store = app.stack.app.ledger.store();
        store.received(&hash(&app, "wamid.0"), "", None).await.unwrap().is_some()
    };
    assert_eq!(post_signed(&app, delivery(&messages)).await, 200);
    assert!(waits().await);
    app.listen().await;
    for days in [0, 6, 2] {
        app.advance(days * DAY_SECS);
        assert_eq!(post_signed(&app, delivery(&messages)).await, 200);
        assert!(!waits().await, "{days} days later");
    }
    switch.arm(|call| without_conditions_on(&[Item::Other], call));
    assert_eq!(post_signed(&app, delivery(&messages)).await, 200);
    assert!(waits().await, "without the condition it is dealt with twice");
}

#[tokio::test]
async fn a_poison_message_does_not_keep_its_neighbours_from_being_heard() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let code = begun["code"].as_str().unwrap();
    let deep = (0..200).fold(json!("x"), |inner, _| json!([inner]));
    let messages = [
        Value::Null,
        deep,
        json!({"id": 5, "from": {}, "text": "x"}),
        json!({"id": "wamid.0", "from": "abc", "text": {"body": code}}),
        message("wamid.2", from(2), &"long ".repeat(200_000)),
        message("wamid.1", from(1), code),
        message("wamid.3", from(1), begun["match_number"].as_str().unwrap()),
    ];
    assert_eq!(deliver(&app, &messages).await, 200);
    assert_eq!(exchange(&app, &begun).await.status, 200);
}

#[tokio::test]
async fn a_signed_body_that_is_no_delivery_has_no_effect_and_is_not_asked_for_again() {
    let app = TestApp::start().await;
    let deep = "[".repeat(500_000);
    for body in ["", "{", "[1", "null", "\u{0}", r#"{"object":"page","entry":[]}"#, &deep] {
        assert_eq!(post_signed(&app, body.to_owned()).await, 200, "{}", body.len());
    }
    assert_eq!(app.listen().await, 0);
}

#[tokio::test]
async fn a_delivery_that_cannot_be_stored_is_not_acknowledged_and_works_when_it_comes_again() {
    let (app, switch) = switched().await;
    let begun = begin(&app).await;
    let messages = proof("wamid.1", &from(1), &begun);
    for target in ["TransactWriteItems", "SendMessageBatch"] {
        switch.arm(move |call| match call.target == target {
            true => Action::Refuse,
            false => Action::Pass,
        });
        assert_eq!(deliver(&app, &messages).await, 503, "{target}");
    }
    switch.disarm();
    assert_eq!(exchange(&app, &begun).await.code(), "not_verified");
    assert_eq!(deliver(&app, &messages).await, 200);
    assert_eq!(exchange(&app, &begun).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_never_half_acknowledged() {
    let (app, switch) = switched().await;
    let messages = greetings(50);
    let refused = hash(&app, "wamid.36");
    switch.arm(move |call| match stores(call, &refused) {
        true => Action::Answer { status: 400, body: json!({"__type": "ValidationException"}) },
        false => Action::Pass,
    });
    assert_eq!(post_signed(&app, delivery(&messages)).await, 503);
    switch.disarm();
    assert_eq!(post_signed(&app, delivery(&messages)).await, 200);
    assert_eq!(app.listen().await, 50, "each is dealt with once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_senders_messages_are_told_of_in_their_order() {
    let (app, switch) = switched().await;
    let (batches, slow) = (Arc::new(Mutex::new(Vec::new())), hash(&app, "wamid.0"));
    let seen = batches.clone();
    switch.arm(move |call| {
        if call.target == "SendMessageBatch" {
            seen.lock().unwrap().push(call.body.clone());
        }
        // The first is the last of its sixteen to be stored.
        match stores(call, &slow) {
            true => Action::Delay(Duration::from_millis(200)),
            false => Action::Pass,
        }
    });
    let ids: Vec<_> = (0..40).map(|at| format!("wamid.{at}")).collect();
    let messages: Vec<_> = ids.iter().map(|id| message(id, from(1), "halo")).collect();
    assert_eq!(post_signed(&app, delivery(&messages)).await, 200);
    let batches = batches.lock().unwrap();
    let entries: Vec<_> = batches.iter().flat_map(|body| body["Entries"].as_array()).collect();
    let told: Vec<Value> = entries
        .into_iter()
        .flatten()
        .map(|entry| serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap())
        .collect();
    let expected: Vec<_> = ids.iter().map(|id| json!({"inbound": hash(&app, id)})).collect();
    assert_eq!(told, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_of_a_thousand_messages_is_heard_whole() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let mut messages = greetings(998);
    messages.extend(proof("wamid.last", &from(1_000), &begun));
    assert_eq!(post_signed(&app, delivery(&messages)).await, 200);
    assert_eq!(app.listen().await, 1_000);
    assert_eq!(exchange(&app, &begun).await.status, 200);
}

#[tokio::test]
async fn a_delivery_has_three_megabytes_at_the_most() {
    let app = TestApp::start().await;
    let most = 3 * 1024 * 1024;
    let mut body = delivery(&greetings(1));
    body.push_str(&" ".repeat(most - body.len()));
    assert_eq!(post_signed(&app, body.clone()).await, 200);
    assert_eq!(app.listen().await, 1);
    body.push(' ');
    assert_eq!(post_signed(&app, body).await, 413);
}
