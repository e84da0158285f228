//! What a text says, as far as it can be told without knowing what was asked.

mod assign;
mod calendar;
mod code;
mod command;
mod date;
mod fields;
mod label;
mod lex;
mod number;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod vocabulary;

use chrono::NaiveDate;

use crate::code::BookingCode;
use crate::language::Locale;
use crate::personal::{Nik, PersonName};
use crate::time::SlotTime;

use assign::{Loose, assign, name_like};
use code::Found;
use command::is_known;
use fields::{Fields, Value};
use label::Label;
use vocabulary::Meaning;

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A word that means the same at any point of the conversation.
    Command(Command),
    /// A code that proves a number to the web: candidates in order, eight symbols each, read as
    /// Crockford says.
    Registration(Vec<String>),
    /// A booking's code, and nothing else.
    Code(BookingCode),
    /// Something that was meant as a booking's code and is mistyped.
    MistypedCode,
    /// A wish with the person's details, as the office's old format has it.
    Wish(Details),
    /// A number: a row of the list that was offered.
    Number(u32),
    /// A date.
    Date(NaiveDate),
    /// A time of day.
    Time(SlotTime),
    /// Agreement.
    Yes,
    /// The opposite.
    No,
    /// Words of no known meaning, perhaps the name of something that was offered.
    Other,
    /// No words at all: empty, punctuation, pictographs.
    Nothing,
}

/// A word that means the same at any point of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `MENU`, `0`, a greeting.
    Menu,
    /// `DAFTAR` without a code, `BOOKING`, `ANTRI`: begin a booking.
    Book,
    /// `BATAL`, with or without the code of a booking.
    Cancel(Option<BookingCode>),
    /// `JADWAL`: show bookings.
    Show,
    /// `PINDAH`, with or without the code of a booking.
    Move(Option<BookingCode>),
    /// `BANTUAN`, `HELP`.
    Help,
    /// `BAHASA`, `ENGLISH`; absent: the other language.
    Language(Option<Locale>),
    /// `STOP`: no reminders.
    Stop,
    /// `MULAI`, `START`: reminders again.
    Resume,
}

/// Details of a person and a wish, from fields in any order. What is missing is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Name.
    pub name: Option<PersonName>,
    /// National identity number.
    pub nik: Option<Nik>,
    /// Birth date, if it was stated.
    pub birth_date: Option<NaiveDate>,
    /// City or regency of the KTP, if it was named as such (`KOTA BANDUNG`, `KAB. SLEMAN`,
    /// `KTP: Bandung`) or, with [`details`], stands as a second field of words.
    pub regency: Option<String>,
    /// Date of the visit.
    pub date: Option<NaiveDate>,
    /// Time of the visit.
    pub time: Option<SlotTime>,
    /// Fields that could not be read.
    pub faults: Vec<Misread>,
}

/// A field that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// Digits that should be a NIK and are not: too few, too many, an impossible date.
    Nik,
    /// A date that does not exist.
    Date,
    /// A date of visit that has passed.
    PastDate,
    /// Fields that cannot be told apart.
    Unclear,
}

/// Words beside a date or a code; with more of them it is a sentence that tells something else.
const MAX_WORDS_BESIDE: usize = 6;

/// What a text says. `today` is the date where the visit will be.
pub fn understand(text: &str, today: NaiveDate) -> Said {
    let plain = text::plain(text);
    let words = text::words(&plain);
    if words.is_empty() {
        let asks = plain.contains('?');
        return if asks { Said::Command(Command::Help) } else { Said::Nothing };
    }
    let fields = fields::read(&plain, today);
    if fields.pieces.iter().any(|piece| matches!(piece.value, Value::Nik(_))) {
        return wish(&plain, &fields, today);
    }
    let candidates = code::after_register(&plain);
    if !candidates.is_empty() {
        return Said::Registration(candidates);
    }
    date_alone(&fields, today)
        .or_else(|| code_like(&plain, &fields))
        .or_else(|| booking_code(&plain))
        .or_else(|| command::number(&words).map(numbered))
        .or_else(|| order(&plain, &words, &fields, today))
        .or_else(|| moment(&plain, &words, &fields, today))
        .unwrap_or(Said::Other)
}

