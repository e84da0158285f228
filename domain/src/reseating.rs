//! Seats for people whose day is closed: each on the earliest later date that has room, at the hour
//! nearest to the old one. Who comes together stays together where one date has room for all.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rand::Rng;

use super::booking::{Booking, SeatRef};
use super::code::BookingCode;
use super::day::{Day, Seat};
use super::seating::seat_group;
use super::time::SlotTime;

/// Who is still without a seat, and which seats were found. Nobody has them yet: whoever is faster takes
/// one.
#[derive(Debug, Clone, Default)]
pub struct Reseating {
    /// In the order in which they are seated; one booking, or those that were held together.
    waiting: Vec<Vec<Booking>>,
    /// What was offered, with the seats that were found in it taken.
    days: Vec<Day>,
    found: BTreeMap<BookingCode, SeatRef>,
}

impl Reseating {
    /// For these bookings: by date and hour, and of those of one hour by code.
    pub fn new(mut bookings: Vec<Booking>) -> Self {
        bookings.sort_by_key(|booking| (booking.seat.date, booking.seat.time, booking.code));
        let mut waiting: Vec<Vec<Booking>> = vec![];
        for booking in bookings {
            let is_with = |others: &Vec<Booking>| {
                others.iter().any(|other| {
                    other.seat.date == booking.seat.date && other.group.contains(&booking.code)
                })
            };
            match waiting.iter_mut().find(|others| is_with(others)) {
                Some(others) => others.push(booking),
                None => waiting.push(vec![booking]),
            }
        }
        Self { waiting, ..Self::default() }
    }

    /// Whether everybody has a seat.
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes seats of a day, which is later than those that were offered before, for whoever finds room.
    pub fn offer(&mut self, mut day: Day, now: DateTime<Utc>, rng: &mut impl Rng) {
        for together in std::mem::take(&mut self.waiting) {
            match seats_for(&day, &together, now, rng) {
                Some(seats) => self.take(&mut day, &together, seats),
                None => self.waiting.push(together),
            }
        }
        self.days.push(day);
    }

    /// Seats apart who found no date together, where that helps.
    #[must_use]
    pub fn apart(mut self, now: DateTime<Utc>, rng: &mut impl Rng) -> Self {
        if self.waiting.iter().all(|together| together.len() == 1) {
            return self;
        }
        let one_by_one = std::mem::take(&mut self.waiting).into_iter().flatten();
        self.waiting = one_by_one.map(|booking| vec![booking]).collect();
        for day in std::mem::take(&mut self.days) {
            self.offer(day, now, rng);
        }
        self
    }

    /// The seats that were found.
    pub fn found(&self) -> &BTreeMap<BookingCode, SeatRef> {
        &self.found
    }

    fn take(&mut self, day: &mut Day, together: &[Booking], seats: Vec<(SlotTime, u16)>) {
        for (booking, (time, number)) in together.iter().zip(seats) {
            let seat = SeatRef { date: day.date, time, number, ..booking.seat.clone() };
            take_seat(day, &seat, booking.code);
            self.found.insert(booking.code, seat);
        }
    }
}

/// Marks a seat as taken for good, so that it is found once.
fn take_seat(day: &mut Day, at: &SeatRef, code: BookingCode) {
    let mut slots = day.slots.iter_mut();
    let slot = slots.find(|it| it.slot.service == at.service && it.slot.time == at.time);
    if let Some(slot) = slot {
        slot.seats.retain(|seat| seat.number != at.number);
        slot.seats.push(Seat { number: at.number, code, free_at: None });
        slot.seats.sort_unstable_by_key(|seat| seat.number);
    }
}

/// Seats of a day for those who come together, at the hour nearest to theirs that has room for them.
fn seats_for(
    day: &Day,
    together: &[Booking],
    now: DateTime<Utc>,
    rng: &mut impl Rng,
) -> Option<Vec<(SlotTime, u16)>> {
    let first = together.first().filter(|first| first.seat.date < day.date)?;
    let (service, old) = (&first.seat.service, first.seat.time);
    let channels: Vec<_> = together.iter().map(|booking| booking.channel).collect();
    let mut times: Vec<SlotTime> = day.slots_of(service).map(|seats| seats.slot.time).collect();
    times.sort_by_key(|time| (old.minutes_from(*time), *time));
    times.into_iter().find_map(|time| seat_group(day, service, time, &channels, now, rng))
}

#[cfg(test)]
mod tests;
