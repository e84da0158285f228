//! Changes of a booking that stays where it is: confirm, cancel, write down what time has changed. What
//! is held together ([`super::group`]) is changed together.
//! Check-in, documents and calling have files of their own.
//!
//! Each reads the rule from the domain, makes one conditional transaction, and starts over with the
//! newer booking when somebody else was faster.

use chrono::{DateTime, Utc};

use super::commit::Made;
use super::group::Group;
use super::{Ledger, LedgerError, Outcome, cooled_down, group_messages, lapsed_at};
use crate::domain::booking::{Actor, Booking, CancelReason, Clerk, Refusal, Status};
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
pub(super) type Try<T = Booking> = Result<Attempt<T, Result<Changed, Refusal>>, LedgerError>;

impl Ledger {
    /// Confirms a held booking, with the others of its group that are held.
    pub async fn confirm(&self, booking: Booking, now: DateTime<Utc>) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let group = self.held_together(booking, now).await?;
        compare_and_set(CONTENTION, group, |before| self.try_confirm(before, now)).await
    }

    async fn try_confirm(&self, before: Group, now: DateTime<Utc>) -> Try<Group> {
        if before.booking.status_at(now) == Status::Confirmed {
            return Ok(Attempt::Done(Ok(Changed::before(before.booking))));
        }
        let after = match before.each(|booking| booking.confirm(now)) {
            Ok(after) => after,
            Err(refusal) => {
                return Ok(Attempt::Done(Err(self.refuse(&before.booking, refusal, now))));
            }
        };
        let all: Vec<_> = after.iter().collect();
        let messages = group_messages(&all, &[MessageKind::Confirmed, MessageKind::Reminder], now);
        let changes =
            before.transitions(&after, &messages, |change| change.keeping_seat().keeping_person());
        let made = self.make_transitions(&changes, Actor::Applicant, now).await?;
        if matches!(made, Made::Yes) {
            for booking in &after {
                self.days.note_claim(&booking.seat, booking.code, None).await;
            }
        }
        Ok(self.made(made, before, after, now))
    }

    /// Holds a booking, and the others of its group that are held, for longer, within what the office
    /// gives. A booking that is confirmed meanwhile needs no more time.
    pub async fn extend(
        &self,
        office: &Office,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let group = self.held_together(booking, now).await?;
        compare_and_set(CONTENTION, group, |before| self.try_extend(office, before, now)).await
    }

    async fn try_extend(&self, office: &Office, before: Group, now: DateTime<Utc>) -> Try<Group> {
        if before.booking.status_at(now) == Status::Confirmed {
            return Ok(Attempt::Done(Ok(Changed::before(before.booking))));
        }
        let after = match before.each(|booking| booking.extend(&office.policy, now)) {
            Ok(after) => after,
            Err(refusal) => {
                return Ok(Attempt::Done(Err(self.refuse(&before.booking, refusal, now))));
            }
        };
        let free_at = after.iter().map(|booking| lapsed_at(office, booking)).max();
        let free_at = free_at.unwrap_or(now);
        let changes =
            before.transitions(&after, &[], |change| change.holding_seat(free_at).keeping_person());
        let made = self.make_transitions(&changes, Actor::Applicant, now).await?;
        if matches!(made, Made::Yes) {
            for booking in &after {
                self.days.note_claim(&booking.seat, booking.code, Some(free_at)).await;
            }
        }
        Ok(self.made(made, before, after, now))
    }

    /// Cancels a booking that is on and whose person is not at the office. A held one that its owner gives
    /// back goes with the others of its group that are held.
    pub async fn cancel(
        &self,
        office: &Office,
        booking: Booking,
        reason: CancelReason,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let group = match reason {
            CancelReason::Applicant => self.held_together(booking, now).await?,
            _ => Group::alone(booking),
        };
        let attempt = |before| self.try_cancel(office, before, (reason, None), now);
        compare_and_set(CONTENTION, group, attempt).await
    }

    /// Cancels a booking of the office for a clerk, who says why.
    pub async fn cancel_at_desk(
        &self,
        office: &Office,
        booking: Booking,
        clerk: &Clerk,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let by = (CancelReason::Desk, Some(clerk));
        let attempt = |before| self.try_cancel(office, before, by, now);
        compare_and_set(CONTENTION, Group::alone(booking), attempt).await
    }

    pub(super) async fn try_cancel(
        &self,
        office: &Office,
        before: Group,
        (reason, clerk): (CancelReason, Option<&Clerk>),
        now: DateTime<Utc>,
    ) -> Try<Group> {
        if before.booking.status == Status::Cancelled {
            return Ok(Attempt::Done(Ok(Changed::before(before.booking))));
        }
        let after = match before.each(|booking| booking.cancel(reason, now)) {
            Ok(after) => after,
            Err(refusal) => {
                return Ok(Attempt::Done(Err(self.refuse(&before.booking, refusal, now))));
            }
        };
        let (by, kinds) = match clerk {
            // Nobody came with the KTP: it is a cancellation like others.
            Some(_) => (Actor::Office, &[MessageKind::Cancelled][..]),
            None => cancelled_by(reason),
        };
        let all: Vec<_> = after.iter().collect();
        let messages = group_messages(&all, kinds, now);
        let free_at = cooled_down(office, &before.booking, now);
        let changes = before.transitions(&after, &messages, |change| {
            change.releasing_seat(free_at).by_clerk(clerk)
        });
        let made = self.make_transitions(&changes, by, now).await?;
        if matches!(made, Made::Yes) {
            self.days.forget(&before.booking.seat.office, before.booking.seat.date).await;
        }
        Ok(self.made(made, before, after, now))
    }

    /// What a try came to: `after`, another try, or a refusal.
    fn made(
        &self,
        made: Made,
        before: Group,
        after: Vec<Booking>,
        now: DateTime<Utc>,
    ) -> Attempt<Group, Result<Changed, Refusal>> {
        match (made, after.into_iter().next()) {
            (Made::Yes, Some(after)) => Attempt::Done(Ok(Changed::now(after))),
            (Made::Conflict(newer), _) => Attempt::Conflict(before.renewed(*newer, now)),
            (Made::Lost | Made::Yes, _) => {
                let booking = &before.booking;
                Attempt::Done(Err(self.refuse(booking, lost(booking), now)))
            }
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
        if after.status == Status::Expired {
            return self.lapse(booking, &after, now).await;
        }
        if after.status == Status::NoShow {
            return self.miss(booking, &after, now).await;
        }
        let change = Transition::new(booking, &after);
        Ok(matches!(self.make_transition(&change, Actor::System, now).await?, Made::Yes))
    }

    /// Writes down a visit that was missed. Its seat is for people who come without a booking, and whoever
    /// comes too late may be one of them.
    async fn miss(
        &self,
        booking: &Booking,
        after: &Booking,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let mut change = Transition::new(booking, after).vacating_seat(now);
        // Whoever waits for another seat was told not to come.
        if !booking.waits_for_seat() {
            let office = self.offices.get(&booking.seat.office, now).await?;
            let rule = office.map(|office| office.policy.fair_use).unwrap_or_default();
            change = change.missing(self.store.missed_visit(booking, &rule, now).await?);
        }
        let made = self.make_transition(&change, Actor::System, now).await?;
        if matches!(made, Made::Yes) {
            self.days.forget(&booking.seat.office, booking.seat.date).await;
        }
        Ok(matches!(made, Made::Yes))
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
