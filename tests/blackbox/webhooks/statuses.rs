//! Statuses settle rows of the outbox, in whatever order they come.

use antrian::domain::ids::MessageId;
use antrian::domain::message::{Message, MessageState};
use antrian_tests::app::DATE;
use antrian_tests::unguarded::without_conditions_on;
use antrian_tests::wire::{Action, Gate, Item, touched};
use antrian_tests::{Person, TestApp};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{hash, post_signed, switched};

/// A status as the provider writes it.
pub(crate) fn status(id: &MessageId, name: &str) -> Value {
    let mut status = json!({"id": "wamid.out", "status": name, "timestamp": "1796083200",
        "recipient_id": "6280000000001", "recipient_user_id": "ID.1a",
        "biz_opaque_callback_data": id.as_str()});
    if name == "failed" {
        status["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
    }
    status
}

pub(crate) async fn post_statuses(app: &TestApp, statuses: &[Value]) -> u16 {
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [
        {"field": "messages", "value": {"messaging_product": "whatsapp", "statuses": statuses}}]}]});
    post_signed(app, body.to_string()).await
}

/// Posts statuses of one row, each in a delivery of its own, and tells the row's state after each.
async fn states(app: &TestApp, id: &MessageId, names: &[&str]) -> Vec<MessageState> {
    let mut states = Vec::new();
    for name in names {
        assert_eq!(post_statuses(app, &[status(id, name)]).await, 200);
        states.push(row(app, id).await.state);
    }
    states
}

async fn row(app: &TestApp, id: &MessageId) -> Message {
    app.stack.app.ledger.store().message(id).await.unwrap().unwrap()
}

