//! The audit: seats, uniqueness guards, bookings and their histories must agree, whoever wrote them.
//!
//! It is made of parts, each of which reads a bounded number of items and keeps none: a page of the bookings
//! that are on, or a date of an office. Reads of several items are not one moment, so a disagreement counts
//! only if it is still there when it is looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use tokio::try_join;

use super::bookings::{BookingKept, DuePage};
use super::error::StoreError;
use super::items::from_item;
use super::keys::Key;
use super::values::{instant_of, text_of};
use super::{Item, Store, keys};
use crate::domain::booking::{Booking, SeatRef, Status};
use crate::domain::code::BookingCode;
use crate::domain::day::{Day, Seat};
use crate::domain::ids::OfficeId;

/// One thing that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Disagreement {
    /// A seat is taken, but not by a booking that says so.
    SeatWithoutBooking {
        /// Sort key of the seat.
        seat: String,
        code: BookingCode,
    },
    /// A live booking does not have its seat, or not the one that it returns to: the seat is oversold.
    BookingWithoutSeat { code: BookingCode },
    /// A live booking does not have its person's uniqueness guard.
    BookingWithoutGuard { code: BookingCode },
    /// A booking is still on for a day that was closed long ago, and does not wait for another seat.
    LiveOnClosedDay { code: BookingCode },
    /// A booking's history does not lead to its version.
    BrokenHistory { code: BookingCode },
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditReport {
    /// Days looked at.
    pub days: u32,
    pub seats_taken: u32,
    pub live_bookings: u32,
    /// Must be empty.
    pub disagreements: Vec<Disagreement>,
}

impl AuditReport {
    /// Adds another report to this one.
    pub fn add(&mut self, other: Self) {
        self.days += other.days;
        self.seats_taken += other.seats_taken;
        self.live_bookings += other.live_bookings;
        self.disagreements.extend(other.disagreements);
    }
}

/// Bookings that are looked at at the same time; each has a seat and a person, and one call reads a hundred
/// items.
const AT_ONCE: usize = 32;
/// Items that one call reads.
const MAX_ITEMS: usize = 100;
/// How often a disagreement has to be seen before it counts.
const LOOKS: u32 = 4;
/// The scheduler clears a closed day within two minutes, and has this time when it was down.
const CLEARED_AFTER: TimeDelta = TimeDelta::minutes(15);
const PAUSE: Duration = Duration::from_millis(60);

impl Store {
    /// Audits a page of the bookings that are on: each has its seat, its uniqueness guard, and a history.
    pub async fn audit_bookings(
        &self,
        page: &DuePage,
        now: DateTime<Utc>,
    ) -> Result<AuditReport, StoreError> {
        let mut report = AuditReport::default();
        for some in page.bookings.chunks(AT_ONCE) {
            for code in self.in_doubt(some, now).await? {
                report.disagreements.extend(self.audit_booking(code, now).await?);
            }
            let live = some.iter().filter(|booking| booking.status_at(now).is_live());
            report.live_bookings += u32::try_from(live.count()).unwrap_or(u32::MAX);
        }
        Ok(report)
    }

    /// Those of some bookings that do not agree at first sight.
    async fn in_doubt(
        &self,
        some: &[Booking],
        now: DateTime<Utc>,
    ) -> Result<Vec<BookingCode>, StoreError> {
        let wanted = some.iter().flat_map(|booking| {
            [seat_of(booking), guard_of(booking)].into_iter().chain(return_seat_of(booking))
        });
        let histories = some.iter().map(|booking| self.booking_with_history(booking.code));
        let (items, kept) = try_join!(self.by_keys(wanted), try_join_all(histories))?;
        let mut doubts = vec![];
        for found in kept.into_iter().flatten() {
            // What has moved since has its seat elsewhere, and is looked at by itself.
            let seat = seat_in(items.get(&seat_of(&found.booking)))?;
            let guard = items.get(&guard_of(&found.booking));
            let kept = return_seat_of(&found.booking).map(|key| seat_in(items.get(&key)));
            let seats = (seat, kept.transpose()?.flatten());
            doubts.extend(disagreement(&found, seats, guard, now).map(|_| found.booking.code));
        }
        Ok(doubts)
    }

    /// Items by their keys, however often one is wanted.
    async fn by_keys(
        &self,
        wanted: impl Iterator<Item = Key>,
    ) -> Result<BTreeMap<Key, Item>, StoreError> {
        let wanted: Vec<Key> = wanted.collect::<BTreeSet<_>>().into_iter().collect();
        let mut all = BTreeMap::new();
        for some in wanted.chunks(MAX_ITEMS) {
            let found = some.iter().cloned().zip(self.get_some(some).await?);
            all.extend(found.filter_map(|(key, item)| Some((key, item?))));
        }
        Ok(all)
    }

