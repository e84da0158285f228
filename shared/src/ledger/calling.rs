//! The calling of numbers. A counter has one number at a time, and a number is at one counter: both
//! are compared in the transaction that changes them, and so is whether the counter is open.

use chrono::{DateTime, Utc};

use super::{Ledger, LedgerError, Outcome};
use crate::domain::booking::Refusal;
use crate::domain::office::Office;
use crate::domain::queue::{
    Counter, CounterSetup, Line, QueueAct, QueueDay, QueueEntry, QueueEvent, QueueNumber,
    QueueState, closed, served_before,
};
use crate::domain::time::whole_seconds;
use crate::storage::{
    AtCounter, Attempt, CONTENTION, QueueChange, RetryPolicy, StoreError, compare_and_set,
};
use crate::telemetry::Record;
use crate::telemetry::catalogue::CALLED;

/// The counter that asks, and who works there.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    pub counter: &'a Counter,
    /// The issuer's opaque identifier of the clerk.
    pub staff: &'a str,
    /// Keyed hash of the client's request, if it named one: repeated, it finds what it has done.
    pub request: Option<&'a str>,
}

impl Caller<'_> {
    /// What this counter has done to a place.
    pub(super) fn event(&self, act: QueueAct, now: DateTime<Utc>) -> Box<QueueEvent> {
        let (counter, staff) = (Some(self.counter.clone()), self.staff.to_owned());
        Box::new(QueueEvent { at: now, act, counter, staff })
    }
}

/// Whom a counter calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallTarget {
    /// Whoever was sent to the counter, or else is next in these groups; in those that the counter
    /// serves if none are named.
    Next(Vec<char>),
    /// This number, also if it was skipped or parked, is for another counter, or was served before.
    Number(QueueNumber),
    /// Whoever the counter has parked for the longest time.
    Parked,
}

/// Why nobody is called.
#[derive(Debug)]
pub enum CallRefusal {
    NobodyWaits,
    /// Staff have closed the counter.
    Closed,
    /// The next one looks like somebody who was served today: the next number, and that one.
    ServedBefore(WithNumber, WithNumber),
    /// The counter still has another number.
    Busy(Box<AtCounter>),
    /// The number asked for does not wait: where it stands; absent: nobody has it today.
    NotWaiting(Option<QueueState>),
}

/// A number and the counter that had it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithNumber {
    pub number: QueueNumber,
    pub counter: Option<Counter>,
}

impl From<&QueueEntry> for WithNumber {
    fn from(entry: &QueueEntry) -> Self {
        Self { number: entry.queue_number(), counter: entry.counter.clone() }
    }
}

/// Why a counter's action has no effect.
#[derive(Debug)]
pub enum StepRefusal {
    /// The counter has not called this number, or none.
    Idle,
    /// The counter that the person would be sent to is closed.
    Closed,
    /// Nobody sits at the counter that the person would be sent to: where somebody does, by their names.
    Nobody(Counter, Vec<Counter>),
    /// The visit stays as it is.
    Refused(Refusal),
}

/// As many counters as an office has may call at once, and each round one of them gets through.
pub(super) const COUNTERS: RetryPolicy = RetryPolicy { limit: 40, ..CONTENTION };

type Call = Result<QueueEntry, CallRefusal>;

/// What is known at a try: nothing is kept from the one before.
pub(super) type Known = ();

impl Ledger {
    /// Calls somebody to a counter. Of several counters that ask at once each gets somebody else.
    pub async fn call(
        &self,
        office: &Office,
        day: &QueueDay,
        caller: Caller<'_>,
        target: &CallTarget,
        now: DateTime<Utc>,
    ) -> Outcome<QueueEntry, CallRefusal> {
        let now = whole_seconds(now);
        let attempt = |()| self.try_call(office, day, caller, target, now);
        compare_and_set(COUNTERS, (), attempt).await
    }

