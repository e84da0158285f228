//! A provider that refuses everything is left alone, and loses nobody's message.

use antrian::domain::ids::MessageId;
use antrian::domain::message::MessageState;
use antrian_local::simulator::Fault;
use antrian_tests::app::DATE;
use antrian_tests::{Person, TestApp};

use super::{dead_letters, one, row, told, untold, work};

/// The account is locked.
const LOCKED: Fault = Fault::Code(131031);

#[tokio::test(flavor = "multi_thread")]
async fn while_sending_is_paused_nobody_is_asked_and_no_attempt_counts() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    app.stack.graph.fail(LOCKED, 1);
    app.drain().await;
    let refused = row(&app, &id).await;
    assert_eq!((refused.state, refused.attempts), (MessageState::Pending, 0));
    assert_eq!(refused.last_attempt.code(), Some("131031"));

    // Whoever comes next is not tried: an answer that would be given is not used up.
    let (_, other, other_id) = untold_unsent(&app, 2).await;
    let waiting = row(&app, &other_id).await;
    assert_eq!((waiting.state, waiting.attempts), (MessageState::Pending, 0));
    assert_eq!(waiting.last_attempt.code(), Some("paused"));
    for wait in [60, 300, 230] {
        app.advance(wait);
        work(&app).await;
        assert!(
            told(&app, &code, "confirmed").is_empty() && told(&app, &other, "confirmed").is_empty()
        );
    }
    app.advance(15);
    work(&app).await;
    app.advance(31);
    work(&app).await;
    one(&app, &code, "confirmed");
    one(&app, &other, "confirmed");
    assert_eq!(row(&app, &id).await.attempts, 1);
}

/// Like [`untold`], while nothing can be sent.
async fn untold_unsent(
    app: &TestApp,
    number: u32,
) -> (antrian_tests::Person, String, antrian::domain::ids::MessageId) {
    let told = untold(app, number).await;
    app.drain().await;
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_pause_one_message_finds_out_whether_it_is_over() {
    let app = TestApp::with_quota(8).await;
    let mut untold = Vec::new();
    for number in 1..=4 {
        let person = Person::register(&app, number).await;
        let code = person.book(&app, DATE, "09:00").await.text("code");
        untold.push((person, code));
    }
    app.drain().await;
    let mut ids: Vec<MessageId> = Vec::new();
    for (person, code) in &untold {
        person.act(&app, code, "cancel").await;
        ids.push(format!("{}-3-cancelled", code.to_lowercase()).parse().unwrap());
    }
    // What one of the four finds out, the others do not ask again; for hours on end.
    for round in 0..20 {
        app.stack.graph.fail(LOCKED, 1);
        app.drain().await;
        let mut unsent = 0;
        for id in &ids {
            unsent += usize::from(row(&app, id).await.state == MessageState::Pending);
        }
        assert_eq!(unsent, 4, "one probe in round {round}");
        app.advance(11 * 60);
        app.tick().await;
    }
    assert!(dead_letters(&app).await.is_empty());
    for _ in 0..3 {
        work(&app).await;
        app.advance(31);
    }
    for id in &ids {
        assert_eq!(row(&app, id).await.state, MessageState::Sent);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_probe_whose_answer_is_lost_does_not_end_the_pause() {
    let app = TestApp::start().await;
    let (_, code, _) = untold(&app, 1).await;
    app.stack.graph.fail(LOCKED, 1);
    app.drain().await;
    let store = app.stack.app.ledger.store();
    assert!(store.pause().await.unwrap().is_some());
    app.advance(601);
    app.stack.graph.fail(Fault::TimeoutAfterAcceptance, 1);
    work(&app).await;
    assert!(store.pause().await.unwrap().is_some());
    assert_eq!(told(&app, &code, "confirmed").len(), 1);
}
