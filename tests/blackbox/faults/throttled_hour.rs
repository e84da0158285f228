//! An hour in which AWS has too much to do: one write in four is turned away, one reading in ten, and now
//! and then everything for some minutes. People and machines ask again, as they are told to. The hour is
//! the stack's; waiting before another try is real.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use antrian_scheduler::Job;
use antrian_tests::Answer;
use antrian_tests::wire::{Action, Call, Item, touched};
use futures_util::future::join_all;
use serde_json::json;

use super::kinds::{error, is_read, is_table_call};
use super::operations::{AT_THE_GATE, Operation, Subject};
use super::stage::Stage;

const OPERATIONS: [Operation; 6] = [
    Operation::Hold,
    Operation::Confirm,
    Operation::Cancel,
    Operation::Reschedule,
    Operation::CheckIn,
    Operation::Documents,
];
const OF_EACH: u32 = 6;
/// Each of five minutes.
const STEPS: u32 = 12;
const STEP_SECS: i64 = 300;
/// How many people begin in a step.
const BEGIN: usize = 4;
/// In these nothing gets through.
const DARK: [u32; 2] = [3, 7];
/// A tick that takes longer ends where it is, as in the cloud before the next one.
const TICK: Duration = Duration::from_secs(3);

/// What happened on the wire.
#[derive(Debug, Default)]
struct Seen {
    passed: u64,
    turned_away: u64,
    /// Transactions that touch an outbox row, by token: whether one of their calls passed.
    rows: BTreeMap<String, bool>,
}

impl Seen {
    fn note(&mut self, call: &Call, passes: bool) {
        *(if passes { &mut self.passed } else { &mut self.turned_away }) += 1;
        if let Some(token) = call.token().filter(|_| touched(call).contains(&Item::Message)) {
            *self.rows.entry(token.to_owned()).or_default() |= passes;
        }
    }

    /// Of how many the outcome could not be written down within the function's life.
    fn given_up(&self) -> usize {
        self.rows.values().filter(|passed| !**passed).count()
    }
}

/// Whether the call of this number is turned away, one in so many.
fn is_unlucky(number: u64, one_in: u64) -> bool {
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).is_multiple_of(one_in)
}

fn throttle(stage: &Stage, is_dark: bool, seen: &Arc<Mutex<Seen>>) {
    let seen = seen.clone();
    stage.switch.arm(move |call| {
        let mut seen = seen.lock().unwrap();
        let one_in = if is_read(&call.target) { 10 } else { 4 };
        let passes = !is_dark && !is_unlucky(seen.passed + seen.turned_away, one_in);
        seen.note(call, passes);
        match (passes, is_table_call(&call.target)) {
            (true, _) => Action::Pass,
            (false, true) => Action::Answer { status: 400, body: error("ThrottlingException") },
            (false, false) => Action::Answer {
                status: 400,
                body: json!({"__type": "com.amazonaws.sqs#RequestThrottled", "message": "injected"}),
            },
        }
    });
}

/// Somebody who wants one thing done.
struct Waiting {
    operation: Operation,
    subject: Subject,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_of_throttles_loses_nothing_and_everybody_is_told_the_truth() {
    let stage = Stage::start().await;
    let desk = stage.app.staff(antrian_tests::offices::OFFICE, &["desk"]).await;
    stage.app.advance_to(AT_THE_GATE);
    let mut to_come = vec![];
    for number in 1..=OF_EACH * OPERATIONS.len() as u32 {
        let operation = OPERATIONS[number as usize % OPERATIONS.len()];
        let subject = operation.subject(&stage.app, &desk, number).await;
        to_come.push(Waiting { operation, subject });
    }
    let (seen, mut open, mut done) = (Arc::default(), vec![], vec![]);
    let mut busy = 0;
    for step in 0..STEPS {
        throttle(&stage, DARK.contains(&step), &seen);
        open.extend(to_come.split_off(to_come.len().saturating_sub(BEGIN)));
        let runs = open.iter().map(|one: &Waiting| one.operation.run(&stage.app, &one.subject));
        let stack = &stage.app.stack;
        let tick = tokio::time::timeout(TICK, stage.app.stack.run_job(Job::Tick));
        // Lambda and the schedule come again whatever becomes of them.
        let (answers, _, _, _) =
            tokio::join!(join_all(runs), tick, stack.drain_outbox(), stack.drain_outbox());
        let (now_done, still): (Vec<_>, Vec<_>) =
            open.into_iter().zip(answers).partition(|(one, answer)| is_done(one, answer));
        busy += still.len();
        open = still.into_iter().map(|(one, _)| one).collect();
        done.extend(now_done);
        stage.app.advance(STEP_SECS);
    }
    stage.switch.disarm();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    assert!(to_come.is_empty() && open.is_empty(), "{} still wait", open.len());
    assert!(busy > 0 && seen.turned_away > 100, "{busy} were told to ask again, {seen:?}");
    check(&stage, &done, seen.given_up()).await;
}

/// It is done, or the person is told that it is not known or not now: never that it is refused.
fn is_done(one: &Waiting, answer: &Answer) -> bool {
    let operation = one.operation;
    if (200..300).contains(&answer.status) {
        let (field, told) = operation.told();
        assert_eq!(answer.body[field], told, "{operation:?}: {answer:?}");
        return true;
    }
    let may_ask_again = matches!(answer.code(), "busy" | "outcome_unknown");
    assert!(answer.status == 503 && may_ask_again, "{operation:?}: {answer:?}");
    false
}

async fn check(stage: &Stage, done: &[(Waiting, Answer)], given_up: usize) {
    let app = &stage.app;
    for (Waiting { operation, subject }, answer) in done {
        let list = subject.person.get(app, "/v1/me/bookings").await;
        let bookings = list.body["bookings"].as_array().unwrap();
        assert_eq!(bookings.len(), 1, "{operation:?}: {list:?}");
        assert_eq!(bookings[0]["code"], answer.body["code"], "{operation:?}");
        // A hold of the first minutes is over by now.
        let is_hold = *operation == Operation::Hold;
        assert!(is_hold || bookings[0]["status"] == operation.status(), "{operation:?}: {list:?}");
    }
    stage.recover().await;
    app.assert_audit_agrees().await;
    let mut again = 0;
    for (Waiting { operation, .. }, answer) in done {
        let Some(message) = operation.message(&answer.text("code")) else { continue };
        let sent = stage.times_sent(&message);
        assert!(sent > 0, "{operation:?}: {message} is lost");
        again += sent - 1;
    }
    // Whoever sent one and could not write that down: nobody else can know.
    assert!(again <= given_up, "{again} were sent again, {given_up} could not be written down");
}
