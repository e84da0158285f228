//! The audit: seats, uniqueness guards, bookings and their histories must agree, whoever wrote them.
//!
//! Reads of several items are not one moment, so a disagreement counts only if it is still there
//! when it is looked at again.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::try_join_all;
use serde::Serialize;

use super::error::StoreError;
use super::values::{instant_of, text_of};
use super::{Store, keys};
use crate::domain::booking::{Booking, SeatRef, Status};
use crate::domain::code::BookingCode;
use crate::domain::day::Seat;
use crate::domain::ids::OfficeId;

/// One thing that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Disagreement {
    /// A seat is taken, but not by a booking that says so.
    SeatWithoutBooking {
        /// Sort key of the seat.
        seat: String,
        code: BookingCode,
    },
    /// A live booking does not have its seat: the seat is oversold.
    BookingWithoutSeat { code: BookingCode },
    /// A live booking does not have its person's uniqueness guard.
    BookingWithoutGuard { code: BookingCode },
    /// A booking is still on for a day that was closed long ago.
    LiveOnClosedDay { code: BookingCode },
    /// A booking's history does not lead to its version.
    BrokenHistory { code: BookingCode },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// Days looked at.
    pub days: u32,
    pub seats_taken: u32,
    pub live_bookings: u32,
    /// Must be empty.
    pub disagreements: Vec<Disagreement>,
}

/// Bookings that were found to have their seats, and which.
pub type Verified = HashMap<BookingCode, SeatRef>;

impl AuditReport {
    /// Adds another report to this one.
    pub fn add(&mut self, other: Self) {
        self.days += other.days;
        self.seats_taken += other.seats_taken;
        self.live_bookings += other.live_bookings;
        self.disagreements.extend(other.disagreements);
    }
}

/// Bookings, or days, that are looked at at the same time. At 8 ms for each of a booking's three reads a
/// million bookings take a quarter of an hour, which is as long as a function may run.
pub(crate) const AT_ONCE: usize = 32;
/// How often a disagreement has to be seen before it counts.
const LOOKS: u32 = 4;
/// The scheduler clears a closed day within two minutes, and has this time when it was down.
const CLEARED_AFTER: TimeDelta = TimeDelta::minutes(15);
const PAUSE: Duration = Duration::from_millis(60);
/// Live bookings of one index shard: a few weeks of all offices over eight shards.
const MAX_LIVE: usize = 100_000;
/// No live booking is due later: dates are opened at most 400 days ahead.
const HORIZON_DAYS: i64 = 800;

impl Store {
    /// Audits the seats of a day. Seats of `verified` bookings are not looked at twice.
    pub async fn audit_day(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        verified: &Verified,
        now: DateTime<Utc>,
    ) -> Result<AuditReport, StoreError> {
        let day = self.day(office, date).await?;
        let mut report = AuditReport { days: 1, ..AuditReport::default() };
        let closed_at = day.state.as_ref().and_then(|state| state.closed_at);
        let is_cleared = closed_at.is_some_and(|at| now - at > CLEARED_AFTER);
        for slot in &day.slots {
            for seat in slot.seats.iter().filter(|seat| seat.is_taken(now)) {
                report.seats_taken += 1;
                let place = SeatRef {
                    office: office.clone(),
                    service: slot.slot.service.clone(),
                    date,
                    time: slot.slot.time,
                    number: seat.number,
                };
                if !is_cleared && verified.get(&seat.code) == Some(&place) {
                    continue;
                }
                let found = self.audit_seat(&place, is_cleared, now).await?;
                report.disagreements.extend(found);
            }
        }
        Ok(report)
    }

    /// Audits live bookings: each has its seat, its uniqueness guard, and a history.
    pub async fn audit_bookings(
        &self,
        now: DateTime<Utc>,
    ) -> Result<(AuditReport, Verified), StoreError> {
        let (mut report, mut verified) = (AuditReport::default(), Verified::new());
        for shard in 0..keys::DUE_SHARDS {
            let horizon = now + TimeDelta::days(HORIZON_DAYS);
            let live = self.due_bookings(shard, horizon, MAX_LIVE).await?;
            if live.len() == MAX_LIVE {
                tracing::error!(shard, MAX_LIVE, "an audit does not look at all live bookings");
            }
            for some in live.chunks(AT_ONCE) {
                let looks = some.iter().map(|booking| self.audit_booking(booking.code, now));
                for (booking, found) in some.iter().zip(try_join_all(looks).await?) {
                    report.live_bookings += u32::from(booking.status_at(now).is_live());
                    match found {
                        Some(found) => report.disagreements.push(found),
                        None => drop(verified.insert(booking.code, booking.seat.clone())),
                    }
                }
            }
        }
        Ok((report, verified))
    }

