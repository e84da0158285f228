//! A stored message whose queue entry was lost is found by the scheduler.

use antrian::storage::Waiting;
use antrian_tests::TestApp;
use serde_json::json;

use super::{deliver, delivery, hash, message, post_signed};
use crate::registration::{begin, exchange, proof};

async fn lose_queue(app: &TestApp) {
    let inbox = &app.stack.inbox;
    inbox.sqs.purge_queue().queue_url(&inbox.queue_url).send().await.unwrap();
}

#[tokio::test]
async fn a_message_that_the_queue_lost_is_answered_after_a_tick() {
    let app = TestApp::start().await;
    let begun = begin(&app).await;
    let [code, number] =
        proof("wamid.1", &json!({"from": "6280000000001"}), &begun).try_into().unwrap();
    assert_eq!(post_signed(&app, delivery(&[code])).await, 200);
    lose_queue(&app).await;
    assert_eq!(app.tick().await.heard, 0, "it may still be on its way");
    app.advance(21);
    // What the webhook told the queue is swallowed when it is told again: a round has its own name.
    let waiting = Waiting { hash: hash(&app, "wamid.1"), group: "any".to_owned(), account: None };
    app.stack.app.inbox.enqueue(&[waiting], "first").await;
    assert_eq!(app.listen().await, 0);
    assert_eq!(app.tick().await.heard, 1);
    assert_eq!(app.listen().await, 1);
    assert_eq!(deliver(&app, &[number]).await, 200);
    assert_eq!(exchange(&app, &begun).await.status, 200);
    app.advance(60);
    assert_eq!(app.tick().await.heard, 0, "it was dealt with");
}

#[tokio::test]
async fn a_message_that_waits_for_a_day_is_told_of_no_more() {
    let app = TestApp::start().await;
    let sent = message("wamid.1", json!({"from": "6280000000001"}), "halo");
    assert_eq!(post_signed(&app, delivery(&[sent])).await, 200);
    lose_queue(&app).await;
    app.advance(24 * 3600 - 60);
    assert_eq!(app.tick().await.heard, 1);
    app.advance(120);
    assert_eq!(app.tick().await.heard, 0);
}
