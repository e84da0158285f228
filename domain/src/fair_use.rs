//! Fair use: how many seats somebody may hold in a day, and what follows from visits that were missed.
//!
//! A seat that is held and not used is kept from somebody else. The rule leaves a family of five on one
//! phone room to let every hold lapse once and to book anew.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Numbers that an office sets; 0 switches a rule off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FairUse {
    /// Seats that may be held for one person in a day.
    pub holds_per_person: u32,
    /// Seats that may be held by one account, and so by one number, in a day.
    pub holds_per_account: u32,
    /// Dates with missed visits that close online booking to a person or an account.
    pub missed_visits: u32,
    /// How many days back missed visits count, 1 to 365.
    pub missed_within_days: u32,
    /// For how many days online booking is closed then, 1 to 365.
    pub closed_days: u32,
    /// People whom a clerk may look up by their NIK in a day: more than come to a desk with such a
    /// question, and too few to try out many NIKs.
    pub lookups_per_clerk: u32,
}

impl Default for FairUse {
    fn default() -> Self {
        Self {
            holds_per_person: 3,
            holds_per_account: 10,
            missed_visits: 2,
            missed_within_days: 90,
            closed_days: 30,
            lookups_per_clerk: 40,
        }
    }
}

impl FairUse {
    /// No rule.
    pub const OFF: Self = Self {
        holds_per_person: 0,
        holds_per_account: 0,
        missed_visits: 0,
        missed_within_days: 1,
        closed_days: 1,
        lookups_per_clerk: 0,
    };

    /// Until when online booking is closed to somebody who missed a visit on `date` and others on the
    /// dates of `before`. Absent: it stays open. Several visits of one date count once: a family that
    /// could not come has missed one day.
    ///
    /// ```
    /// use antrian_domain::fair_use::FairUse;
    /// use chrono::{Days, NaiveDate};
    ///
    /// let rule = FairUse::default();
    /// let date = NaiveDate::from_ymd_opt(2026, 12, 2).unwrap();
    /// let now = date.and_hms_opt(3, 0, 0).unwrap().and_utc();
    /// assert_eq!(rule.closed_until([date], date, now), None, "the first one");
    /// let earlier = date - Days::new(90);
    /// assert_eq!(rule.closed_until([earlier], date, now), Some(now + Days::new(30)));
    /// assert_eq!(rule.closed_until([earlier - Days::new(1)], date, now), None, "long ago");
    /// ```
    pub fn closed_until(
        &self,
        before: impl IntoIterator<Item = NaiveDate>,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let first = date - Days::new(self.missed_within_days.into());
        let counts = |missed: &NaiveDate| (first..=date).contains(missed);
        let missed: BTreeSet<_> = before.into_iter().filter(counts).chain([date]).collect();
        let is_reached = self.missed_visits > 0
            && u32::try_from(missed.len()).is_ok_and(|count| count >= self.missed_visits);
        is_reached.then(|| now + TimeDelta::days(self.closed_days.into()))
    }
}

/// Whose limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The person's, over all accounts.
    Person,
    /// The account's, over all its people.
    Account,
}

/// Why somebody may not hold a seat, and from when on again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// As many as allowed were held today.
    Holds(Whose, DateTime<Utc>),
    /// Visits were missed.
    Missed(DateTime<Utc>),
}
