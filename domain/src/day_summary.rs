//! What of a day anybody may see, in a few hundred bytes: how many seats each channel can claim, now and at
//! every later time, if nobody does anything. Who has them, and which they are, does not stand in it.
//!
//! Seats that are kept for good are taken out of the quota and of the pools, and the others are numbered
//! anew; those that are held stay, with when they are free, and so do those above a lowered quota. So a summary becomes a [`Day`] again, for which
//! everything is computed as for the one that it was made of. Nobody is seated by it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::ClosedReason;
use super::code::BookingCode;
use super::day::{Day, DayState, Pool, Seat, Slot, SlotSeats};
use super::ids::ServiceId;
use super::office::Channel;
use super::time::SlotTime;

/// A day without its seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySummary {
    /// Whether the day was made.
    #[serde(rename = "m")]
    is_made: bool,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    closed: Option<ClosedReason>,
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    slots: Vec<SlotSummary>,
}

/// Seconds from midnight (UTC) of the day's date: the same for the same hour of each day, so that many days
/// together take little room.
type Secs = i64;

/// When a seat is free that is kept above a lowered quota: later than anybody looks at the day.
const FOR_GOOD: Secs = 10 * 365 * 24 * 60 * 60;

/// As a list: service, start, seats that are not kept, time for booking ends, released, pools, held seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SlotSummary(
    ServiceId,
    SlotTime,
    u16,
    Secs,
    Secs,
    Vec<(Channel, u16, u16, Secs)>,
    Vec<(u16, Secs)>,
);

fn midnight(date: NaiveDate) -> Secs {
    date.and_time(NaiveTime::MIN).and_utc().timestamp()
}

impl DaySummary {
    /// What is to be seen of a day from `now` on.
    pub fn of(day: &Day, now: DateTime<Utc>) -> Self {
        let zero = midnight(day.date);
        Self {
            is_made: day.state.is_some(),
            closed: day.closed().cloned(),
            slots: day.slots.iter().map(|seats| slot_summary(seats, zero, now)).collect(),
        }
    }

    /// The day, as far as it is to be seen.
    pub fn day(&self, date: NaiveDate) -> Day {
        let zero = midnight(date);
        let state = self.is_made.then(|| DayState {
            opened_at: DateTime::UNIX_EPOCH,
            closed: self.closed.clone(),
            closed_at: None,
        });
        Day { date, state, slots: self.slots.iter().map(|slot| slot.seats(zero)).collect() }
    }
}

fn slot_summary(of: &SlotSeats, zero: Secs, now: DateTime<Utc>) -> SlotSummary {
    let slot = &of.slot;
    let kept: Vec<u16> =
        of.seats.iter().filter(|s| s.free_at.is_none()).map(|s| s.number).collect();
    // How many seats up to this number are not kept.
    let left = |number: u16| -> u16 {
        let gone = kept.iter().filter(|kept| **kept <= number.min(slot.quota)).count();
        number.saturating_sub(u16::try_from(gone).unwrap_or(u16::MAX))
    };
    let pools = slot.pools.iter().filter(|pool| pool.until > now).filter_map(|pool| {
        let (first, last) = (left(pool.first.saturating_sub(1)) + 1, left(pool.last));
        (first <= last).then(|| (pool.channel, first, last, pool.until.timestamp() - zero))
    });
    let held = of.seats.iter().filter(|seat| seat.is_taken(now)).filter_map(|seat| {
        let is_above = seat.number > slot.quota;
        let free_at = seat.free_at.map(|free_at| free_at.timestamp() - zero);
        Some((left(seat.number), free_at.or(is_above.then_some(FOR_GOOD))?))
    });
    SlotSummary(
        slot.service.clone(),
        slot.time,
        left(slot.quota),
        slot.book_until.timestamp() - zero,
        slot.released_at.timestamp() - zero,
        pools.collect(),
        held.collect(),
    )
}

