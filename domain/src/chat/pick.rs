//! What a button or a row of a list stands for. It says all that it needs, so that a tap on an old
//! message still means what it meant.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::code::BookingCode;
use crate::document::ApplicantKind;
use crate::ids::{ApplicantId, OfficeId, RegistrationId, ServiceId};
use crate::language::Locale;
use crate::time::SlotTime;

/// What can be tapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    Menu,
    /// Begin a booking.
    Book,
    /// Show bookings.
    Show,
    Help,
    Language(Locale),
    Office(OfficeId),
    /// Offices from the n-th on.
    Offices(usize),
    Service(ServiceId),
    /// A person of the account.
    Person(ApplicantId),
    /// Somebody else.
    NewPerson,
    Date(NaiveDate),
    /// Dates from this one on.
    Dates(NaiveDate),
    /// Hours of a date from this one on.
    Hours(NaiveDate, SlotTime),
    Slot(NaiveDate, SlotTime),
    /// Confirm a booking.
    Confirm(BookingCode),
    /// Cancel a booking, after asking whether that is meant.
    Cancel(BookingCode),
    /// Cancel it: it is meant.
    CancelSurely(BookingCode),
    /// Leave things as they are.
    Keep,
    /// Move a booking.
    Move(BookingCode),
    /// The ticket once more.
    Ticket(BookingCode),
    /// Choose again what a booking that lapsed was for.
    Again(BookingCode),
    /// Which documents to bring.
    Papers(PapersWish),
    /// Correct a person.
    Correct(ApplicantId),
    /// Remove a person, after asking whether that is meant.
    Remove(ApplicantId),
    /// Remove them: it is meant.
    RemoveSurely(ApplicantId),
    /// Claim a person: whoever has booked for them is asked.
    Claim(ApplicantId),
    /// Give a booking up to whoever claims its person.
    GiveUp(BookingCode),
    /// Keep it.
    KeepClaimed(BookingCode),
    /// The page that this registration began on shows this number.
    SignIn(RegistrationId, u8),
    /// The number's account is somebody else's: begin one of one's own.
    NewAccount,
    /// Somebody else began this registration.
    NotMe(RegistrationId),
}

/// Whose documents somebody wants to know, as far as that is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PapersWish {
    pub service: Option<ServiceId>,
    pub kind: Option<ApplicantKind>,
    pub office: Option<OfficeId>,
}

impl Pick {
    /// The code of the booking that it is about.
    pub(super) fn booking(&self) -> Option<BookingCode> {
        match self {
            Self::Confirm(code)
            | Self::Cancel(code)
            | Self::CancelSurely(code)
            | Self::Move(code)
            | Self::Ticket(code)
            | Self::Again(code)
            | Self::GiveUp(code)
            | Self::KeepClaimed(code) => Some(*code),
            _ => None,
        }
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Menu => f.write_str("menu"),
            Self::Book => f.write_str("book"),
            Self::Show => f.write_str("show"),
            Self::Help => f.write_str("help"),
            Self::Language(Locale::Id) => f.write_str("language:id"),
            Self::Language(Locale::En) => f.write_str("language:en"),
            Self::Office(id) => write!(f, "office:{id}"),
            Self::Offices(from) => write!(f, "offices:{from}"),
            Self::Service(id) => write!(f, "service:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::NewPerson => f.write_str("new-person"),
            Self::Date(date) => write!(f, "date:{date}"),
            Self::Dates(date) => write!(f, "dates:{date}"),
            Self::Hours(date, time) => write!(f, "hours:{date}:{}", time.compact()),
            Self::Slot(date, time) => write!(f, "slot:{date}:{}", time.compact()),
            Self::Confirm(code) => write!(f, "confirm:{code}"),
            Self::Cancel(code) => write!(f, "cancel:{code}"),
            Self::CancelSurely(code) => write!(f, "cancel-surely:{code}"),
            Self::Keep => f.write_str("keep"),
            Self::Move(code) => write!(f, "move:{code}"),
            Self::Ticket(code) => write!(f, "ticket:{code}"),
            Self::Again(code) => write!(f, "again:{code}"),
            Self::Papers(wish) => write_papers(f, wish),
            Self::Correct(id) => write!(f, "correct:{id}"),
            Self::Remove(id) => write!(f, "remove:{id}"),
            Self::RemoveSurely(id) => write!(f, "remove-surely:{id}"),
            Self::Claim(id) => write!(f, "claim:{id}"),
            Self::GiveUp(code) => write!(f, "give-up:{code}"),
            Self::KeepClaimed(code) => write!(f, "keep-claimed:{code}"),
            Self::SignIn(id, number) => write!(f, "sign-in:{id}:{number}"),
            Self::NewAccount => f.write_str("new-account"),
            Self::NotMe(id) => write!(f, "not-me:{id}"),
        }
    }
}

