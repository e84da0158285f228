//! Tells what the pieces of a text are: name, regency, date of birth, date of visit.

use chrono::{Days, NaiveDate};

use super::command::is_known;
use super::date::Stated;
use super::fields::{Fields, Piece, Value};
use super::label::Label;
use super::said::{Details, Misread};
use super::text::{folded, words};

/// A name has at most so many words; more are a sentence.
const MAX_NAME_WORDS: usize = 8;

/// How words without a label are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loose {
    /// As nothing.
    Ignored,
    /// The first is the name; what follows is nothing that is needed, such as an address.
    Name,
    /// The first is the name, the second the regency.
    NameAndRegency,
}

/// The details that the pieces make together.
pub(super) fn assign(fields: &Fields, loose: Loose, today: NaiveDate) -> Details {
    let mut details = Details::default();
    for piece in &fields.pieces {
        take(&mut details, piece);
    }
    take_words(&mut details, &fields.pieces, loose);
    take_dates(&mut details, &fields.pieces, today);
    details
}

fn note(details: &mut Details, misread: Misread) {
    if !details.misread.contains(&misread) {
        details.misread.push(misread);
    }
}

/// What is told by a piece alone.
fn take(details: &mut Details, piece: &Piece) {
    match &piece.value {
        Value::Nik(nik) => match &details.nik {
            Some(known) if known != nik => note(details, Misread::Unclear),
            _ => details.nik = Some(nik.clone()),
        },
        Value::BadNik => note(details, Misread::Nik),
        Value::BadDate => note(details, Misread::Date),
        Value::Time(time) => details.time = details.time.or(Some(*time)),
        Value::Date(_) | Value::Words { .. } => {}
    }
}

fn take_words(details: &mut Details, pieces: &[Piece], loose: Loose) {
    let mut others = Vec::new();
    for piece in pieces {
        let Value::Words { text, numbers } = &piece.value else { continue };
        match piece.label {
            Some(Label::Name) => set_name(details, without_greeting(text)),
            Some(Label::Regency) => set_regency(details, text),
            _ if *numbers => {}
            _ => others.extend(name_like(text)),
        }
    }
    let mut others = joined_titles(others).into_iter();
    if loose != Loose::Ignored && details.name.is_none() {
        others.next().into_iter().for_each(|name| set_name(details, &name));
    }
    if loose == Loose::NameAndRegency {
        for other in others {
            if details.regency.is_none() {
                details.regency = Some(other);
            } else {
                note(details, Misread::Unclear);
            }
        }
    }
}

fn set_name(details: &mut Details, text: &str) {
    match text.parse() {
        Ok(name) if details.name.is_none() => details.name = Some(name),
        _ => note(details, Misread::Unclear),
    }
}

fn set_regency(details: &mut Details, text: &str) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if details.regency.is_some() {
        note(details, Misread::Unclear);
    } else {
        details.regency = Some(text);
    }
}

/// Words that may be a name, without the greeting before it.
pub(super) fn name_like(text: &str) -> Option<String> {
    let known = words(text).iter().all(|word| is_known(word));
    let text = without_greeting(text);
    let count = text.split_whitespace().count();
    let fits = !known && (1..=MAX_NAME_WORDS).contains(&count);
    fits.then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `Halo, saya Siti Contoh` without its beginning. `Selamat` is also a name: it is a greeting only before
/// a time of day.
fn without_greeting(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let after = rest[end..].trim_start();
        let next = after.split_whitespace().next().map(folded).unwrap_or_default();
        let is_greeting = match &*folded(rest[..end].trim_end_matches(['.', '-'])) {
            "selamat" => matches!(&*next, "pagi" | "siang" | "sore" | "malam"),
            word => LEAD_INS.contains(&word),
        };
        if !is_greeting || after.is_empty() {
            return rest;
        }
        rest = after;
    }
}

const LEAD_INS: &[&str] = &[
    "saya",
    "aku",
    "sy",
    "ini",
    "adalah",
    "perkenalkan",
    "nama",
    "halo",
    "hai",
    "hi",
    "helo",
    "pagi",
    "siang",
    "sore",
    "malam",
    "pak",
    "bu",
    "kak",
    "min",
    "admin",
    "mau",
    "ingin",
    "daftar",
    "mendaftar",
    "booking",
    "permisi",
    "untuk",
    "asalamualaikum",
];

/// Puts `S.H.` and the like, which follow a comma, back to the name before it.
fn joined_titles(others: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for other in others {
        match joined.last_mut() {
            Some(name) if is_title(&other) => {
                name.push_str(", ");
                name.push_str(&other);
            }
            _ => joined.push(other),
        }
    }
    joined
}

fn is_title(text: &str) -> bool {
    text.split_once('.').is_some_and(|(first, rest)| {
        (1..=2).contains(&first.chars().count())
            && text.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | ' '))
            && rest.chars().count() <= 6
    })
}

fn take_dates(details: &mut Details, pieces: &[Piece], today: NaiveDate) {
    let mut open = Vec::new();
    for piece in pieces {
        let Value::Date(stated) = &piece.value else { continue };
        match piece.label {
            Some(Label::Birth) => set_birth(details, stated.birth(today)),
            Some(Label::Visit) => set_visit(details, stated.visit(today), today),
            _ => open.push(*stated),
        }
    }
    let mut dates: Vec<NaiveDate> =
        open.into_iter().filter_map(|stated: Stated| stated.likely(today)).collect();
    dates.sort_unstable();
    dates.dedup();
    for date in dates {
        if date < today && details.birth_date.is_none() && !was_visit(details, date, today) {
            details.birth_date = Some(date);
        } else if details.date.is_none() {
            set_visit(details, Some(date), today);
        } else if details.date != Some(date) && details.birth_date != Some(date) {
            note(details, Misread::Unclear);
        }
    }
}

/// Whether a past date was meant as the visit: it is recent, and by the NIK the person was born on
/// another day.
fn was_visit(details: &Details, date: NaiveDate, today: NaiveDate) -> bool {
    let recent = date.checked_add_days(Days::new(366)).is_some_and(|until| until > today);
    recent && details.nik.as_ref().is_some_and(|nik| !nik.agrees_with(date))
}

fn set_birth(details: &mut Details, date: Option<NaiveDate>) {
    match date {
        Some(date) if details.birth_date.is_none_or(|known| known == date) => {
            details.birth_date = Some(date);
        }
        Some(_) => note(details, Misread::Unclear),
        None => note(details, Misread::Date),
    }
}

fn set_visit(details: &mut Details, date: Option<NaiveDate>, today: NaiveDate) {
    match date {
        Some(date) if date < today => note(details, Misread::PastDate),
        Some(date) if details.date.is_none_or(|known| known == date) => details.date = Some(date),
        Some(_) => note(details, Misread::Unclear),
        None => note(details, Misread::Date),
    }
}
