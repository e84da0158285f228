//! The queue of an office's day: who waits, who is called to which counter, and who is next.
//!
//! An entry's transitions are pure; the table compares its state before it writes the next one.
//!
//! ```
//! use antrian_domain::code::BookingCode;
//! use antrian_domain::queue::{CounterAction, Line, QueueEntry, QueueState};
//! use chrono::{DateTime, TimeDelta};
//!
//! let nine = DateTime::from_timestamp(1_796_173_200, 0).unwrap();
//! let minutes = |count| nine + TimeDelta::minutes(count);
//! let come = |number: &str, has_priority, at| {
//!     let (number, service) = (number.parse().unwrap(), "passport_new".parse().unwrap());
//!     QueueEntry::waiting(number, BookingCode::from_bits(7), service, has_priority, at)
//! };
//! let entries = [come("A-001", false, nine), come("A-002", true, minutes(5))];
//!
//! // Priority goes first; one person is ahead of the other.
//! let (line, third) = (Line::of(&entries, 1), "3".parse()?);
//! let next = line.next(&[], &third).unwrap();
//! assert_eq!(next.queue_number().to_string(), "A-002");
//! assert_eq!(line.ahead(&entries[0]), 1);
//!
//! let called = next.called(&third, minutes(7));
//! assert_eq!(called.waited(minutes(60)), Some(TimeDelta::minutes(2)), "until the call");
//! let served = called.after(CounterAction::Serve, minutes(8));
//! assert_eq!(served.service_time(minutes(20)), TimeDelta::minutes(12));
//! assert_eq!(served.after(CounterAction::Finish, minutes(20)).state, QueueState::Finished);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod actions;
mod counters;
mod estimate;
mod line;
mod times;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::code::BookingCode;
use super::ids::{AccountId, ApplicantId, InvalidId, OfficeId, ServiceId};
use super::stored::is_default;

pub use actions::{CounterAction, QueueAct, QueueEvent, TransferTo};
pub use counters::{CounterSetup, closed, takes_people};
pub use estimate::{newcomer_minutes, wait_minutes};
pub use line::{BEHIND, Line};
pub use times::{VisitTimes, visit_times};

/// An office on a date, in its zone: the queue starts anew each day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QueueDay {
    pub office: OfficeId,
    pub date: NaiveDate,
}

/// A queue number: the letter of the service's queue, and a number of that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueueNumber {
    /// `A` to `Z`.
    pub group: char,
    /// From 1.
    pub number: u32,
}

impl fmt::Display for QueueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:03}", self.group, self.number)
    }
}

impl FromStr for QueueNumber {
    type Err = InvalidId;

    /// Reads `A-014`, also as it is typed in a hurry: `a14`.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId { kind: "queue number" };
        let mut chars = text.trim().chars();
        let group = chars.next().ok_or_else(invalid)?.to_ascii_uppercase();
        let digits = chars.as_str();
        let digits = digits.strip_prefix('-').unwrap_or(digits);
        let fits = group.is_ascii_uppercase()
            && (1..=5).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.parse().ok().filter(|number| fits && *number > 0);
        Ok(Self { group, number: number.ok_or_else(invalid)? })
    }
}

impl TryFrom<String> for QueueNumber {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<QueueNumber> for String {
    fn from(number: QueueNumber) -> Self {
        number.to_string()
    }
}

/// A counter, the desk where people are called, as the signs at the office name it: `3`, `12B`,
/// `FOTO 1`. Two clerks at one counter type it differently: small letters are read as large ones, several
/// blanks as one, and `Loket 3` is counter 3, for screens and pages say the word themselves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Counter(String);

/// Longest name of a counter: it has to be read on a screen from across the hall.
const MAX_COUNTER_CHARS: usize = 12;

impl Counter {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Counter {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let words: Vec<_> = text.split_whitespace().map(str::to_ascii_uppercase).collect();
        let name = match words.split_first() {
            Some((first, rest)) if first == "LOKET" && !rest.is_empty() => rest.join(" "),
            _ => words.join(" "),
        };
        let fits = (1..=MAX_COUNTER_CHARS).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b' '));
        if fits { Ok(Self(name)) } else { Err(InvalidId { kind: "counter" }) }
    }
}

impl TryFrom<String> for Counter {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<Counter> for String {
    fn from(counter: Counter) -> Self {
        counter.0
    }
}

/// Where a person stands in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    Waiting,
    /// Was called and is on the way to the counter.
    Called,
    /// Is at the counter.
    Serving,
    /// Was called and did not come; can be called by number, or brought back into the line.
    Skipped,
    /// Was at a counter and waits for something there; goes on at that counter, or by number.
    Parked,
    /// Is fetching a document that was missing.
    AwaitingDocuments,
    Finished,
}

impl QueueState {
    /// Whether a counter has called it and is not done with it.
    pub fn is_at_counter(self) -> bool {
        matches!(self, Self::Called | Self::Serving)
    }

    /// Whether it was called and waits until it is brought back or called by its number.
    pub fn is_away(self) -> bool {
        matches!(self, Self::Skipped | Self::Parked)
    }
}

/// Where what is known of a person is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRef {
    pub account: AccountId,
    pub applicant: ApplicantId,
}

/// What a call changes of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeCall {
    pub state: QueueState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub called_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub calls: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_counter: Option<Counter>,
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub turn: Option<DateTime<Utc>>,
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub parked_at: Option<DateTime<Utc>>,
}

