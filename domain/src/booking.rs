//! The booking aggregate: its states, and the transitions between them as pure functions.
//!
//! A transition answers with the next booking or with the reason why not. What time alone changes
//! (a hold that ran out, a visit that was missed) is derived on reading by [`Booking::status_at`].

mod closed_day;
mod merging;
mod moving;
mod records;
mod reminding;
mod returning;
mod visit;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::code::BookingCode;
use super::ids::{AccountId, ApplicantId, OfficeId, ServiceId};
use super::office::{Channel, Office, Policy};
use super::reason::Reason;
use super::stored::is_default;
use super::time::{SlotTime, end_of_day};
use crate::language::Locale;

pub use merging::{Change, Conflict, Merge, OfflineScan, ScanTimeError, scan_time};
pub use moving::Mover;
pub use records::{
    CheckIn, Clerk, ClosedVisit, DeskReason, DeskRelease, DocumentCheck, HandedIn, ReleaseReason,
    ScanFacts,
};

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The seat waits for its confirmation.
    Held,
    /// The visit is on.
    Confirmed,
    /// Came, was scanned, has a queue number.
    CheckedIn,
    /// Came, but a document is missing and has a deadline.
    AwaitingDocuments,
    /// Done.
    Served,
    /// Cancelled by the applicant or by the office.
    Cancelled,
    /// The hold ran out.
    Expired,
    /// Did not come.
    NoShow,
    /// The deadline for a missing document passed.
    Lapsed,
}

impl Status {
    /// Whether the booking keeps its seat and its person from another booking.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Held | Self::Confirmed | Self::CheckedIn | Self::AwaitingDocuments)
    }
}

/// Why a booking was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// By its owner.
    Applicant,
    /// The office closed that day and no other seat was free: the booking may be moved free of charge.
    OfficeClosed,
    /// Its account was erased.
    Erasure,
    /// Its owner gave it up to somebody who claims its person.
    Claim,
    /// A clerk cancelled it, or released its person, whose KTP they saw.
    Desk,
}

/// Who made a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The account that owns the booking.
    Applicant,
    /// Staff of the office.
    Office,
    /// The scheduler.
    System,
}

/// A seat's place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SeatRef {
    pub office: OfficeId,
    pub service: ServiceId,
    /// The date in the office's zone.
    pub date: NaiveDate,
    /// The slot's start.
    pub time: SlotTime,
    /// The seat's number.
    pub number: u16,
}

impl SeatRef {
    /// When its slot starts, in the office's zone.
    pub fn starts_at(&self, zone: Tz) -> DateTime<Utc> {
        self.time.on(self.date, zone)
    }
}

/// Instants that follow from a seat and its office's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The slot's start.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub starts_at: DateTime<Utc>,
    /// Check-in opens.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub check_in_from: DateTime<Utc>,
    /// Check-in closes; from here on the visit counts as missed.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub check_in_until: DateTime<Utc>,
    /// The booking can be moved before this instant.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub reschedule_until: DateTime<Utc>,
    /// When the reminder is due.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub reminder_at: DateTime<Utc>,
    /// The person can book again from here on, whatever became of this visit.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub day_ends_at: DateTime<Utc>,
}

