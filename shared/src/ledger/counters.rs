//! Counters are opened and closed, and whoever was skipped is brought back into the line.

use chrono::{DateTime, Utc};

use super::calling::COUNTERS;
use super::{Ledger, LedgerError, Outcome};
use crate::domain::office::Office;
use crate::domain::queue::{
    CounterSetup, Line, QueueAct, QueueDay, QueueEntry, QueueEvent, QueueNumber, QueueState, closed,
};
use crate::domain::time::whole_seconds;
use crate::storage::{AtCounter, Attempt, QueueChange, compare_and_set};

/// Why a counter stays as it is.
#[derive(Debug)]
pub enum SetCounterRefusal {
    /// It would be closed with a number at it.
    Busy(Box<AtCounter>),
}

/// Why nobody is brought back.
#[derive(Debug)]
pub enum BringBackRefusal {
    /// The number was not skipped or parked: where it stands; absent: nobody has it today.
    NotSkipped(Option<QueueState>),
}

impl Ledger {
    /// Opens or closes a counter. One that has a number is not closed: the person would stand there.
    pub async fn set_counter(
        &self,
        day: &QueueDay,
        setup: &CounterSetup,
    ) -> Outcome<CounterSetup, SetCounterRefusal> {
        compare_and_set(COUNTERS, (), |()| self.try_set_counter(day, setup)).await
    }

    async fn try_set_counter(
        &self,
        day: &QueueDay,
        setup: &CounterSetup,
    ) -> Result<Attempt<(), Result<CounterSetup, SetCounterRefusal>>, LedgerError> {
        let mut changes = vec![QueueChange::Set(day.clone(), Box::new(setup.clone()))];
        if !setup.open {
            changes.push(QueueChange::Idle(day.clone(), setup.counter.clone()));
        }
        if self.store.change_queue(&changes).await? {
            return Ok(Attempt::Done(Ok(setup.clone())));
        }
        let at = self.store.at_counter(day, &setup.counter).await?;
        Ok(match at.filter(AtCounter::is_busy) {
            Some(at) => Attempt::Done(Err(SetCounterRefusal::Busy(Box::new(at)))),
            None => Attempt::Conflict(()),
        })
    }

    /// Puts a number that was skipped or parked back into its line, behind the first few who wait there.
    /// Done again, it finds that it was done.
    pub async fn bring_back(
        &self,
        office: &Office,
        day: &QueueDay,
        number: QueueNumber,
        staff: &str,
        now: DateTime<Utc>,
    ) -> Outcome<QueueEntry, BringBackRefusal> {
        let now = whole_seconds(now);
        let attempt = |()| self.try_bring_back(office, day, number, staff, now);
        compare_and_set(COUNTERS, (), attempt).await
    }

    async fn try_bring_back(
        &self,
        office: &Office,
        day: &QueueDay,
        number: QueueNumber,
        staff: &str,
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), Result<QueueEntry, BringBackRefusal>>, LedgerError> {
        let (entries, setups) =
            tokio::try_join!(self.store.queue_entries(day), self.store.counter_setups(day))?;
        let before = match entries.iter().find(|entry| entry.queue_number() == number) {
            Some(entry) if entry.state.is_away() => entry,
            Some(entry) if entry.state == QueueState::Waiting && entry.turn.is_some() => {
                return Ok(Attempt::Done(Ok(entry.clone())));
            }
            other => {
                let state = other.map(|entry| entry.state);
                return Ok(Attempt::Done(Err(BringBackRefusal::NotSkipped(state))));
            }
        };
        let closed = closed(&setups);
        let line = Line::of(&entries, office.policy.priority_one_in).with_closed(&closed);
        let after = before.brought_back(line.turn_behind(before, now));
        let staff = staff.to_owned();
        let event = QueueEvent { at: now, act: QueueAct::BringBack, counter: None, staff };
        let before = Box::new(before.clone());
        let changes = [
            QueueChange::Move(day.clone(), before.clone(), Box::new(after.clone())),
            QueueChange::Note(day.clone(), before, Box::new(event)),
        ];
        Ok(match self.store.change_queue(&changes).await? {
            true => Attempt::Done(Ok(after)),
            false => Attempt::Conflict(()),
        })
    }
}
