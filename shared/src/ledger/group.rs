//! Bookings that were held in one go: while they are held, what happens to one happens to all.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use super::Ledger;
use crate::domain::booking::{Booking, Refusal, Status};
use crate::domain::message::Message;
use crate::storage::{StoreError, Transition};

/// A booking, and those of its group that change with it.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) booking: Booking,
    others: Vec<Booking>,
}

impl Group {
    /// A booking that changes alone.
    pub(super) fn alone(booking: Booking) -> Self {
        Self { booking, others: vec![] }
    }

    /// With what one of them is by now. One that is not held any more goes its own way.
    pub(super) fn renewed(self, newer: Booking, now: DateTime<Utc>) -> Self {
        if newer.code == self.booking.code {
            return Self { booking: newer, ..self };
        }
        let renew = |other: Booking| if other.code == newer.code { newer.clone() } else { other };
        let others = self.others.into_iter().map(renew);
        Self { others: others.filter(|other| is_held(other, now)).collect(), ..self }
    }

    /// What each of them becomes, the first one first.
    pub(super) fn each(
        &self,
        change: impl Fn(&Booking) -> Result<Booking, Refusal>,
    ) -> Result<Vec<Booking>, Refusal> {
        self.all().map(change).collect()
    }

    /// The transitions from what they are to `after`, which `messages` tell of.
    pub(super) fn transitions<'a>(
        &'a self,
        after: &'a [Booking],
        messages: &'a [Message],
        with: impl Fn(Transition<'a>) -> Transition<'a>,
    ) -> Vec<Transition<'a>> {
        let changes = self.all().zip(after).map(|(before, after)| Transition::new(before, after));
        let changes = changes.enumerate().map(|(nth, change)| match nth {
            0 => with(change.telling(messages)),
            _ => with(change),
        });
        changes.collect()
    }

    fn all(&self) -> impl Iterator<Item = &Booking> {
        std::iter::once(&self.booking).chain(&self.others)
    }
}

fn is_held(booking: &Booking, now: DateTime<Utc>) -> bool {
    booking.status_at(now) == Status::Held
}

impl Ledger {
    /// The others of a booking's group, in the order in which they were asked for.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn others_of_group(&self, booking: &Booking) -> Result<Vec<Booking>, StoreError> {
        let others = booking.group.iter().filter(|code| **code != booking.code);
        let found = try_join_all(others.map(|code| self.store.booking(*code))).await?;
        let is_own = |other: &Booking| other.account == booking.account;
        Ok(found.into_iter().flatten().filter(is_own).collect())
    }

    /// A booking, with those of its group that are held as it is.
    pub(super) async fn held_together(
        &self,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Result<Group, StoreError> {
        if !is_held(&booking, now) {
            return Ok(Group::alone(booking));
        }
        let others = self.others_of_group(&booking).await?;
        let others = others.into_iter().filter(|other| is_held(other, now)).collect();
        Ok(Group { booking, others })
    }
}
