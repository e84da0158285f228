//! Dead letters are put back, all at once, each twice, in another order, while the sweeper enqueues them as
//! well: each has its effect once.

use std::collections::HashMap;

use antrian::domain::message::MessageState;
use antrian_local::cloud::{DEAD_LETTER_QUEUE, INBOX, INBOX_DEAD_LETTERS, QUEUE};
use antrian_local::poller::Poller;
use antrian_local::simulator::Fault;
use antrian_tests::app::DATE;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Call, Gate, Item as Row, touched};
use antrian_tests::{Person, TestApp};
use aws_sdk_sqs::types::Message;
use serde_json::json;

use super::kinds::{error, is_transaction};
use super::stage::Stage;
use crate::webhooks::{message, store};

/// SQS dead-letters after five deliveries; what it does with a sixth shows that it did.
const DELIVERIES: usize = 6;

/// No function may write.
fn forbid_writes(stage: &Stage) {
    stage.switch.arm(|call: &Call| match is_transaction(&call.target) {
        true => Action::Answer { status: 400, body: error("AccessDeniedException") },
        false => Action::Pass,
    });
}

fn dead_letter_url(poller: &Poller) -> String {
    let url = &poller.queue_url;
    match url.ends_with(INBOX) {
        true => url.replace(INBOX, INBOX_DEAD_LETTERS),
        false => url.replace(QUEUE, DEAD_LETTER_QUEUE),
    }
}

/// Takes all dead letters.
async fn take(poller: &Poller) -> Vec<Message> {
    let (mut all, url) = (vec![], dead_letter_url(poller));
    loop {
        let request = poller.sqs.receive_message().queue_url(&url).max_number_of_messages(10);
        let found = request.message_attribute_names("All").send().await.unwrap().messages;
        let Some(found) = found.filter(|found| !found.is_empty()) else { return all };
        for letter in found {
            let receipt = letter.receipt_handle().unwrap();
            let gone = poller.sqs.delete_message().queue_url(&url).receipt_handle(receipt);
            gone.send().await.unwrap();
            all.push(letter);
        }
    }
}

/// Puts letters back twice: the first half of them last, then all of them backwards.
async fn redrive(poller: &Poller, letters: &[Message], round: usize) {
    let (first, second) = letters.split_at(letters.len() / 2);
    put_back(poller, second.iter().chain(first).chain(letters.iter().rev()), round).await;
}

async fn put_back(poller: &Poller, letters: impl Iterator<Item = &Message>, round: usize) {
    for (number, letter) in letters.enumerate() {
        let attributes: HashMap<_, _> = letter.message_attributes.clone().unwrap_or_default();
        let body = letter.body().unwrap();
        let send = poller.sqs.send_message().queue_url(&poller.queue_url).message_body(body);
        let send = send.set_message_attributes(Some(attributes));
        let send = match poller.queue_url.ends_with(INBOX) {
            true => send
                .message_group_id(body)
                .message_deduplication_id(format!("redrive-{round}-{number}")),
            false => send,
        };
        send.send().await.unwrap();
    }
}

/// Two instances empty the queue at once, and time goes on until nothing is due any more.
async fn deliver(app: &TestApp) {
    for secs in [0, 61, 61, 121, 605] {
        app.advance(secs);
        app.tick().await;
        let pollers = [&app.stack.urgent, &app.stack.poller, &app.stack.inbox];
        for poller in pollers {
            let (one, other) = tokio::join!(poller.drain(), poller.drain());
            assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        }
    }
}

