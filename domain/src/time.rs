//! Slot times and what an office's zone makes of an instant.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, LocalResult, NaiveDate, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A time of day in an office's zone, to the minute: `HH:MM`, `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlotTime {
    minutes: u16,
}

/// A text that is not a time `HH:MM`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a time is written HH:MM, from 00:00 to 23:59")]
pub struct InvalidSlotTime;

const MINUTES_PER_DAY: u16 = 24 * 60;

impl SlotTime {
    /// The time so many minutes after midnight, if that is still the same day.
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes < MINUTES_PER_DAY { Some(Self { minutes }) } else { None }
    }

    /// Minutes after midnight.
    pub fn minutes(self) -> u16 {
        self.minutes
    }

    /// How many minutes lie between this time and another.
    pub fn minutes_from(self, other: Self) -> u16 {
        self.minutes.abs_diff(other.minutes)
    }

    /// The instant at which this time comes on `date` in `zone`.
    ///
    /// Indonesia's zones have no daylight saving; for zones that do, a time that is skipped becomes
    /// the same reading one hour later and a time that comes twice is the first of the two.
    pub fn on(self, date: NaiveDate, zone: Tz) -> DateTime<Utc> {
        let naive = date.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(self.minutes.into());
        match zone.from_local_datetime(&naive) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
            LocalResult::None => zone.from_utc_datetime(&naive).with_timezone(&Utc),
        }
    }

    /// `hhmm`, as it stands in table keys.
    pub fn compact(self) -> String {
        format!("{:02}{:02}", self.minutes / 60, self.minutes % 60)
    }

    /// Reads the form of [`SlotTime::compact`].
    pub fn from_compact(text: &str) -> Result<Self, InvalidSlotTime> {
        let (hours, minutes) = text.split_at_checked(2).ok_or(InvalidSlotTime)?;
        format!("{hours}:{minutes}").parse()
    }
}

impl FromStr for SlotTime {
    type Err = InvalidSlotTime;

    fn from_str(text: &str) -> Result<Self, InvalidSlotTime> {
        let bytes = text.as_bytes();
        let digits =
            |i: usize| bytes.get(i).filter(|b| b.is_ascii_digit()).map(|b| u16::from(b - b'0'));
        let parsed = (bytes.len() == 5 && bytes[2] == b':')
            .then(|| Some((digits(0)? * 10 + digits(1)?, digits(3)? * 10 + digits(4)?)))
            .flatten();
        match parsed {
            Some((hours, minutes)) if hours < 24 && minutes < 60 => {
                Ok(Self { minutes: hours * 60 + minutes })
            }
            _ => Err(InvalidSlotTime),
        }
    }
}

impl fmt::Display for SlotTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl TryFrom<String> for SlotTime {
    type Error = InvalidSlotTime;
    fn try_from(text: String) -> Result<Self, InvalidSlotTime> {
        text.parse()
    }
}

impl From<SlotTime> for String {
    fn from(time: SlotTime) -> Self {
        time.to_string()
    }
}

/// The date that people at an office in `zone` call today.
pub fn local_date(now: DateTime<Utc>, zone: Tz) -> NaiveDate {
    now.with_timezone(&zone).date_naive()
}

/// The instant at which `date` is over in `zone`.
pub fn end_of_day(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
    SlotTime { minutes: 0 }.on(next, zone)
}

/// What Indonesians call the zone: WIB, WITA or WIT; the zone's own name elsewhere.
pub fn zone_name(zone: Tz) -> &'static str {
    match zone {
        Tz::Asia__Jakarta | Tz::Asia__Pontianak => "WIB",
        Tz::Asia__Makassar => "WITA",
        Tz::Asia__Jayapura => "WIT",
        other => other.name(),
    }
}

/// `now` without its fraction of a second: what the table stores and compares.
pub fn whole_seconds(now: DateTime<Utc>) -> DateTime<Utc> {
    now.with_nanosecond(0).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zones() -> impl Strategy<Value = Tz> {
        prop_oneof![
            Just(Tz::Asia__Jakarta),
            Just(Tz::Asia__Pontianak),
            Just(Tz::Asia__Makassar),
            Just(Tz::Asia__Jayapura),
        ]
    }

    proptest! {
        #[test]
        fn a_time_reads_back_as_written(minutes in 0u16..1440) {
            let time = SlotTime::from_minutes(minutes).unwrap();
            prop_assert_eq!(time.to_string().parse::<SlotTime>().unwrap(), time);
            prop_assert_eq!(SlotTime::from_compact(&time.compact()).unwrap(), time);
        }

        #[test]
        fn the_local_date_of_a_slot_is_its_own_date(day in 0u64..800, minutes in 0u16..1440, zone in zones()) {
            let date = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Days::new(day);
            let at = SlotTime::from_minutes(minutes).unwrap().on(date, zone);
            prop_assert_eq!(local_date(at, zone), date);
            prop_assert!(at < end_of_day(date, zone));
            prop_assert_eq!(local_date(end_of_day(date, zone), zone), date + Days::new(1));
        }

        #[test]
        fn any_other_text_is_refused(text in "\\PC{0,6}") {
            if let Ok(time) = text.parse::<SlotTime>() {
                prop_assert_eq!(time.to_string(), text);
            }
        }
    }

    #[test]
    fn eight_in_the_morning_at_jayapura_is_the_day_before_in_utc() {
        let date = NaiveDate::from_ymd_opt(2026, 12, 7).unwrap();
        let at = "08:00".parse::<SlotTime>().unwrap().on(date, Tz::Asia__Jayapura);
        assert_eq!(at.to_rfc3339(), "2026-12-06T23:00:00+00:00");
        assert_eq!(local_date(at, Tz::Asia__Jayapura), date);
    }

    #[test]
    fn a_day_has_no_twenty_fourth_hour_and_an_hour_no_sixtieth_minute() {
        for bad in ["24:00", "23:60", "99:99", "9:00", "09:000", "09.00", "-1:00", "09:0x"] {
            assert_eq!(bad.parse::<SlotTime>(), Err(InvalidSlotTime), "{bad}");
        }
        let last: SlotTime = "23:59".parse().unwrap();
        assert_eq!((last.minutes(), last.compact()), (1439, "2359".to_owned()));
        assert_eq!(SlotTime::from_minutes(1440), None);
    }
}
