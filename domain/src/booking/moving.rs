//! Moving a booking: by its owner, until the office's last day for it; by a clerk, until the visit, and after a
//! missed one within the office's rule.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Booking, DeskReason, Refusal, SeatRef, Status, Times};
use crate::office::Policy;

/// Nobody needs more transitions before the visit, extensions and what an office's closing causes apart: a
/// seat that is moved away from rests for minutes, so that moves back and forth would block as many seats
/// as holds.
const MAX_VERSIONS: u32 = 8;

/// Who moves a booking.
#[derive(Debug, Clone, Copy)]
pub enum Mover<'a> {
    /// Its owner.
    Owner,
    /// A clerk of its office, which has these rules, for this reason.
    Desk(&'a Policy, Option<DeskReason>),
}

impl Booking {
    /// Moves it to another seat: a held one stays held, any other is confirmed.
    pub fn reschedule(
        &self,
        seat: SeatRef,
        times: Times,
        by: Mover<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let status = self.may_move(by, now)?;
        let next = match (by, self.unsettled_visit()) {
            (Mover::Owner, None) => self.next(status),
            (Mover::Desk(..), _) | (Mover::Owner, Some(_)) => self.next_uncounted(status).settled(),
        };
        let moved_by_office = matches!(by, Mover::Desk(_, Some(DeskReason::Office)));
        Ok(Self { seat, times, cancel_reason: None, excused: false, moved_by_office, ..next })
    }

    /// The state after a move at `now`, or why it can't be moved.
    pub fn may_move(&self, by: Mover<'_>, now: DateTime<Utc>) -> Result<Status, Refusal> {
        match self.status_at(now) {
            Status::Cancelled if self.is_displaced() => Ok(Status::Confirmed),
            Status::Expired => Err(Refusal::HoldExpired),
            Status::CheckedIn | Status::AwaitingDocuments => Err(Refusal::CheckedIn),
            status @ (Status::Held | Status::Confirmed) => match by {
                Mover::Owner => self.owner_may_move(status, now),
                Mover::Desk(..) => Ok(status),
            },
            Status::NoShow => match by {
                Mover::Desk(policy, _) => self.missed_may_move(policy, now),
                Mover::Owner => Err(Refusal::Ended),
            },
            _ => Err(Refusal::Ended),
        }
    }

    fn owner_may_move(&self, status: Status, now: DateTime<Utc>) -> Result<Status, Refusal> {
        let counted = self.version.saturating_sub(self.extensions + self.uncounted);
        match status {
            Status::Confirmed if self.unsettled_visit().is_some() => Ok(status),
            _ if counted >= MAX_VERSIONS => Err(Refusal::MovedTooOften),
            Status::Confirmed if now >= self.times.reschedule_until => Err(Refusal::TooLateToMove),
            _ => Ok(status),
        }
    }

    fn missed_may_move(&self, policy: &Policy, now: DateTime<Utc>) -> Result<Status, Refusal> {
        let days = TimeDelta::days(policy.missed_move_days.into());
        match now < self.times.check_in_until + days {
            true => Ok(Status::Confirmed),
            false => Err(Refusal::TooLateToMove),
        }
    }
}
