//! The calling of numbers. A counter has one number at a time, and a number is at one counter: both
//! are compared in the transaction that changes them.

use chrono::{DateTime, Utc};

use super::change::lost;
use super::commit::Made;
use super::{Ledger, LedgerError, Outcome};
use crate::domain::booking::{Actor, Refusal};
use crate::domain::code::BookingCode;
use crate::domain::queue::{
    self, Counter, CounterAction, QueueDay, QueueEntry, QueueNumber, QueueState,
};
use crate::domain::time::whole_seconds;
use crate::storage::{
    AtCounter, Attempt, CONTENTION, KnownStep, QueueChange, RetryPolicy, StoreError, Transition,
    compare_and_set,
};
use crate::telemetry::Record;
use crate::telemetry::catalogue::{CALLED, SKIPPED};

/// Whom a counter calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallTarget {
    /// Whoever is next in these groups; in all if none are named.
    Next(Vec<char>),
    /// This number, also if it was skipped.
    Number(QueueNumber),
}

/// Why nobody is called.
#[derive(Debug)]
pub enum CallRefusal {
    NobodyWaits,
    /// The counter still has another number.
    Busy(Box<AtCounter>),
    /// The number asked for does not wait: where it stands; absent: nobody has it today.
    NotWaiting(Option<QueueState>),
}

/// Why a counter's action has no effect.
#[derive(Debug)]
pub enum StepRefusal {
    /// The counter has not called this number, or none.
    Idle,
    /// The visit stays as it is.
    Refused(Refusal),
}

/// As many counters as an office has may call at once, and each round one of them gets through.
const COUNTERS: RetryPolicy = RetryPolicy { limit: 40, ..CONTENTION };

type Call = Result<QueueEntry, CallRefusal>;
type Step = Result<QueueEntry, StepRefusal>;

/// What is known at a try: nothing is kept from the one before.
type Known = ();

impl Ledger {
    /// Calls somebody to a counter. Of several counters that ask at once each gets somebody else.
    /// `request` is the keyed hash of the client's request, if it named one: repeated, it finds whom
    /// it called.
    pub async fn call(
        &self,
        day: &QueueDay,
        counter: &Counter,
        target: &CallTarget,
        request: Option<&str>,
        now: DateTime<Utc>,
    ) -> Outcome<QueueEntry, CallRefusal> {
        let now = whole_seconds(now);
        let attempt = |()| self.try_call(day, counter, target, request, now);
        compare_and_set(COUNTERS, (), attempt).await
    }

