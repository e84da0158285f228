//! Changes of a booking that stays where it is: confirm, cancel, write down what time has changed.
//! Check-in, documents and calling have files of their own.
//!
//! Each reads the rule from the domain, makes one conditional transaction, and starts over with the
//! newer booking when somebody else was faster.

use chrono::{DateTime, Utc};

use super::commit::Made;
use super::{Ledger, LedgerError, Outcome, cooled_down, lapsed_at, messages};
use crate::domain::booking::{Actor, Booking, CancelReason, Refusal, Status};
use crate::domain::message::MessageKind;
use crate::domain::office::Office;
use crate::domain::time::whole_seconds;
use crate::storage::{Attempt, CONTENTION, Transition, compare_and_set};

/// A booking that is as it was asked to be.
#[derive(Debug, Clone)]
pub struct Changed {
    pub booking: Box<Booking>,
    /// Whether it had been so before.
    pub already: bool,
}

impl Changed {
    pub(super) fn now(booking: Booking) -> Self {
        Self { booking: Box::new(booking), already: false }
    }

    pub(super) fn before(booking: Booking) -> Self {
        Self { booking: Box::new(booking), already: true }
    }
}

/// One try of a change.
pub(super) type Try = Result<Attempt<Booking, Result<Changed, Refusal>>, LedgerError>;

impl Ledger {
    /// Confirms a held booking.
    pub async fn confirm(&self, booking: Booking, now: DateTime<Utc>) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        compare_and_set(CONTENTION, booking, |before| self.try_confirm(before, now)).await
    }

    async fn try_confirm(&self, before: Booking, now: DateTime<Utc>) -> Try {
        if before.status_at(now) == Status::Confirmed {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let after = match before.confirm(now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(self.refuse(&before, refusal, now)))),
        };
        let messages = messages(&after, &[MessageKind::Confirmed, MessageKind::Reminder], now);
        let change = Transition::new(&before, &after);
        let change = change.keeping_seat().keeping_person().telling(&messages);
        match self.make_transition(&change, Actor::Applicant, now).await? {
            Made::Yes => {
                self.days.note_claim(&after.seat, after.code, None).await;
                Ok(Attempt::Done(Ok(Changed::now(after))))
            }
            Made::Conflict(newer) => Ok(Attempt::Conflict(*newer)),
            Made::Lost => Ok(Attempt::Done(Err(self.refuse(&before, Refusal::HoldExpired, now)))),
        }
    }

    /// Holds a seat for longer, within what the office gives. A booking that is confirmed meanwhile needs
    /// no more time.
    pub async fn extend(
        &self,
        office: &Office,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        compare_and_set(CONTENTION, booking, |before| self.try_extend(office, before, now)).await
    }

    async fn try_extend(&self, office: &Office, before: Booking, now: DateTime<Utc>) -> Try {
        if before.status_at(now) == Status::Confirmed {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let after = match before.extend(&office.policy, now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(self.refuse(&before, refusal, now)))),
        };
        let free_at = lapsed_at(office, &after);
        let change = Transition::new(&before, &after).holding_seat(free_at).keeping_person();
        match self.make_transition(&change, Actor::Applicant, now).await? {
            Made::Yes => {
                self.days.note_claim(&after.seat, after.code, Some(free_at)).await;
                Ok(Attempt::Done(Ok(Changed::now(after))))
            }
            Made::Conflict(newer) => Ok(Attempt::Conflict(*newer)),
            Made::Lost => Ok(Attempt::Done(Err(self.refuse(&before, Refusal::HoldExpired, now)))),
        }
    }

    /// Cancels a booking that is on and whose person is not at the office.
    pub async fn cancel(
        &self,
        office: &Office,
        booking: Booking,
        reason: CancelReason,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let attempt = |before| self.try_cancel(office, before, reason, now);
        compare_and_set(CONTENTION, booking, attempt).await
    }

    async fn try_cancel(
        &self,
        office: &Office,
        before: Booking,
        reason: CancelReason,
        now: DateTime<Utc>,
    ) -> Try {
        if before.status == Status::Cancelled {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let after = match before.cancel(reason, now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(self.refuse(&before, refusal, now)))),
        };
        let (by, kinds) = cancelled_by(reason);
        let messages = messages(&after, kinds, now);
        let change = Transition::new(&before, &after);
        let change = change.releasing_seat(cooled_down(office, &before, now)).telling(&messages);
        match self.make_transition(&change, by, now).await? {
            Made::Yes => {
                self.days.forget(&after.seat.office, after.seat.date).await;
                Ok(Attempt::Done(Ok(Changed::now(after))))
            }
            Made::Conflict(newer) => Ok(Attempt::Conflict(*newer)),
            Made::Lost => Ok(Attempt::Done(Err(self.refuse(&before, lost(&before), now)))),
        }
    }

    /// Writes down what time has changed. `false`: nothing, or somebody else did.
    pub async fn apply_expiry(
        &self,
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let now = whole_seconds(now);
        let Ok(after) = booking.apply_expiry(now) else { return Ok(false) };
        let mut change = Transition::new(booking, &after);
        if after.status == Status::NoShow {
            let office = self.offices.get(&booking.seat.office, now).await?;
            let rule = office.map(|office| office.policy.fair_use).unwrap_or_default();
            change = change.missing(self.store.missed_visit(booking, &rule, now).await?);
        }
        Ok(matches!(self.make_transition(&change, Actor::System, now).await?, Made::Yes))
    }
}

/// Who cancels, and what people are told.
pub(super) fn cancelled_by(reason: CancelReason) -> (Actor, &'static [MessageKind]) {
    match reason {
        CancelReason::Applicant => (Actor::Applicant, &[MessageKind::Cancelled]),
        CancelReason::OfficeClosed => (Actor::Office, &[MessageKind::OfficeClosed]),
        CancelReason::Erasure => (Actor::Applicant, &[]),
        CancelReason::Claim => (Actor::Applicant, &[MessageKind::Cancelled]),
        CancelReason::Desk => (Actor::Office, &[MessageKind::Released]),
    }
}

/// What it means that a booking does not have its seat or person any more: its time has just passed.
pub(super) fn lost(booking: &Booking) -> Refusal {
    if booking.status == Status::Held { Refusal::HoldExpired } else { Refusal::Ended }
}
