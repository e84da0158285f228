//! When a date is opened to the public: a rule per office, computed, never stored.
//!
//! An office that opens the whole next week on Friday at two in the afternoon:
//!
//! ```
//! use antrian_domain::release::ReleasePolicy;
//! use chrono::TimeDelta;
//! use chrono_tz::Tz::Asia__Jakarta as zone;
//!
//! let policy: ReleasePolicy =
//!     serde_json::from_str(r#"{"kind": "weekly", "weekday": "fri", "at": "14:00"}"#)?;
//! let opened = policy.released_at("2026-12-02".parse()?, zone);
//! assert_eq!(opened.to_rfc3339(), "2026-11-27T07:00:00+00:00");
//!
//! // A second before, the Sunday of that week is the last date that is open.
//! let before = opened - TimeDelta::seconds(1);
//! assert_eq!(policy.open_through(before, zone).to_string(), "2026-11-29");
//! assert_eq!(policy.next_release(before, zone), (opened, "2026-11-30".parse()?));
//! assert_eq!(policy.open_through(opened, zone).to_string(), "2026-12-06");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time::{SlotTime, local_date};

/// A release rule. Times are in the office's zone.
// One that says more than is known here is refused wherever it is read: it has another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum ReleasePolicy {
    /// Every day at `at`, the date `days_ahead` days later is opened.
    Rolling {
        /// How far ahead; 0 to 365.
        days_ahead: u16,
        #[schema(value_type = String)]
        at: SlotTime,
    },
    /// On `weekday` at `at`, Monday to Sunday of the week `weeks_ahead` weeks later are opened.
    Weekly {
        /// How far ahead; 1, the following week, to 51.
        #[serde(default = "next")]
        weeks_ahead: u8,
        #[schema(value_type = String)]
        #[serde(with = "super::weekday")]
        weekday: Weekday,
        #[schema(value_type = String)]
        at: SlotTime,
    },
    /// On `day` of a month at `at`, the whole month `months_ahead` months later is opened.
    Monthly {
        /// How far ahead; 1, the following month, to 11.
        #[serde(default = "next")]
        months_ahead: u8,
        /// Day of the month; in a shorter month, its last day.
        day: u8,
        #[schema(value_type = String)]
        at: SlotTime,
    },
}

/// The following week, or month.
fn next() -> u8 {
    1
}

impl ReleasePolicy {
    /// The instant at which `date` is opened.
    pub fn released_at(&self, date: NaiveDate, zone: Tz) -> DateTime<Utc> {
        match *self {
            Self::Rolling { days_ahead, at } => at.on(back(date, u64::from(days_ahead)), zone),
            Self::Weekly { weeks_ahead, weekday, at } => {
                let from_monday = |day: Weekday| u64::from(day.num_days_from_monday());
                let weeks = 7 * u64::from(weeks_ahead.max(1));
                at.on(back(date, weeks + from_monday(date.weekday()) - from_monday(weekday)), zone)
            }
            Self::Monthly { months_ahead, day, at } => {
                let first = back(date, u64::from(date.day0()));
                let months = Months::new(months_ahead.max(1).into());
                let month = first.checked_sub_months(months).unwrap_or(first);
                let day = day.clamp(1, month.num_days_in_month());
                at.on(month + Days::new(u64::from(day) - 1), zone)
            }
        }
    }

    /// The last date that is open at `now`.
    pub fn open_through(&self, now: DateTime<Utc>, zone: Tz) -> NaiveDate {
        let mut date = local_date(now, zone);
        for _ in 0..LONGEST_DAYS {
            match date.succ_opt() {
                Some(next) if self.released_at(next, zone) <= now => date = next,
                _ => break,
            }
        }
        date
    }

    /// The next release after `now`: when, and the first date that it opens.
    pub fn next_release(&self, now: DateTime<Utc>, zone: Tz) -> (DateTime<Utc>, NaiveDate) {
        let through = self.open_through(now, zone);
        let first = through.succ_opt().unwrap_or(through);
        (self.released_at(first, zone), first)
    }
}

/// No policy opens a date more than 365 days before it.
const LONGEST_DAYS: u32 = 366;

