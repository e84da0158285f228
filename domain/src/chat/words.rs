//! What a text says, as far as its words tell without the question that they answer.
//!
//! `text` brings it into plain form, `lex` cuts it into tokens, `fields` finds numbers, dates, times and
//! labels among them, `assign` tells whose they are; `command` and `code` look at its words.

mod answer;
mod assign;
mod calendar;
mod code;
mod command;
mod date;
mod fields;
mod label;
mod lex;
mod number;
mod said;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod vocabulary;

use chrono::NaiveDate;

use answer::is_correction;
pub(super) use answer::{
    asks_for_menu, bare_name, corrected_name, earliest, hour, is_short, leaves_the_choice,
    part_of_day, says_name, says_part_of_day, wants_the_first,
};
use assign::{Loose, assign, name_like};
use code::Found;
use command::is_known;
use date::Stated;
use fields::{Fields, Value};
use label::Label;

use crate::code::BookingCode;
pub use said::{Command, Details, Misread, Relative, Said};
pub(super) use text::words_of;
use vocabulary::Meaning;

/// Words beside a date or a code; with more of them it is a sentence about something else.
const MAX_WORDS_BESIDE: usize = 6;

/// What a text says. `today` is the date where the visit will be.
///
/// ```
/// use antrian_domain::chat::words::{Command, Relative, Said, understand};
///
/// let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
/// assert_eq!(understand("tolong BATALkan dong", today), Said::Command(Command::Cancel(None)));
/// assert_eq!(understand("Rabu, 2 Desember", today), Said::Date("2026-12-02".parse().unwrap()));
/// let Said::Wish(details) = understand("#Siti Contoh#9971014501909001#besok", today) else { panic!() };
/// assert_eq!(details.date, today.succ_opt());
/// assert_eq!(understand("besok saja", today), Said::Day(Relative::Ahead(1)));
/// ```
pub fn understand(text: &str, today: NaiveDate) -> Said {
    let plain = text::form(&text::plain(text));
    let words = text::words(&plain);
    if words.is_empty() {
        let asks = plain.contains('?');
        let agrees = text.contains(['👍', '👌', '✅', '🆗']);
        return match (asks, agrees) {
            (true, _) => Said::Command(Command::Help),
            (false, true) => Said::Yes,
            (false, false) => Said::Nothing,
        };
    }
    let fields = fields::read(&plain);
    if is_correction(&words) && corrected_name(text, today).is_some() {
        return Said::Command(Command::Correct);
    }
    // Sixteen digits that are a NIK are nothing else, and what stands around them are details.
    if fields.pieces.iter().any(|piece| matches!(piece.value, Value::Nik(_))) {
        return Said::Wish(wish(&fields, today));
    }
    // After `DAFTAR` even letters alone may be a code; anywhere else they would be words.
    let candidates = code::after_register(&plain);
    if !candidates.is_empty() {
        return Said::Registration(candidates);
    }
    // From here on the most specific reading comes first. Eight digits that are a date look like a
    // registration's code too; `BATAL 7KQ4M-M2XR9` is a command, but only with its code; `2` is a row
    // and `0` the menu; and a command counts before a date beside it, for `batal besok` cancels.
    date_alone(&fields, today)
        .or_else(|| registration_code(&plain, &fields))
        .or_else(|| booking_code(&plain))
        .or_else(|| command::number(&words).map(numbered))
        .or_else(|| command_alone(&words, &fields, today))
        .or_else(|| date_or_time(&words, &fields, today))
        .or_else(|| command::thanks(&words))
        .unwrap_or(Said::Other)
}

/// The details that a text tells after they were asked for.
pub fn details(text: &str, today: NaiveDate) -> Details {
    let fields = fields::read(&text::form(&text::plain(text)));
    assign(&fields, Loose::NameAndRegency, today)
}

/// The details that a text tells with their labels; a NIK and a date are known without one.
pub fn labelled(text: &str, today: NaiveDate) -> Details {
    let fields = fields::read(&text::form(&text::plain(text)));
    assign(&fields, Loose::Ignored, today)
}

/// Whether a sentence wants a passport or an appointment.
pub fn asks_for_passport(text: &str) -> bool {
    let words = words_of(text);
    let books = |at: usize| vocabulary::meaning_at(&words[at..]);
    (0..words.len()).any(|at| matches!(books(at), Some((Meaning::Do(Command::Book), ..))))
}

/// Whether a sentence, however long, asks which documents to bring.
pub fn asks_for_papers(text: &str) -> bool {
    let words = words_of(text);
    let asks = |at: usize| vocabulary::meaning_at(&words[at..]);
    (0..words.len()).any(|at| matches!(asks(at), Some((Meaning::Do(Command::Papers), ..))))
}

/// A date with its year and nothing else, in any spelling that people use.
pub fn full_date(text: &str) -> Option<NaiveDate> {
    let plain = text::plain(text);
    let tokens = lex::tokens(plain.trim());
    match date::certain(&tokens)? {
        (Stated::Full(date), taken) if taken == tokens.len() => Some(date),
        _ => None,
    }
}

/// The booking's code that a text holds, however long it is. None: there is none, or there are several.
pub fn code_within(text: &str) -> Option<BookingCode> {
    code::within(&text::plain(text))
}

/// The row of a list; the row before the first is the menu.
fn numbered(number: u32) -> Said {
    if number == 0 { Said::Command(Command::Menu) } else { Said::Number(number) }
}