/// The row of a hold that nobody has sent yet.
async fn unsent(app: &TestApp, number: u32) -> MessageId {
    let person = Person::register(app, number).await;
    app.drain().await;
    let code = person.hold(app, DATE, "09:00").await.text("code");
    format!("{}-1-hold", code.to_lowercase()).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_moves_a_row_forward_only() {
    use MessageState::{Delivered, Failed, Read, Sent};
    let app = TestApp::with_quota(8).await;
    for (number, names, expected) in [
        (1, ["sent", "delivered", "read", "read"], [Sent, Delivered, Read, Read]),
        (2, ["read", "delivered", "sent", "failed"], [Read; 4]),
        (3, ["delivered", "delivered", "failed", "sent"], [Delivered; 4]),
        (4, ["failed", "sent", "failed", "played"], [Failed, Failed, Failed, Read]),
        (5, ["unheard_of", "sent", "failed", "failed"], [Sent, Sent, Failed, Failed]),
    ] {
        let id = unsent(&app, number).await;
        app.drain().await;
        assert_eq!(row(&app, &id).await.state, Sent);
        assert_eq!(states(&app, &id, &names).await, expected, "{names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_statuses_of_a_row_in_one_delivery_count() {
    let app = TestApp::with_quota(4).await;
    let (first, second) = (unsent(&app, 1).await, unsent(&app, 2).await);
    app.drain().await;
    let statuses = ["read", "sent", "delivered"].map(|name| status(&first, name));
    let statuses = [&statuses[..], &[Value::Null, status(&second, "failed")]].concat();
    assert_eq!(post_statuses(&app, &statuses).await, 200);
    assert_eq!(row(&app, &first).await.state, MessageState::Read);
    let failed = row(&app, &second).await;
    assert_eq!((failed.state, failed.last_attempt.code()), (MessageState::Failed, Some("131026")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_settles_a_row_whose_sending_was_never_answered() {
    let app = TestApp::start().await;
    let id = unsent(&app, 1).await;
    let sent_before = app.sent_ids().len();
    app.stack.graph.fail(antrian_local::simulator::Fault::TimeoutAfterAcceptance, 1);
    app.drain().await;
    assert_eq!(row(&app, &id).await.state, MessageState::Sending);
    assert_eq!(states(&app, &id, &["delivered"]).await, [MessageState::Delivered]);
    let settled = row(&app, &id).await;
    assert_eq!((settled.last_attempt.code(), settled.sealed), (None, None));
    assert_eq!(settled.provider_id, Some(hash(&app, "wamid.out")), "an id holds a number");
    app.advance(11 * 60);
    app.tick().await;
    app.drain().await;
    assert_eq!(app.sent_ids().len(), sent_before + 1, "it is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_may_be_faster_than_the_answer_to_the_sending() {
    let app = TestApp::start().await;
    let id = unsent(&app, 1).await;
    let (store, now) = (app.stack.app.ledger.store(), app.now());
    store.lease_message(&id, "sender", now, now + TimeDelta::seconds(60)).await.unwrap();
    let leased = row(&app, &id).await;
    assert_eq!(states(&app, &id, &["delivered"]).await, [MessageState::Delivered]);
    let answered = Message { state: MessageState::Sent, ..leased.clone() };
    assert!(!store.replace_message(&leased, &answered).await.unwrap());
    assert_eq!(row(&app, &id).await.state, MessageState::Delivered);
}

#[tokio::test]
async fn a_status_of_something_that_is_not_ours_has_no_effect() {
    let app = TestApp::start().await;
    let absent = "nobody-1-hold".parse().unwrap();
    let foreign = json!({"status": "sent", "biz_opaque_callback_data": "Not/ours"});
    let unmarked = json!({"id": "wamid.1", "status": "sent"});
    assert_eq!(post_statuses(&app, &[status(&absent, "sent"), foreign, unmarked]).await, 200);
    assert!(app.stack.app.ledger.store().message(&absent).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_cannot_be_written_down_is_asked_for_again() {
    let (app, switch) = switched().await;
    let id = unsent(&app, 1).await;
    app.drain().await;
    for target in ["TransactWriteItems", "GetItem"] {
        switch.arm(move |call| match call.target == target {
            true => Action::Refuse,
            false => Action::Pass,
        });
        assert_eq!(post_statuses(&app, &[status(&id, "read")]).await, 503, "{target}");
        switch.disarm();
        assert_eq!(row(&app, &id).await.state, MessageState::Sent);
    }
    assert_eq!(states(&app, &id, &["read"]).await, [MessageState::Read]);
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_that_come_at_once_end_with_the_furthest() {
    let app = TestApp::start().await;
    let id = unsent(&app, 1).await;
    app.drain().await;
    let names = ["delivered", "sent", "read", "failed"];
    for _ in 0..10 {
        let posts = names.map(|name| [status(&id, name)]);
        let posts = posts.iter().map(|statuses| post_statuses(&app, statuses));
        let answers = join_all(posts).await;
        assert!(answers.iter().all(|status| [200, 503].contains(status)), "{answers:?}");
    }
    assert_eq!(states(&app, &id, &["read"]).await, [MessageState::Read]);
}

/// A slow `delivered` that is written after a `read`; the row's state then.
async fn overtaken(guarded: bool) -> MessageState {
    let (app, switch) = switched().await;
    let id = unsent(&app, 1).await;
    app.drain().await;
    let gate = Gate::default();
    let (there, mut first) = (gate.clone(), true);
    switch.arm(move |call| {
        if touched(call) != [Item::Message] {
            return Action::Pass;
        }
        let action = match guarded {
            true => Action::Pass,
            false => without_conditions_on(&[Item::Message], call),
        };
        match std::mem::take(&mut first) {
            true => Action::Wait(there.clone(), Box::new(action)),
            false => action,
        }
    });
    let slow = [status(&id, "delivered")];
    let fast = async {
        gate.reached().await;
        let status = post_statuses(&app, &[status(&id, "read")]).await;
        gate.open();
        status
    };
    assert_eq!(tokio::join!(post_statuses(&app, &slow), fast), (200, 200));
    switch.disarm();
    row(&app, &id).await.state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_was_overtaken_changes_nothing() {
    assert_eq!(overtaken(true).await, MessageState::Read);
    assert_eq!(overtaken(false).await, MessageState::Delivered, "without the condition it does");
}
