//! Approved forms: the only messages that reach somebody who has not written for a day.
//!
//! Their words are in `shared/templates/whatsapp`, as Meta's endpoint takes them; what fills them is
//! decided here. No form names a person or holds a NIK: a number may be another
//! person's by then.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::messenger::{ReplyOption, TemplateCall};
use super::texts::BookingText;
use crate::domain::code::BookingCode;
use crate::domain::language::{Locale, Text, in_language};
use crate::domain::message::MessageKind;

/// A form as it is handed in for approval.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TemplateForm {
    /// Its name, the same in all languages.
    pub name: String,
    /// Meta's code of its language.
    pub language: String,
    /// `UTILITY` or `AUTHENTICATION`.
    pub category: String,
    /// A message that could not be delivered for so long is dropped. It belongs to the form: a
    /// message cannot set it. At most twelve hours, so that no reminder, which leaves the morning
    /// before, comes after the visit.
    pub message_send_ttl_seconds: u32,
    /// Header, body, buttons.
    pub components: Vec<Value>,
}

/// One constant list of all forms.
macro_rules! forms {
    ($($locale:ident $kind:ident $path:literal)*) => {
        const FORMS: &[(MessageKind, Locale, &str)] = &[$(
            (MessageKind::$kind, Locale::$locale,
                include_str!(concat!("../../templates/whatsapp/", $path))),
        )*];
    };
}

forms! {
    Id Hold "id/hold.json"
    En Hold "en/hold.json"
    Id Confirmed "id/confirmed.json"
    En Confirmed "en/confirmed.json"
    Id Moved "id/moved.json"
    En Moved "en/moved.json"
    Id Reminder "id/reminder.json"
    En Reminder "en/reminder.json"
    Id Cancelled "id/cancelled.json"
    En Cancelled "en/cancelled.json"
    Id OfficeClosed "id/office_closed.json"
    En OfficeClosed "en/office_closed.json"
    Id ClosedMoved "id/closed_moved.json"
    En ClosedMoved "en/closed_moved.json"
    Id ClosedWaiting "id/closed_waiting.json"
    En ClosedWaiting "en/closed_waiting.json"
    Id ClaimAsked "id/claim_asked.json"
    En ClaimAsked "en/claim_asked.json"
    Id ClaimReleased "id/claim_released.json"
    En ClaimReleased "en/claim_released.json"
    Id Released "id/released.json"
    En Released "en/released.json"
    Id DocumentsMissing "id/documents_missing.json"
    En DocumentsMissing "en/documents_missing.json"
    Id OneTimeCode "id/one_time_code.json"
    En OneTimeCode "en/one_time_code.json"
}

/// A file that is no form is logged and left out; a test reads them all.
static READ: LazyLock<Vec<(MessageKind, Locale, TemplateForm)>> = LazyLock::new(|| {
    let read = |(kind, locale, json): &(MessageKind, Locale, &str)| {
        let report = |error: &_| tracing::error!(%error, ?kind, ?locale, "a template is no form");
        Some((*kind, *locale, serde_json::from_str(json).inspect_err(report).ok()?))
    };
    FORMS.iter().filter_map(read).collect()
});

/// All forms.
pub fn all() -> impl Iterator<Item = &'static TemplateForm> {
    READ.iter().map(|(_, _, form)| form)
}

fn form(kind: MessageKind, locale: Locale) -> Option<&'static TemplateForm> {
    let found = READ.iter().find(|(of, language, _)| (*of, *language) == (kind, locale));
    found.map(|(_, _, form)| form)
}

/// The ticket once more looks like the confirmation.
fn kind_of_form(kind: MessageKind) -> MessageKind {
    if kind == MessageKind::Ticket { MessageKind::Confirmed } else { kind }
}

/// Begins a booking.
const BOOK: &str = "book";
/// Shows all bookings.
const SHOW: &str = "show";

/// What comes back from the buttons of a message about a booking.
fn payloads(kind: MessageKind, is_group: bool, code: BookingCode) -> Vec<String> {
    let (confirm, moves, cancel) =
        (format!("confirm:{code}"), format!("move:{code}"), format!("cancel:{code}"));
    match kind {
        // One of a group is chosen first.
        MessageKind::Hold if is_group => vec![confirm, SHOW.to_owned(), cancel],
        MessageKind::Confirmed | MessageKind::Moved | MessageKind::Reminder if is_group => {
            vec![SHOW.to_owned(), SHOW.to_owned()]
        }
        MessageKind::Hold => vec![confirm, moves, cancel],
        MessageKind::Confirmed
        | MessageKind::Moved
        | MessageKind::Reminder
        | MessageKind::ClosedMoved
        | MessageKind::ClosedWaiting => vec![moves, cancel],
        MessageKind::OfficeClosed => vec![moves],
        MessageKind::Cancelled => vec![BOOK.to_owned()],
        MessageKind::HoldLapsed if is_group => vec![BOOK.to_owned()],
        MessageKind::HoldLapsed => vec![format!("again:{code}")],
        MessageKind::ClaimAsked => vec![format!("give-up:{code}"), format!("keep-claimed:{code}")],
        _ => vec![],
    }
}

/// Titles of buttons below what has no form: `shared/texts/buttons.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Titles {
    choose_again: Text,
}