/// Holds of so many people, of which nobody was told yet: the outbox rows.
async fn untold_holds(stage: &Stage, count: u32) -> Vec<String> {
    let (mut people, mut rows) = (vec![], vec![]);
    for number in 1..=count {
        people.push(Person::register(&stage.app, number).await);
    }
    stage.app.drain().await;
    for person in &people {
        let held = person.hold(&stage.app, DATE, "09:00").await;
        rows.push(format!("{}-1-hold", held.text("code").to_lowercase()));
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_that_are_all_put_back_are_sent_once() {
    let stage = Stage::start().await;
    let (app, poller) = (&stage.app, &stage.app.stack.poller);
    let rows = untold_holds(&stage, 12).await;
    forbid_writes(&stage);
    for _ in 0..DELIVERIES {
        poller.drain().await.unwrap();
    }
    stage.switch.disarm();
    let letters = take(poller).await;
    assert_eq!(letters.len(), rows.len(), "all of them are dead-lettered");
    assert!(rows.iter().all(|row| stage.times_sent(row) == 0));
    // The provider is busy when they come back.
    app.stack.graph.fail(Fault::RateLimit, 3);
    app.stack.graph.fail(Fault::ServerError, 2);
    for round in 0..2 {
        redrive(poller, &letters, round).await;
        deliver(app).await;
        for row in &rows {
            assert_eq!(stage.times_sent(row), 1, "round {round}: {row}");
        }
    }
    assert!(take(poller).await.is_empty());
}

/// A batch is put back twice, and two instances come to its first row at the same moment; how often that
/// is sent then.
async fn times_sent_in_a_race(is_guarded: bool) -> usize {
    let stage = Stage::start().await;
    let poller = &stage.app.stack.poller;
    let rows = untold_holds(&stage, 10).await;
    forbid_writes(&stage);
    for _ in 0..DELIVERIES {
        poller.drain().await.unwrap();
    }
    stage.switch.disarm();
    let mut letters = take(poller).await;
    letters.sort_by_key(|letter| letter.body().map(str::to_owned));
    put_back(poller, letters.iter().chain(&letters), 0).await;
    let gate = Gate::default();
    let closed = gate.clone();
    stage.switch.arm(move |call| match (touched(call).contains(&Row::Message), is_guarded) {
        (false, _) => Action::Pass,
        (true, true) => Action::Wait(closed.clone(), Box::new(Action::Pass)),
        (true, false) => {
            let unguarded = without_conditions_on(&[Row::Message], call);
            Action::Wait(closed.clone(), Box::new(unguarded))
        }
    });
    let open = async {
        gate.reached_by(2).await;
        gate.open();
    };
    let (one, other, ()) = tokio::join!(poller.drain(), poller.drain(), open);
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    rows.iter().map(|row| stage.times_sent(row)).max().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_that_come_to_one_row_send_it_once() {
    assert_eq!(times_sent_in_a_race(true).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn control_without_the_rows_condition_both_send_it() {
    assert_eq!(times_sent_in_a_race(false).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_refused_for_good_is_not_sent_when_it_is_put_back() {
    let stage = Stage::start().await;
    let (app, poller) = (&stage.app, &stage.app.stack.poller);
    let rows = untold_holds(&stage, 3).await;
    app.stack.graph.fail(Fault::Code(132_000), 3);
    app.drain().await;
    let letters = take(poller).await;
    assert_eq!(letters.len(), 3);
    redrive(poller, &letters, 0).await;
    deliver(app).await;
    for row in &rows {
        assert_eq!(stage.times_sent(row), 0, "{row}");
        let stored = app.stack.app.ledger.store().message(&row.parse().unwrap()).await;
        assert_eq!(stored.unwrap().unwrap().state, MessageState::Failed, "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn received_messages_that_are_all_put_back_are_answered_once() {
    let stage = Stage::start().await;
    let (app, inbox) = (&stage.app, &stage.app.stack.inbox);
    let senders: Vec<_> = (1..=8).map(|number| format!("62800000{number:04}")).collect();
    for (number, from) in senders.iter().enumerate() {
        let said = message(&format!("wamid.{number}"), json!({"from": from}), "MENU");
        assert_eq!(store(app, &[said]).await, 200);
    }
    forbid_writes(&stage);
    for _ in 0..DELIVERIES {
        let _ = inbox.drain().await;
    }
    stage.switch.disarm();
    let letters = take(inbox).await;
    assert_eq!(letters.len(), senders.len(), "all of them are dead-lettered");
    for round in 0..2 {
        redrive(inbox, &letters, round).await;
        deliver(app).await;
        let sent = app.stack.graph.sent();
        for from in &senders {
            let answers = sent.iter().filter(|sent| sent.to.as_ref() == Some(from)).count();
            assert_eq!(answers, 1, "round {round}: {from}");
        }
    }
    app.assert_audit_agrees().await;
}