    async fn try_call(
        &self,
        day: &QueueDay,
        counter: &Counter,
        target: &CallTarget,
        request: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Attempt<Known, Call>, LedgerError> {
        let (at, found) =
            tokio::join!(self.store.at_counter(day, counter), self.target(day, target));
        let at = at?;
        match &at {
            Some(at) if is_known(request, at.called_by.as_deref()) => {
                return Ok(Attempt::Done(Ok(self.entry(day, at.number).await?)));
            }
            Some(at) if at.is_busy() => {
                return Ok(Attempt::Done(Err(CallRefusal::Busy(Box::new(at.clone())))));
            }
            _ => {}
        }
        let before = match found? {
            Ok(before) => before,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        let after = before.called(counter, now);
        let turn = AtCounter {
            called_by: request.map(str::to_owned),
            last_step: at.as_ref().and_then(|at| at.last_step.clone()),
            ..with(counter, &after, now)
        };
        let changes = [
            QueueChange::Turn(day.clone(), at.map(Box::new), Box::new(turn)),
            QueueChange::Move(day.clone(), Box::new(before), Box::new(after.clone())),
        ];
        if !self.store.change_queue(&changes).await? {
            return Ok(Attempt::Conflict(()));
        }
        self.count_call(day, &after, now);
        Ok(Attempt::Done(Ok(after)))
    }

    async fn entry(&self, day: &QueueDay, number: QueueNumber) -> Result<QueueEntry, StoreError> {
        let entry = self.store.queue_entry(day, number).await?;
        entry.ok_or_else(|| StoreError::corrupt("queue entry"))
    }

    async fn target(&self, day: &QueueDay, target: &CallTarget) -> Result<Call, StoreError> {
        match target {
            CallTarget::Next(groups) => {
                let entries = self.store.queue_entries(day).await?;
                Ok(queue::next(&entries, groups).cloned().ok_or(CallRefusal::NobodyWaits))
            }
            CallTarget::Number(number) => match self.store.queue_entry(day, *number).await? {
                Some(entry) if entry.can_be_called() => Ok(Ok(entry)),
                other => Ok(Err(CallRefusal::NotWaiting(other.map(|entry| entry.state)))),
            },
        }
    }

    /// Does something with the number that a counter has; with `number`, only if it is that one. Done
    /// again with that number, or by the same `request`, it finds that it was done.
    pub async fn step(
        &self,
        day: &QueueDay,
        counter: &Counter,
        number: Option<QueueNumber>,
        action: CounterAction,
        request: Option<&str>,
        now: DateTime<Utc>,
    ) -> Outcome<QueueEntry, StepRefusal> {
        let now = whole_seconds(now);
        let attempt = |()| self.try_step(day, counter, number, (action, request), now);
        compare_and_set(COUNTERS, (), attempt).await
    }

    async fn try_step(
        &self,
        day: &QueueDay,
        counter: &Counter,
        number: Option<QueueNumber>,
        (action, request): (CounterAction, Option<&str>),
        now: DateTime<Utc>,
    ) -> Result<Attempt<Known, Step>, LedgerError> {
        let at = self.store.at_counter(day, counter).await?;
        let known = at.as_ref().and_then(|at| at.last_step.as_ref());
        if let Some(known) = known.filter(|known| is_known(request, Some(&known.request))) {
            return Ok(Attempt::Done(Ok(self.entry(day, known.number).await?)));
        }
        let meant = |at: &AtCounter| number.is_none_or(|number| number == at.number);
        let Some(at) = at.filter(|at| at.is_busy() && meant(at)) else {
            return Ok(Attempt::Done(self.done_before(day, counter, number, action, now).await?));
        };
        let meant = at.number;
        let before = self.entry(day, meant).await?;
        let after = before.after(action, now);
        let queue = stepping(day, at, (before, &after), (action, request), now);
        let made = match action {
            CounterAction::Finish => self.serve(after.code, queue, now).await?,
            _ => Ok(self.store.change_queue(&queue).await?),
        };
        match made {
            Ok(true) => {
                self.count_step(day, action, now);
                Ok(Attempt::Done(Ok(after)))
            }
            // The same action, made by somebody else between two of these readings, is no refusal.
            Err(refusal) if self.still_has(day, counter, meant).await? => {
                Ok(Attempt::Done(Err(StepRefusal::Refused(refusal))))
            }
            Ok(false) | Err(_) => Ok(Attempt::Conflict(())),
        }
    }

    async fn still_has(
        &self,
        day: &QueueDay,
        counter: &Counter,
        number: QueueNumber,
    ) -> Result<bool, StoreError> {
        let at = self.store.at_counter(day, counter).await?;
        Ok(at.is_some_and(|at| at.is_busy() && at.number == number))
    }

    /// Whether the counter's last action with this number was the same, which freed the counter.
    async fn done_before(
        &self,
        day: &QueueDay,
        counter: &Counter,
        number: Option<QueueNumber>,
        action: CounterAction,
        now: DateTime<Utc>,
    ) -> Result<Step, StoreError> {
        let Some(number) = number else { return Ok(Err(StepRefusal::Idle)) };
        let entry = self.store.queue_entry(day, number).await?;
        let is_done = |entry: &QueueEntry| {
            entry.counter.as_ref() == Some(counter) && entry.after(action, now) == *entry
        };
        Ok(entry.filter(is_done).ok_or(StepRefusal::Idle))
    }

    /// The visit is over: the booking is served, and the person may book again. `false`: somebody
    /// else was faster.
    async fn serve(
        &self,
        code: BookingCode,
        queue: Vec<QueueChange>,
        now: DateTime<Utc>,
    ) -> Outcome<bool, Refusal> {
        let before = self.store.booking(code).await?;
        let before = before.ok_or_else(|| StoreError::corrupt("queue entry"))?;
        let after = match before.serve(now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let change = Transition::new(&before, &after).releasing_person().queueing(queue);
        match self.make_transition(&change, Actor::Office, now).await? {
            Made::Yes => Ok(Ok(true)),
            Made::Conflict(_) => Ok(Ok(false)),
            Made::Lost => Ok(Err(lost(&before))),
        }
    }

    fn count_call(&self, day: &QueueDay, entry: &QueueEntry, now: DateTime<Utc>) {
        // A number that was skipped and is called again has been counted.
        if let Some(waited) = entry.waited(now).filter(|_| entry.calls == 1) {
            let record = Record::of(&CALLED, &[waited.num_seconds()]).at(&day.office, day.date);
            self.metrics.send(record.with("priority", entry.priority), now);
        }
    }

    /// A visit that was finished is counted with its booking.
    fn count_step(&self, day: &QueueDay, action: CounterAction, now: DateTime<Utc>) {
        if action == CounterAction::Skip {
            self.metrics.send(Record::of(&SKIPPED, &[1]).at(&day.office, day.date), now);
        }
    }
}

/// Whether a request was here before.
fn is_known(request: Option<&str>, known: Option<&str>) -> bool {
    request.is_some() && request == known
}

/// A counter with this number, called at that time.
fn with(counter: &Counter, entry: &QueueEntry, called_at: DateTime<Utc>) -> AtCounter {
    AtCounter {
        counter: counter.clone(),
        number: entry.queue_number(),
        state: entry.state,
        called_at,
        calls: entry.calls,
        called_by: None,
        last_step: None,
    }
}

/// What an action does to the queue.
fn stepping(
    day: &QueueDay,
    at: AtCounter,
    (before, after): (QueueEntry, &QueueEntry),
    (action, request): (CounterAction, Option<&str>),
    now: DateTime<Utc>,
) -> Vec<QueueChange> {
    let number = at.number;
    let step_made = request.map(|request| KnownStep { request: request.to_owned(), number });
    let turn = AtCounter {
        called_by: at.called_by.clone(),
        last_step: step_made.or(at.last_step.clone()),
        ..with(&at.counter, after, if action == CounterAction::Recall { now } else { at.called_at })
    };
    vec![
        QueueChange::Turn(day.clone(), Some(Box::new(at)), Box::new(turn)),
        QueueChange::Move(day.clone(), Box::new(before), Box::new(after.clone())),
    ]
}
