//! Free form while the person has written within a day, an approved form otherwise.

use antrian::domain::message::MessageState;
use antrian_local::simulator::{Fault, SentMessage};
use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;
use antrian_tests::{Person, TestApp};

use super::{one, row, tapped, told, untold, work};
use crate::steps::reach;

/// The name of the template that a message is.
fn template(kept: &SentMessage) -> &str {
    kept.template.as_ref().map_or("", |template| &template.name)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_written_for_a_day_gets_a_template_with_the_same_buttons_and_ticket() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    app.drain().await;
    app.advance(24 * 3600);
    work(&app).await;
    let held = person.hold(&app, "2026-12-03", "09:00").await.text("code");
    app.drain().await;
    let message = one(&app, &held, "hold");
    assert_eq!(template(&message), "antrian_hold");
    assert_eq!(
        tapped(&message),
        [format!("confirm:{held}"), format!("move:{held}"), format!("cancel:{held}")]
    );
    assert!(message.picture.is_none());
    person.act(&app, &held, "confirm").await;
    app.drain().await;
    let message = one(&app, &held, "confirmed");
    assert_eq!(template(&message), "antrian_confirmed");
    assert!(message.picture.is_some());
    let words = &message.text;
    assert!(words.contains("Kantor Uji") && !words.contains("Contoh 1"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_the_provider_says_is_closed_is_answered_with_the_template_at_once() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    app.stack.graph.fail(Fault::WindowClosed, 1);
    app.drain().await;
    let message = one(&app, &code, "confirmed");
    assert_eq!(template(&message), "antrian_confirmed");
    let row = row(&app, &id).await;
    assert_eq!((row.state, row.attempts), (MessageState::Sent, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_a_status_says_was_closed_is_answered_with_the_template_too() {
    let app = TestApp::start().await;
    let (_, code, id) = untold(&app, 1).await;
    app.stack.graph.fail(Fault::Failed(131047), 1);
    app.drain().await;
    app.stack.graph.report().await;
    assert_eq!(row(&app, &id).await.state, MessageState::Pending);
    // The lease of the try that was refused runs out first.
    app.advance(61);
    work(&app).await;
    let told = told(&app, &code, "confirmed");
    let names: Vec<_> = told.iter().map(template).collect();
    assert_eq!(names, ["", "antrian_confirmed"]);
    for _ in 0..2 {
        app.stack.graph.report().await;
        work(&app).await;
    }
    assert_eq!(row(&app, &id).await.state, MessageState::Delivered);
    assert_eq!(super::told(&app, &code, "confirmed").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_has_no_template_is_given_up_when_the_window_is_closed() {
    let app = TestApp::start().await;
    app.stack.graph.fail(Fault::WindowClosed, 2);
    Person::register_only(&app, 1).await;
    app.drain().await;
    assert!(app.sent().is_empty());
    app.advance(60);
    work(&app).await;
    assert!(app.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_reminders_gets_none_and_all_the_rest() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    Phone::new(&app, &person.phone).say("STOP").await;
    one(&app, &code, "confirmed");
    reach(&app, "2026-12-01T01:00:00Z");
    work(&app).await;
    assert!(told(&app, &code, "reminder").is_empty());
    let id = format!("{}-2-reminder", code.to_lowercase()).parse().unwrap();
    let row = row(&app, &id).await;
    assert_eq!((row.state, row.last_attempt.code()), (MessageState::Stale, Some("opted_out")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_erased_account_wrote_is_not_noted() {
    let app = TestApp::start().await;
    let store = app.stack.app.ledger.store();
    let account = antrian::security::tokens::account_id();
    store.note_inbound(&account, app.now()).await.unwrap();
    assert_eq!(store.service_window(&account).await.unwrap().last_inbound_at, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_message_does_not_close_the_window() {
    let app = TestApp::start().await;
    let (_, code, _) = untold(&app, 1).await;
    let store = app.stack.app.ledger.store();
    let account = store.booking(code.parse().unwrap()).await.unwrap().unwrap().account;
    let before = store.service_window(&account).await.unwrap();
    assert!(before.last_inbound_at.is_some());
    store.note_inbound(&account, app.now() - chrono::TimeDelta::days(2)).await.unwrap();
    assert_eq!(store.service_window(&account).await.unwrap(), before);
}
