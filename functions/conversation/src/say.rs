//! Answers: texts with what can be tapped below them. Lengths are those that WhatsApp shows.

use antrian::domain::booking::{Booking, Status};
use antrian::domain::chat::{Offer, Pick};
use antrian::domain::language::{self, Locale, Text, clip, clock, date_time, fill, in_language};
use antrian::domain::office::Office;
use antrian::domain::time::{SlotTime, zone_name};
use antrian::messaging::compose::Reply;
use antrian::messaging::{ReplyOption, ReplyOptions, Section};
use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::texts::{TEXTS, other_title};

pub(crate) const MAX_ROWS: usize = 10;
const ROW_CHARS: usize = 24;
const BUTTON_CHARS: usize = 20;
pub(crate) const DESCRIPTION_CHARS: usize = 72;

/// A text without anything to tap.
pub(crate) fn plain(locale: Locale, text: &Text, values: &[(&str, &str)]) -> Reply {
    Reply { text: fill(locale, text, values), options: None }
}

/// A text with up to three buttons.
pub(crate) fn with_buttons(text: String, locale: Locale, buttons: &[(Pick, &Text)]) -> Reply {
    let button = |(pick, title): &(Pick, &Text)| ReplyOption {
        id: pick.to_string(),
        title: clip(in_language(locale, title), BUTTON_CHARS),
        description: None,
    };
    Reply { text, options: Some(ReplyOptions::Buttons(buttons.iter().map(button).collect())) }
}

/// Whether a title is shown whole.
pub(crate) fn fits_row(title: &str) -> bool {
    title.chars().count() <= ROW_CHARS
}

/// A row of a list.
pub(crate) fn row(pick: &Pick, title: &str, description: &str) -> ReplyOption {
    let title = clip(title, ROW_CHARS);
    let says_more = !description.is_empty() && description != title;
    let description = says_more.then(|| clip(description, DESCRIPTION_CHARS));
    ReplyOption { id: pick.to_string(), title, description }
}

/// The rows of a list of `items`. If they do not all fit, `more` makes the last row of the first item
/// that does not.
pub(crate) fn rows<T>(
    items: &[T],
    row: impl Fn(&T) -> ReplyOption,
    more: impl FnOnce(&T) -> ReplyOption,
) -> Vec<ReplyOption> {
    let shown = if items.len() > MAX_ROWS { MAX_ROWS - 1 } else { items.len() };
    let (shown, left) = items.split_at(shown);
    shown.iter().map(row).chain(left.first().map(more)).collect()
}

/// A text with a list.
pub(crate) fn with_list(text: String, locale: Locale, rows: Vec<ReplyOption>) -> Reply {
    let button = in_language(locale, &TEXTS.choose).to_owned();
    let sections = vec![Section { title: String::new(), rows }];
    Reply { text, options: Some(ReplyOptions::List { button, sections }) }
}

/// Something that is said before a question.
pub(crate) fn before(text: String, question: Reply) -> Reply {
    Reply { text: format!("{text}\n\n{}", question.text), ..question }
}

/// What can be tapped below an answer, in order.
pub(crate) fn offers(reply: &Reply) -> Vec<Offer> {
    let choices: Vec<&ReplyOption> = match &reply.options {
        None => vec![],
        Some(ReplyOptions::Buttons(buttons)) => buttons.iter().collect(),
        Some(ReplyOptions::List { sections, .. }) => {
            sections.iter().flat_map(|section| &section.rows).collect()
        }
    };
    choices.into_iter().map(offer).collect()
}

/// What can be tapped below a message that is none of these answers.
pub(crate) fn offered(options: &[ReplyOption]) -> Vec<Offer> {
    options.iter().map(offer).collect()
}

/// What is kept of what can be tapped, for those who type it.
fn offer(choice: &ReplyOption) -> Offer {
    let other_title = other_title(&choice.title).map(str::to_owned);
    Offer { id: choice.id.clone(), title: choice.title.clone(), other_title }
}

pub(crate) fn menu(locale: Locale) -> Reply {
    let buttons = [
        (Pick::Book, &TEXTS.menu_book),
        (Pick::Show, &TEXTS.menu_show),
        (Pick::Help, &TEXTS.menu_help),
    ];
    with_buttons(fill(locale, &TEXTS.menu, &[]), locale, &buttons)
}

/// `Rab, 2 Des 2026`: a date that fits a row.
pub(crate) fn short_date(locale: Locale, day: NaiveDate) -> String {
    format!("{} {}", language::short_date(locale, day), day.year())
}

/// `09.00 WIB` or `09:00 WIB`.
pub(crate) fn hour(locale: Locale, time: SlotTime, office: &Office) -> String {
    format!("{} {}", clock(locale, time), zone_name(office.timezone))
}

/// How many seats are left, below a date or an hour.
pub(crate) fn seats_left(locale: Locale, seats: u32) -> String {
    fill(locale, &TEXTS.seats, &[("seats", &seats.to_string())])
}

/// A booking in a few lines.
pub(crate) fn booking(
    locale: Locale,
    office: &Office,
    (booking, who): (&Booking, &str),
    now: DateTime<Utc>,
) -> String {
    let service = office.service(&booking.seat.service);
    let status = match booking.status_at(now) {
        Status::Held => &TEXTS.status_held,
        Status::Confirmed if booking.waits_for_seat() => &TEXTS.status_waits_for_seat,
        Status::Confirmed => &TEXTS.status_confirmed,
        Status::AwaitingDocuments => &TEXTS.status_awaiting_documents,
        _ => &TEXTS.status_checked_in,
    };
    let deadline = booking.documents_deadline();
    let deadline = deadline.map(|at| date_time(locale, at, office.timezone)).unwrap_or_default();
    let status = fill(locale, status, &[("deadline", &*deadline)]);
    let values = [
        ("who", who),
        ("service", service.map_or("", |service| in_language(locale, &service.name))),
        ("when", &*date_time(locale, booking.times.starts_at, office.timezone)),
        ("office", &*office.name),
        ("code", &*booking.code.spoken()),
        ("status", &*status),
    ];
    fill(locale, &TEXTS.booking, &values)
}

/// What can be done with a booking.
pub(crate) fn about_booking(locale: Locale, text: String, booking: &Booking) -> Reply {
    let code = booking.code;
    let confirm = (Pick::Confirm(code), &TEXTS.do_confirm);
    let ticket = (Pick::Ticket(code), &TEXTS.do_ticket);
    let missing = (Pick::Ticket(code), &TEXTS.do_missing);
    let moves = (Pick::Move(code), &TEXTS.do_move);
    let cancel = (Pick::Cancel(code), &TEXTS.do_cancel);
    let buttons = match booking.status {
        Status::Held => vec![confirm, moves, cancel],
        Status::AwaitingDocuments => vec![missing, cancel],
        Status::CheckedIn => vec![ticket],
        _ => vec![ticket, moves, cancel],
    };
    with_buttons(text, locale, &buttons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_fits_a_row_in_both_languages() {
        let day = NaiveDate::from_ymd_opt(2026, 9, 30).unwrap();
        assert_eq!(short_date(Locale::Id, day), "Rab, 30 Sep 2026");
        assert_eq!(short_date(Locale::En, day), "Wed, 30 Sep 2026");
    }
}
