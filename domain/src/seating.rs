//! Seats for people who come together: in one slot, or in slots next to each other.

use std::ops::Range;

use chrono::{DateTime, Utc};
use rand::Rng;

use super::day::{Day, SlotSeats};
use super::ids::ServiceId;
use super::office::Channel;
use super::time::SlotTime;

/// A group is spread over as many slots at most: who comes together waits together.
const MAX_SLOTS: usize = 3;

/// A seat for each of `channels`, in their order: as many as possible in the slot at `time`, the others as
/// near as there is room. `None`: they cannot be seated together there.
pub fn seat_group(
    day: &Day,
    service: &ServiceId,
    time: SlotTime,
    channels: &[Channel],
    now: DateTime<Utc>,
    rng: &mut impl Rng,
) -> Option<Vec<(SlotTime, u16)>> {
    let takes_all =
        |seats: &&SlotSeats| channels.iter().all(|&channel| seats.slot.takes(channel, now));
    let slots: Vec<_> = day.slots_of(service).filter(takes_all).collect();
    let wanted = slots.iter().position(|seats| seats.slot.time == time)?;
    let mut found = windows(wanted, slots.len(), MAX_SLOTS.min(channels.len()));
    found.find_map(|window| seats_in(&slots, wanted, window, channels, now, rng))
}

/// Stretches of slots around the wanted one, short ones first, and of those the later ones first.
fn windows(wanted: usize, slots: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    (1..=most).flat_map(move |width| {
        let first = (0..width).filter_map(move |back| wanted.checked_sub(back));
        first.map(move |first| first..first + width).filter(move |window| window.end <= slots)
    })
}

fn seats_in(
    slots: &[&SlotSeats],
    wanted: usize,
    window: Range<usize>,
    channels: &[Channel],
    now: DateTime<Utc>,
    rng: &mut impl Rng,
) -> Option<Vec<(SlotTime, u16)>> {
    let mut picked: Vec<(usize, u16)> = Vec::with_capacity(channels.len());
    for &channel in channels {
        let others = window.clone().filter(|at| *at != wanted);
        let mut in_order = std::iter::once(wanted).chain(others);
        let seat = in_order.find_map(|at| {
            let here = picked.iter().filter(|(slot, _)| *slot == at);
            let taken: Vec<u16> = here.map(|(_, number)| *number).collect();
            Some((at, slots[at].pick_beside(&taken, channel, now, rng)?))
        });
        picked.push(seat?);
    }
    Some(picked.into_iter().map(|(at, number)| (slots[at].slot.time, number)).collect())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::code::BookingCode;
    use crate::day::{DayState, Pool, Seat, Slot};

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(secs, 0).unwrap()
    }

    /// Hours from eight on with so many free of five seats, of which the first is for priority.
    fn day(free: &[u16]) -> Day {
        let slots = free.iter().enumerate().map(|(hour, &free)| {
            let first = Pool { channel: Channel::Priority, first: 1, last: 1, until: at(90) };
            let slot = Slot {
                service: "passport_new".parse().unwrap(),
                time: format!("{:02}:00", 8 + hour).parse().unwrap(),
                quota: 5,
                pools: vec![first],
                book_until: at(100),
                released_at: at(0),
                by_hand: false,
            };
            let taken = |number| Seat { number, code: BookingCode::from_bits(1), free_at: None };
            SlotSeats { slot, seats: (free + 1..=5).map(taken).collect() }
        });
        Day {
            date: "2026-12-02".parse().unwrap(),
            state: Some(DayState { opened_at: at(0), closed: None, closed_at: None }),
            slots: slots.collect(),
        }
    }

    fn hours(free: &[u16], channels: &[Channel]) -> Option<Vec<String>> {
        let (service, time) = ("passport_new".parse().unwrap(), "09:00".parse().unwrap());
        let mut rng = rand::rngs::StdRng::seed_from_u64(7);
        let seats = seat_group(&day(free), &service, time, channels, at(1), &mut rng)?;
        let mut all = seats.clone();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), channels.len(), "nobody shares a seat");
        Some(seats.iter().map(|(time, _)| time.to_string()).collect())
    }

    #[test]
    fn a_family_is_seated_together_or_as_near_as_there_is_room() {
        use Channel::{Priority, Web};
        let web = |free: &[u16], people| hours(free, &vec![Web; people]);
        let all = |hours: &[&str]| Some(hours.iter().map(|&hour| hour.to_owned()).collect());
        assert_eq!(web(&[5, 5, 5], 4), all(&["09:00"; 4]), "the pool of priority is not theirs");
        assert_eq!(web(&[5, 5, 5], 5), all(&["09:00", "09:00", "09:00", "09:00", "10:00"]));
        assert_eq!(web(&[5, 3, 1], 3), all(&["09:00", "09:00", "08:00"]), "none is free at ten");
        assert_eq!(web(&[2, 2, 2], 3), all(&["09:00", "08:00", "10:00"]));
        assert_eq!(web(&[2, 2, 2, 5], 4), all(&["09:00", "10:00", "11:00", "11:00"]));
        assert_eq!(web(&[1, 1, 1, 1, 5], 2), None, "an hour that far away is another visit");
        assert_eq!(web(&[5, 1, 5], 1), None, "whoever comes alone has named the hour");
        let mixed = hours(&[5, 2, 5], &[Priority, Web]);
        assert_eq!(mixed, all(&["09:00", "09:00"]));
    }
}