/// A date and nothing else.
fn date_alone(fields: &Fields, today: NaiveDate) -> Option<Said> {
    let [piece] = fields.pieces.as_slice() else { return None };
    let Value::Date(stated) = &piece.value else { return None };
    let is_birth = piece.label == Some(Label::Birth);
    said_date(*stated, today).filter(|_| !is_birth)
}

fn said_date(stated: Stated, today: NaiveDate) -> Option<Said> {
    let relative = stated.relative().map(Said::Day);
    relative.or_else(|| stated.likely(today).map(Said::Date))
}

/// Eight symbols that may be a registration's code: not a date, existing or not.
fn registration_code(plain: &str, fields: &Fields) -> Option<Said> {
    let is_date = |value: &Value| matches!(value, Value::Date(_) | Value::BadDate);
    if fields.pieces.iter().any(|piece| is_date(&piece.value)) {
        return None;
    }
    code::alone(plain).map(|code| Said::Registration(vec![code]))
}

/// A booking's code, perhaps with what is to be done with it.
fn booking_code(plain: &str) -> Option<Said> {
    let (found, beside) = code::booking(plain)?;
    let Found::Code(code) = found else { return Some(Said::MistypedCode) };
    if beside.len() > MAX_WORDS_BESIDE {
        return None;
    }
    let meant = beside.iter().find_map(|word| vocabulary::meaning_at(std::slice::from_ref(word)));
    Some(match meant.map(|(meaning, ..)| meaning) {
        Some(Meaning::Do(Command::Cancel(_))) => Said::Command(Command::Cancel(Some(code))),
        Some(Meaning::Do(Command::Move(_))) => Said::Command(Command::Move(Some(code))),
        _ => Said::Code(code),
    })
}

/// A command, agreement or the opposite, unless the text is rather a wish: `daftar besok` books for
/// tomorrow, but `batal besok` cancels, and only a person's details turn that into a wish as well.
fn command_alone(words: &[String], fields: &Fields, today: NaiveDate) -> Option<Said> {
    let meaning = command::meant(words)?;
    let is_words = |value: &Value| matches!(value, Value::Words { .. });
    let has_fields = fields.labelled || !fields.pieces.iter().all(|piece| is_words(&piece.value));
    let gives_way = !matches!(
        meaning,
        Meaning::Do(
            Command::Cancel(_)
                | Command::Move(_)
                | Command::Show
                | Command::Correct
                | Command::Remove
                | Command::Papers
                | Command::Help
                | Command::Stop
        ) | Meaning::Confirm
            | Meaning::NeverMind
    );
    let is_wish = has_fields && (gives_way || is_form(fields, today));
    (!is_wish).then(|| command::said(meaning))
}

/// A date or a time; with other fields beside it, a wish.
fn date_or_time(words: &[String], fields: &Fields, today: NaiveDate) -> Option<Said> {
    let is_more_than_words = |value: &Value| !matches!(value, Value::Words { .. });
    let pieces = fields.pieces.iter().map(|piece| &piece.value);
    let values: Vec<_> = pieces.filter(|value| is_more_than_words(value)).collect();
    let is_form = fields.labelled || is_form(fields, today);
    if values.is_empty() && !fields.labelled {
        return None;
    }
    let is_time = |value: &&&Value| matches!(value, Value::Time(_));
    let times = values.iter().filter(is_time).count();
    let is_unsure = times > 1 || words.iter().any(|word| number::is_other_hour(word));
    // What is about hours alone is an answer to "at which hour?", or none.
    if times > 0 && times == values.len() && is_unsure && !is_form {
        return None;
    }
    let unknown = words.iter().filter(|word| !is_known(word)).count();
    if !is_form && unknown > 2 * MAX_WORDS_BESIDE {
        return None;
    }
    // `daftar besok` asks for a person first: it is more than the answer to "which date?".
    let books = words.iter().any(|word| word == "daftar" || word == "boking");
    match values.as_slice() {
        [Value::Date(stated)] if !is_form && !books => said_date(*stated, today),
        [Value::Time(time)] if !is_form && !books => Some(Said::Time(*time)),
        _ => {
            let mut details = wish(fields, today);
            details.asks_hour |= times > 0 && is_unsure && !is_form;
            Some(Said::Wish(details))
        }
    }
}

/// Whether the fields are told apart as in the office's old format, or tell of a person.
fn is_form(fields: &Fields, today: NaiveDate) -> bool {
    fields.hashed || has_name(fields, today)
}

/// Whether words that may be a name stand beside a NIK or a birth date.
fn has_name(fields: &Fields, today: NaiveDate) -> bool {
    let is_name = |value: &Value| match value {
        Value::Words { text, numbers } => !numbers && name_like(text, false).is_some(),
        _ => false,
    };
    let tells_who = |value: &Value| match value {
        Value::BadNik | Value::Nik(_) => true,
        Value::Date(stated) => stated.likely(today).is_some_and(|date| date < today),
        _ => false,
    };
    fields.pieces.iter().any(|piece| is_name(&piece.value))
        && fields.pieces.iter().any(|piece| tells_who(&piece.value))
}

/// What the fields make together. Words without a label are a name only in a form: elsewhere they are
/// whatever people say beside a date.
fn wish(fields: &Fields, today: NaiveDate) -> Details {
    let loose = if is_form(fields, today) { Loose::Name } else { Loose::Ignored };
    let mut details = assign(fields, loose, today);
    if details == Details::default() {
        details.misread.push(Misread::Unclear);
    }
    details
}