    /// Audits the seats of a day.
    pub async fn audit_day(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<AuditReport, StoreError> {
        let day = self.day(office, date).await?;
        let closed_at = day.state.as_ref().and_then(|state| state.closed_at);
        let is_cleared = closed_at.is_some_and(|at| now - at > CLEARED_AFTER);
        let taken = taken_seats(&day, office, now);
        let codes: BTreeSet<_> = taken.iter().map(|(_, seat)| keys::booking(seat.code)).collect();
        let bookings = self.by_keys(codes.into_iter()).await?;
        let mut report = AuditReport { days: 1, ..AuditReport::default() };
        for (place, seat) in &taken {
            report.seats_taken += 1;
            let booking = bookings.get(&keys::booking(seat.code)).cloned();
            let booking: Option<Booking> =
                booking.map(|item| from_item("booking", item)).transpose()?;
            // Bookings that are on are audited by themselves; visits are found by their seats.
            let is_explained = booking.is_some_and(|booking| {
                is_on(&booking, now) && !is_cleared && accounts_for(&booking, place, seat)
            });
            if !is_explained {
                report.disagreements.extend(self.audit_seat(place, is_cleared, now).await?);
            }
        }
        Ok(report)
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
        let is_on = is_on(&booking, now);
        let is_live = booking.status_at(now).is_live();
        let is_visit = is_live && !is_on && now < booking.times.day_ends_at;
        if is_visit && booking.seat == *place {
            let guard = self.get_item(&guard_of(&booking)).await?;
            if !is_guarded(&booking, guard.as_ref()) {
                return Ok(Some(Disagreement::BookingWithoutGuard { code }));
            }
        }
        let waits = booking.waits_for_seat() && now < booking.times.starts_at;
        let forgotten = is_cleared && is_on && !waits && booking.seat == *place;
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
        let wanted = [seat_of(&found.booking), guard_of(&found.booking)];
        let [seat, guard] = self.get_items(&wanted).await?;
        let kept = match return_seat_of(&found.booking) {
            Some(key) => self.get::<Seat>("seat", &key).await?,
            None => None,
        };
        let seats = (seat_in(seat.as_ref())?, kept);
        Ok(disagreement(&found, seats, guard.as_ref(), now))
    }
}

fn seat_of(booking: &Booking) -> Key {
    keys::seat(&booking.seat)
}

fn guard_of(booking: &Booking) -> Key {
    keys::person(&booking.person)
}

/// The seat that is kept while a document is fetched.
fn return_seat_of(booking: &Booking) -> Option<Key> {
    booking.awaited_seat().map(keys::seat)
}

fn seat_in(item: Option<&Item>) -> Result<Option<Seat>, StoreError> {
    item.map(|item| from_item("seat", item.clone())).transpose()
}

fn is_on(booking: &Booking, now: DateTime<Utc>) -> bool {
    matches!(booking.status_at(now), Status::Held | Status::Confirmed)
}

/// The seats of a day that somebody has, and where they are.
fn taken_seats(day: &Day, office: &OfficeId, now: DateTime<Utc>) -> Vec<(SeatRef, Seat)> {
    let of_slots =
        day.slots.iter().flat_map(|slot| slot.seats.iter().map(move |seat| (slot, seat)));
    let taken = of_slots.filter(|(_, seat)| seat.is_taken(now)).map(|(slot, seat)| {
        let place = SeatRef {
            office: office.clone(),
            service: slot.slot.service.clone(),
            date: day.date,
            time: slot.slot.time,
            number: seat.number,
        };
        (place, seat.clone())
    });
    taken.collect()
}

/// What does not agree about a booking, its seat, the one that it returns to, and its person's guard.
fn disagreement(
    found: &BookingKept,
    (seat, kept): (Option<Seat>, Option<Seat>),
    guard: Option<&Item>,
    now: DateTime<Utc>,
) -> Option<Disagreement> {
    let (booking, events) = (&found.booking, &found.events);
    let code = booking.code;
    let complete = events.iter().map(|event| event.version).eq(1..=booking.version);
    if !complete || events.last().is_none_or(|event| event.status != booking.status) {
        return Some(Disagreement::BrokenHistory { code });
    }
    if !booking.status_at(now).is_live() {
        return None;
    }
    let has_seat =
        seat.is_some_and(|seat| seat.code == code && accounts_for(booking, &booking.seat, &seat));
    let has_kept = return_seat_of(booking).is_none()
        || kept
            .is_some_and(|seat| seat.code == code && seat.free_at == booking.documents_deadline());
    match has_seat && has_kept {
        false => Some(Disagreement::BookingWithoutSeat { code }),
        true if !is_guarded(booking, guard) => Some(Disagreement::BookingWithoutGuard { code }),
        true => None,
    }
}

fn is_guarded(booking: &Booking, guard: Option<&Item>) -> bool {
    guard.is_some_and(|guard| {
        text_of(guard, "code") == Some(booking.code.as_str())
            && instant_of(guard, "free_at") == Some(booking.person_free_at())
    })
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
        (Status::Cancelled | Status::Expired | Status::NoShow, Some(_)) => true,
        (_, Some(_)) => !has_it,
    }
}

async fn pause(look: u32) {
    if look + 1 < LOOKS {
        tokio::time::sleep(PAUSE).await;
    }
}
