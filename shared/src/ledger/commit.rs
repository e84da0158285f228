//! Committing a change, and what follows from it: it is counted, and its messages that are due are
//! enqueued.

use chrono::{DateTime, Utc};

use super::record::Counted;
use super::{Ledger, LedgerError};
use crate::domain::booking::{Actor, Booking};
use crate::domain::message::Message;
use crate::storage::{
    Asked, Claim, ClaimConflict, Relocation, RelocationConflict, StoreError, Transition,
    TransitionConflict,
};

/// What a transition came to.
pub(super) enum Made {
    /// It is committed.
    Yes,
    /// Somebody else was faster: this is the booking now.
    Conflict(Box<Booking>),
    /// Its time ran out, and its seat or person is another booking's.
    Lost,
}

impl Ledger {
    /// Makes bookings.
    pub(super) async fn make_claim(
        &self,
        claim: &Claim<'_>,
        now: DateTime<Utc>,
    ) -> Result<Result<(), ClaimConflict>, StoreError> {
        let made = self.store.claim(claim, &self.asked(Actor::Applicant, now)).await?;
        if made.is_ok() {
            let counted = |new| Counted { before: None, after: new, queue: &[] };
            claim.bookings.iter().for_each(|new| self.count(&counted(&new.booking), now));
            self.enqueue_due(claim.messages, now).await;
        }
        Ok(made)
    }

    /// Changes a booking that stays where it is.
    pub(super) async fn make_transition(
        &self,
        change: &Transition<'_>,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Result<Made, LedgerError> {
        self.make_transitions(std::slice::from_ref(change), by, now).await
    }

    /// Changes bookings that stay where they are, all of them or none.
    pub(super) async fn make_transitions(
        &self,
        changes: &[Transition<'_>],
        by: Actor,
        now: DateTime<Utc>,
    ) -> Result<Made, LedgerError> {
        let Some(first) = changes.first() else { return Ok(Made::Yes) };
        match self.store.transition(changes, &self.asked(by, now)).await? {
            Ok(()) => {}
            Err(TransitionConflict::Version(newer)) => return Ok(Made::Conflict(newer)),
            Err(TransitionConflict::Beside) => {
                return Ok(Made::Conflict(Box::new(first.before().clone())));
            }
            Err(TransitionConflict::Lost) => return Ok(Made::Lost),
        }
        for change in changes {
            let (before, after) = (Some(change.before()), change.after());
            self.count(&Counted { before, after, queue: change.queue() }, now);
            self.enqueue_due(change.messages(), now).await;
        }
        Ok(Made::Yes)
    }

    /// Moves a booking.
    pub(super) async fn make_relocation(
        &self,
        relocation: &Relocation<'_>,
        by: Actor,
        now: DateTime<Utc>,
    ) -> Result<Result<(), RelocationConflict>, StoreError> {
        let asked = self.asked(by, now);
        let made = self.store.relocate(relocation, &asked).await?;
        if made.is_ok() {
            let before = Some(relocation.before);
            self.count(&Counted { before, after: relocation.after, queue: &[] }, now);
            self.enqueue_due(relocation.messages, now).await;
        }
        Ok(made)
    }

    pub(super) fn asked(&self, by: Actor, at: DateTime<Utc>) -> Asked<'_> {
        // What time has changed nobody has.
        let staff = self.staff.as_deref().filter(|_| by != Actor::System);
        let by = if staff.is_some() { Actor::Office } else { by };
        Asked { by, cause: self.cause.as_deref(), staff, at }
    }

    pub(super) async fn enqueue_due(&self, messages: &[Message], now: DateTime<Utc>) {
        let due = messages.iter().filter(|message| message.due <= now);
        // A change that a message of a chat has caused is the answer to it.
        match self.cause {
            Some(_) => self.queue.enqueue_answers(due).await,
            None => drop(self.queue.enqueue(due).await),
        }
    }
}