/// An id that nothing was offered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing was offered with this id")]
pub struct UnknownPick;

impl FromStr for Pick {
    type Err = UnknownPick;

    fn from_str(id: &str) -> Result<Self, UnknownPick> {
        let (kind, rest) = id.split_once(':').unwrap_or((id, ""));
        let pick = match kind {
            "menu" => Some(Self::Menu),
            "book" => Some(Self::Book),
            "show" => Some(Self::Show),
            "help" => Some(Self::Help),
            "keep" => Some(Self::Keep),
            "new-account" => Some(Self::NewAccount),
            "new-person" => Some(Self::NewPerson),
            "language" if rest == "id" => Some(Self::Language(Locale::Id)),
            "language" if rest == "en" => Some(Self::Language(Locale::En)),
            "office" => rest.parse().ok().map(Self::Office),
            "offices" => rest.parse().ok().map(Self::Offices),
            "service" => rest.parse().ok().map(Self::Service),
            "person" => rest.parse().ok().map(Self::Person),
            "date" => rest.parse().ok().map(Self::Date),
            "dates" => rest.parse().ok().map(Self::Dates),
            "hours" => slot(rest).map(|(date, time)| Self::Hours(date, time)),
            "slot" => slot(rest).map(|(date, time)| Self::Slot(date, time)),
            "confirm" => rest.parse().ok().map(Self::Confirm),
            "cancel" => rest.parse().ok().map(Self::Cancel),
            "cancel-surely" => rest.parse().ok().map(Self::CancelSurely),
            "move" => rest.parse().ok().map(Self::Move),
            "ticket" => rest.parse().ok().map(Self::Ticket),
            "again" => rest.parse().ok().map(Self::Again),
            "papers" => papers(rest).map(Self::Papers),
            "correct" => rest.parse().ok().map(Self::Correct),
            "remove" => rest.parse().ok().map(Self::Remove),
            "remove-surely" => rest.parse().ok().map(Self::RemoveSurely),
            "claim" => rest.parse().ok().map(Self::Claim),
            "give-up" => rest.parse().ok().map(Self::GiveUp),
            "keep-claimed" => rest.parse().ok().map(Self::KeepClaimed),
            "sign-in" => numbered(rest).map(|(id, number)| Self::SignIn(id, number)),
            "not-me" => rest.parse().ok().map(Self::NotMe),
            _ => None,
        };
        pick.ok_or(UnknownPick)
    }
}

/// `papers:passport_new:child:makassar`; what is not known is empty.
fn write_papers(f: &mut fmt::Formatter<'_>, wish: &PapersWish) -> fmt::Result {
    let service = wish.service.as_ref().map_or("", ServiceId::as_str);
    let kind = match wish.kind {
        None => "",
        Some(ApplicantKind::Adult) => "adult",
        Some(ApplicantKind::Child) => "child",
    };
    write!(f, "papers:{service}:{kind}:{}", wish.office.as_ref().map_or("", OfficeId::as_str))
}

fn papers(text: &str) -> Option<PapersWish> {
    let mut parts = text.split(':');
    let (service, kind, office) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = match kind {
        "" => None,
        "adult" => Some(ApplicantKind::Adult),
        "child" => Some(ApplicantKind::Child),
        _ => return None,
    };
    Some(PapersWish { service: known(service)?, kind, office: known(office)? })
}

/// An id; absent if it is none, and an empty text is no id at all.
fn known<T: FromStr>(text: &str) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

fn slot(text: &str) -> Option<(NaiveDate, SlotTime)> {
    let (date, time) = text.split_once(':')?;
    Some((date.parse().ok()?, SlotTime::from_compact(time).ok()?))
}

fn numbered(text: &str) -> Option<(RegistrationId, u8)> {
    let (id, number) = text.split_once(':')?;
    Some((id.parse().ok()?, number.parse().ok()?))
}
