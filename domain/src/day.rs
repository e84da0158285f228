//! A day at an office as the table shows it: slots, seats, and which of them can be claimed.
//!
//! Capacity is derived from seat items. A seat can be claimed if nobody ever claimed it or if its
//! `free_at` has come; nothing has to run for that.
//!
//! ```
//! use antrian_domain::code::BookingCode;
//! use antrian_domain::day::{Pool, Seat, Slot, SlotSeats};
//! use antrian_domain::office::Channel::{Priority, Web};
//! use chrono::{DateTime, TimeDelta};
//!
//! let now = DateTime::from_timestamp(1_796_173_200, 0).unwrap();
//! let later = now + TimeDelta::minutes(15);
//! let day_before = now + TimeDelta::hours(20);
//! // Three seats, of which the first is reserved for priority until the day before.
//! let slot = Slot {
//!     service: "passport_new".parse()?,
//!     time: "09:00".parse()?,
//!     quota: 3,
//!     pools: vec![Pool { channel: Priority, first: 1, last: 1, until: day_before }],
//!     book_until: now + TimeDelta::hours(44),
//!     released_at: now,
//!     by_hand: false,
//! };
//! // Somebody holds the second one for a quarter of an hour.
//! let held = Seat { number: 2, code: BookingCode::from_bits(7), free_at: Some(later) };
//! let seats = SlotSeats { slot, seats: vec![held] };
//!
//! let claimable = |channel, at| seats.claimable(channel, at).collect::<Vec<_>>();
//! assert_eq!(claimable(Web, now), [3]);
//! assert_eq!(claimable(Web, later), [2, 3], "the hold ran out");
//! assert_eq!(claimable(Web, day_before), [1, 2, 3], "what priority left is for all");
//! // Whoever has a pool is seated there first.
//! assert_eq!(seats.pick(Priority, now, &mut rand::rng()), Some(1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::calendar::{ClosedReason, PlannedSlot};
use super::code::BookingCode;
use super::ids::ServiceId;
use super::office::{Channel, Office, PoolRule};
use super::time::SlotTime;

/// The day item: that the day was made, and whether it was closed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayState {
    /// When it was made. When its seats can be claimed each slot says itself.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub opened_at: DateTime<Utc>,
    /// Set if the day was closed after it had been opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedReason>,
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub closed_at: Option<DateTime<Utc>>,
}

/// A slot item: how many seats, for whom, until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub service: ServiceId,
    /// Its start, in the office's zone.
    pub time: SlotTime,
    /// Seats are numbered 1 to `quota`; seats above a lowered quota stay with who has them, and count.
    pub quota: u16,
    #[serde(default)]
    pub pools: Vec<Pool>,
    /// Seats can be claimed before this instant; at the desk on the very day also later
    /// ([`Slot::takes`]).
    #[serde(with = "chrono::serde::ts_seconds")]
    pub book_until: DateTime<Utc>,
    /// Seats can be claimed from this instant. The slot is there before, so that nothing has to run when
    /// it comes.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub released_at: DateTime<Utc>,
    /// Somebody has set its quota: a new plan of the office leaves that alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_hand: bool,
}

/// Seat numbers `first..=last`, for one channel before `until` and for all from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub channel: Channel,
    pub first: u16,
    pub last: u16,
    #[serde(with = "chrono::serde::ts_seconds")]
    pub until: DateTime<Utc>,
}

/// A seat item: who claimed it last, and when it is claimable again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Its number within the slot, from 1.
    pub number: u16,
    /// The booking that claimed it last.
    pub code: BookingCode,
    /// Claimable from this instant; absent: never.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub free_at: Option<DateTime<Utc>>,
}

impl Seat {
    /// Whether somebody has it at `now`.
    pub fn is_taken(&self, now: DateTime<Utc>) -> bool {
        self.free_at.is_none_or(|free_at| free_at > now)
    }
}

