//! What messages say, in both languages. The words are in `shared/templates/messages`.
//!
//! WhatsApp's plain text: a line break is a line break, `*bold*` is the only mark-up. These texts go to who
//! has written from the number within a day, and say for whom a booking is: first name, initials, the last
//! four digits of the NIK, and never more. What goes to anybody else is an approved form, which names nobody.

use askama::Template;

use crate::domain::document::Document;
use crate::domain::fair_use::FairUse;
use crate::domain::language::{Locale, in_language};
use crate::domain::message::MessageKind;
use crate::domain::requirements::Warning;

/// Characters that WhatsApp takes as the caption of a picture and as the text above buttons.
pub const CAPTION_CHARS: usize = 1_024;

/// What messages about a booking say. Texts that are not in both languages are in the reader's.
#[derive(Debug, Clone)]
pub struct BookingText<'a> {
    /// The service's name.
    pub service: &'a str,
    /// Day and time of the visit, as [`crate::domain::language::date_time`] writes it.
    pub when: String,
    /// The office's name.
    pub office: &'a str,
    /// The office's street address.
    pub address: &'a str,
    /// How to reach a person at the office, in a sentence.
    pub contact: &'a str,
    /// The booking code in its spoken form.
    pub code: String,
    /// Web address at which bookings are confirmed, moved and cancelled.
    pub public_url: &'a str,
    /// Until when the seat is held, as [`crate::domain::language::time`] or [`crate::domain::language::date_time`] writes it; only while held.
    pub hold_until: Option<String>,
    /// Check-in opens, as [`crate::domain::language::time`] writes it.
    pub arrive_from: String,
    /// Check-in closes, as [`crate::domain::language::time`] writes it.
    pub arrive_until: String,
    /// The date that the office has closed, as [`crate::domain::language::date`] writes it; only when that has
    /// moved the booking, or keeps it waiting.
    pub closed_date: Option<String>,
    /// Why the office is closed; only when it is and the reason is known.
    pub closed_reason: Option<&'a str>,
    /// Whether a clerk of the office cancelled it.
    pub by_desk: bool,
    /// The number in the queue, once scanned in.
    pub queue_number: Option<String>,
    /// Whether its office has moved it, and not because its owner asked for it.
    pub moved_by_office: bool,
    /// Until when a missing document may be brought, as [`crate::domain::language::date_time`] writes it; only while one is missing.
    pub documents_deadline: Option<String>,
    /// At which time a seat is kept on that day for whoever brings one, as [`crate::domain::language::time`] writes
    /// it.
    pub return_seat: Option<String>,
    /// What to bring, required ones first; while documents are missing, those.
    pub documents: &'a [Document],
    /// What to know.
    pub warnings: &'a [Warning],
    /// For whom it is, as [`crate::domain::account::PersonDetails::who`] says it; empty: not said.
    pub who: String,
    /// Initials of the person, for who is asked about a booking among several.
    pub initials: String,
    /// Everybody of a group, in the order of their tickets; empty: one comes alone.
    pub group: Vec<Member>,
    /// The office's rule of holds and missed visits.
    pub fair_use: FairUse,
}

/// One of a group.
#[derive(Debug, Clone)]
pub struct Member {
    /// For whom: the first name, initials, the end of the NIK.
    pub who: String,
    /// The hour of the visit, as [`crate::domain::language::time`] writes it.
    pub time: String,
    /// The booking code in its spoken form.
    pub code: String,
}

/// A kind of message that is not about a booking.
#[derive(Debug, thiserror::Error)]
#[error("{} is not a message about a booking", .0.as_str())]
struct NotAboutABooking(MessageKind);

/// The text of a message about a booking. If it would be longer than
/// [`CAPTION_CHARS`], the rules of fair use are left out, or else the documents' notes, or both. What is longer even so stays whole: it is a message of its own,
/// not a caption.
///
/// # Errors
/// [`askama::Error::Custom`] for a kind that is not about a booking.
pub fn booking_message(
    kind: MessageKind,
    locale: Locale,
    text: &BookingText<'_>,
) -> askama::Result<String> {
    let without_rules = BookingText { fair_use: FairUse::OFF, ..text.clone() };
    for (text, notes) in [(text, true), (&without_rules, true), (text, false)] {
        let message = render(kind, locale, &View::of(locale, text, notes))?;
        if message.chars().count() <= CAPTION_CHARS {
            return Ok(message);
        }
    }
    render(kind, locale, &View::of(locale, &without_rules, false))
}

/// The text of a message about a booking as the caption of a picture: [`booking_message`], without
/// the list of documents if it would be too long for one, and cut if it is even so.
///
/// # Errors
/// Those of [`booking_message`].
pub fn caption(
    kind: MessageKind,
    locale: Locale,
    text: &BookingText<'_>,
) -> askama::Result<String> {
    let whole = booking_message(kind, locale, text)?;
    if whole.chars().count() <= CAPTION_CHARS {
        return Ok(whole);
    }
    let short = BookingText { documents: &[], warnings: &[], ..text.clone() };
    let short = booking_message(kind, locale, &short)?;
    if short.chars().count() <= CAPTION_CHARS {
        return Ok(short);
    }
    Ok(short.chars().take(CAPTION_CHARS - 1).chain(['…']).collect())
}

/// The answer to somebody who has verified their number by writing to us.
///
/// # Errors
/// Those of the template, which has none of its own.
pub fn verified(locale: Locale) -> askama::Result<String> {
    match locale {
        Locale::Id => VerifiedId.render(),
        Locale::En => VerifiedEn.render(),
    }
    .map(tidy)
}

