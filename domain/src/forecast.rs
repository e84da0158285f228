//! How many of those who are booked will not come, from what was seen at the same hour before.
//!
//! Each hour's share of missed visits is drawn towards the office's own share as if twenty more
//! visits had been seen there, so that an hour with few visits says little. What follows for a number of
//! bookings is a beta-binomial distribution; its tenth and ninetieth percentile are the range. How good that
//! is, is measured on days that it has not seen: each of the last fourteen is forecast from those
//! before it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::day_report::DayReport;
use super::office::Channel;
use super::time::SlotTime;

/// Visits that an hour counts as having had at the office's own share.
const PRIOR_VISITS: f64 = 20.0;
/// Days that the error is measured on.
const HELD_OUT_DAYS: usize = 14;
/// With fewer days or visits nothing is said.
const LEAST_DAYS: usize = 14;
const LEAST_VISITS: u32 = 100;
/// The range leaves out so much at either end.
const TAIL: f64 = 0.1;

/// What is expected of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Expected {
    /// On average, of those who are booked.
    pub no_shows: f64,
    /// Nine times of ten at least so many.
    pub at_least: u32,
    /// Nine times of ten at most so many.
    pub at_most: u32,
}

/// How far off it was on days that it had not seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Error {
    /// Hours of these days on which somebody was booked.
    pub hours: u32,
    /// People that the expectation was off by, on average of these hours.
    pub mean_people: f64,
    /// Share of these hours that were within the range, 0 to 1.
    pub within: f64,
}

/// What an office's past says.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    hours: BTreeMap<SlotTime, Seen>,
    all: Seen,
    /// Days on which anybody was booked.
    pub days: usize,
    /// Absent: there were no days before the last ones.
    pub error: Option<Error>,
}

/// Visits that were due, and those of them that were missed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Seen {
    visits: u32,
    missed: u32,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.visits += other.visits;
        self.missed += other.missed;
    }
}

/// What was seen of a day, by hour. Whoever comes without a booking does not stay away.
fn seen_of(day: &DayReport) -> BTreeMap<SlotTime, Seen> {
    let mut hours: BTreeMap<_, Seen> = BTreeMap::new();
    for row in day.rows.iter().filter(|row| row.channel != Channel::WalkIn) {
        let (came, missed) = (row.figures.came, row.figures.no_shows);
        hours.entry(row.time).or_default().add(Seen { visits: came + missed, missed });
    }
    hours
}

impl Forecast {
    /// Of days that are over, in their order. Absent: they say too little.
    pub fn of(past: &[DayReport]) -> Option<Self> {
        let days: Vec<_> = past.iter().filter(|day| Self::seen([*day]).all.visits > 0).collect();
        let mut forecast = Self::seen(days.iter().copied());
        let is_enough = forecast.days >= LEAST_DAYS && forecast.all.visits >= LEAST_VISITS;
        forecast.error = held_out(&days);
        is_enough.then_some(forecast)
    }

    fn seen<'a>(days: impl IntoIterator<Item = &'a DayReport>) -> Self {
        let mut seen = Self { hours: BTreeMap::new(), all: Seen::default(), days: 0, error: None };
        for day in days {
            seen.days += 1;
            for (time, hour) in seen_of(day) {
                seen.hours.entry(time).or_default().add(hour);
                seen.all.add(hour);
            }
        }
        seen
    }

    /// What is expected of so many bookings at an hour.
    pub fn expect(&self, time: SlotTime, booked: u32) -> Expected {
        let hour = self.hours.get(&time).copied().unwrap_or_default();
        let all = (f64::from(self.all.missed) + 1.0) / (f64::from(self.all.visits) + 2.0);
        let missed = f64::from(hour.missed) + PRIOR_VISITS * all;
        let came = f64::from(hour.visits - hour.missed) + PRIOR_VISITS * (1.0 - all);
        Expected {
            no_shows: f64::from(booked) * missed / (missed + came),
            at_least: percentile(booked, (missed, came), TAIL),
            at_most: percentile(booked, (missed, came), 1.0 - TAIL),
        }
    }
}

/// The least number whose probability, with all below it, is at least `share`, of a beta-binomial
/// distribution.
fn percentile(booked: u32, (missed, came): (f64, f64), share: f64) -> u32 {
    let n = f64::from(booked);
    let steps = (0..booked).map(f64::from);
    let mut one: f64 = steps.map(|i| ((came + i) / (missed + came + i)).ln()).sum::<f64>().exp();
    let mut below = one;
    for count in 0..booked {
        if below >= share {
            return count;
        }
        let k = f64::from(count);
        one *= (n - k) / (k + 1.0) * (missed + k) / (came + n - k - 1.0);
        below += one;
    }
    booked
}