impl Slot {
    /// The slot that a planned one becomes, to be released at an instant.
    pub fn planned(
        planned: &PlannedSlot,
        office: &Office,
        date: NaiveDate,
        released_at: DateTime<Utc>,
    ) -> Self {
        let starts_at = planned.time.on(date, office.timezone);
        let cut_off = TimeDelta::minutes(office.policy.book_minutes_before.into());
        Self {
            service: planned.service.clone(),
            time: planned.time,
            quota: planned.session.quota,
            pools: number_pools(&planned.session.pools, starts_at),
            book_until: starts_at - cut_off,
            released_at,
            by_hand: false,
        }
    }

    /// It keeps the quota that somebody has set.
    fn with_quota_of(self, known: &Self) -> Self {
        if known.by_hand { Self { quota: known.quota, by_hand: true, ..self } } else { self }
    }

    /// Whether it is open to the public at `now`, or was.
    pub fn is_released(&self, now: DateTime<Utc>) -> bool {
        self.released_at <= now
    }

    /// Whether `channel` can be booked at `now`. The desk gives what an hour that has begun has left: to
    /// people who stand there, instead of nobody. That the day is today, whoever books looks at.
    pub fn takes(&self, channel: Channel, now: DateTime<Utc>) -> bool {
        now < self.book_until || channel == Channel::WalkIn
    }

    /// Whether `channel` may claim seat `number` at `now`, if it is free.
    pub fn admits(&self, number: u16, channel: Channel, now: DateTime<Utc>) -> bool {
        (1..=self.quota).contains(&number)
            && self.is_released(now)
            && self.takes(channel, now)
            && self
                .pools
                .iter()
                .all(|pool| !pool.contains(number) || pool.channel == channel || pool.until <= now)
    }

    fn is_own_pool(&self, number: u16, channel: Channel) -> bool {
        self.pools.iter().any(|pool| pool.contains(number) && pool.channel == channel)
    }
}

impl Pool {
    fn contains(&self, number: u16) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

/// Pools take the lowest numbers, one after the other, so that lowering a quota takes general seats
/// first.
fn number_pools(rules: &[PoolRule], starts_at: DateTime<Utc>) -> Vec<Pool> {
    let mut next = 1;
    rules
        .iter()
        .filter(|rule| rule.seats > 0)
        .map(|rule| {
            let first = next;
            next += rule.seats;
            let until = starts_at - TimeDelta::minutes(rule.opens_to_all_minutes_before.into());
            Pool { channel: rule.channel, first, last: next - 1, until }
        })
        .collect()
}

/// A slot with the seats that were ever claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotSeats {
    pub slot: Slot,
    /// In order of number.
    pub seats: Vec<Seat>,
}

impl SlotSeats {
    /// Numbers that `channel` can claim at `now`, in order. For each seat that somebody has above a lowered
    /// quota one below it stays empty, from the highest on. Whoever reads late sees others of them claimed,
    /// never others kept empty: two claims at once cannot pass the quota either.
    pub fn claimable(
        &self,
        channel: Channel,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = u16> + '_ {
        let quota = self.slot.quota;
        let taken: Vec<u16> =
            self.seats.iter().filter(|seat| seat.is_taken(now)).map(|seat| seat.number).collect();
        let left = usize::from(quota).saturating_sub(taken.len());
        let free = (1..=quota).filter(move |number| taken.binary_search(number).is_err());
        free.take(left).filter(move |&number| self.slot.admits(number, channel, now))
    }

    pub fn seats_free(&self, channel: Channel, now: DateTime<Utc>) -> u16 {
        self.claimable(channel, now).map(|_| 1).sum()
    }

    /// One claimable seat at random, from the channel's own pool while that has any, so that two
    /// people rarely meet on one seat.
    pub fn pick(&self, channel: Channel, now: DateTime<Utc>, rng: &mut impl Rng) -> Option<u16> {
        self.pick_beside(&[], channel, now, rng)
    }

