//! Tells what the pieces of a text are: name, regency, date of birth, date of visit.

mod bare;

use chrono::{Days, NaiveDate};

use crate::regency;

use super::command::is_known;
use super::date::Stated;
use super::fields::{Fields, Piece, Value};
use super::label::{self, Label, opening};
use super::number;
use super::said::{Details, Misread, Relative};
use super::text::{folded, words};
use super::vocabulary::{is_hedge, is_of_service};
use bare::{OWN, named, without, without_end, without_greeting};

/// Words of no known meaning are a name, however many they are; with more words than these, some of them
/// known, they are a sentence.
const MAX_WORDS_OF_SENTENCE: usize = 8;

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
    take_nik(&mut details, &fields.pieces);
    take_words(&mut details, fields, loose);
    if details.misread.contains(&Misread::TwoNiks) && are_several(fields) {
        // Of two people nobody knows whose number comes next.
        details.name = None;
    }
    let day = day_as_name(&mut details, fields);
    let others = fields.pieces.iter().enumerate().filter(|(at, _)| Some(*at) != day);
    take_dates(&mut details, others.map(|(_, piece)| piece), today);
    details
}

/// Whether several names have their label.
fn are_several(fields: &Fields) -> bool {
    let is_name = |piece: &&Piece| piece.label == Some(Label::Name);
    let mut names = fields.pieces.iter().filter(is_name).map(|piece| folded(&piece.source));
    let first = names.next();
    names.any(|name| Some(name) != first)
}

fn note(details: &mut Details, misread: Misread) {
    if !details.misread.contains(&misread) {
        details.misread.push(misread);
    }
}

/// What is told by a piece alone.
fn take(details: &mut Details, piece: &Piece) {
    match &piece.value {
        Value::BadNik => {
            let digits = number::count_digits(&piece.source);
            note(details, Misread::Nik(u8::try_from(digits).unwrap_or(u8::MAX)));
        }
        Value::BadDate => note(details, Misread::Date),
        Value::Time(time) => {
            details.asks_hour |= details.time.is_some_and(|known| known != *time);
            details.time = details.time.or(Some(*time));
        }
        Value::Nik(_) | Value::Date(_) | Value::Words { .. } => {}
    }
}

/// The NIK: the one with its label, or else the only one. Between two nobody chooses but the person: the
/// other may be a family card's number.
fn take_nik(details: &mut Details, pieces: &[Piece]) {
    let (mut labelled, mut all) = (Vec::new(), Vec::new());
    for piece in pieces {
        let Value::Nik(nik) = &piece.value else { continue };
        if piece.label == Some(Label::Nik) && !labelled.contains(&nik) {
            labelled.push(nik);
        }
        if !all.contains(&nik) {
            all.push(nik);
        }
    }
    match (&*labelled, &*all) {
        ([only], _) | ([], [only]) => details.nik = Some((*only).clone()),
        ([], []) => {}
        _ => note(details, Misread::TwoNiks),
    }
}

fn take_words(details: &mut Details, fields: &Fields, loose: Loose) {
    let mut others = Vec::new();
    for piece in &fields.pieces {
        let Value::Words { text, numbers } = &piece.value else { continue };
        match piece.label {
            Some(Label::Name) => set_name(details, without_end(named(text))),
            Some(Label::Regency) => set_regency(details, text),
            _ if *numbers => {}
            _ => others.extend(name_like(text, fields.hashed)),
        }
    }
    let mut others = joined_titles(others);
    // A heading or a greeting above a form is its name only if nothing else can be.
    others.sort_by_key(|other| other.is_said);
    // The only words are no name if a city is called so; of somebody who is, `Nama:` tells it.
    if let ([only], Loose::NameAndRegency, false) = (&*others, loose, fields.hashed)
        && details.regency.is_none()
        && is_regency(&only.text)
    {
        details.regency = Some(only.text.clone());
        return;
    }
    let mut others = others.into_iter();
    let is_somebody = fields.pieces.iter().any(tells_who);
    if loose != Loose::Ignored && details.name.is_none() {
        let name = others.next().filter(|other| is_somebody || !other.is_said);
        name.into_iter().for_each(|name| set_name(details, &name.text));
    }
    match loose {
        Loose::NameAndRegency => {
            for other in others.filter(|other| !other.is_said) {
                if details.regency.is_none() {
                    details.regency = Some(other.text);
                } else {
                    note(details, Misread::Unclear);
                }
            }
        }
        // Fields without a label are told by their order; an address is no regency.
        Loose::Name if details.regency.is_none() && (fields.hashed || !fields.labelled) => {
            details.regency = others.map(|other| other.text).find(|text| is_regency(text));
        }
        Loose::Name | Loose::Ignored => {}
    }
}

fn is_regency(text: &str) -> bool {
    regency::named(text).is_some()
}

/// Words beside it are about a person.
fn tells_who(piece: &Piece) -> bool {
    matches!(piece.value, Value::Nik(_) | Value::BadNik | Value::Date(_) | Value::BadDate)
}