static TITLES: LazyLock<Titles> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses it")]
    serde_json::from_str(include_str!("../../texts/buttons.json")).expect("buttons.json")
});

/// The buttons of a message about a booking: titles are those of its form, if it has one.
pub fn buttons(
    kind: MessageKind,
    locale: Locale,
    is_group: bool,
    code: BookingCode,
) -> Vec<ReplyOption> {
    let kind = kind_of_form(kind);
    options(kind, locale, payloads(kind, is_group, code))
}

fn options(kind: MessageKind, locale: Locale, payloads: Vec<String>) -> Vec<ReplyOption> {
    let titles = match kind {
        MessageKind::HoldLapsed => vec![in_language(locale, &TITLES.choose_again).to_owned()],
        _ => form(kind, locale).map(titles).unwrap_or_default(),
    };
    let option = |(title, id)| ReplyOption { id, title, description: None };
    titles.into_iter().zip(payloads).map(option).collect()
}

/// The form that tells who claimed a person that they can book, and its button.
pub fn claim_released(locale: Locale) -> (Option<TemplateCall>, Vec<ReplyOption>) {
    let (kind, payloads) = (MessageKind::ClaimReleased, vec![BOOK.to_owned()]);
    let options = options(kind, locale, payloads.clone());
    let call = form(kind, locale).map(|form| {
        let name = form.name.as_str();
        TemplateCall { name, locale, parameters: vec![], png: None, payloads, copies: None }
    });
    (call, options)
}

fn titles(form: &TemplateForm) -> Vec<String> {
    let buttons = form.components.iter().filter_map(|component| component["buttons"].as_array());
    buttons.flatten().filter_map(|button| Some(button["text"].as_str()?.to_owned())).collect()
}

/// The form for a message about a booking, filled in.
pub fn about_booking(
    kind: MessageKind,
    locale: Locale,
    text: &BookingText<'_>,
    code: BookingCode,
    png: Option<&Vec<u8>>,
) -> Option<TemplateCall> {
    let kind = kind_of_form(kind);
    let name = form(kind, locale)?.name.as_str();
    let (documents, deadline) = (documents(locale, text), deadline(locale, text));
    let parameters = parameters(kind, text, (&documents, &deadline))?;
    let parameters = parameters.into_iter().map(plain).collect();
    let payloads = payloads(kind, !text.group.is_empty(), code);
    Some(TemplateCall { name, locale, parameters, png: png.cloned(), payloads, copies: None })
}

/// What to bring, in one line.
fn documents(locale: Locale, text: &BookingText<'_>) -> String {
    let labels = text.documents.iter().map(|document| in_language(locale, &document.label));
    labels.collect::<Vec<_>>().join("; ")
}

/// Until when a document may be brought, and at which time of that day a seat is kept.
fn deadline(locale: Locale, text: &BookingText<'_>) -> String {
    let until = text.documents_deadline.as_deref().unwrap_or_default();
    match (&text.return_seat, locale) {
        (None, _) => until.to_owned(),
        (Some(at), Locale::Id) => format!("{until} (kursi Anda: {at})"),
        (Some(at), Locale::En) => format!("{until} (your seat: {at})"),
    }
}

fn parameters<'a>(
    kind: MessageKind,
    text: &'a BookingText<'_>,
    (documents, deadline): (&'a str, &'a str),
) -> Option<Vec<&'a str>> {
    let BookingText { service, when, office, address, contact, code, public_url, .. } = text;
    let (from, until) = (text.arrive_from.as_str(), text.arrive_until.as_str());
    let hold_until = text.hold_until.as_deref().unwrap_or_default();
    let closed_date = text.closed_date.as_deref().unwrap_or_default();
    let closed_reason = text.closed_reason.unwrap_or_default();
    Some(match kind {
        MessageKind::Hold => vec![service, when, office, address, code, hold_until, public_url],
        MessageKind::Confirmed => {
            vec![service, when, office, address, code, from, until, public_url]
        }
        MessageKind::Moved => vec![service, when, office, address, code, from, until, contact],
        MessageKind::Reminder => vec![service, when, office, address, code, from, until],
        MessageKind::Cancelled => vec![service, when, office, code, contact],
        MessageKind::ClaimAsked => vec![service, when, office, code, text.initials.as_str()],
        MessageKind::Released => vec![service, when, office, code, contact],
        MessageKind::OfficeClosed => vec![service, when, office, code, public_url, contact],
        MessageKind::ClosedMoved => vec![
            closed_date,
            closed_reason,
            service,
            when,
            office,
            address,
            code,
            from,
            until,
            public_url,
            contact,
        ],
        MessageKind::ClosedWaiting => {
            vec![closed_reason, service, when, office, code, public_url, contact]
        }
        MessageKind::DocumentsMissing => {
            vec![service, office, code, documents, deadline, contact]
        }
        _ => return None,
    })
}

/// The form for a one-time code.
pub fn one_time_code(locale: Locale, code: &str) -> Option<TemplateCall> {
    let name = form(MessageKind::OneTimeCode, locale)?.name.as_str();
    let (parameters, copies) = (vec![code.to_owned()], Some(code.to_owned()));
    Some(TemplateCall { name, locale, parameters, png: None, payloads: vec![], copies })
}

/// A parameter has no line breaks and is not empty.
fn plain(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    if words.is_empty() { "-".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests;