/// The details that a text tells after they were asked for.
pub fn details(text: &str, today: NaiveDate) -> Details {
    let fields = fields::read(&text::plain(text), today);
    assign(&fields, Loose::NameAndRegency, today)
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
    let date = stated.likely(today).filter(|_| !is_birth)?;
    Some(Said::Date(date))
}

/// A booking's code, perhaps with what is to be done with it.
fn booking_code(plain: &str) -> Option<Said> {
    let (found, beside) = code::booking(plain)?;
    let Found::Code(code) = found else { return Some(Said::MistypedCode) };
    if beside.len() > MAX_WORDS_BESIDE {
        return None;
    }
    let parsed = beside.iter().find_map(|word| vocabulary::meaning_at(std::slice::from_ref(word)));
    Some(match parsed.map(|(meaning, ..)| meaning) {
        Some(Meaning::Do(Command::Cancel(_))) => Said::Command(Command::Cancel(Some(code))),
        Some(Meaning::Do(Command::Move(_))) => Said::Command(Command::Move(Some(code))),
        _ => Said::Code(code),
    })
}

/// Eight symbols that may be a registration's code: not a date, existing or not.
fn code_like(plain: &str, fields: &Fields) -> Option<Said> {
    let is_date = |value: &Value| matches!(value, Value::Date(_) | Value::BadDate);
    if fields.pieces.iter().any(|piece| is_date(&piece.value)) {
        return None;
    }
    code::alone(plain).map(|code| Said::Registration(vec![code]))
}

/// A command, agreement or the opposite. A wish to book with its date or time is a wish.
fn order(plain: &str, words: &[String], fields: &Fields, today: NaiveDate) -> Option<Said> {
    let meaning = command::meant(words)?;
    let is_words = |value: &Value| matches!(value, Value::Words { .. });
    let is_wish = fields.labelled || !fields.pieces.iter().all(|piece| is_words(&piece.value));
    let is_person = is_old_form(plain) || has_name(fields, today);
    let gives_way = !matches!(
        meaning,
        Meaning::Do(
            Command::Cancel(_) | Command::Move(_) | Command::Show | Command::Help | Command::Stop
        )
    );
    (!(is_wish && (gives_way || is_person))).then(|| command::said(meaning))
}

/// Dates, times and labelled fields.
fn moment(plain: &str, words: &[String], fields: &Fields, today: NaiveDate) -> Option<Said> {
    let parsed = |value: &Value| !matches!(value, Value::Words { .. });
    let parsed: Vec<_> = fields.pieces.iter().filter(|piece| parsed(&piece.value)).collect();
    let unknown = words.iter().filter(|word| !is_known(word)).count();
    let is_form = fields.labelled || is_old_form(plain) || has_name(fields, today);
    if parsed.is_empty() && !fields.labelled {
        return None;
    }
    if !is_form && unknown > 2 * MAX_WORDS_BESIDE {
        return None;
    }
    let books = words.iter().any(|word| word == "daftar" || word == "boking");
    match parsed.as_slice() {
        [piece] if !is_form && !books => match &piece.value {
            Value::Date(stated) => stated.likely(today).map(Said::Date),
            Value::Time(time) => Some(Said::Time(*time)),
            _ => Some(wish(plain, fields, today)),
        },
        _ => Some(wish(plain, fields, today)),
    }
}

/// Whether fields are told apart as in the office's old format.
fn is_old_form(plain: &str) -> bool {
    plain.trim_matches(|c: char| !c.is_alphanumeric()).contains('#')
}

/// Whether words that may be a name stand beside a NIK or a birth date.
fn has_name(fields: &Fields, today: NaiveDate) -> bool {
    let name = |value: &Value| match value {
        Value::Words { text, numbers } => !numbers && name_like(text).is_some(),
        _ => false,
    };
    let person = |value: &Value| match value {
        Value::BadNik | Value::Nik(_) => true,
        Value::Date(stated) => stated.likely(today).is_some_and(|date| date < today),
        _ => false,
    };
    fields.pieces.iter().any(|piece| name(&piece.value))
        && fields.pieces.iter().any(|piece| person(&piece.value))
}

fn wish(plain: &str, fields: &Fields, today: NaiveDate) -> Said {
    let is_form = is_old_form(plain) || has_name(fields, today);
    let mut details = assign(fields, if is_form { Loose::Name } else { Loose::Ignored }, today);
    if details == Details::default() {
        details.faults.push(Misread::Unclear);
    }
    Said::Wish(details)
}
