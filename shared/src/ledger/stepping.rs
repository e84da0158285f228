//! What a counter does with the number that it has.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::calling::{COUNTERS, Caller, Known, StepRefusal, is_known, with};
use super::change::lost;
use super::commit::Made;
use super::{Ledger, LedgerError, Outcome};
use crate::domain::booking::{Actor, Clerk, Refusal};
use crate::domain::code::BookingCode;
use crate::domain::queue::{
    Counter, CounterAction, QueueAct, QueueDay, QueueEntry, QueueNumber, QueueState, TransferTo,
    takes_people,
};
use crate::domain::time::whole_seconds;
use crate::storage::{
    AtCounter, Attempt, KnownStep, QueueChange, StoreError, Transition, compare_and_set,
};
use crate::telemetry::Record;
use crate::telemetry::catalogue::SKIPPED;

type Step = Result<QueueEntry, StepRefusal>;

/// An action, or where the person is sent.
#[derive(Debug, Clone, Copy)]
enum Doing<'a> {
    Step(CounterAction),
    Transfer(&'a TransferTo),
}

impl Doing<'_> {
    fn apply(self, entry: &QueueEntry, now: DateTime<Utc>) -> QueueEntry {
        match self {
            Self::Step(action) => entry.after(action, now),
            Self::Transfer(to) => entry.transferred(to, now),
        }
    }

    fn act(self) -> QueueAct {
        match self {
            Self::Step(action) => action.into(),
            Self::Transfer(_) => QueueAct::Transfer,
        }
    }

    /// Whether a place that is at no counter any more shows that this was done to it.
    fn is_done(self, entry: &QueueEntry, now: DateTime<Utc>) -> bool {
        match self {
            // The place is as it was before the call, whatever that was.
            Self::Step(CounterAction::PassBack) => false,
            Self::Transfer(_) if entry.state != QueueState::Waiting => false,
            _ => self.apply(entry, now) == *entry,
        }
    }
}

impl Ledger {
    /// Does something with the number that a counter has; with `number`, only if it is that one. Done
    /// again with that number, or by the same request, it finds that it was done.
    pub async fn step(
        &self,
        day: &QueueDay,
        caller: Caller<'_>,
        number: Option<QueueNumber>,
        action: CounterAction,
        now: DateTime<Utc>,
    ) -> Outcome<QueueEntry, StepRefusal> {
        let now = whole_seconds(now);
        let attempt = |()| self.try_step(day, caller, number, Doing::Step(action), now);
        compare_and_set(COUNTERS, (), attempt).await
    }

    /// Sends the person whom a counter has to another letter's line or to another counter. Repeated, it
    /// finds that it was done, as a step does.
    pub async fn transfer(
        &self,
        day: &QueueDay,
        caller: Caller<'_>,
        number: Option<QueueNumber>,
        to: &TransferTo,
        now: DateTime<Utc>,
    ) -> Outcome<QueueEntry, StepRefusal> {
        if let TransferTo::Counter(counter) = to
            && let Some(refusal) = self.takes_nobody(day, caller, counter).await?
        {
            return Ok(Err(refusal));
        }
        let now = whole_seconds(now);
        let attempt = |()| self.try_step(day, caller, number, Doing::Transfer(to), now);
        compare_and_set(COUNTERS, (), attempt).await
    }

    /// Why nobody is sent to this counter, if so: nobody would call them there.
    async fn takes_nobody(
        &self,
        day: &QueueDay,
        caller: Caller<'_>,
        counter: &Counter,
    ) -> Result<Option<StepRefusal>, StoreError> {
        let store = &self.store;
        let (setups, called) = tokio::try_join!(store.counter_setups(day), store.at_counters(day))?;
        let called: BTreeSet<_> = called.into_iter().map(|at| at.counter).collect();
        let setup = |of: &Counter| setups.iter().find(|setup| setup.counter == *of);
        let takes = |of: &Counter| takes_people(setup(of), called.contains(of));
        if takes(counter) {
            return Ok(None);
        }
        if setup(counter).is_some() {
            return Ok(Some(StepRefusal::Closed));
        }
        let mut known = called.clone();
        known.extend(setups.iter().map(|setup| setup.counter.clone()));
        known.retain(|of| of != caller.counter && takes(of));
        Ok(Some(StepRefusal::Nobody(counter.clone(), known.into_iter().collect())))
    }

