//! Messages to people: what kinds there are, how their rows move on, when they are stale.

mod delivery;
mod enqueued;
mod lane;
mod last_attempt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::booking::{Booking, Status};
use super::code::BookingCode;
use super::ids::{AccountId, MessageId};
use super::language::Locale;
use super::person_claim::PersonClaim;

pub use delivery::Lease;
pub use enqueued::Enqueued;
pub use lane::Lane;
pub use last_attempt::{FailureCode, LastAttempt};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A seat is held: confirm it.
    Hold,
    /// Confirmed: ticket and checklist.
    Confirmed,
    /// Tomorrow is the day.
    Reminder,
    Cancelled,
    /// Moved to another slot.
    Moved,
    /// The office closes that day, and there was no other seat until shortly before: move free of charge.
    OfficeClosed,
    /// The office closes that day: the booking was moved to another one.
    ClosedMoved,
    /// The office closes that day: no other seat was found yet.
    ClosedWaiting,
    /// Somebody claims the person of a booking: is it given up?
    ClaimAsked,
    /// A booking was given up to the account that claimed its person.
    ClaimReleased,
    /// A clerk has released the person, and with that the booking.
    Released,
    /// Nobody confirmed in time: the seat was given back, choose again. Only while it may be said in
    /// free form.
    HoldLapsed,
    /// A document is missing at the office: what to bring until when.
    DocumentsMissing,
    /// Few are called before somebody who waits at the office and asked to be told. Only while it may be said
    /// in free form.
    AlmostYourTurn,
    /// The number is verified.
    Verified,
    OneTimeCode,
    /// The ticket once more, because it was asked for.
    Ticket,
    /// An answer in a conversation; its words are sealed in the row.
    Reply,
}

impl MessageKind {
    /// Whether it is sent in free form or not at all: no approved form is worth it.
    pub fn is_free_form_only(self) -> bool {
        matches!(self, Self::HoldLapsed | Self::AlmostYourTurn)
    }

    /// Its name in ids and template files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Confirmed => "confirmed",
            Self::Reminder => "reminder",
            Self::Cancelled => "cancelled",
            Self::Moved => "moved",
            Self::OfficeClosed => "office_closed",
            Self::ClosedMoved => "closed_moved",
            Self::ClosedWaiting => "closed_waiting",
            Self::ClaimAsked => "claim_asked",
            Self::ClaimReleased => "claim_released",
            Self::Released => "released",
            Self::HoldLapsed => "hold_lapsed",
            Self::DocumentsMissing => "documents_missing",
            Self::AlmostYourTurn => "almost_your_turn",
            Self::Verified => "verified",
            Self::OneTimeCode => "one_time_code",
            Self::Ticket => "ticket",
            Self::Reply => "reply",
        }
    }
}

/// Where an outbox row stands. It moves forward only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// To be sent when due.
    Pending,
    /// A notifier is about to call, or has called, the provider: until its lease ends nobody else
    /// does; afterwards the provider may have the message.
    Sending,
    /// The provider took it.
    Sent,
    /// It reached the phone.
    Delivered,
    Read,
    /// It can't be delivered.
    Failed,
    /// The state that it was about has passed: it was not sent.
    Stale,
}

impl MessageState {
    /// Whether nothing more has to be done for it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Sending)
    }

    /// The state after a status report: forward only, whatever the order of the reports. A failure
    /// comes after the message was taken, and never hides a delivery.
    #[must_use]
    pub fn advanced(self, report: Self) -> Self {
        let rank = |state| match state {
            Self::Pending | Self::Sending | Self::Stale => 0,
            Self::Sent => 1,
            Self::Failed => 2,
            Self::Delivered => 3,
            Self::Read => 4,
        };
        if rank(report) > rank(self) { report } else { self }
    }
}

/// The booking that a message is about, as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub code: BookingCode,
    /// Its version when the message was written.
    pub version: u32,
}

