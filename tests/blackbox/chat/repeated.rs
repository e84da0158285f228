//! Messages that come again, at once, or while something breaks.

use std::sync::Arc;

use antrian_tests::phone::Phone;
use antrian_tests::wire::{Action, Switch, client};
use antrian_tests::{Setup, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{NUMBER, WISH, code_in};
use crate::webhooks::{deliver, message};

fn from(number: &str) -> Value {
    json!({"from": number})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_messages_of_one_person_at_once_are_answered_one_after_the_other() {
    let app = TestApp::start().await;
    let wishes = [WISH, "#Siti Contoh#9971014501909001#02-12-2026"];
    let sent = wishes.iter().enumerate().map(|(at, wish)| {
        let message = message(&format!("wamid.{at}"), from(NUMBER), wish);
        let app = &app;
        async move { deliver(app, &[message]).await }
    });
    assert_eq!(join_all(sent).await, [200, 200]);
    app.listen().await;
    app.drain().await;
    assert_eq!(app.sent().len(), 2, "{:?}", app.sent());
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 2);
}

#[tokio::test]
async fn a_message_that_comes_again_after_six_days_has_no_second_effect() {
    let app = TestApp::start().await;
    let wish = [message("wamid.1", from(NUMBER), WISH)];
    assert_eq!(deliver(&app, &wish).await, 200);
    app.drain().await;
    app.advance(6 * 24 * 3600);
    app.tick().await;
    assert_eq!(deliver(&app, &wish).await, 200);
    app.drain().await;
    assert_eq!(app.sent().len(), 1);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 0);
}

/// Breaks the `nth` call of the conversation, then lets it go on: tells how often it was answered.
async fn broken_at(nth: usize, action: &Action, steps: &[&str]) -> Option<(usize, u32)> {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let mut phone = Phone::new(&app, NUMBER);
    let mut code = String::new();
    for step in &steps[..steps.len() - 1] {
        let text = step.replace("CODE", &code);
        let answers = phone.say(&text).await;
        code = code_in(&answers);
    }
    let before = app.sent().len();
    let last = steps.last().unwrap().replace("CODE", &code);
    let body = [message("wamid.last", from(NUMBER), &last)];
    // Stored and enqueued, not yet dealt with.
    let inbox = &app.stack.inbox;
    crate::webhooks::store(&app, &body).await;
    let (action, mut seen, mut struck) = (action.clone(), 0, false);
    let hit = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told = hit.clone();
    switch.arm(move |call| {
        let is_table =
            matches!(&*call.target, "TransactWriteItems" | "GetItem" | "BatchGetItem" | "Query");
        seen += usize::from(is_table);
        if !is_table || seen != nth || struck {
            return Action::Pass;
        }
        struck = true;
        told.store(true, std::sync::atomic::Ordering::SeqCst);
        action.clone()
    });
    let _ = inbox.drain().await;
    switch.disarm();
    if !hit.load(std::sync::atomic::Ordering::SeqCst) {
        return None;
    }
    for secs in [0, 61, 61] {
        app.advance(secs);
        app.tick().await;
        app.listen().await;
        app.drain().await;
    }
    let live = app.assert_audit_agrees().await.live_bookings;
    Some((app.sent().len() - before, live))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_breaks_a_message_has_its_effect_and_its_answer_once() {
    let throttle = Action::Answer {
        status: 400,
        body: json!({"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
            "message": "slow down"}),
    };
    let journeys: [(&[&str], u32); 4] = [
        (&[WISH], 1),
        (&[WISH, "CODE"], 1),
        (&[WISH, "BATAL CODE", "ya"], 0),
        (&[WISH, "TAMBAH WAKTU"], 1),
    ];
    for (steps, live) in journeys {
        for action in [Action::LoseAnswer, Action::Refuse, throttle.clone()] {
            let mut nth = 1;
            while let Some(found) = broken_at(nth, &action, steps).await {
                assert_eq!(found, (1, live), "{action:?} at call {nth} of {steps:?}");
                nth += 1;
            }
            assert!(nth > 5, "calls were broken");
        }
    }
}
