//! What staff correct of a visit: a missed one that does not count, who goes before others, and a scan
//! that was somebody else's.

use chrono::{DateTime, Utc};

use super::change::{Changed, Try, lost};
use super::commit::Made;
use super::{Ledger, LedgerError, Outcome};
use crate::domain::booking::{Actor, Booking, Refusal, Status};
use crate::domain::queue::QueueEntry;
use crate::domain::time::whole_seconds;
use crate::storage::{Attempt, CONTENTION, QueueChange, Transition, compare_and_set};

impl Ledger {
    /// Takes a missed visit back: it does not count, and person and account may book again.
    ///
    /// # Errors
    /// If the table does not answer, or the booking is changed again and again.
    pub async fn excuse(&self, booking: Booking, now: DateTime<Utc>) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        compare_and_set(CONTENTION, booking, |before| self.try_excuse(before, now)).await
    }

    async fn try_excuse(&self, before: Booking, now: DateTime<Utc>) -> Try {
        if before.excused {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let after = match before.excuse(now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        // It counts from the moment in which it is written down.
        if before.status != Status::NoShow {
            self.apply_expiry(&before, now).await?;
            return self.again(before).await;
        }
        let kept = self.store.kept_of(&before).await?;
        let change = Transition::new(&before, &after).excusing(kept);
        self.made_by_office(&change, now).await
    }

    /// Lets a person who is in go before others, or not: their number keeps, their place in the line
    /// changes.
    ///
    /// # Errors
    /// If the table does not answer, or the place is changed again and again.
    pub async fn set_priority(
        &self,
        booking: Booking,
        priority: bool,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let attempt = |before| self.try_set_priority(before, priority, now);
        compare_and_set(CONTENTION, booking, attempt).await
    }

    async fn try_set_priority(&self, before: Booking, priority: bool, now: DateTime<Utc>) -> Try {
        let after = match before.with_priority(priority, now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        if before.has_priority() == priority {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let (day, entry) = self.place(&before).await?;
        let moved = Box::new(QueueEntry { priority, ..entry.clone() });
        let queue = vec![QueueChange::Move(day, Box::new(entry), moved)];
        let change = Transition::new(&before, &after).queueing(queue);
        self.made_by_office(&change, now).await
    }

    /// Undoes a scan that nobody has followed up: the visit is on as before it, and the number stays
    /// with nobody.
    ///
    /// # Errors
    /// If the table does not answer, or the place is changed again and again.
    pub async fn undo_check_in(
        &self,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let attempt = |before| self.try_undo(before, now);
        compare_and_set(CONTENTION, booking, attempt).await
    }

    async fn try_undo(&self, before: Booking, now: DateTime<Utc>) -> Try {
        let after = match before.undo_check_in(now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        let (day, entry) = self.place(&before).await?;
        let Some(undone) = entry.undone() else {
            return Ok(Attempt::Done(Err(Refusal::Called)));
        };
        let queue = vec![QueueChange::Move(day, Box::new(entry), Box::new(undone))];
        let change = Transition::new(&before, &after).keeping_person().queueing(queue);
        self.made_by_office(&change, now).await
    }

    /// Makes a change that staff ask for and that nothing but the booking follows from.
    pub(super) async fn made_by_office(&self, change: &Transition<'_>, now: DateTime<Utc>) -> Try {
        match self.make_transition(change, Actor::Office, now).await? {
            Made::Yes => Ok(Attempt::Done(Ok(Changed::now(change.after().clone())))),
            Made::Conflict(newer) => Ok(Attempt::Conflict(*newer)),
            Made::Lost => Ok(Attempt::Done(Err(lost(change.before())))),
        }
    }

    /// Another try with the booking as the table has it.
    async fn again(&self, before: Booking) -> Try {
        let newer = self.store.booking(before.code).await.map_err(LedgerError::from)?;
        Ok(Attempt::Conflict(newer.unwrap_or(before)))
    }
}
