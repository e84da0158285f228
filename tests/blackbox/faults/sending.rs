//! Messages while the table or the queue breaks: none is lost, none is sent twice.

use antrian::domain::message::MessageState;
use antrian_tests::Person;
use antrian_tests::app::DATE;
use antrian_tests::wire::{Action, Call};
use serde_json::json;

use super::kinds::Fault;
use super::stage::{Stage, Stay, each_fault};

/// Somebody whose hold waits in the queue to be told; the outbox row.
async fn waiting_message(stage: &Stage, number: u32) -> String {
    let person = applicant(stage, number).await;
    message_of(stage, &person).await
}

async fn applicant(stage: &Stage, number: u32) -> Person {
    let person = Person::register(&stage.app, number).await;
    stage.app.drain().await;
    person
}

async fn message_of(stage: &Stage, person: &Person) -> String {
    let held = person.hold(&stage.app, DATE, "09:00").await;
    assert_eq!(held.status, 201, "{held:?}");
    format!("{}-1-hold", held.text("code").to_lowercase())
}

async fn state_of(stage: &Stage, id: &str) -> MessageState {
    let id = id.parse().unwrap();
    stage.app.stack.app.ledger.store().message(&id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_message_is_sent_once_whatever_breaks_in_the_table() {
    each_fault(try_every_call).await;
}

async fn try_every_call(fault: Fault, stay: Stay) {
    let stage = Stage::start().await;
    let clean = waiting_message(&stage, 1).await;
    let (_, calls) = stage.calls_of(stage.app.drain()).await;
    assert_eq!(stage.times_sent(&clean), 1);
    let met = calls.iter().filter(|target| fault.meets(target)).count();
    assert!(met > 0, "{fault:?} meets nothing");
    for nth in 1..=met {
        let number = u32::try_from(nth).unwrap() + 1;
        try_sending(&stage, number, fault, stay, nth).await;
    }
}

async fn try_sending(stage: &Stage, number: u32, fault: Fault, stay: Stay, nth: usize) {
    let message = waiting_message(stage, number).await;
    stage.strike(fault, stay, nth);
    stage.app.drain().await;
    let struck = stage.lift();
    let case = format!("{fault:?} {stay:?} at call {nth} ({struck:?})");
    let sent = stage.times_sent(&message);
    // The provider has it, and the row could not be told so: nobody else can know.
    let is_open = sent == 1 && state_of(stage, &message).await != MessageState::Sent;
    assert!(!is_open || stay == Stay::UntilLifted, "{case}: not mended within the delivery");
    stage.app.advance(61);
    stage.app.tick().await;
    stage.app.drain().await;
    if is_open {
        assert_eq!(stage.times_sent(&message), 1, "{case}: before a status could have come");
    }
    stage.app.advance(605);
    stage.app.tick().await;
    stage.app.drain().await;
    assert_eq!(state_of(stage, &message).await, MessageState::Sent, "{case}");
    let most = if is_open { 2 } else { 1 };
    let sent = stage.times_sent(&message);
    assert!((1..=most).contains(&sent), "{case}: sent {sent} times");
}

/// What AWS says when SQS is not well.
fn queue_faults() -> [Action; 4] {
    let throttled = json!({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "injected"});
    let failed = json!({"__type": "com.amazonaws.sqs#InternalError", "message": "injected"});
    [
        Action::Refuse,
        Action::LoseAnswer,
        Action::Answer { status: 400, body: throttled },
        Action::AnswerAfter { status: 500, body: failed },
    ]
}

fn strike_queue(stage: &Stage, target: &'static str, action: &Action, stay: Stay) {
    let action = action.clone();
    stage.strike_with(move |call: &Call| call.target == target, move |_| action.clone(), stay, 1);
}

#[tokio::test]
async fn a_message_that_the_queue_does_not_take_is_found_by_the_sweeper() {
    let stage = Stage::start().await;
    let mut number = 0;
    for action in queue_faults() {
        for stay in [Stay::Once, Stay::UntilLifted] {
            number += 1;
            let person = applicant(&stage, number).await;
            strike_queue(&stage, "SendMessageBatch", &action, stay);
            let message = message_of(&stage, &person).await;
            let struck = stage.lift();
            let case = format!("{action:?} {stay:?} ({struck:?})");
            assert!(struck.is_some(), "{case}");
            for secs in [0, 21, 61] {
                stage.app.advance(secs);
                stage.app.tick().await;
                stage.app.drain().await;
            }
            assert_eq!(stage.times_sent(&message), 1, "{case}");
            assert_eq!(state_of(&stage, &message).await, MessageState::Sent, "{case}");
        }
    }
}

#[tokio::test]
async fn a_message_that_the_queue_brings_again_is_not_sent_again() {
    let stage = Stage::start().await;
    let mut number = 0;
    for target in ["ReceiveMessage", "DeleteMessageBatch"] {
        for action in queue_faults() {
            number += 1;
            let message = waiting_message(&stage, number).await;
            strike_queue(&stage, target, &action, Stay::UntilLifted);
            let polled = stage.app.stack.drain_outbox().await;
            let case = format!("{target}: {action:?}");
            assert!(stage.lift().is_some() && polled.is_err(), "{case}: {polled:?}");
            // What the queue still has becomes visible again after a while, as if it came anew.
            let row = stage.app.stack.app.ledger.store().message(&message.parse().unwrap()).await;
            stage.app.stack.app.queue.enqueue([&row.unwrap().unwrap()]).await;
            stage.app.drain().await;
            stage.app.advance(61);
            stage.app.tick().await;
            stage.app.drain().await;
            assert_eq!(stage.times_sent(&message), 1, "{case}");
            assert_eq!(state_of(&stage, &message).await, MessageState::Sent, "{case}");
        }
    }
}