/// In the old format a weekday that stands for no visit is a name: people are called so. Which piece.
fn day_as_name(details: &mut Details, fields: &Fields) -> Option<usize> {
    if details.name.is_some() || !fields.hashed {
        return None;
    }
    let at = fields.pieces.iter().position(|piece| {
        let is_day = matches!(&piece.value, Value::Date(stated)
            if matches!(stated.relative(), Some(Relative::Weekday(_))));
        is_day && piece.label.is_none() && !piece.source.contains(' ')
    })?;
    set_name(details, &fields.pieces[at].source);
    Some(at)
}

fn set_name(details: &mut Details, text: &str) {
    match text.parse() {
        Ok(name) if details.name.is_none() => details.name = Some(name),
        _ => note(details, Misread::Unclear),
    }
}

fn set_regency(details: &mut Details, text: &str) {
    let text = without_words_beside(text);
    if details.regency.is_some() {
        note(details, Misread::Unclear);
    } else {
        details.regency = Some(text);
    }
}

/// A regency without what is said before and after it: `ktp saya bandung mau daftar`.
fn without_words_beside(text: &str) -> String {
    let is_before = |word: &&str| label::is_lead_in_of_regency(&folded(word));
    let all: Vec<_> = text.split_whitespace().skip_while(is_before).collect();
    let ends = |count: usize| {
        let next = all.get(count).map(|word| folded(word));
        next.is_none_or(|word| is_known(&word) || label::is_word(&word))
    };
    let count = regency::beginning(&all, ends).unwrap_or(all.len());
    all[..count].join(" ")
}

/// Words that may be a name.
pub(super) struct Candidate {
    text: String,
    /// They say something else, too: rather a heading, a request, a greeting with somebody's name.
    is_said: bool,
}

/// Words that may be a name. In a field of the old format they are one as they stand; elsewhere without
/// the greeting before it.
pub(super) fn name_like(text: &str, is_field: bool) -> Option<Candidate> {
    let said = words(text);
    if says_nothing(&said, is_field) || (!is_field && names_document(text)) {
        return None;
    }
    let begun = if is_field { without(OWN, text) } else { without_greeting(text) };
    let named = if is_field { begun } else { without_end(begun) };
    let left = words(named);
    let begins = said.len() - words(begun).len();
    let is_introduced = begins > 0
        && matches!(
            &*said[begins - 1],
            "saya" | "aku" | "sy" | "nama" | "ini" | "adalah" | "perkenalkan"
        );
    let is_request = left.iter().any(|word| opening::is_heading(word));
    let is_said = !is_field
        && (is_request
            || (!is_introduced
                && said.iter().any(|word| is_known(word) || opening::is_opening(word))));
    let known = left.iter().filter(|word| is_known(word)).count();
    let is_sentence = known > 1 && left.len() > MAX_WORDS_OF_SENTENCE;
    let text = named.split_whitespace().collect::<Vec<_>>().join(" ");
    (!is_sentence && (!is_request || is_field) && !text.is_empty())
        .then_some(Candidate { text, is_said })
}

/// `KK saya hilang`: words about a document. One `K` is an initial, and people are called Nik.
fn names_document(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(&*first, "kk" | "kknya" | "ktp" | "ktpnya" | "kartu")
}

/// Whether words are a greeting, a heading or a label, and nothing else.
fn says_nothing(said: &[String], is_field: bool) -> bool {
    let opens = said.iter().any(|word| opening::is_opening(word));
    said.iter().all(|word| {
        is_known(word)
            || (!is_field && (is_hedge(word) || is_of_service(word)))
            || opening::is_heading(word)
            || opening::is_opening(word)
            || (opens && matches!(&**word, "sugeng" | "salam" | "om"))
            || (!is_field && label::is_word(word))
    })
}

/// Puts `S.H.` and the like, which follow a comma, back to the name before it.
fn joined_titles(others: Vec<Candidate>) -> Vec<Candidate> {
    let mut joined: Vec<Candidate> = Vec::new();
    for other in others {
        match joined.last_mut() {
            Some(name) if is_title(&other.text) => {
                name.text.push_str(", ");
                name.text.push_str(&other.text);
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

fn take_dates<'a>(
    details: &mut Details,
    pieces: impl Iterator<Item = &'a Piece>,
    today: NaiveDate,
) {
    let mut open = Vec::new();
    for piece in pieces {
        let Value::Date(stated) = &piece.value else { continue };
        match piece.label {
            Some(Label::Birth) => set_birth(details, stated.birth(today)),
            Some(Label::Visit) => {
                set_visit(details, stated.visit(today), today);
                details.relative = stated.relative();
            }
            _ => open.push(*stated),
        }
    }
    let dated = |stated: Stated| Some((stated.likely(today)?, stated.relative()));
    let mut dates: Vec<_> = open.into_iter().filter_map(dated).collect();
    dates.sort_unstable_by_key(|(date, _)| *date);
    dates.dedup_by_key(|(date, _)| *date);
    for (date, relative) in dates {
        if date < today && details.birth_date.is_none() && !was_visit(details, date, today) {
            details.birth_date = Some(date);
        } else if details.date.is_none() {
            set_visit(details, Some(date), today);
            details.relative = relative;
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