/// `date` itself at the beginning of the calendar, in the year −262143.
fn back(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_sub_days(Days::new(days)).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy() -> impl Strategy<Value = ReleasePolicy> {
        let at = (0u16..1440).prop_map(|m| SlotTime::from_minutes(m).unwrap());
        prop_oneof![
            (0u16..=365, at.clone())
                .prop_map(|(days_ahead, at)| ReleasePolicy::Rolling { days_ahead, at }),
            (1u8..=51, 0u8..7, at.clone()).prop_map(|(weeks_ahead, d, at)| ReleasePolicy::Weekly {
                weeks_ahead,
                weekday: Weekday::try_from(d).unwrap(),
                at
            }),
            (1u8..=11, 1u8..=31, at).prop_map(|(months_ahead, day, at)| ReleasePolicy::Monthly {
                months_ahead,
                day,
                at
            }),
        ]
    }

    fn date(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    const ZONE: Tz = Tz::Asia__Jayapura;

    fn weekly(weeks_ahead: u8) -> ReleasePolicy {
        let at = "14:00".parse().unwrap();
        ReleasePolicy::Weekly { weeks_ahead, weekday: Weekday::Fri, at }
    }

    fn monthly(months_ahead: u8) -> ReleasePolicy {
        ReleasePolicy::Monthly { months_ahead, day: 31, at: "09:00".parse().unwrap() }
    }

    #[test]
    fn a_week_or_a_month_can_be_opened_long_before_it_begins() {
        let at = |time: &str, d| time.parse::<SlotTime>().unwrap().on(d, ZONE);
        for day in [date(2026, 12, 28), date(2027, 1, 3)] {
            assert_eq!(weekly(5).released_at(day, ZONE), at("14:00", date(2026, 11, 27)));
        }
        for day in [date(2027, 3, 1), date(2027, 3, 31)] {
            assert_eq!(monthly(2).released_at(day, ZONE), at("09:00", date(2027, 1, 31)));
            assert_eq!(monthly(1).released_at(day, ZONE), at("09:00", date(2027, 2, 28)));
        }
    }

    #[test]
    fn without_a_word_the_following_week_or_month_is_opened() {
        let read = |json| serde_json::from_str::<ReleasePolicy>(json).unwrap();
        assert_eq!(read(r#"{"kind":"weekly","weekday":"fri","at":"14:00"}"#), weekly(1));
        assert_eq!(read(r#"{"kind":"monthly","day":31,"at":"09:00"}"#), monthly(1));
    }

    #[test]
    fn friday_at_two_opens_the_whole_next_week() {
        let policy = weekly(1);
        let friday = "14:00".parse::<SlotTime>().unwrap().on(date(2026, 11, 27), ZONE);
        for day in [date(2026, 11, 30), date(2026, 12, 6)] {
            assert_eq!(policy.released_at(day, ZONE), friday);
        }
        assert_eq!(policy.open_through(friday, ZONE), date(2026, 12, 6));
        let before = friday - chrono::TimeDelta::seconds(1);
        assert_eq!(policy.open_through(before, ZONE), date(2026, 11, 29));
        assert_eq!(policy.next_release(before, ZONE), (friday, date(2026, 11, 30)));
    }

    #[test]
    fn the_last_day_of_a_month_opens_the_next_whatever_its_length() {
        let policy = monthly(1);
        let at = |d| "09:00".parse::<SlotTime>().unwrap().on(d, ZONE);
        assert_eq!(policy.released_at(date(2027, 3, 15), ZONE), at(date(2027, 2, 28)));
        assert_eq!(policy.released_at(date(2027, 1, 1), ZONE), at(date(2026, 12, 31)));
    }

    proptest! {
        #[test]
        fn later_dates_are_never_opened_earlier(policy in policy(), day in 0u64..700) {
            let first = date(2026, 1, 1) + Days::new(day);
            let next = first + Days::new(1);
            prop_assert!(policy.released_at(first, ZONE) <= policy.released_at(next, ZONE));
        }

        #[test]
        fn the_next_release_is_in_the_future_and_opens_the_first_closed_date(
            policy in policy(), minutes in 0i64..(60 * 24 * 400)
        ) {
            let now = "00:00".parse::<SlotTime>().unwrap().on(date(2026, 1, 1), ZONE)
                + chrono::TimeDelta::minutes(minutes);
            let through = policy.open_through(now, ZONE);
            let (at, first) = policy.next_release(now, ZONE);
            prop_assert!(at > now);
            prop_assert_eq!(first, through + Days::new(1));
            prop_assert!(through == local_date(now, ZONE) || policy.released_at(through, ZONE) <= now);
        }
    }
}