    async fn audit_seat(
        &self,
        place: &SeatRef,
        is_cleared: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Disagreement>, StoreError> {
        let mut found = None;
        for look in 0..LOOKS {
            found = self.look_at_seat(place, is_cleared, now).await?;
            if found.is_none() {
                return Ok(None);
            }
            pause(look).await;
        }
        Ok(found)
    }

    async fn look_at_seat(
        &self,
        place: &SeatRef,
        is_cleared: bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Disagreement>, StoreError> {
        let key = keys::seat(place);
        let seat = self.get::<Seat>("seat", &key).await?.filter(|seat| seat.is_taken(now));
        let Some(seat) = seat else { return Ok(None) };
        let code = seat.code;
        let booking = self.booking(code).await?.filter(|b| accounts_for(b, place, &seat));
        let Some(booking) = booking else {
            return Ok(Some(Disagreement::SeatWithoutBooking { seat: key.sk, code }));
        };
        let status = booking.status_at(now);
        let is_on = matches!(status, Status::Held | Status::Confirmed);
        // Bookings that are on are audited by themselves; visits are found by their seats.
        let is_visit = status.is_live() && !is_on && now < booking.times.day_ends_at;
        if is_visit && booking.seat == *place && !self.has_guard(&booking).await? {
            return Ok(Some(Disagreement::BookingWithoutGuard { code }));
        }
        let forgotten = is_cleared && is_on && booking.seat == *place;
        Ok(forgotten.then_some(Disagreement::LiveOnClosedDay { code }))
    }

    async fn audit_booking(
        &self,
        code: BookingCode,
        now: DateTime<Utc>,
    ) -> Result<Option<Disagreement>, StoreError> {
        let mut found = None;
        for look in 0..LOOKS {
            found = self.look_at_booking(code, now).await?;
            if found.is_none() {
                return Ok(None);
            }
            pause(look).await;
        }
        Ok(found)
    }

    async fn look_at_booking(
        &self,
        code: BookingCode,
        now: DateTime<Utc>,
    ) -> Result<Option<Disagreement>, StoreError> {
        let Some(found) = self.booking_with_history(code).await? else { return Ok(None) };
        let (booking, events) = (found.booking, found.events);
        let complete = events.iter().map(|event| event.version).eq(1..=booking.version);
        if !complete || events.last().is_none_or(|event| event.status != booking.status) {
            return Ok(Some(Disagreement::BrokenHistory { code }));
        }
        if !booking.status_at(now).is_live() {
            return Ok(None);
        }
        let seat = self.get::<Seat>("seat", &keys::seat(&booking.seat)).await?;
        let has_seat = seat
            .is_some_and(|seat| seat.code == code && accounts_for(&booking, &booking.seat, &seat));
        if !has_seat {
            return Ok(Some(Disagreement::BookingWithoutSeat { code }));
        }
        let has_guard = self.has_guard(&booking).await?;
        Ok((!has_guard).then_some(Disagreement::BookingWithoutGuard { code }))
    }

    async fn has_guard(&self, booking: &Booking) -> Result<bool, StoreError> {
        let guard = self.get_item(&keys::person(&booking.person)).await?;
        Ok(guard.is_some_and(|guard| {
            text_of(&guard, "code") == Some(booking.code.as_str())
                && instant_of(&guard, "free_at") == Some(booking.person_free_at())
        }))
    }
}

/// Whether the booking explains that the seat is taken: it holds it, keeps it, or left it to cool down.
fn accounts_for(booking: &Booking, place: &SeatRef, seat: &Seat) -> bool {
    let has_it = booking.seat == *place;
    match (booking.status, seat.free_at) {
        // It rests for a while after the hold's end.
        (Status::Held, Some(free_at)) if has_it => {
            booking.hold_expires_at.is_some_and(|end| end <= free_at)
        }
        (Status::Held | Status::Cancelled | Status::Expired, None) if has_it => false,
        (_, None) => has_it,
        (Status::Cancelled | Status::Expired, Some(_)) => true,
        (_, Some(_)) => !has_it,
    }
}

async fn pause(look: u32) {
    if look + 1 < LOOKS {
        tokio::time::sleep(PAUSE).await;
    }
}