impl About {
    /// The booking as it is.
    pub fn of(booking: &Booking) -> Self {
        Self { code: booking.code, version: booking.version }
    }
}

/// An outbox row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its id, also given to the provider so that a later status can settle it.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// To whom; the address is looked up when it is sent.
    pub account: Option<AccountId>,
    /// Language.
    pub locale: Locale,
    /// The booking that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// The others of its group that it tells of, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<About>,
    /// What stands nowhere else, sealed: a one-time code with its address, or the words of a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
    /// Where it stands.
    pub state: MessageState,
    /// When it is to be sent, or looked at again.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub due: DateTime<Utc>,
    /// Worth nothing after this instant.
    #[serde(rename = "worthless_at", with = "chrono::serde::ts_seconds")]
    pub expires_at: DateTime<Utc>,
    /// When it was due first; rows of earlier versions do not know.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub first_due: Option<DateTime<Utc>>,
    /// That the sweeper has enqueued it; counts while `due` is what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enqueued: Option<Enqueued>,
    /// The request that caused it; rows of earlier versions do not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Sending attempts begun.
    pub attempts: u32,
    /// Who is sending it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<String>,
    /// When that lease ends.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub lease_until: Option<DateTime<Utc>>,
    /// Keyed hash of the provider's id: Meta's ids hold the person's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// What is known of the last attempt.
    #[serde(rename = "error", default, skip_serializing_if = "LastAttempt::is_none")]
    pub last_attempt: LastAttempt,
}

/// What is about no hour of its own is of no use after so long.
const WORTH_DAYS: i64 = 3;
/// That a turn is near is known from the display by then.
const WORTH_MINUTES: i64 = 15;

impl Message {
    /// A message about a booking, due at `due`.
    pub fn about(booking: &Booking, kind: MessageKind, locale: Locale, due: DateTime<Utc>) -> Self {
        let id = MessageId::of_booking(booking.code, booking.version, kind.as_str());
        let expires_at = match kind {
            MessageKind::Hold | MessageKind::DocumentsMissing | MessageKind::Ticket => {
                booking.person_free_at()
            }
            MessageKind::Reminder
            | MessageKind::Confirmed
            | MessageKind::Moved
            | MessageKind::ClosedMoved => booking.times.starts_at,
            MessageKind::AlmostYourTurn => due + TimeDelta::minutes(WORTH_MINUTES),
            _ => due + TimeDelta::days(WORTH_DAYS),
        };
        let about = Some(About::of(booking));
        let account = Some(booking.account.clone());
        Self { about, account, ..Self::new(id, kind, locale, due, expires_at) }
    }

    /// Asks the account of a booking whether it is given up to whoever claims its person.
    pub fn of_claim(booking: &Booking, claim: &PersonClaim) -> Self {
        let (kind, locale) = (MessageKind::ClaimAsked, booking.locale);
        Self { expires_at: claim.until, ..Self::about(booking, kind, locale, claim.asked_at) }
    }

    /// Tells who claimed a person that the booking in the way was given up. It says nothing of the
    /// booking.
    pub fn of_released_claim(booking: &Booking, claim: &PersonClaim, now: DateTime<Utc>) -> Self {
        let kind = MessageKind::ClaimReleased;
        let account = Some(claim.claimant.clone());
        Self { account, about: None, ..Self::about(booking, kind, claim.locale, now) }
    }

