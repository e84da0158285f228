//! The report of a day, made of what the table has of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::figures::{Figures, Lasting};
use super::rows::{DayReport, Row, Seats, SlotUse};
use crate::booking::{Booking, Status};
use crate::code::BookingCode;
use crate::day::{Day, SlotSeats};
use crate::ids::ServiceId;
use crate::office::Channel;
use crate::queue::{QueueEntry, QueueEvent, QueueNumber, visit_times};
use crate::time::SlotTime;

/// What a booking left behind on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftVisit {
    /// The hour; absent: an earlier version did not write it down.
    pub time: Option<SlotTime>,
    /// The seat's number, if the visit was missed.
    pub missed: Option<u16>,
}

/// What the table has of a day.
#[derive(Debug)]
pub struct DayVisits {
    pub day: Day,
    /// Every booking that is on a seat of the day, or has left it.
    pub bookings: Vec<Booking>,
    /// Those that were confirmed and have left the day.
    pub left: BTreeMap<BookingCode, LeftVisit>,
    /// The places of the day's queue.
    pub entries: Vec<QueueEntry>,
    /// What was done to each, in its order.
    pub events: BTreeMap<QueueNumber, Vec<QueueEvent>>,
}

type Key = (SlotTime, ServiceId, Channel);

impl DayVisits {
    /// Whether a booking was confirmed for the day. One that is cancelled does not say so itself.
    fn was_confirmed(&self, booking: &Booking, status: Status) -> bool {
        match status {
            Status::Held | Status::Expired => false,
            Status::Cancelled => self.left.contains_key(&booking.code),
            _ => true,
        }
    }

    /// Whether nothing of it can change any more: the day is over, and nobody may still come or bring
    /// documents.
    pub fn is_settled(&self, today: NaiveDate, now: DateTime<Utc>) -> bool {
        let is_open =
            |status| matches!(status, Status::Held | Status::Confirmed | Status::AwaitingDocuments);
        let of_day = self.bookings.iter().filter(|booking| booking.seat.date == self.day.date);
        self.day.date < today && !of_day.map(|booking| booking.status_at(now)).any(is_open)
    }

    /// Whether there is anything of it.
    pub fn is_blank(&self) -> bool {
        self.day.state.is_none() && self.bookings.is_empty()
    }

    /// The bookings that count on the day, with their state.
    fn counted(&self, now: DateTime<Utc>) -> impl Iterator<Item = (&Booking, Status)> {
        let own = self.bookings.iter().filter(|booking| booking.seat.date == self.day.date);
        let with_status = own.map(move |booking| (booking, booking.status_at(now)));
        with_status.filter(|(booking, status)| self.was_confirmed(booking, *status))
    }

    /// The bookings that are on another day now, with what they left here.
    fn moved(&self) -> impl Iterator<Item = (&Booking, LeftVisit)> {
        let away = self.bookings.iter().filter(|booking| booking.seat.date != self.day.date);
        away.filter_map(|booking| Some((booking, *self.left.get(&booking.code)?)))
    }
}

/// How the day went, or goes: `now` says what is over.
pub fn day_report(visits: &DayVisits, now: DateTime<Utc>) -> DayReport {
    let mut rows = BTreeMap::new();
    let mut missing = BTreeMap::new();
    for (booking, status) in visits.counted(now) {
        row(&mut rows, booking, booking.seat.time).figures += Figures::of(booking, status);
        for id in booking.missed_documents() {
            *missing.entry(id.to_owned()).or_default() += 1;
        }
    }
    for (booking, left) in visits.moved() {
        let time = left.time.unwrap_or(booking.seat.time);
        row(&mut rows, booking, time).figures += match left.missed {
            Some(_) => Figures::missed(),
            None => Figures::moved_away(),
        };
    }
    let returned = note_times(visits, &mut rows);
    let slots = visits.day.slots.iter().map(|slot| used(visits, slot, now)).collect();
    DayReport {
        date: visits.day.date,
        rows: rows.into_values().collect(),
        slots,
        missing,
        returned,
    }
}

fn row<'a>(rows: &'a mut BTreeMap<Key, Row>, booking: &Booking, time: SlotTime) -> &'a mut Row {
    let (service, channel) = (booking.seat.service.clone(), booking.channel);
    rows.entry((time, service.clone(), channel)).or_insert_with(|| Row {
        time,
        service,
        channel,
        figures: Figures::default(),
        waiting: Lasting::default(),
        serving: Lasting::default(),
    })
}

/// Adds how long people waited and were served; tells how many of them were booked for an earlier day.
fn note_times(visits: &DayVisits, rows: &mut BTreeMap<Key, Row>) -> u32 {
    let of_day = |code: BookingCode| {
        let is_it = |b: &&Booking| b.code == code && b.seat.date == visits.day.date;
        visits.bookings.iter().find(is_it)
    };
    let mut returned = 0;
    for entry in visits.entries.iter().filter(|entry| !entry.undone) {
        let Some(booking) = of_day(entry.code) else {
            returned += 1;
            continue;
        };
        let events = visits.events.get(&entry.queue_number());
        if let Some(times) = events.and_then(|events| visit_times(entry, events)) {
            let row = row(rows, booking, booking.seat.time);
            row.waiting.note(times.waited.num_seconds());
            row.serving.note(times.served.num_seconds());
        }
    }
    returned
}

/// Whether somebody of another day's visit came on this day.
fn is_back(visits: &DayVisits, code: BookingCode) -> bool {
    let is_of_day =
        visits.bookings.iter().any(|b| b.code == code && b.seat.date == visits.day.date);
    !is_of_day && visits.entries.iter().any(|entry| entry.code == code && !entry.undone)
}

/// The seats of a slot. Whoever came or is expected has one, and whoever did not come had one, unless
/// somebody else was let in on it.
fn used(visits: &DayVisits, of: &SlotSeats, now: DateTime<Utc>) -> SlotUse {
    let slot = &of.slot;
    let closed_at = visits.day.state.as_ref().and_then(|state| state.closed_at);
    // Hours before a day was closed were open.
    let is_open = slot.is_released(now) && closed_at.is_none_or(|at| slot.book_until <= at);
    let offered = if is_open { u32::from(slot.quota) } else { 0 };
    let counted = visits
        .counted(now)
        .filter(|(_, status)| *status != Status::Cancelled)
        .filter(|(booking, _)| {
            (&booking.seat.service, booking.seat.time) == (&slot.service, slot.time)
        })
        .map(|(booking, _)| booking.seat.number);
    let missed = visits
        .moved()
        .filter(|(booking, left)| {
            booking.seat.service == slot.service && left.time == Some(slot.time)
        })
        .filter_map(|(_, left)| left.missed);
    // Whoever came back with a document on a seat that was kept for them.
    let came_back =
        of.seats.iter().filter(|seat| is_back(visits, seat.code)).map(|seat| seat.number);
    let taken = counted.chain(missed).chain(came_back).filter(|number| *number <= slot.quota);
    let taken: BTreeSet<_> = taken.collect();
    let taken = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    let seats = Seats { offered, unused: offered.saturating_sub(taken) };
    SlotUse { time: slot.time, service: slot.service.clone(), seats }
}