impl Times {
    /// The instants for a slot at an office, the reminder at the latest that it may go, see
    /// [`Times::reminding`].
    pub fn of(office: &Office, date: NaiveDate, time: SlotTime) -> Self {
        let (zone, policy) = (office.timezone, &office.policy);
        let starts_at = time.on(date, zone);
        let days_before = |days: u32| date.checked_sub_days(Days::new(days.into())).unwrap_or(date);
        let last_move = days_before(policy.reschedule_days_before);
        Self {
            starts_at,
            check_in_from: starts_at - TimeDelta::minutes(policy.early_minutes.into()),
            check_in_until: starts_at + TimeDelta::minutes(policy.late_minutes.into()),
            reschedule_until: end_of_day(last_move, zone).min(starts_at),
            reminder_at: policy.reminder_at.on(days_before(1), zone),
            day_ends_at: end_of_day(date, zone),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub code: BookingCode,
    /// The stored state; [`Booking::status_at`] tells the true one.
    pub status: Status,
    /// Counts transitions from 1.
    pub version: u32,
    pub seat: SeatRef,
    /// What follows from the seat.
    pub times: Times,
    /// Its owner.
    pub account: AccountId,
    /// The person within the account.
    pub applicant: ApplicantId,
    /// Keyed hash of the person's NIK.
    pub person: String,
    /// Where it came from.
    pub channel: Channel,
    /// Language of its messages.
    pub locale: Locale,
    /// When the hold runs out; only while held.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub hold_expires_at: Option<DateTime<Utc>>,
    /// How often its hold was extended.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extensions: u32,
    /// When it was made.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub created_at: DateTime<Utc>,
    /// Hash of the request that made it, to recognise the same key with another body.
    pub request_hash: String,
    /// Set when cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Set when checked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in: Option<CheckIn>,
    /// The last look at the documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documents: Option<DocumentCheck>,
    /// Whether staff said that the missed visit does not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub excused: bool,
    /// All that were held in one go, this one too; empty: it was held alone. While they are held, they are
    /// confirmed, extended and given back together; afterwards each goes its own way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<BookingCode>,
    /// Whether its person's NIK was corrected since it was made: once, or a booking could be handed on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nik_corrected: bool,
    /// The last visit that its office took back by closing the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_visit: Option<ClosedVisit>,
    /// How many of its versions its office's closing has caused.
    #[serde(default, skip_serializing_if = "is_default")]
    pub uncounted: u32,
    /// Whether its office has moved it last, and not because its owner asked for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved_by_office: bool,
    /// The seat on another day that is kept for the person while they fetch a document, until its deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_seat: Option<SeatRef>,
}

/// One transition, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The version that it made.
    pub version: u32,
    /// The state that it made.
    pub status: Status,
    /// When.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub at: DateTime<Utc>,
    pub by: Actor,
    /// The date of the visit after it.
    pub date: NaiveDate,
    /// The slot after it.
    pub time: SlotTime,
    /// Keyed hash of the message that caused it, so that the same message changes nothing twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Which clerk released its person, where and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<DeskRelease>,
    /// Which member of staff made it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clerk: Option<Clerk>,
    /// Which scan was handed in by it, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_in: Option<HandedIn>,
    /// Whether what is known of its person was corrected by it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub corrected: bool,
    /// Whether it was made because the office closed the day.
    #[serde(default, skip_serializing_if = "is_default")]
    pub office_closed: bool,
}

/// Why a transition does not take place. The booking stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The hold ran out.
    HoldExpired,
    /// It is over: cancelled, missed, served or lapsed.
    Ended,
    /// The person is at the office already.
    CheckedIn,
    TooLateToMove,
    /// It was never confirmed.
    NotConfirmed,
    /// Check-in has not opened.
    TooEarly,
    /// Check-in has closed.
    TooLate,
    /// The visit is on another day.
    WrongDay,
    /// It was moved so often that somebody plays with it.
    MovedTooOften,
    /// The hold has had all the time that the office gives.
    NoMoreTime,
    /// The instant for this change has not come.
    NotDue,
    /// The visit was not missed.
    NotMissed,
    /// The person has not come yet.
    NotCheckedIn,
    /// A counter has called the person, or looked at their documents.
    Called,
    /// The deadline for a missing document has passed.
    DeadlinePassed,
}

impl Refusal {
    /// Its code.
    pub fn reason(self) -> Reason {
        match self {
            Self::HoldExpired => Reason::HoldExpired,
            Self::Ended | Self::NotDue => Reason::BookingEnded,
            Self::CheckedIn => Reason::AlreadyCheckedIn,
            Self::TooLateToMove => Reason::TooLateToMove,
            Self::MovedTooOften => Reason::TooManyRequests,
            Self::NoMoreTime => Reason::NoMoreTime,
            Self::NotMissed => Reason::NotMissed,
            Self::NotConfirmed => Reason::NotConfirmed,
            Self::TooEarly => Reason::TooEarly,
            Self::TooLate => Reason::TooLate,
            Self::WrongDay => Reason::WrongDay,
            Self::NotCheckedIn => Reason::NotCheckedIn,
            Self::Called => Reason::AlreadyCalled,
            Self::DeadlinePassed => Reason::DeadlinePassed,
        }
    }
}

impl Booking {
    /// The true state at `now`.
    pub fn status_at(&self, now: DateTime<Utc>) -> Status {
        match self.status {
            Status::Held if self.hold_expires_at.is_none_or(|at| at <= now) => Status::Expired,
            Status::Confirmed if self.times.check_in_until <= now => Status::NoShow,
            Status::AwaitingDocuments if self.documents_deadline() <= Some(now) => Status::Lapsed,
            stored => stored,
        }
    }