/// A person's place in the queue of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    pub group: char,
    pub number: u32,
    /// Whose it is.
    pub code: BookingCode,
    /// Who that is, so that a clerk who calls sees a name without the booking being read; entries of
    /// earlier versions do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonRef>,
    /// Keyed hash of name and birth date, so that two bookings of one person are noticed; entries of
    /// earlier versions do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness: Option<String>,
    /// What for; entries of earlier versions do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// Goes before those who have no priority.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub priority: bool,
    pub state: QueueState,
    /// Since when the person is in the queue.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub since: DateTime<Utc>,
    /// Since when the person waits again, after fetching a document.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub waits_since: Option<DateTime<Utc>>,
    /// The counter that called last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub called_at: Option<DateTime<Utc>>,
    /// How often it was called: a number that nobody answers to is called again.
    #[serde(default)]
    pub calls: u32,
    /// When the person was at the counter.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub served_at: Option<DateTime<Utc>>,
    /// Whether its scan was undone: nobody has the number any more, and nobody gets it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
    /// The letter in whose line the person waits, if a counter sent them to another service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<char>,
    /// The counter that the person was sent to: is called there before others, and nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_counter: Option<Counter>,
    /// Stands in the line as if come at this time: was brought back after a call that nobody answered.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub turn: Option<DateTime<Utc>>,
    /// Since when parked.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub parked_at: Option<DateTime<Utc>>,
    /// Seconds at counters that are over: before a transfer, a pause, a misclick.
    #[serde(default, skip_serializing_if = "is_default")]
    pub served_secs: i64,
    /// What it was before it was called, for a call that was a mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_call: Option<Box<BeforeCall>>,
    /// Whether the person is told when few are called before them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_notice: Option<TurnNotice>,
    /// How often it was changed: two changes of one form are told apart by it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub changes: u32,
}

/// The notice of a turn that is near, which somebody in the line asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnNotice {
    /// It is to be sent when few are before them.
    Wanted,
    /// It was written.
    Sent,
}

impl QueueEntry {
    /// A person who has just come in.
    pub fn waiting(
        number: QueueNumber,
        code: BookingCode,
        service: ServiceId,
        priority: bool,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            group: number.group,
            number: number.number,
            code,
            person: None,
            likeness: None,
            service: Some(service),
            priority,
            state: QueueState::Waiting,
            since: now,
            waits_since: None,
            counter: None,
            called_at: None,
            calls: 0,
            served_at: None,
            undone: false,
            line: None,
            for_counter: None,
            turn: None,
            parked_at: None,
            served_secs: 0,
            before_call: None,
            turn_notice: None,
            changes: 0,
        }
    }

    /// The place of a scan that is undone. Absent: it was called, or its person was sent for a document.
    pub fn undone(&self) -> Option<Self> {
        let is_untouched = self.state == QueueState::Waiting
            && self.called_at.is_none()
            && self.waits_since.is_none();
        is_untouched.then(|| Self { undone: true, ..self.moved_to(QueueState::Finished) })
    }

    pub fn queue_number(&self) -> QueueNumber {
        QueueNumber { group: self.group, number: self.number }
    }

    /// The letter in whose line it waits.
    pub fn line(&self) -> char {
        self.line.unwrap_or(self.group)
    }

    /// How long the person has waited, or did wait until the last call; absent while the person is away
    /// for a document.
    pub fn waited(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let until = match self.state {
            QueueState::AwaitingDocuments => return None,
            QueueState::Waiting => now,
            _ => self.called_at?,
        };
        Some((until - self.waits_since.unwrap_or(self.since)).max(TimeDelta::zero()))
    }

    /// How long counters have been at it: this one since the person came to it, or else since the call,
    /// and those before. Zero for an entry that was never called.
    pub fn service_time(&self, now: DateTime<Utc>) -> TimeDelta {
        let begun = self.served_at.or(self.called_at).unwrap_or(now);
        TimeDelta::seconds(self.served_secs) + (now - begun).max(TimeDelta::zero())
    }

    /// Whether it can be called: one that was skipped or parked too, if its number is asked for.
    pub fn can_be_called(&self) -> bool {
        use QueueState::{Parked, Skipped, Waiting};
        matches!(self.state, Waiting | Skipped | Parked)
    }

    /// Back in the line, with the document that was missing.
    #[must_use]
    pub fn back(&self, now: DateTime<Utc>) -> Self {
        Self { state: QueueState::Waiting, waits_since: Some(now), calls: 0, ..self.clone() }
    }

    /// In another state, all else as it is.
    #[must_use]
    pub fn moved_to(&self, state: QueueState) -> Self {
        Self { state, ..self.clone() }
    }
}

/// Somebody else in the queue with the same name and birth date: probably the same person, booked twice.
pub fn look_alike<'a>(entries: &'a [QueueEntry], own: &QueueEntry) -> Option<&'a QueueEntry> {
    let likeness = own.likeness.as_ref()?;
    entries.iter().find(|entry| entry.likeness.as_ref() == Some(likeness) && entry.code != own.code)
}

/// Somebody who looks like the same person and was served today.
pub fn served_before<'a>(entries: &'a [QueueEntry], own: &QueueEntry) -> Option<&'a QueueEntry> {
    let likeness = own.likeness.as_ref()?;
    entries.iter().find(|entry| {
        let is_done = entry.state == QueueState::Finished && !entry.undone;
        is_done && entry.likeness.as_ref() == Some(likeness) && entry.code != own.code
    })
}

#[cfg(test)]
mod tests;
