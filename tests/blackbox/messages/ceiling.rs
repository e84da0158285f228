//! What a day's messages may cost has a ceiling: it is announced, and what can wait does at it.

use antrian::domain::message::MessageState;
use antrian::storage::Cost;
use antrian_local::simulator::Fault;
use antrian_tests::app::DATE;
use antrian_tests::{Person, Setup, TestApp};
use serde_json::json;

use super::{one, row, told, untold, work};
use crate::registration::{begin, path};

/// What one message costs, in millionths of a USD.
const PRICE: u32 = 25_000;

async fn with_ceiling(usd: &str) -> TestApp {
    let settings = [("ANTRIAN_SPENDING_PER_DAY_USD".to_owned(), usd.to_owned())].into();
    TestApp::start_with(Setup { settings, ..Setup::default() }).await
}

async fn spent(app: &TestApp) -> u64 {
    app.stack.app.ledger.store().spent(app.now().date_naive()).await.unwrap()
}

/// Somebody else's messages have cost as much.
async fn spend(app: &TestApp, micros: u32) {
    let cost = Cost { micros, at: app.now() };
    app.stack.app.ledger.store().count_cost(&"others".parse().unwrap(), cost).await.unwrap();
}

fn percent(app: &TestApp) -> i64 {
    app.records_of("spending").last().unwrap()["SpendingPercent"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_costs_once_what_it_costs() {
    let app = TestApp::start().await;
    let (_, code, _) = untold(&app, 1).await;
    let before = spent(&app).await;
    // Sent again after a fault it has cost nothing the first time.
    app.stack.graph.fail(Fault::RateLimit, 1);
    app.drain().await;
    assert_eq!(spent(&app).await, before);
    app.advance(31);
    work(&app).await;
    one(&app, &code, "confirmed");
    assert_eq!(spent(&app).await, before + u64::from(PRICE));
    work(&app).await;
    assert_eq!(spent(&app).await, before + u64::from(PRICE), "once");
    app.advance(24 * 3600);
    assert_eq!(spent(&app).await, 0, "another day");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_ceiling_codes_and_reminders_wait_and_everything_else_goes() {
    let app = with_ceiling("1").await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    app.drain().await;
    app.advance_to("2026-12-01T00:30:00Z");
    assert_eq!(spent(&app).await, 0);
    spend(&app, 799_999).await;
    app.tick().await;
    assert_eq!(percent(&app), 79);
    let granted = begin(&app).await;
    let sent = app.post(&path(&granted, "otp"), json!({"phone": "6280000000009"})).await;
    assert_eq!(sent.status, 202, "{sent:?}");
    spend(&app, 200_001).await;
    app.tick().await;
    assert_eq!(percent(&app), 100);

    // A code was granted before, and a reminder is due.
    app.drain().await;
    app.advance_to("2026-12-01T01:00:30Z");
    work(&app).await;
    assert!(told(&app, &code, "reminder").is_empty(), "{:?}", app.sent_ids());
    let reminder = row(&app, &format!("{}-2-reminder", code.to_lowercase()).parse().unwrap()).await;
    assert_eq!((reminder.state, reminder.attempts), (MessageState::Pending, 0));
    assert_eq!(reminder.last_attempt.code(), Some("at_ceiling"));
    let held: Vec<_> = app.records_of("message_held_back");
    let kinds: Vec<_> = held.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"reminder") && kinds.contains(&"one_time_code"), "{kinds:?}");

    let begun = begin(&app).await;
    let refused = app.post(&path(&begun, "otp"), json!({"phone": "6280000000008"})).await;
    assert_eq!((refused.status, refused.code()), (429, "no_codes"), "{refused:?}");
    let other = Person::register(&app, 2).await;
    let booked = other.book(&app, DATE, "10:00").await.text("code");
    app.drain().await;
    one(&app, &booked, "confirmed");
    assert!(!app.sent_ids().iter().any(|id| id.starts_with("otp")), "{:?}", app.sent_ids());

    // The next day is before the visit, and what waited for it goes.
    app.advance_to("2026-12-02T00:00:05Z");
    work(&app).await;
    one(&app, &code, "reminder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_nobody_knows_of_has_cost_what_it_may_have() {
    let app = TestApp::start().await;
    let _ = untold(&app, 1).await;
    let before = spent(&app).await;
    app.stack.graph.fail(Fault::TimeoutAfterAcceptance, 1);
    app.drain().await;
    assert_eq!(spent(&app).await, before + u64::from(PRICE));
}
