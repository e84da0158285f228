//! What the machine hears, what it knows of the world, and what it decides.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::pick::{PapersWish, Pick};
use super::state::Draft;
use super::words::{Details, Misread};
use crate::account::Applicant;
use crate::booking::Booking;
use crate::code::BookingCode;
use crate::document::ApplicantKind;
use crate::ids::{ApplicantId, OfficeId, RegistrationId, ServiceId};
use crate::inbound::Content;
use crate::language::Locale;
use crate::office::Office;
use crate::time::{SlotTime, local_date};

/// A message as the machine hears it.
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

impl From<&Content> for Input {
    fn from(content: &Content) -> Self {
        match content {
            Content::Text(text) => Self::Text(text.clone()),
            // An earlier version of the system may have offered it: the words on it may still do.
            Content::Choice { id, title } => {
                id.parse().map_or_else(|_| Self::Text(title.clone()), Self::Pick)
            }
            Content::Opened => Self::Opened,
            Content::Unreadable | Content::Moved { .. } => Self::Unreadable,
        }
    }
}

/// Which of the account's bookings the machine has to know before it hears a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingsNeeded {
    /// None: [`World::named`] and [`World::bookings`] are not looked at.
    None,
    /// The one with this code, as [`World::named`].
    Named(BookingCode),
    /// All that are on, as [`World::bookings`].
    Live,
}

/// What the machine knows of the world. Everything of a person is the account's own.
#[derive(Debug)]
pub struct World<'a> {
    /// The offices that this number speaks for.
    pub offices: &'a [Arc<Office>],
    /// Offices of this number that give no appointments here.
    pub offline: &'a [Arc<Office>],
    /// The account's people.
    pub people: &'a [Applicant],
    /// The account's bookings that are on, if the message asks for them.
    pub bookings: &'a [Booking],
    /// The booking that the message names, if it is the account's own.
    pub named: Option<&'a Booking>,
    pub now: DateTime<Utc>,
}

impl World<'_> {
    pub(super) fn office(&self, draft: &Draft) -> Option<&Arc<Office>> {
        let id = draft.office.as_ref()?;
        self.offices.iter().find(|office| office.id == *id)
    }

    /// The date at the office of the draft; without one, where most offices are.
    pub(super) fn today(&self, draft: &Draft) -> NaiveDate {
        let only = if let [only] = self.offices { Some(only) } else { None };
        let zone =
            self.office(draft).or(only).map_or(chrono_tz::Asia::Jakarta, |office| office.timezone);
        local_date(self.now, zone)
    }
}

/// What is done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Nothing: there is no answer.
    Nothing,
    /// Say something that asks nothing.
    Say(Remark),
    /// Show the menu.
    Menu,
    /// Ask for the office; offices from the n-th on.
    AskOffice(usize),
    AskService,
    /// Say that this office gives no appointments here, and ask for another one.
    NotOnline(OfficeId),
    /// Say that the answer was none, and ask again.
    Again(Box<Act>),
    /// Say that a seat is held and waits for its confirmation.
    Held(BookingCode),
    /// Ask for whom.
    AskPerson,
    /// Ask who that is; what was wrong with the last answer.
    AskDetails(Option<Misread>),
    /// Ask for the date; dates from this one on.
    AskDate(NaiveDate),
    /// Ask for the hour on this date; hours from this one on.
    AskHour(NaiveDate, Option<SlotTime>),
    /// Ask whether a booking is really to be cancelled.
    AskCancel(BookingCode),
    /// Ask which booking is meant.
    AskBooking(Purpose),
    /// Ask for digits of a NIK that only the account's owner knows; tries that are left, and whether the
    /// last one was wrong.
    AskOwner {
        left: u32,
        was_wrong: bool,
    },
    /// Somebody wants to sign in on the page that has one of these codes: ask which number it shows.
    AskSignIn(Vec<String>),
    /// Verify a registration if its page shows this number; another number ends it.
    SignIn(RegistrationId, u8),
    /// End a registration: somebody else began it.
    RefuseSignIn(RegistrationId),
    /// Add a person to the account, then go on with [`Chat::next`](super::Chat::next).
    Add(Details),
    /// Hold a seat as the draft says.
    Hold,
    /// Move a booking as the draft says.
    Move(BookingCode),
    /// Confirm a booking.
    Confirm(BookingCode),
    /// Hold a booking's seat for longer.
    Extend(BookingCode),
    /// Cancel a booking.
    Cancel(BookingCode),
    /// Tell how to reach the people of an office; absent: how to learn it.
    Contact(Option<OfficeId>),
    /// Ask for which service documents are wanted.
    AskPapersService(PapersWish),
    /// Ask whether they are for a child.
    AskPapersKind(PapersWish),
    /// Tell which documents to bring; at an office, if one is meant.
    Papers(ServiceId, ApplicantKind, Option<OfficeId>),
    /// Ask which person is meant.
    AskWhom(PersonPurpose),
    /// Ask what is to be otherwise of a person; what was wrong with the last answer.
    AskCorrection(ApplicantId, Option<Misread>),
    /// Ask whether a person is really to be removed.
    AskRemoval(ApplicantId),
    /// Correct a person of the account.
    CorrectPerson(ApplicantId, Details),
    /// Remove a person from the account.
    RemovePerson(ApplicantId),
    /// Claim a person of the account.
    Claim(ApplicantId),
    /// Give a booking up to whoever claims its person.
    GiveUp(BookingCode),
    /// Keep a booking whose person somebody claims.
    KeepClaimed(BookingCode),
    /// Send the ticket once more.
    Ticket(BookingCode),
    /// Tell whoever is at the office when their turn is near.
    TellTurn,
    /// Show the bookings that are on.
    Show,
    /// Speak this language; absent: the other one.
    Speak(Option<Locale>),
}

/// What a person is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonPurpose {
    /// To be corrected.
    Correct,
    /// To be removed.
    Remove,
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
    /// The visit that was to be moved stays as it is.
    Stays,
    /// The wish was dropped.
    Dropped,
    /// There is nobody to correct or to remove.
    NoPeople,
    /// There is no booking to cancel or to move.
    NoBooking,
    /// There is no booking of this account with this code.
    UnknownCode,
    MistypedCode,
    /// The hold ran out.
    HoldExpired,
    /// The booking is over.
    Ended,
    /// The message was not understood: an example of one that would be.
    Example,
    /// Only words can be read here.
    OnlyWords,
    /// The owner has shown to be who they are.
    OwnerProved,
    /// An account has begun, for the number is another person's by now.
    NewAccount,
    /// A number of two digits is wanted, or a no.
    SignInNumber,
    /// That question is no longer open.
    SignInOver,
    /// Message after message was not understood: whom to ask.
    Contact,
}