    /// When time alone changes the stored state next.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        match self.status {
            Status::Held => self.hold_expires_at,
            Status::Confirmed => Some(self.times.check_in_until),
            _ => self.documents_deadline(),
        }
    }

    /// When the person can book again if nothing more happens to this booking.
    pub fn person_free_at(&self) -> DateTime<Utc> {
        match self.status {
            Status::Held => self.hold_expires_at.unwrap_or(self.created_at),
            Status::Confirmed => self.times.check_in_until,
            _ => self.documents_deadline().unwrap_or(self.times.day_ends_at),
        }
    }

    /// The event that this version of the booking is recorded with.
    pub fn event(&self, at: DateTime<Utc>, by: Actor) -> Event {
        Event {
            version: self.version,
            status: self.status,
            at,
            by,
            date: self.seat.date,
            time: self.seat.time,
            cause: None,
            released: None,
            clerk: None,
            handed_in: None,
            corrected: false,
            office_closed: self.closed_visit.is_some_and(|visit| visit.version == self.version),
        }
    }

    fn next(&self, status: Status) -> Self {
        let hold_expires_at = self.hold_expires_at.filter(|_| status == Status::Held);
        let return_seat = self.return_seat.clone().filter(|_| Self::keeps_return_seat(status));
        Self { status, version: self.version + 1, hold_expires_at, return_seat, ..self.clone() }
    }

    /// Held → confirmed.
    pub fn confirm(&self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status_at(now) {
            Status::Held => Ok(self.next(Status::Confirmed)),
            Status::Expired => Err(Refusal::HoldExpired),
            Status::CheckedIn | Status::AwaitingDocuments => Err(Refusal::CheckedIn),
            _ => Err(Refusal::Ended),
        }
    }

    /// When the hold would end if it was extended now: a little later than it does, within what the
    /// office gives.
    ///
    /// # Errors
    /// Why it can't be extended.
    pub fn extended_until(
        &self,
        policy: &Policy,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, Refusal> {
        let end = match (self.status_at(now), self.hold_expires_at) {
            (Status::Held, Some(end)) => end,
            (Status::Expired, _) => return Err(Refusal::HoldExpired),
            (Status::CheckedIn | Status::AwaitingDocuments, _) => return Err(Refusal::CheckedIn),
            _ => return Err(Refusal::Ended),
        };
        let last = self.created_at + TimeDelta::minutes(policy.hold_max_minutes.into());
        let until = last.min(end + TimeDelta::minutes(policy.extend_minutes.into()));
        let may = self.extensions < policy.max_extensions && until > end;
        may.then_some(until).ok_or(Refusal::NoMoreTime)
    }

    /// Held → held for longer.
    pub fn extend(&self, policy: &Policy, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let until = self.extended_until(policy, now)?;
        let (hold_expires_at, extensions) = (Some(until), self.extensions + 1);
        Ok(Self { hold_expires_at, extensions, ..self.next(Status::Held) })
    }

    /// Held, confirmed or awaiting documents → cancelled: who does not get a document may give it up.
    pub fn cancel(&self, reason: CancelReason, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status_at(now) {
            Status::Confirmed if reason == CancelReason::OfficeClosed => {
                Ok(self.cancelled_with_its_day())
            }
            Status::Held | Status::Confirmed | Status::AwaitingDocuments => {
                Ok(Self { cancel_reason: Some(reason), ..self.next(Status::Cancelled) })
            }
            Status::Expired => Err(Refusal::HoldExpired),
            Status::CheckedIn => Err(Refusal::CheckedIn),
            _ => Err(Refusal::Ended),
        }
    }

    /// The same booking of the same person, whose NIK has another keyed hash since it was corrected.
    #[must_use]
    pub fn with_corrected_nik(&self, person: &str) -> Self {
        Self { person: person.to_owned(), nik_corrected: true, ..self.next(self.status) }
    }

    /// The same booking of the same person, of whom something but the NIK was corrected.
    #[must_use]
    pub fn with_corrected_person(&self) -> Self {
        self.next_uncounted(self.status)
    }

    /// Whether it was cancelled because the office closed, and so may be moved free of charge.
    pub fn is_displaced(&self) -> bool {
        self.status == Status::Cancelled && self.cancel_reason == Some(CancelReason::OfficeClosed)
    }

    /// Writes down what time has changed: held → expired, confirmed → no-show, awaiting documents →
    /// lapsed.
    pub fn apply_expiry(&self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let status = self.status_at(now);
        if status == self.status { Err(Refusal::NotDue) } else { Ok(self.next(status)) }
    }
}

#[cfg(test)]
pub(crate) mod tests;
