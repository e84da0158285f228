//! How long and how often is tried.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use antrian_tests::Person;
use antrian_tests::app::DATE;
use antrian_tests::wire::Action;

use super::kinds::{error, is_transaction};
use super::stage::Stage;

/// A function has 10 seconds. The SDK's own repetitions within each try would take longer.
#[tokio::test]
async fn a_throttled_transaction_is_tried_seven_times() {
    let stage = Stage::start_as_in_the_cloud().await;
    let person = Person::register(&stage.app, 1).await;
    let tries = Arc::new(AtomicUsize::new(0));
    let count = tries.clone();
    stage.switch.arm(move |call| {
        if !is_transaction(&call.target) {
            return Action::Pass;
        }
        count.fetch_add(1, Ordering::Relaxed);
        Action::Answer { status: 400, body: error("ThrottlingException") }
    });
    let answer = person.hold(&stage.app, DATE, "09:00").await;
    assert_eq!((answer.status, answer.code()), (503, "busy"), "{answer:?}");
    assert_eq!(tries.load(Ordering::Relaxed), 7);
}

#[tokio::test]
async fn a_table_that_answers_too_late_leaves_the_outcome_unknown_within_a_functions_life() {
    let stage = Stage::start_as_in_the_cloud().await;
    let person = Person::register(&stage.app, 1).await;
    stage.switch.arm(|call| match is_transaction(&call.target) {
        true => Action::DelayAnswer(Duration::from_secs(20)),
        false => Action::Pass,
    });
    let begun = Instant::now();
    let answer = person.hold_with_key(&stage.app, DATE, "09:00", "one").await.unwrap();
    assert_eq!((answer.status, answer.code()), (503, "outcome_unknown"), "{answer:?}");
    // Not the twenty seconds that one answer takes. With nothing else to do it is six and a half.
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    stage.switch.disarm();
    let again = person.hold_with_key(&stage.app, DATE, "09:00", "one").await.unwrap();
    assert_eq!((again.status, again.text("status").as_str()), (201, "held"), "{again:?}");
    stage.app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_lost_answer_stays_unknown_when_the_next_try_is_turned_away() {
    let stage = Stage::start_as_in_the_cloud().await;
    let person = Person::register(&stage.app, 1).await;
    let mut tries = 0;
    stage.switch.arm(move |call| {
        if !is_transaction(&call.target) {
            return Action::Pass;
        }
        tries += 1;
        match tries {
            1 => Action::LoseAnswer,
            _ => Action::Answer { status: 400, body: error("AccessDeniedException") },
        }
    });
    let answer = person.hold_with_key(&stage.app, DATE, "09:00", "one").await.unwrap();
    assert_eq!((answer.status, answer.code()), (503, "outcome_unknown"), "{answer:?}");
    stage.switch.disarm();
    let again = person.hold_with_key(&stage.app, DATE, "09:00", "one").await.unwrap();
    assert_eq!(again.status, 201, "{again:?}");
}