    async fn try_step(
        &self,
        day: &QueueDay,
        caller: Caller<'_>,
        number: Option<QueueNumber>,
        doing: Doing<'_>,
        now: DateTime<Utc>,
    ) -> Result<Attempt<Known, Step>, LedgerError> {
        let at = self.store.at_counter(day, caller.counter).await?;
        let known = at.as_ref().and_then(|at| at.last_step.as_ref());
        if let Some(known) = known.filter(|known| is_known(caller.request, Some(&known.request))) {
            return Ok(Attempt::Done(Ok(self.entry(day, known.number).await?)));
        }
        let meant = |at: &AtCounter| number.is_none_or(|number| number == at.number);
        let Some(at) = at.filter(|at| at.is_busy() && meant(at)) else {
            return Ok(Attempt::Done(self.done_before(day, caller, number, doing, now).await?));
        };
        let meant = at.number;
        let before = self.entry(day, meant).await?;
        let after = doing.apply(&before, now);
        let queue = stepping(day, caller, at, (before, &after), doing, now);
        let made = match doing {
            Doing::Step(CounterAction::Finish) => {
                self.serve(after.code, caller.staff, queue, now).await?
            }
            _ => Ok(self.store.change_queue(&queue).await?),
        };
        match made {
            Ok(true) => {
                self.count_step(day, doing, now);
                Ok(Attempt::Done(Ok(after)))
            }
            // The same action, made by somebody else between two of these readings, is no refusal.
            Err(refusal) if self.still_has(day, caller, meant).await? => {
                Ok(Attempt::Done(Err(StepRefusal::Refused(refusal))))
            }
            Ok(false) | Err(_) => Ok(Attempt::Conflict(())),
        }
    }

    async fn still_has(
        &self,
        day: &QueueDay,
        caller: Caller<'_>,
        number: QueueNumber,
    ) -> Result<bool, StoreError> {
        let at = self.store.at_counter(day, caller.counter).await?;
        Ok(at.is_some_and(|at| at.is_busy() && at.number == number))
    }

    /// Whether the counter's last action with this number was the same, which freed the counter.
    async fn done_before(
        &self,
        day: &QueueDay,
        caller: Caller<'_>,
        number: Option<QueueNumber>,
        doing: Doing<'_>,
        now: DateTime<Utc>,
    ) -> Result<Step, StoreError> {
        let Some(number) = number else { return Ok(Err(StepRefusal::Idle)) };
        let entry = self.store.queue_entry(day, number).await?;
        let is_done = |entry: &QueueEntry| {
            entry.counter.as_ref() == Some(caller.counter) && doing.is_done(entry, now)
        };
        Ok(entry.filter(is_done).ok_or(StepRefusal::Idle))
    }

    /// The visit is over: the booking is served, and the person may book again. `false`: somebody
    /// else was faster.
    async fn serve(
        &self,
        code: BookingCode,
        staff: &str,
        queue: Vec<QueueChange>,
        now: DateTime<Utc>,
    ) -> Outcome<bool, Refusal> {
        let before = self.store.booking(code).await?;
        let before = before.ok_or_else(|| StoreError::corrupt("queue entry"))?;
        let after = match before.serve(now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let clerk = Clerk { staff: staff.to_owned(), reason: None };
        let change = Transition::new(&before, &after).releasing_person().queueing(queue);
        match self.make_transition(&change.by_clerk(Some(&clerk)), Actor::Office, now).await? {
            Made::Yes => Ok(Ok(true)),
            Made::Conflict(_) => Ok(Ok(false)),
            Made::Lost => Ok(Err(lost(&before))),
        }
    }

    /// A visit that was finished is counted with its booking.
    fn count_step(&self, day: &QueueDay, doing: Doing<'_>, now: DateTime<Utc>) {
        if let Doing::Step(CounterAction::Skip) = doing {
            self.metrics.send(Record::of(&SKIPPED, &[1]).at(&day.office, day.date), now);
        }
    }
}

/// What an action does to the queue.
fn stepping(
    day: &QueueDay,
    caller: Caller<'_>,
    at: AtCounter,
    (before, after): (QueueEntry, &QueueEntry),
    doing: Doing<'_>,
    now: DateTime<Utc>,
) -> Vec<QueueChange> {
    let number = at.number;
    let step_made = caller.request.map(|request| KnownStep { request: request.to_owned(), number });
    let is_call = matches!(doing, Doing::Step(CounterAction::Recall));
    let turn = AtCounter {
        called_by: at.called_by.clone(),
        last_step: step_made.or(at.last_step.clone()),
        ..with(&at.counter, after, if is_call { now } else { at.called_at })
    };
    let before = Box::new(before);
    vec![
        QueueChange::Turn(day.clone(), Some(Box::new(at)), Box::new(turn)),
        QueueChange::Move(day.clone(), before.clone(), Box::new(after.clone())),
        QueueChange::Note(day.clone(), before, caller.event(doing.act(), now)),
    ]
}
