//! A wish to hold a seat, and why it is not fulfilled.

use chrono::{DateTime, NaiveDate, Utc};

use super::Alternative;
use crate::domain::booking::Booking;
use crate::domain::calendar::ClosedReason;
use crate::domain::code::BookingCode;
use crate::domain::fair_use::Limit;
use crate::domain::ids::{AccountId, ApplicantId, ServiceId};
use crate::domain::language::Locale;
use crate::domain::office::{Channel, Office};
use crate::domain::reason::Reason;
use crate::domain::time::SlotTime;

/// Which slots are acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotChoice {
    Slot(NaiveDate, SlotTime),
    /// The earliest on this date, or any while many ask at once.
    Date(NaiveDate),
    /// The earliest of all.
    Earliest,
}

impl SlotChoice {
    /// The date, if it is to be a certain one.
    pub fn date(self) -> Option<NaiveDate> {
        match self {
            Self::Slot(date, _) | Self::Date(date) => Some(date),
            Self::Earliest => None,
        }
    }
}

/// Somebody who comes to an office.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    pub applicant: &'a ApplicantId,
    /// Keyed hash of the person's NIK.
    pub person: &'a str,
    /// Over which channel.
    pub channel: Channel,
}

/// A wish to hold seats: for one person, or for a group that comes together.
#[derive(Debug, Clone)]
pub struct HoldRequest<'a> {
    pub office: &'a Office,
    pub service: &'a ServiceId,
    /// Which slots are acceptable.
    pub choice: SlotChoice,
    /// Who asks.
    pub account: &'a AccountId,
    /// For whom: all of them get a seat, or none.
    pub visitors: &'a [Visitor<'a>],
    /// Language of the messages.
    pub locale: Locale,
    /// The client's key; the booking's code follows from it. Absent: a random code.
    pub idempotency_key: Option<&'a str>,
    /// Hash of the request, to recognise another one under the same key.
    pub request_hash: &'a str,
}

/// Why no seat is offered at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOffered {
    /// The office does not give this service.
    Service,
    /// The office gives no appointments online.
    Offline,
    /// There is no such slot on that date.
    Slot,
    /// The office is closed on that date, or the time for booking is over.
    Closed(ClosedReason),
    /// The date opens at this time.
    NotReleased(DateTime<Utc>),
}

/// Seats that are held.
#[derive(Debug, Clone)]
pub struct Held {
    pub booking: Box<Booking>,
    /// Those of the others in a group, in the order in which they were asked for.
    pub others: Vec<Booking>,
    /// Whether this very request held it before: an idempotent replay.
    pub replayed: bool,
}

impl Held {
    /// All of them.
    pub fn bookings(&self) -> impl Iterator<Item = &Booking> {
        std::iter::once(&*self.booking).chain(&self.others)
    }
}

/// Why no seat is held.
#[derive(Debug, Clone)]
pub enum HoldRefusal {
    /// The idempotency key was used for another request.
    Mismatch,
    /// Every acceptable slot is full.
    Full(Vec<Alternative>),
    /// The person has a live booking of this account.
    AlreadyBooked(BookingCode),
    /// Another account was the last to book for the person, and something stands in the way: a live
    /// booking, or a limit. Which of them is not told, or a NIK would be enough to learn of its owner.
    PersonNeedsConfirmation(ApplicantId),
    /// The person, or the account if none is named, may hold no more seats today, or for longer.
    Limited(Limit, Option<ApplicantId>),
    /// No seat is offered.
    NotOffered(NotOffered),
    /// The account was erased meanwhile.
    AccountGone,
    /// The person was removed from the account meanwhile, or has another NIK since.
    PersonGone,
}

impl NotOffered {
    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Service | Self::Slot => Reason::InvalidRequest,
            Self::Offline => Reason::NotOnline,
            Self::Closed(_) => Reason::OfficeClosed,
            Self::NotReleased(_) => Reason::NotReleased,
        }
    }
}

impl HoldRefusal {
    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Mismatch => Reason::IdempotencyMismatch,
            Self::Full(_) => Reason::SlotFull,
            Self::AlreadyBooked(_) => Reason::AlreadyBooked,
            Self::PersonNeedsConfirmation(_) => Reason::PersonNeedsConfirmation,
            Self::Limited(Limit::Holds(..), _) => Reason::TooManyHolds,
            Self::Limited(Limit::Missed(_), _) => Reason::TooManyMissed,
            Self::NotOffered(why) => why.reason(),
            Self::AccountGone => Reason::Unauthenticated,
            Self::PersonGone => Reason::InvalidRequest,
        }
    }
}
