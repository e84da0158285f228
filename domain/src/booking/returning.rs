//! The seat that is kept for somebody who fetches a document and comes back on another day.
//!
//! It is claimed until the deadline and free then by itself; whoever comes, or comes no more, gives it back
//! before.

use chrono::{DateTime, NaiveDate, Utc};
use rand::Rng;

use super::{Booking, SeatRef, Status};
use crate::day::Day;
use crate::office::{Channel, Office};

impl Booking {
    /// A seat of the day on which the documents may be brought at last: of the desk's, at the hour nearest to
    /// that of the visit. `None`: there is none, or the documents are not awaited.
    pub fn seat_to_return_to(
        &self,
        office: &Office,
        day: &Day,
        now: DateTime<Utc>,
        rng: &mut impl Rng,
    ) -> Option<SeatRef> {
        let deadline = self.documents_deadline()?;
        let is_before = |starts_at: DateTime<Utc>| now < starts_at && starts_at < deadline;
        let mut slots: Vec<_> = day
            .slots_of(&self.seat.service)
            .filter(|seats| is_before(seats.slot.time.on(day.date, office.timezone)))
            .collect();
        slots.sort_by_key(|seats| (self.seat.time.minutes_from(seats.slot.time), seats.slot.time));
        slots.into_iter().find_map(|seats| {
            let number = seats.pick(Channel::WalkIn, now, rng)?;
            Some(SeatRef { date: day.date, time: seats.slot.time, number, ..self.seat.clone() })
        })
    }

    /// The seat that is kept for the person; only while documents are awaited.
    pub fn awaited_seat(&self) -> Option<&SeatRef> {
        self.return_seat.as_ref().filter(|_| self.status == Status::AwaitingDocuments)
    }

    /// With this seat to return to, or none.
    #[must_use]
    pub fn returning_to(self, return_seat: Option<SeatRef>) -> Self {
        Self { return_seat, ..self }
    }

    /// Back with all documents: a seat of `today` is used, one of a later day is given back.
    #[must_use]
    pub fn back_on(self, today: NaiveDate) -> Self {
        let return_seat = self.return_seat.clone().filter(|seat| seat.date == today);
        Self { return_seat, ..self }
    }

    /// Whether a booking in this state may have a seat to return to.
    pub(super) fn keeps_return_seat(status: Status) -> bool {
        matches!(
            status,
            Status::AwaitingDocuments | Status::CheckedIn | Status::Served | Status::Lapsed
        )
    }
}