/// Tells who claimed a person that the booking in the way was given up.
///
/// # Errors
/// Those of the template, which has none of its own.
pub fn claim_released(locale: Locale) -> askama::Result<String> {
    match locale {
        Locale::Id => ClaimReleasedId.render(),
        Locale::En => ClaimReleasedEn.render(),
    }
    .map(tidy)
}

/// A one-time code that is good for so many minutes.
///
/// # Errors
/// Those of the template, which has none of its own.
pub fn one_time_code(locale: Locale, code: &str, minutes: u32) -> askama::Result<String> {
    match locale {
        Locale::Id => OneTimeCodeId { code, minutes }.render(),
        Locale::En => OneTimeCodeEn { code, minutes }.render(),
    }
    .map(tidy)
}

/// A booking's text in one language.
struct View<'a> {
    booking: &'a BookingText<'a>,
    documents: Vec<Line<'a>>,
    warnings: Vec<&'a str>,
}

/// A document in one language.
struct Line<'a> {
    label: &'a str,
    note: Option<&'a str>,
    required: bool,
}

impl<'a> View<'a> {
    fn of(locale: Locale, booking: &'a BookingText<'a>, notes: bool) -> Self {
        let line = |document: &'a Document| Line {
            label: in_language(locale, &document.label),
            note: document.note.as_ref().filter(|_| notes).map(|note| in_language(locale, note)),
            required: document.required,
        };
        Self {
            booking,
            documents: booking.documents.iter().map(line).collect(),
            warnings: booking.warnings.iter().map(|w| in_language(locale, &w.message)).collect(),
        }
    }
}

/// Paragraphs with one empty line between them, whichever parts of a template came out empty.
fn tidy(text: String) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// One type for each template about a booking, and the option among them.
macro_rules! booking_templates {
    ($($locale:ident $kind:ident $name:ident $path:literal)*) => {
        $(
            #[derive(Template)]
            #[template(path = $path, escape = "none")]
            struct $name<'a> {
                message: &'a View<'a>,
            }
        )*

        fn render(
            kind: MessageKind,
            locale: Locale,
            message: &View<'_>,
        ) -> askama::Result<String> {
            match (locale, kind) {
                $((Locale::$locale, MessageKind::$kind) => $name { message }.render().map(tidy),)*
                (
                    _,
                    MessageKind::Verified
                    | MessageKind::OneTimeCode
                    | MessageKind::ClaimReleased
                    | MessageKind::Reply,
                ) => Err(askama::Error::custom(NotAboutABooking(kind))),
            }
        }
    };
}

booking_templates! {
    Id Hold HoldId "messages/id/hold.txt"
    En Hold HoldEn "messages/en/hold.txt"
    Id Confirmed ConfirmedId "messages/id/confirmed.txt"
    En Confirmed ConfirmedEn "messages/en/confirmed.txt"
    Id Ticket TicketId "messages/id/confirmed.txt"
    En Ticket TicketEn "messages/en/confirmed.txt"
    Id Reminder ReminderId "messages/id/reminder.txt"
    En Reminder ReminderEn "messages/en/reminder.txt"
    Id Cancelled CancelledId "messages/id/cancelled.txt"
    En Cancelled CancelledEn "messages/en/cancelled.txt"
    Id Moved MovedId "messages/id/moved.txt"
    En Moved MovedEn "messages/en/moved.txt"
    Id OfficeClosed OfficeClosedId "messages/id/office_closed.txt"
    En OfficeClosed OfficeClosedEn "messages/en/office_closed.txt"
    Id ClosedMoved ClosedMovedId "messages/id/closed_moved.txt"
    En ClosedMoved ClosedMovedEn "messages/en/closed_moved.txt"
    Id ClosedWaiting ClosedWaitingId "messages/id/closed_waiting.txt"
    En ClosedWaiting ClosedWaitingEn "messages/en/closed_waiting.txt"
    Id ClaimAsked ClaimAskedId "messages/id/claim_asked.txt"
    En ClaimAsked ClaimAskedEn "messages/en/claim_asked.txt"
    Id Released ReleasedId "messages/id/released.txt"
    En Released ReleasedEn "messages/en/released.txt"
    Id HoldLapsed HoldLapsedId "messages/id/hold_lapsed.txt"
    En HoldLapsed HoldLapsedEn "messages/en/hold_lapsed.txt"
    Id DocumentsMissing DocumentsMissingId "messages/id/documents_missing.txt"
    En DocumentsMissing DocumentsMissingEn "messages/en/documents_missing.txt"
    Id AlmostYourTurn AlmostYourTurnId "messages/id/almost_your_turn.txt"
    En AlmostYourTurn AlmostYourTurnEn "messages/en/almost_your_turn.txt"
}

#[derive(Template)]
#[template(path = "messages/id/verified.txt", escape = "none")]
struct VerifiedId;

#[derive(Template)]
#[template(path = "messages/en/verified.txt", escape = "none")]
struct VerifiedEn;

#[derive(Template)]
#[template(path = "messages/id/claim_released.txt", escape = "none")]
struct ClaimReleasedId;

#[derive(Template)]
#[template(path = "messages/en/claim_released.txt", escape = "none")]
struct ClaimReleasedEn;

#[derive(Template)]
#[template(path = "messages/id/one_time_code.txt", escape = "none")]
struct OneTimeCodeId<'a> {
    code: &'a str,
    minutes: u32,
}

#[derive(Template)]
#[template(path = "messages/en/one_time_code.txt", escape = "none")]
struct OneTimeCodeEn<'a> {
    code: &'a str,
    minutes: u32,
}

#[cfg(test)]
mod tests;
