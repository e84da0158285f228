//! What becomes of a confirmed booking whose office closes its day: it moves to another seat, or waits for
//! one. Neither counts against its owner, whose next move is free of charge.

use chrono::{DateTime, NaiveDate, Utc};

use super::records::ClosedVisit;
use super::{Booking, CancelReason, Refusal, SeatRef, Status, Times};

impl Booking {
    /// The visit that was taken back, as long as its owner has not chosen since.
    pub fn unsettled_visit(&self) -> Option<ClosedVisit> {
        self.closed_visit.filter(|visit| !visit.is_settled)
    }

    /// Whether it is on, but on a day that its office has closed: no other seat was free.
    pub fn waits_for_seat(&self) -> bool {
        self.status == Status::Confirmed
            && self.unsettled_visit().is_some_and(|visit| visit.date == self.seat.date)
    }

    /// Before this instant its owner can move it.
    pub fn moves_until(&self) -> DateTime<Utc> {
        match self.unsettled_visit() {
            Some(_) => self.times.check_in_until,
            None => self.times.reschedule_until,
        }
    }

    /// Confirmed → confirmed on another seat, because its office has closed `date`.
    ///
    /// # Errors
    /// If it is not confirmed, or not on that date any more.
    pub fn move_off(
        &self,
        date: NaiveDate,
        seat: SeatRef,
        times: Times,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        Ok(Self { seat, times, ..self.taken_back(date, now)? })
    }

    /// Confirmed → the same, known to be on a day that its office has closed.
    ///
    /// # Errors
    /// As for [`Booking::move_off`]; `NotDue` if it is known already.
    pub fn wait_for_seat(&self, date: NaiveDate, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if self.waits_for_seat() { Err(Refusal::NotDue) } else { self.taken_back(date, now) }
    }

    fn taken_back(&self, date: NaiveDate, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if self.status_at(now) != Status::Confirmed || self.seat.date != date {
            return Err(Refusal::Ended);
        }
        let next = self.next_uncounted(Status::Confirmed);
        Ok(Self { closed_visit: Some(self.visit_taken_by(next.version)), ..next })
    }

    /// Waiting → on again: the day was opened again before a seat was found.
    ///
    /// # Errors
    /// If it does not wait, or its time has passed.
    pub fn resume(&self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if !self.waits_for_seat() || self.status_at(now) != Status::Confirmed {
            return Err(Refusal::NotDue);
        }
        Ok(self.next_uncounted(Status::Confirmed).settled())
    }

    /// After the closing of its day cancelled it, for want of another seat.
    pub(super) fn cancelled_with_its_day(&self) -> Self {
        let next = self.next_uncounted(Status::Cancelled);
        let closed_visit = Some(self.visit_taken_by(next.version));
        Self { closed_visit, cancel_reason: Some(CancelReason::OfficeClosed), ..next }
    }

    /// After its owner has chosen: what was taken back is settled.
    pub(super) fn settled(self) -> Self {
        let settle = |visit| ClosedVisit { is_settled: true, ..visit };
        Self { closed_visit: self.closed_visit.map(settle), ..self }
    }

    /// The next version, which does not count as one of those that people have.
    pub(super) fn next_uncounted(&self, status: Status) -> Self {
        Self { uncounted: self.uncounted + 1, ..self.next(status) }
    }

    fn visit_taken_by(&self, version: u32) -> ClosedVisit {
        let (date, time) = (self.seat.date, self.seat.time);
        ClosedVisit { date, time, version, is_settled: false }
    }
}
