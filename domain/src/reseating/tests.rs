//! People of a closed day, and the days after it.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use crate::booking::{Status, Times};
use crate::day::{DayState, Pool, Slot, SlotSeats};
use crate::office::Channel;

const CLOSED: &str = "2026-12-02";

fn at(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(secs, 0).unwrap()
}

fn time(hour: u16) -> SlotTime {
    SlotTime::from_minutes(hour * 60).unwrap()
}

/// A booking of the closed day at this hour.
fn booking(nth: u64, hour: u16, channel: Channel) -> Booking {
    let (epoch, far) = (at(0), at(10_000_000_000));
    let seat = SeatRef {
        office: "uji".parse().unwrap(),
        service: "passport_new".parse().unwrap(),
        date: CLOSED.parse().unwrap(),
        time: time(hour),
        number: 1,
    };
    let times = Times {
        starts_at: far,
        check_in_from: far,
        check_in_until: far,
        reschedule_until: far,
        reminder_at: far,
        day_ends_at: far,
    };
    let known = crate::booking::tests::booking(Status::Confirmed);
    Booking { code: BookingCode::from_bits(nth), seat, times, channel, created_at: epoch, ..known }
}

fn web(nth: u64, hour: u16) -> Booking {
    booking(nth, hour, Channel::Web)
}

/// A day, so many days after the closed one, with so many free of nine seats at these hours; seat 1 is for
/// WhatsApp.
fn day(after: i64, free: &[(u16, u16)]) -> Day {
    let slots = free.iter().map(|&(hour, free)| {
        let pool = Pool { channel: Channel::Whatsapp, first: 1, last: 1, until: at(90) };
        let slot = Slot {
            service: "passport_new".parse().unwrap(),
            time: time(hour),
            quota: 9,
            pools: vec![pool],
            book_until: at(100),
            released_at: at(0),
            by_hand: false,
        };
        let taken = |number| Seat { number, code: BookingCode::from_bits(99), free_at: None };
        // Seat 1 is free last.
        SlotSeats { slot, seats: (1..=9 - free).map(taken).collect() }
    });
    Day {
        date: CLOSED.parse::<NaiveDate>().unwrap() + TimeDelta::days(after),
        state: Some(DayState { opened_at: at(0), closed: None, closed_at: None }),
        slots: slots.collect(),
    }
}

/// Who sits where: days after the closed one, and the hour.
fn places(bookings: Vec<Booking>, days: Vec<Day>) -> Vec<(String, Option<(i64, String)>)> {
    let mut codes: Vec<_> = bookings.iter().map(|booking| booking.code).collect();
    codes.sort_unstable();
    let mut rng = StdRng::seed_from_u64(7);
    let mut seating = Reseating::new(bookings);
    days.into_iter().for_each(|day| seating.offer(day, at(1), &mut rng));
    let seating = seating.apart(at(1), &mut rng);
    let closed: NaiveDate = CLOSED.parse().unwrap();
    let place = |seat: &SeatRef| ((seat.date - closed).num_days(), seat.time.to_string());
    codes
        .into_iter()
        .map(|code| (code.to_string(), seating.found().get(&code).map(place)))
        .collect()
}

fn hours(bookings: Vec<Booking>, days: Vec<Day>) -> Vec<Option<(i64, String)>> {
    places(bookings, days).into_iter().map(|(_, place)| place).collect()
}

fn on(after: i64, hour: &str) -> Option<(i64, String)> {
    Some((after, hour.to_owned()))
}

#[test]
fn the_earliest_later_date_comes_first_and_then_the_nearest_hour() {
    let days = || vec![day(1, &[(8, 0), (11, 1), (14, 1)]), day(2, &[(9, 5)])];
    assert_eq!(hours(vec![web(1, 9)], days()), [on(1, "11:00")]);
    assert_eq!(hours(vec![web(1, 13)], days()), [on(1, "14:00")]);
    assert_eq!(
        hours(vec![web(1, 9), web(2, 9), web(3, 14)], days()),
        [on(1, "11:00"), on(1, "14:00"), on(2, "09:00")],
        "whoever came at an earlier hour is seated first"
    );
    assert_eq!(hours(vec![web(1, 9)], vec![day(0, &[(9, 5)]), day(-1, &[(9, 5)])]), [None]);
}

#[test]
fn a_pool_is_its_channels_own_and_a_closed_day_offers_nothing() {
    let mut pool = day(1, &[(9, 9)]);
    pool.slots[0].slot.quota = 1;
    assert_eq!(hours(vec![web(1, 9)], vec![pool.clone()]), [None]);
    let chat = booking(1, 9, Channel::Whatsapp);
    assert_eq!(hours(vec![chat.clone()], vec![pool.clone()]), [on(1, "09:00")]);
    let text = crate::language::Text { id: "Tutup".to_owned(), en: "Closed".to_owned() };
    let reason = crate::calendar::ClosedReason { code: "office_closed".to_owned(), text };
    pool.state = Some(DayState { opened_at: at(0), closed: Some(reason), closed_at: None });
    assert_eq!(hours(vec![chat], vec![pool]), [None]);
}

#[test]
fn a_family_moves_to_a_date_that_has_room_for_all_and_is_parted_only_if_there_is_none() {
    let group: Vec<_> = (1..=3).map(BookingCode::from_bits).collect();
    let family = || -> Vec<Booking> {
        (1..=3).map(|nth| Booking { group: group.clone(), ..web(nth, 9) }).collect()
    };
    let days = vec![day(1, &[(9, 2)]), day(2, &[(9, 2), (10, 2)])];
    let seats: Vec<_> = hours(family(), days).into_iter().flatten().collect();
    assert!(seats.iter().all(|(after, _)| *after == 2), "{seats:?}");
    let days = vec![day(1, &[(9, 2)]), day(2, &[(9, 1)])];
    let seats: Vec<_> =
        hours(family(), days).into_iter().flatten().map(|(after, _)| after).collect();
    assert_eq!(seats, [1, 1, 2]);
}

proptest! {
    #[test]
    fn nobody_shares_a_seat_and_nobody_goes_without_one_that_is_free(
        people in prop::collection::vec(8_u16..12, 0..12),
        free in prop::collection::vec(0_u16..4, 1..6),
        seed: u64,
    ) {
        let bookings: Vec<_> = (1..).zip(&people).map(|(nth, hour)| web(nth, *hour)).collect();
        let mut rng = StdRng::seed_from_u64(seed);
        let mut seating = Reseating::new(bookings);
        for (after, &free) in (1..).zip(&free) {
            seating.offer(day(after, &[(9, free)]), at(1), &mut rng);
        }
        let seating = seating.apart(at(1), &mut rng);
        let all: Vec<_> = seating.found().values().cloned().collect();
        let seats: BTreeSet<_> = all.iter().map(|seat| (seat.date, seat.time, seat.number)).collect();
        prop_assert_eq!(seats.len(), all.len());
        let room: usize = free.iter().map(|free| usize::from(*free)).sum();
        prop_assert_eq!(all.len(), people.len().min(room));
        prop_assert_eq!(seating.is_done(), people.len() <= room);
    }
}
