//! One operation, every fault, at every call in turn.

use std::collections::BTreeMap;

use antrian::storage::AuditReport;
use antrian_tests::Answer;
use antrian_tests::app::DATE;
use antrian_tests::wire::Call;

use super::kinds::{Fault, is_write};
use super::operations::{AT_THE_GATE, Operation, Subject};
use super::stage::{QUOTA, Stage, Stay, Struck};

/// An operation and those on whom it was tried.
#[derive(Debug)]
struct Trial {
    stage: Stage,
    operation: Operation,
    desk: String,
    subjects: Vec<Subject>,
}

/// Tries every fault at every call of the operation, each time with another person. Calls are counted
/// by kind: a cache may spare a run a read, but its writes are always as many.
pub(super) async fn try_every_call(operation: Operation) {
    let mut trial = Trial::begin(operation).await;
    let calls = trial.calls().await;
    for (stay, faults) in [(Stay::Once, Fault::ALL), (Stay::UntilLifted, Fault::LASTING)] {
        for &fault in faults {
            for (target, &times) in calls.iter().filter(|(target, _)| fault.meets(target)) {
                for nth in 1..=times {
                    let is_struck = trial.try_call(fault, stay, target, nth).await;
                    assert!(
                        is_struck || !is_write(target),
                        "{operation:?}, {fault:?} {stay:?}: no {target} number {nth}"
                    );
                }
            }
        }
    }
    trial.check_all().await;
}

impl Trial {
    async fn begin(operation: Operation) -> Self {
        let stage = Stage::start().await;
        let desk = stage.app.staff(antrian_tests::offices::OFFICE, &["desk"]).await;
        if operation.is_visit() {
            stage.app.advance_to(AT_THE_GATE);
        }
        Self { stage, operation, desk, subjects: vec![] }
    }

    /// The next person, at a time when no cache remembers what the last one saw of the day.
    async fn next_subject(&self) -> Subject {
        self.stage.app.advance(2);
        let number = u32::try_from(self.subjects.len()).unwrap() + 1;
        self.operation.subject(&self.stage.app, &self.desk, number).await
    }

    /// How often an undisturbed run makes each kind of call to the table.
    async fn calls(&mut self) -> BTreeMap<String, usize> {
        let subject = self.next_subject().await;
        let run = self.operation.run(&self.stage.app, &subject);
        let (answer, calls) = self.stage.calls_of(run).await;
        self.check_one(subject, &answer, "undisturbed").await;
        let mut counts = BTreeMap::new();
        for target in calls {
            *counts.entry(target).or_default() += 1;
        }
        counts
    }

    /// Whether there was such a call to strike.
    async fn try_call(&mut self, fault: Fault, stay: Stay, target: &str, nth: usize) -> bool {
        let (operation, app) = (self.operation, &self.stage.app);
        let subject = self.next_subject().await;
        let (kind, action) = (target.to_owned(), move |call: &Call| fault.action(call));
        self.stage.strike_with(move |call| call.target == kind, action, stay, nth);
        let first = operation.run(app, &subject).await;
        let struck = self.stage.lift();
        let case = format!("{operation:?}, {fault:?} {stay:?} at {target} {nth} ({struck:?})");
        let answer = if is_done(&first) {
            first
        } else {
            assert_may_ask_again(&first, stay, struck.as_ref(), &case);
            operation.run(app, &subject).await
        };
        self.check_one(subject, &answer, &case).await;
        struck.is_some()
    }

    /// It is done: one booking, in its slot, and one place in the queue.
    async fn check_one(&mut self, mut subject: Subject, answer: &Answer, case: &str) {
        assert!(is_done(answer), "{case}: {answer:?}");
        let (field, told) = self.operation.told();
        assert_eq!(answer.body[field], told, "{case}: {answer:?}");
        subject.code = answer.text("code");
        let list = subject.person.get(&self.stage.app, "/v1/me/bookings").await;
        let bookings = list.body["bookings"].as_array().unwrap();
        assert_eq!(bookings.len(), 1, "{case}: {list:?}");
        assert_eq!(bookings[0]["code"], subject.code.as_str(), "{case}");
        assert_eq!(bookings[0]["status"], self.operation.status(), "{case}");
        assert_eq!(bookings[0]["slot"], self.operation.slot(), "{case}");
        if self.operation == Operation::CheckIn {
            // The person is in even if the others could not be counted.
            let ahead = answer.body["people_ahead"].as_u64();
            let is_right = ahead == Some(self.subjects.len() as u64);
            let is_told = ahead.is_some() || !case.contains("UntilLifted at Query");
            assert!(is_right || !is_told, "{case}: places in the queue: {answer:?}");
        }
        self.subjects.push(subject);
    }

    /// Nothing is oversold, lost, unsent or sent twice.
    async fn check_all(&self) {
        let (operation, app) = (self.operation, &self.stage.app);
        self.stage.recover().await;
        let report = self.check_audit().await;
        let taken = if operation.keeps_seat() { self.subjects.len() } else { 0 };
        assert_eq!(report.seats_taken as usize, taken, "{operation:?}: seats taken: {report:?}");
        let subjects = self.subjects.len() as u64;
        let expected = operation.seats_free(u64::from(QUOTA), subjects);
        for (slot, expected) in ["09:00", "10:00"].into_iter().zip(expected) {
            let free = app.seats_free(DATE, slot).await;
            assert_eq!(free, Some(expected), "{operation:?}: seats free at {slot}");
        }
        for subject in &self.subjects {
            let Some(message) = operation.message(&subject.code) else { continue };
            assert_eq!(self.stage.times_sent(&message), 1, "{operation:?}: {message}");
        }
        let mut sent = app.sent_ids();
        sent.sort();
        let twice: Vec<_> = sent.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{operation:?}: sent twice: {twice:?}");
    }

    async fn check_audit(&self) -> AuditReport {
        let report = self.stage.app.assert_audit_agrees().await;
        let live = if self.operation.is_live() { self.subjects.len() } else { 0 };
        assert_eq!(report.live_bookings as usize, live, "{:?}: {report:?}", self.operation);
        report
    }
}

/// A fault that stays is told as such, never as a refusal; a single one is mended within the request,
/// at least where something is written. (The SDK repeats reads, and gives that up for a while when
/// too many calls of the process fail.)
fn assert_may_ask_again(first: &Answer, stay: Stay, struck: Option<&Struck>, case: &str) {
    let struck = struck.unwrap_or_else(|| panic!("{case}: without a fault: {first:?}"));
    let is_known = matches!(first.code(), "busy" | "outcome_unknown");
    assert!(first.status == 503 && is_known, "{case}: {first:?}");
    let is_mended = stay == Stay::Once && struck.is_transaction;
    assert!(!is_mended, "{case}: not mended within the request: {first:?}");
}

fn is_done(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}