    /// A row that nobody has sent yet.
    pub fn new(
        id: MessageId,
        kind: MessageKind,
        locale: Locale,
        due: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            kind,
            account: None,
            locale,
            about: None,
            group: vec![],
            sealed: None,
            state: MessageState::Pending,
            due,
            expires_at,
            first_due: Some(due),
            enqueued: None,
            request_id: None,
            attempts: 0,
            lease: None,
            lease_until: None,
            provider_id: None,
            last_attempt: LastAttempt::None,
        }
    }

    /// All bookings that it tells of.
    pub fn bookings(&self) -> impl Iterator<Item = About> + '_ {
        self.about.into_iter().chain(self.group.iter().copied())
    }

    /// Whether what it says is no longer so.
    pub fn is_stale<'a>(
        &self,
        bookings: impl IntoIterator<Item = &'a Booking>,
        now: DateTime<Utc>,
    ) -> bool {
        let mut bookings = bookings.into_iter();
        let is_so = self.about.is_none() || bookings.any(|booking| self.is_true_of(booking, now));
        now >= self.expires_at || !is_so
    }

    /// Whether what it says of a booking is so still.
    pub fn is_true_of(&self, booking: &Booking, now: DateTime<Utc>) -> bool {
        // A hold that ran out stays so, whether or not that was written down for each of a group.
        if self.kind == MessageKind::HoldLapsed {
            return self.bookings().any(|about| about.code == booking.code)
                && booking.status_at(now) == Status::Expired;
        }
        self.bookings().any(|about| about == About::of(booking))
            && !has_lapsed(self.kind, booking, now)
    }
}

/// Whether time alone has overtaken a message of this kind.
fn has_lapsed(kind: MessageKind, booking: &Booking, now: DateTime<Utc>) -> bool {
    matches!(kind, MessageKind::Hold) && booking.status_at(now) != Status::Held
}

#[cfg(test)]
mod tests {
    use super::MessageState::*;
    use super::*;

    #[test]
    fn a_status_moves_a_message_forward_only() {
        for (from, report, to) in [
            (Sending, Delivered, Delivered),
            (Sending, Failed, Failed),
            (Sent, Read, Read),
            (Sent, Failed, Failed),
            (Read, Delivered, Read),
            (Delivered, Failed, Delivered),
            (Delivered, Sent, Delivered),
            (Failed, Delivered, Delivered),
            (Failed, Sent, Failed),
            (Stale, Sent, Sent),
        ] {
            assert_eq!(from.advanced(report), to, "{from:?} {report:?}");
        }
    }
    #[test]
    fn the_message_about_a_booking_always_has_a_valid_id() {
        let code = BookingCode::from_bits(u64::MAX);
        for kind in [
            MessageKind::Hold,
            MessageKind::Confirmed,
            MessageKind::Reminder,
            MessageKind::Cancelled,
            MessageKind::Moved,
            MessageKind::OfficeClosed,
            MessageKind::ClosedMoved,
            MessageKind::ClosedWaiting,
            MessageKind::ClaimAsked,
            MessageKind::ClaimReleased,
            MessageKind::Released,
            MessageKind::HoldLapsed,
            MessageKind::DocumentsMissing,
            MessageKind::AlmostYourTurn,
            MessageKind::Ticket,
        ] {
            let id = MessageId::of_booking(code, u32::MAX, kind.as_str());
            assert_eq!(id.as_str().parse(), Ok(id));
        }
        let id = MessageId::of_verified(&"r".repeat(64).parse().unwrap());
        assert_eq!(id.as_str().parse(), Ok(id));
    }

    #[test]
    fn a_kind_is_written_as_it_is_stored() {
        use MessageKind::*;
        let all = [
            Hold,
            Confirmed,
            Reminder,
            Cancelled,
            Moved,
            OfficeClosed,
            ClosedMoved,
            ClosedWaiting,
            HoldLapsed,
            DocumentsMissing,
            AlmostYourTurn,
            Verified,
            OneTimeCode,
            Ticket,
            Reply,
        ];
        for kind in all {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn what_ranks_alike_does_not_move_a_message() {
        for (from, report) in [(Pending, Sending), (Sending, Pending), (Pending, Stale)] {
            assert_eq!(from.advanced(report), from);
        }
        let last =
            [Pending, Sending, Sent, Delivered, Read, Failed, Stale].map(MessageState::is_final);
        assert_eq!(last, [false, false, true, true, true, true, true]);
    }
}
