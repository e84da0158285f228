//! The sweeper enqueues a row once, until it must have been lost, and as many rows as there are.

use std::sync::Arc;

use antrian::domain::ids::MessageId;
use antrian::domain::language::Locale;
use antrian::domain::message::{Message, MessageKind, MessageState};
use antrian_local::simulator::Fault;
use antrian_scheduler::Job;
use antrian_tests::app::DATE;
use antrian_tests::wire::{Action, Call, Gate, Switch, client};
use antrian_tests::{Person, Setup, TestApp};
use serde_json::json;

use super::row;

/// Reminders of a booking that are due now, one beside the other.
pub(super) async fn due_reminders(app: &TestApp, code: &str, count: u32) -> Vec<MessageId> {
    put_reminders(app, code, (0..count).map(|number| number.to_string())).await
}

async fn put_reminders(
    app: &TestApp,
    code: &str,
    names: impl Iterator<Item = String>,
) -> Vec<MessageId> {
    let store = app.stack.app.ledger.store();
    let booking = store.booking(code.parse().unwrap()).await.unwrap().unwrap();
    let mut ids = vec![];
    for name in names {
        let message = Message::about(&booking, MessageKind::Reminder, Locale::Id, app.now());
        let id: MessageId = format!("{}-{name}", message.id).parse().unwrap();
        store.put_message(&Message { id: id.clone(), ..message }).await.unwrap();
        ids.push(id);
    }
    ids
}

/// A system over a switched wire with a booking of which everything was told.
async fn booked() -> (TestApp, Arc<Switch>, String) {
    let switch = Arc::new(Switch::default());
    let setup = Setup { http_client: Some(client(switch.clone())), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let code = Person::register(&app, 1).await.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    (app, switch, code)
}

/// What the sweeper writes of a row that it has enqueued.
fn is_mark(call: &Call) -> bool {
    let update = call.body["TransactItems"][0]["Update"]["UpdateExpression"].as_str();
    update.is_some_and(|update| update.contains("#enqueued"))
}

/// How many rows each of six ticks enqueues, a minute apart, while nobody takes them.
async fn six_ticks(app: &TestApp) -> Vec<usize> {
    let mut swept = vec![];
    for _ in 0..6 {
        swept.push(app.tick().await.swept);
        app.advance(60);
    }
    swept
}

fn reminders_sent(app: &TestApp) -> usize {
    app.sent_ids().iter().filter(|id| id.contains("-reminder")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_waits_in_its_queue_is_enqueued_once_until_it_must_have_been_lost() {
    let (app, _, code) = booked().await;
    due_reminders(&app, &code, 30).await;
    assert_eq!(six_ticks(&app).await, [30, 0, 0, 0, 0, 0]);
    let bulk = &app.stack.bulk;
    bulk.sqs.purge_queue().queue_url(&bulk.queue_url).send().await.unwrap();
    app.advance(2 * 3_600);
    assert_eq!(app.tick().await.swept, 30, "they were lost");
    app.drain().await;
    assert_eq!(reminders_sent(&app), 30);
    app.advance(2 * 3_600);
    assert_eq!(app.tick().await.swept, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_queues_were_emptied_all_that_waits_is_enqueued_anew() {
    let (app, _, code) = booked().await;
    let rows = due_reminders(&app, &code, 5).await;
    assert_eq!(app.tick().await.swept, 5);
    let bulk = &app.stack.bulk;
    bulk.sqs.purge_queue().queue_url(&bulk.queue_url).send().await.unwrap();
    assert_eq!(app.tick().await.swept, 0, "the control: they would wait for two hours");
    assert_eq!(app.stack.run_job(Job::Enqueue).await.unwrap().swept, 5);
    app.drain().await;
    for id in &rows {
        assert_eq!(row(&app, id).await.state, MessageState::Sent);
    }
    assert_eq!(app.stack.run_job(Job::Enqueue).await.unwrap().swept, 0);
    assert_eq!(reminders_sent(&app), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_mark_every_tick_enqueues_all_of_them_and_each_is_sent_once() {
    let (app, switch, code) = booked().await;
    due_reminders(&app, &code, 30).await;
    // As if the sweeper ended between the queue and the table.
    switch.arm(|call: &Call| match is_mark(call) {
        true => Action::Answer { status: 200, body: json!({}) },
        false => Action::Pass,
    });
    assert_eq!(six_ticks(&app).await, [30; 6], "the control");
    switch.disarm();
    app.drain().await;
    assert_eq!(reminders_sent(&app), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sqs_did_not_take_is_not_marked() {
    let (app, switch, code) = booked().await;
    due_reminders(&app, &code, 3).await;
    switch.arm(|call: &Call| match call.target == "SendMessageBatch" {
        true => Action::Answer { status: 400, body: json!({"__type": "AccessDenied"}) },
        false => Action::Pass,
    });
    assert_eq!(app.tick().await.swept, 0);
    switch.disarm();
    assert_eq!(app.tick().await.swept, 3);
}

/// The same shard for all: what the table knows of an id's shard.
fn shard(id: &str) -> u8 {
    id.bytes().fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % 8
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_is_swept_page_after_page() {
    let (app, _, code) = booked().await;
    let booking = code.to_lowercase();
    let id = |name: &String| format!("{booking}-2-reminder-{name}");
    let names = (0..).map(|number: u32| number.to_string()).filter(|name| shard(&id(name)) == 3);
    put_reminders(&app, &code, names.take(1_100)).await;
    let tick = app.tick().await;
    assert_eq!(tick.swept, 1_100, "500 are a page");
    assert_eq!(app.tick().await.swept, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_comes_late_changes_no_row_that_has_moved_on() {
    let (app, switch, code) = booked().await;
    let [id] = &due_reminders(&app, &code, 1).await[..] else { panic!("one row") };
    let gate = Gate::default();
    let waits = gate.clone();
    switch.arm(move |call: &Call| match is_mark(call) {
        true => Action::Wait(waits.clone(), Box::new(Action::Pass)),
        false => Action::Pass,
    });
    app.stack.graph.fail(Fault::ServerError, 1);
    let while_it_waits = async {
        gate.reached().await;
        app.drain().await;
        let put_off = row(&app, id).await;
        assert_eq!((put_off.state, put_off.attempts), (MessageState::Pending, 1));
        gate.open();
        put_off
    };
    let (tick, put_off) = tokio::join!(app.tick(), while_it_waits);
    assert_eq!(tick.swept, 1);
    assert_eq!(row(&app, id).await, put_off, "it waits for its next try and no longer");
    app.advance(5);
    app.tick().await;
    app.drain().await;
    assert_eq!(reminders_sent(&app), 1);
}