/// The error on the last days, each forecast from those before it.
fn held_out(days: &[&DayReport]) -> Option<Error> {
    let first = days.len().checked_sub(HELD_OUT_DAYS).filter(|first| *first > 0)?;
    let (mut hours, mut off, mut within) = (0_u32, 0.0, 0_u32);
    for last in first..days.len() {
        let before = Forecast::seen(days[..last].iter().copied());
        for (time, seen) in seen_of(days[last]).into_iter().filter(|(_, seen)| seen.visits > 0) {
            let expected = before.expect(time, seen.visits);
            hours += 1;
            off += (expected.no_shows - f64::from(seen.missed)).abs();
            within += u32::from((expected.at_least..=expected.at_most).contains(&seen.missed));
        }
    }
    let count = f64::from(hours.max(1));
    Some(Error { hours, mean_people: off / count, within: f64::from(within) / count })
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    use super::*;
    use crate::day_report::{Figures, Lasting, Row};

    fn time(text: &str) -> SlotTime {
        text.parse().unwrap()
    }

    fn row(slot: &str, visits: u32, missed: u32) -> Row {
        let (came, no_shows) = (visits - missed, missed);
        Row {
            time: time(slot),
            service: "passport_new".parse().unwrap(),
            channel: Channel::Web,
            figures: Figures { booked: visits, came, served: came, no_shows, ..Figures::default() },
            waiting: Lasting::default(),
            serving: Lasting::default(),
        }
    }

    fn day(n: u64, rows: Vec<Row>) -> DayReport {
        let first: NaiveDate = "2026-09-01".parse().unwrap();
        let date = first + Days::new(n);
        DayReport { date, rows, slots: vec![], missing: BTreeMap::new(), returned: 0 }
    }

    /// Days on which one of ten at nine and three of ten at two do not come, by a fair draw.
    fn past(days: u64, seed: u64) -> Vec<DayReport> {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut missed = |share: f64| (0..20).map(|_| u32::from(rng.random_bool(share))).sum();
        let mut one =
            |n| day(n, vec![row("09:00", 20, missed(0.1)), row("14:00", 20, missed(0.3))]);
        (0..days).map(&mut one).collect()
    }

    #[test]
    fn each_hour_has_its_own_share() {
        let forecast = Forecast::of(&past(56, 1)).unwrap();
        let (nine, two) = (forecast.expect(time("09:00"), 20), forecast.expect(time("14:00"), 20));
        assert!((1.5..2.6).contains(&nine.no_shows), "{nine:?}");
        assert!((5.2..6.8).contains(&two.no_shows), "{two:?}");
        assert!(two.at_least >= 3 && two.at_most <= 9, "{two:?}");
    }

    #[test]
    fn an_hour_that_nobody_has_seen_is_taken_for_the_offices_own_share() {
        let forecast = Forecast::of(&past(56, 2)).unwrap();
        let unknown = forecast.expect(time("11:00"), 20);
        assert!((3.2..4.8).contains(&unknown.no_shows), "{unknown:?}");
    }

    #[test]
    fn the_range_holds_on_days_that_it_has_not_seen() {
        let (mut hours, mut within) = (0.0, 0.0);
        for seed in 0..20 {
            let error = Forecast::of(&past(56, seed)).unwrap().error.unwrap();
            assert_eq!(error.hours, 28);
            assert!(error.mean_people < 2.5, "{error:?}");
            (hours, within) = (hours + 1.0, within + error.within);
        }
        // Whole people: the range of eight of ten has a little more.
        assert!((0.78..0.97).contains(&(within / hours)), "{}", within / hours);
    }

    #[test]
    fn whoever_comes_without_a_booking_says_nothing_of_those_who_have_one() {
        let with_walk_ins = |day: DayReport| {
            let came = Row { channel: Channel::WalkIn, ..row("14:00", 40, 0) };
            DayReport { rows: [day.rows.clone(), vec![came]].concat(), ..day }
        };
        let days: Vec<_> = past(56, 1).into_iter().map(with_walk_ins).collect();
        assert_eq!(Forecast::of(&days), Forecast::of(&past(56, 1)));
    }

    #[test]
    fn few_days_or_few_visits_say_nothing() {
        assert_eq!(Forecast::of(&past(13, 1)), None);
        let few = (0..30).map(|n| day(n, vec![row("09:00", 1, 0)])).collect::<Vec<_>>();
        assert_eq!(Forecast::of(&few), None);
        let mut with_holidays = past(13, 1);
        with_holidays.extend((13..60).map(|n| day(n, vec![])));
        assert_eq!(Forecast::of(&with_holidays), None, "days without visits are no days");
    }

    #[test]
    fn nobody_booked_is_nobody_missing_and_the_range_keeps_within_those_who_are_booked() {
        let forecast = Forecast::of(&past(20, 3)).unwrap();
        let none = forecast.expect(time("09:00"), 0);
        assert_eq!((none.at_least, none.at_most), (0, 0));
        for booked in [1, 2, 5, 50, 384, 999] {
            let expected = forecast.expect(time("14:00"), booked);
            let range = f64::from(expected.at_least)..=f64::from(expected.at_most);
            assert!(expected.at_most <= booked && range.contains(&expected.no_shows.round()));
        }
    }
}