impl SlotSummary {
    fn seats(&self, zero: Secs) -> SlotSeats {
        let Self(service, time, quota, book_until, released_at, pools, held) = self;
        let at =
            |secs: &Secs| DateTime::from_timestamp(zero + secs, 0).unwrap_or(DateTime::UNIX_EPOCH);
        let pool = |(channel, first, last, until): &_| Pool {
            channel: *channel,
            first: *first,
            last: *last,
            until: at(until),
        };
        let seat = |(number, free_at): &_| Seat {
            number: *number,
            code: BookingCode::from_bits(0),
            free_at: Some(at(free_at)),
        };
        let slot = Slot {
            service: service.clone(),
            time: *time,
            quota: *quota,
            pools: pools.iter().map(pool).collect(),
            book_until: at(book_until),
            released_at: at(released_at),
            by_hand: false,
        };
        SlotSeats { slot, seats: held.iter().map(seat).collect() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHANNELS: [Channel; 4] =
        [Channel::Web, Channel::Whatsapp, Channel::Priority, Channel::WalkIn];

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_796_169_600 + secs, 0).unwrap()
    }

    prop_compose! {
        fn slots()(
            quota in 0u16..14,
            pools in prop::collection::vec((0usize..4, 1u16..5, 0i64..1_200), 0..4),
            seats in prop::collection::btree_map(1u16..18, prop::option::of(0i64..1_200), 0..16),
            (released_at, book_until) in (0i64..900, 300i64..1_300),
        ) -> SlotSeats {
            let mut next = 1;
            let pool = |(channel, seats, until): (usize, u16, i64)| {
                let first = next;
                next += seats;
                Pool { channel: CHANNELS[channel], first, last: next - 1, until: at(until) }
            };
            let slot = Slot {
                service: "passport_new".parse().unwrap(),
                time: "09:00".parse().unwrap(),
                quota,
                pools: pools.into_iter().map(pool).collect(),
                book_until: at(book_until),
                released_at: at(released_at),
                by_hand: false,
            };
            let seat = |(number, free_at): (u16, Option<i64>)| {
                Seat { number, code: BookingCode::from_bits(7), free_at: free_at.map(at) }
            };
            SlotSeats { slot, seats: seats.into_iter().map(seat).collect() }
        }
    }

    proptest! {
        #[test]
        fn every_channel_sees_the_same_now_and_at_any_later_time(
            seats in slots(),
            now in 0i64..600,
            later in 0i64..900,
        ) {
            let date: NaiveDate = "2026-12-02".parse().unwrap();
            let state = DayState { opened_at: at(0), closed: None, closed_at: None };
            let day = Day { date, state: Some(state), slots: vec![seats] };
            let summary = DaySummary::of(&day, at(now));
            let text = serde_json::to_string(&summary).unwrap();
            let back: DaySummary = serde_json::from_str(&text).unwrap();
            let (now, seen) = (at(now + later), back.day(date));
            for channel in CHANNELS {
                let free = |day: &Day| day.slots[0].seats_free(channel, now);
                prop_assert_eq!(free(&seen), free(&day), "{:?} {}", channel, text);
            }
            let slot = |day: &Day| (day.slots[0].slot.is_released(now), day.slots[0].slot.book_until);
            prop_assert_eq!(slot(&seen), slot(&day));
        }
    }

    #[test]
    fn a_day_that_was_not_made_or_is_closed_is_so_in_its_summary() {
        let date: NaiveDate = "2026-12-02".parse().unwrap();
        let none = Day { date, state: None, slots: vec![] };
        assert_eq!(DaySummary::of(&none, at(0)).day(date), none);
        let text =
            super::super::language::Text { id: "Listrik".to_owned(), en: "Power".to_owned() };
        let reason = ClosedReason { code: "office_closed".to_owned(), text };
        let state = DayState { opened_at: at(0), closed: Some(reason.clone()), closed_at: None };
        let closed = Day { date, state: Some(state), slots: vec![] };
        assert_eq!(DaySummary::of(&closed, at(0)).day(date).closed(), Some(&reason));
    }
}
