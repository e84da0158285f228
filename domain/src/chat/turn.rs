//! What the machine hears, what it knows, and what it decides.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::pick::Pick;
use super::state::{Draft, plain};
use super::words::{self, Command, Details, Misread, Said};
use crate::booking::Booking;
use crate::code::BookingCode;
use crate::ids::ApplicantId;
use crate::language::Locale;
use crate::office::Office;
use crate::time::{SlotTime, local_date};

/// A message.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// Words.
    Text(String),
    /// A tap.
    Pick(Pick),
    /// The chat was opened.
    Opened,
    /// Something that cannot be read.
    Unreadable,
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Input(…)")
    }
}

/// What the machine knows of the world. Everything of a person is the account's own.
#[derive(Debug)]
pub struct World<'a> {
    /// The offices that this number speaks for.
    pub offices: &'a [Arc<Office>],
    /// The account's people.
    pub people: &'a [ApplicantId],
    /// The account's bookings that are on.
    pub bookings: &'a [Booking],
    /// The booking that the message names, if it is the account's own.
    pub named: Option<&'a Booking>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// What is done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Nothing is answered.
    Nothing,
    /// A remark.
    Say(Remark),
    /// The menu.
    Menu,
    /// Ask for the office; offices from the n-th on.
    AskOffice(usize),
    /// Ask for the service.
    AskService,
    /// Ask for whom.
    AskPerson,
    /// Ask who that is; what was wrong with the last answer.
    AskDetails(Option<Misread>),
    /// Ask for the date; dates from this one on.
    AskDate(NaiveDate),
    /// Ask for the hour on this date; hours from this one on.
    AskHour(NaiveDate, Option<SlotTime>),
    /// Ask whether a booking is really cancelled.
    AskCancel(BookingCode),
    /// Ask which booking is meant.
    AskBooking(Purpose),
    /// Verify a registration by one of these codes.
    Verify(Vec<String>),
    /// Add a person to the account, then go on with [`super::Chat::next`].
    Add(Details),
    /// Hold a seat as the draft says.
    Hold,
    /// Move a booking as the draft says.
    Move(BookingCode),
    /// Confirm a booking.
    Confirm(BookingCode),
    /// Cancel a booking.
    Cancel(BookingCode),
    /// Send the ticket once more.
    Ticket(BookingCode),
    /// Show the bookings that are on.
    Show,
    /// Speak this language, or the other one.
    Speak(Option<Locale>),
}

/// What a booking is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be cancelled.
    Cancel,
    /// To be moved.
    Move,
}

/// Something that is said without asking anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// What can be said here.
    Help,
    /// No reminders from now on.
    Stopped,
    /// Reminders again.
    Resumed,
    /// Nothing was changed.
    Kept,
    /// The wish was dropped.
    Dropped,
    /// There is no booking to cancel or to move.
    NoBooking,
    /// There is no booking of this account with this code.
    UnknownCode,
    /// The code is mistyped.
    MistypedCode,
    /// The hold ran out.
    HoldExpired,
    /// The booking is over.
    Ended,
    /// The message was not understood: an example.
    Example,
    /// Only words can be read here.
    OnlyWords,
    /// The message was not understood again and again: a person's address.
    Contact,
}

impl Input {
    /// The code of the booking that it names.
    pub fn code(&self, today: NaiveDate) -> Option<BookingCode> {
        match self {
            Self::Pick(
                Pick::Confirm(code)
                | Pick::Cancel(code)
                | Pick::CancelSurely(code)
                | Pick::Move(code)
                | Pick::Ticket(code),
            ) => Some(*code),
            Self::Text(text) => match words::understand(text, today) {
                Said::Code(code)
                | Said::Command(Command::Cancel(Some(code)) | Command::Move(Some(code))) => {
                    Some(code)
                }
                _ => None,
            },
            _ => None,
        }
    }
}

impl World<'_> {
    pub(super) fn office(&self, draft: &Draft) -> Option<&Arc<Office>> {
        let id = draft.office.as_ref()?;
        self.offices.iter().find(|office| office.id == *id)
    }

    /// The date at the office of the draft, or at most offices.
    pub fn today(&self, draft: &Draft) -> NaiveDate {
        let zone = self.office(draft).map_or(chrono_tz::Asia::Jakarta, |office| office.timezone);
        local_date(self.now, zone)
    }
}

/// The one office whose name, city or id holds these words.
pub(super) fn one_office<'a>(text: &str, world: &'a World<'_>) -> Option<&'a Arc<Office>> {
    let wanted = plain(text);
    let matches = |office: &&Arc<Office>| {
        let names = [office.name.as_str(), &office.city, office.id.as_str()];
        wanted.len() >= 3 && names.iter().any(|name| plain(name).contains(&wanted))
    };
    let mut found = world.offices.iter().filter(matches);
    let only = found.next()?;
    found.next().is_none().then_some(only)
}
