//! What is remembered between two messages of a person.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::pending::Pending;
use super::words::Relative;
use crate::code::BookingCode;
use crate::ids::{ApplicantId, OfficeId, RegistrationId, ServiceId};
use crate::time::SlotTime;

/// A conversation. What was offered may name people, so that it is kept sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chat {
    /// What was asked last.
    #[serde(rename = "step")]
    pub question: Question,
    /// What is known of the wish.
    pub draft: Draft,
    /// What is known of the person whose details are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// The person that is spoken of: whom [`Question::Correct`] or [`Question::Remove`] is about, or
    /// whose KTP's regency was asked for with a booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<ApplicantId>,
    /// Whether [`Question::Correct`] is about the name: a line without a label is one then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub corrects_name: bool,
    /// The registration that [`Question::SignIn`] is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationId>,
    /// What was offered last, for those who type instead of tapping.
    pub offered: Vec<Offer>,
    /// How many messages in a row were not understood.
    pub misread: u8,
    /// When the last turn was taken.
    #[serde(with = "chrono::serde::ts_seconds_option", skip_serializing_if = "Option::is_none")]
    pub touched_at: Option<DateTime<Utc>>,
    /// Whether the person wants no reminders.
    #[serde(skip)]
    pub reminders_off: bool,
}

/// What was asked last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Nothing.
    #[default]
    Idle,
    /// Which office.
    Office,
    /// Which service.
    Service,
    /// For whom.
    Person,
    Details,
    /// On which date.
    Date,
    /// At which hour.
    Hour,
    /// Whether a held booking is confirmed.
    Confirm(BookingCode),
    /// Whether a booking is really cancelled.
    Cancel(BookingCode),
    /// What is to be otherwise of a person.
    Correct,
    /// Whether a person is really removed.
    Remove,
    /// Which number the page shows that somebody wants to sign in on.
    SignIn,
}

impl Question {
    /// Its name in records: nothing of whom it is about.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Office => "office",
            Self::Service => "service",
            Self::Person => "person",
            Self::Details => "details",
            Self::Date => "date",
            Self::Hour => "hour",
            Self::Confirm(_) => "confirm",
            Self::Cancel(_) => "cancel",
            Self::Correct => "correct",
            Self::Remove => "remove",
            Self::SignIn => "sign_in",
        }
    }
}

/// A wish as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Where.
    pub office: Option<OfficeId>,
    /// For what.
    pub service: Option<ServiceId>,
    /// For whom.
    pub person: Option<ApplicantId>,
    /// On which date.
    pub date: Option<NaiveDate>,
    /// What the date is from the day on which it is read, until there is an office whose day it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<Relative>,
    /// From which date on dates are offered, if it was said: `minggu depan`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest: Option<NaiveDate>,
    /// At which hour.
    pub time: Option<SlotTime>,
    /// Whether any hour of the date will do.
    pub any_hour: bool,
    /// The booking that is to be moved; absent: a new one is made.
    pub moving: Option<BookingCode>,
}

/// Something that was offered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What comes back when it is tapped.
    pub id: String,
    /// What stands on it.
    pub title: String,
    /// What stands on it in the other language, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_title: Option<String>,
}

impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Offer(…)")
    }
}

/// A conversation that rested for so long begins anew. A seat is usually held for half of it.
const EXPIRES: TimeDelta = TimeDelta::minutes(30);

impl Chat {
    /// The conversation as it is at `now`: one that has rested too long keeps nothing but the
    /// person's wishes about messages.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        let is_fresh = self.touched_at.is_some_and(|at| now - at < EXPIRES);
        if is_fresh { self } else { Self { reminders_off: self.reminders_off, ..Self::default() } }
    }

    /// What was offered under exactly this title.
    pub(super) fn offered_titled(&self, text: &str) -> Option<&Offer> {
        let wanted = plain(text);
        let is_titled = |offer: &&Offer| {
            let titles = [Some(&offer.title), offer.other_title.as_ref()];
            titles.into_iter().flatten().any(|title| plain(title) == wanted)
        };
        let mut found = self.offered.iter().filter(is_titled);
        let only = found.next().filter(|_| wanted.chars().count() >= MIN_CHARS)?;
        found.next().is_none().then_some(only)
    }

    /// What was offered in the row of this number, from 1 on, or under this title or a part of no other.
    pub(super) fn offered_as(&self, text: &str, number: Option<u32>) -> Option<&Offer> {
        let by_number = number
            .and_then(|number| self.offered.get(usize::try_from(number).ok()?.checked_sub(1)?));
        let wanted = plain(text);
        let by_title = || {
            let mut found = self.offered.iter().filter(|offer| plain(&offer.title) == wanted);
            found.next().filter(|_| !wanted.is_empty())
        };
        let by_part = || {
            let has_part = |offer: &&Offer| plain(&offer.title).contains(&wanted);
            let mut found = self.offered.iter().filter(has_part);
            let only = found.next().filter(|_| wanted.chars().count() >= MIN_CHARS)?;
            found.next().is_none().then_some(only)
        };
        by_number.or_else(by_title).or_else(by_part)
    }
}

/// Fewer letters than these are part of too much.
const MIN_CHARS: usize = 3;

/// Letters and digits only, in lower case.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