    /// The same, and none of `others`.
    pub fn pick_beside(
        &self,
        others: &[u16],
        channel: Channel,
        now: DateTime<Utc>,
        rng: &mut impl Rng,
    ) -> Option<u16> {
        let free: Vec<u16> =
            self.claimable(channel, now).filter(|number| !others.contains(number)).collect();
        let own: Vec<u16> =
            free.iter().copied().filter(|&n| self.slot.is_own_pool(n, channel)).collect();
        let from = if own.is_empty() { free } else { own };
        (!from.is_empty()).then(|| from[rng.random_range(0..from.len())])
    }
}

/// What a new plan does to a slot that nobody can claim yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotChange {
    Put(Slot),
    Remove(Slot),
}

/// Everything in the table about one day at one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The date in the office's zone.
    pub date: NaiveDate,
    /// Absent: the day was never made.
    pub state: Option<DayState>,
    /// Slots in order of time and service.
    pub slots: Vec<SlotSeats>,
}

impl Day {
    /// Why the day was closed, if it was.
    pub fn closed(&self) -> Option<&ClosedReason> {
        self.state.as_ref().and_then(|state| state.closed.as_ref())
    }

    /// Whether any of its slots is open to the public at `now`, or was.
    pub fn is_released(&self, now: DateTime<Utc>) -> bool {
        self.slots.iter().any(|seats| seats.slot.is_released(now))
    }

    /// When time next changes which seats can be claimed, if nothing else does before: a slot is released,
    /// its time for booking ends, a pool opens to all, a seat is free again.
    pub fn changes_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let of_slot = |seats: &SlotSeats| {
            let slot = &seats.slot;
            let pools = slot.pools.iter().map(|pool| pool.until);
            let seats = seats.seats.iter().filter_map(|seat| seat.free_at);
            let ends = [slot.released_at, slot.book_until];
            ends.into_iter().chain(pools).chain(seats).filter(|at| *at > now).min()
        };
        self.slots.iter().filter_map(of_slot).min()
    }

    /// What a new plan of the office changes on a day that was made. What is released by `settled` stays
    /// as it is, and so does a quota that was set by hand; a service that has nothing on the day is added.
    pub fn replanned(&self, planned: Vec<Slot>, settled: DateTime<Utc>) -> Vec<SlotChange> {
        let known = || self.slots.iter().map(|known| &known.slot);
        let same =
            |one: &Slot, other: &Slot| (&one.service, one.time) == (&other.service, other.time);
        let gone = known().filter(|known| {
            !known.is_released(settled) && !planned.iter().any(|slot| same(slot, known))
        });
        let mut changes: Vec<_> = gone.cloned().map(SlotChange::Remove).collect();
        let is_open = |service: &ServiceId| {
            known().any(|known| known.service == *service && known.is_released(settled))
        };
        changes.extend(planned.into_iter().filter_map(|slot| {
            let new = match known().find(|known| same(known, &slot)) {
                Some(known) if known.is_released(settled) => None,
                Some(known) => Some(slot.with_quota_of(known)).filter(|slot| slot != known),
                None => (!is_open(&slot.service)).then_some(slot),
            };
            new.map(SlotChange::Put)
        }));
        changes
    }

    /// The slots of `service`; none while the day is closed.
    pub fn slots_of<'a>(&'a self, service: &'a ServiceId) -> impl Iterator<Item = &'a SlotSeats> {
        let open = self.closed().is_none();
        self.slots.iter().filter(move |seats| open && seats.slot.service == *service)
    }

    /// The slot of `service` at `time`, whether or not the day is closed.
    pub fn slot(&self, service: &ServiceId, time: SlotTime) -> Option<&SlotSeats> {
        self.slots.iter().find(|seats| seats.slot.service == *service && seats.slot.time == time)
    }
}

#[cfg(test)]
mod tests;