    async fn try_call(
        &self,
        office: &Office,
        day: &QueueDay,
        caller: Caller<'_>,
        target: &CallTarget,
        now: DateTime<Utc>,
    ) -> Result<Attempt<Known, Call>, LedgerError> {
        let (at, found) = tokio::join!(
            self.store.at_counter(day, caller.counter),
            self.target(office, day, caller.counter, target)
        );
        let at = at?;
        match &at {
            Some(at) if is_known(caller.request, at.called_by.as_deref()) => {
                return Ok(Attempt::Done(Ok(self.entry(day, at.number).await?)));
            }
            Some(at) if at.is_busy() => {
                return Ok(Attempt::Done(Err(CallRefusal::Busy(Box::new(at.clone())))));
            }
            _ => {}
        }
        let (found, entries) = found?;
        let before = match found {
            Ok(before) => before,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        let after = before.called(caller.counter, now);
        let changes = calling(day, caller, at, (before, &after), now);
        if !self.store.change_queue(&changes).await? {
            return Ok(Attempt::Conflict(()));
        }
        self.count_call(day, &after, now);
        self.tell_near(office, day, (entries, &after), now).await;
        Ok(Attempt::Done(Ok(after)))
    }

    pub(super) async fn entry(
        &self,
        day: &QueueDay,
        number: QueueNumber,
    ) -> Result<QueueEntry, StoreError> {
        let entry = self.store.queue_entry(day, number).await?;
        entry.ok_or_else(|| StoreError::corrupt("queue entry"))
    }

    /// Whom a call is for, and whether the counter may call at all; with the queue, as far as it was read for
    /// that.
    async fn target(
        &self,
        office: &Office,
        day: &QueueDay,
        counter: &Counter,
        target: &CallTarget,
    ) -> Result<(Call, Vec<QueueEntry>), StoreError> {
        let CallTarget::Number(number) = target else {
            let (entries, setups) =
                tokio::try_join!(self.store.queue_entries(day), self.store.counter_setups(day))?;
            let found =
                open(setups.iter().find(|setup| setup.counter == *counter)).and_then(|setup| {
                    match target {
                        CallTarget::Next(letters) => {
                            next(office, &entries, &setups, (counter, setup), letters)
                        }
                        _ => parked(&entries, counter),
                    }
                });
            return Ok((found, entries));
        };
        let (entry, setup) = tokio::try_join!(
            self.store.queue_entry(day, *number),
            self.store.counter_setup(day, counter)
        )?;
        let found = open(setup.as_ref()).and_then(|_| match entry {
            Some(entry) if entry.can_be_called() => Ok(entry),
            other => Err(CallRefusal::NotWaiting(other.map(|entry| entry.state))),
        });
        Ok((found, vec![]))
    }

    fn count_call(&self, day: &QueueDay, entry: &QueueEntry, now: DateTime<Utc>) {
        // A number that was skipped and is called again has been counted.
        if let Some(waited) = entry.waited(now).filter(|_| entry.calls == 1) {
            let record = Record::of(&CALLED, &[waited.num_seconds()]).at(&day.office, day.date);
            self.metrics.send(record.with("priority", entry.priority), now);
        }
    }
}

/// A counter that may call.
fn open(setup: Option<&CounterSetup>) -> Result<Option<&CounterSetup>, CallRefusal> {
    match setup {
        Some(setup) if !setup.open => Err(CallRefusal::Closed),
        other => Ok(other),
    }
}

/// Who is next: of these letters, or else of those that the counter serves.
fn next(
    office: &Office,
    entries: &[QueueEntry],
    setups: &[CounterSetup],
    (counter, setup): (&Counter, Option<&CounterSetup>),
    letters: &[char],
) -> Call {
    let own = setup.map_or(&[][..], |setup| &setup.letters);
    let letters = if letters.is_empty() { own } else { letters };
    let closed = closed(setups);
    let line = Line::of(entries, office.policy.priority_one_in).with_closed(&closed);
    let next = line.next(letters, counter).ok_or(CallRefusal::NobodyWaits)?;
    match served_before(entries, next) {
        Some(served) => Err(CallRefusal::ServedBefore(next.into(), served.into())),
        None => Ok(next.clone()),
    }
}

fn parked(entries: &[QueueEntry], counter: &Counter) -> Call {
    let own = entries.iter().filter(|entry| {
        entry.state == QueueState::Parked && entry.counter.as_ref() == Some(counter)
    });
    own.min_by_key(|entry| entry.parked_at).cloned().ok_or(CallRefusal::NobodyWaits)
}

/// What a call does to the queue.
fn calling(
    day: &QueueDay,
    caller: Caller<'_>,
    at: Option<AtCounter>,
    (before, after): (QueueEntry, &QueueEntry),
    now: DateTime<Utc>,
) -> Vec<QueueChange> {
    let turn = AtCounter {
        called_by: caller.request.map(str::to_owned),
        last_step: at.as_ref().and_then(|at| at.last_step.clone()),
        ..with(caller.counter, after, now)
    };
    let before = Box::new(before);
    vec![
        QueueChange::Turn(day.clone(), at.map(Box::new), Box::new(turn)),
        QueueChange::Move(day.clone(), before.clone(), Box::new(after.clone())),
        QueueChange::Note(day.clone(), before, caller.event(QueueAct::Call, now)),
        QueueChange::Open(day.clone(), caller.counter.clone()),
    ]
}

/// Whether a request was here before.
pub(super) fn is_known(request: Option<&str>, known: Option<&str>) -> bool {
    request.is_some() && request == known
}

/// A counter with this number, called at that time.
pub(super) fn with(counter: &Counter, entry: &QueueEntry, called_at: DateTime<Utc>) -> AtCounter {
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
