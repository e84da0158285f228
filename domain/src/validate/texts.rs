//! Texts of an office's own: names, reasons, documents and their notes.

use crate::field::FieldError;
use crate::language::Text;
use crate::normal::is_format;
use crate::office::Office;

/// Names, addresses and reasons stand in messages, whose length is bounded.
const MAX_CHARS: usize = 120;
/// Notes and sources stand on pages only.
const MAX_NOTE_CHARS: usize = 500;
/// Rules of an office's own: few, for the checklist has to fit into a message.
const MAX_RULES: usize = 50;
const MAX_DOCUMENTS: usize = 12;

pub(super) fn violations(office: &Office) -> Vec<FieldError> {
    let texts = texts(office).into_iter();
    let mut found: Vec<_> =
        texts.filter(|(_, fits)| !fits).map(|(field, _)| length(&field, MAX_CHARS)).collect();
    found.extend(documents(office));
    found
}

/// A text as every channel carries it: something, not too much, and nothing that breaks a line, turns the
/// text around or hides in it.
fn has_chars(text: &str, most: usize) -> bool {
    let is_plain = |c: char| !c.is_control() && !is_format(c);
    (1..=most).contains(&text.chars().count()) && text.trim() == text && text.chars().all(is_plain)
}

fn is_said(text: &Text, most: usize) -> bool {
    [&text.id, &text.en].iter().all(|said| has_chars(said, most))
}

/// Whether a text may stand in a message: as the reason of a closed day does.
pub fn is_short_text(text: &Text) -> bool {
    is_said(text, MAX_CHARS)
}

/// Each text that stands in messages, by its path, and whether it fits.
fn texts(office: &Office) -> Vec<(String, bool)> {
    let mut texts: Vec<_> = [
        ("name", &office.name),
        ("address", &office.address),
        ("city", &office.city),
        ("province", &office.province),
    ]
    .map(|(field, text)| (field.to_owned(), has_chars(text, MAX_CHARS)))
    .into();
    texts.push(("contact".to_owned(), is_short_text(&office.contact)));
    let services = office.services.iter().enumerate();
    texts.extend(
        services
            .map(|(at, service)| (format!("services[{at}].name"), is_short_text(&service.name))),
    );
    let seasons = office.seasons.iter().enumerate();
    texts.extend(
        seasons.map(|(at, season)| (format!("seasons[{at}].name"), is_short_text(&season.name))),
    );
    let regencies = office.regencies.iter().all(|name| has_chars(name, MAX_CHARS));
    texts.push(("regencies".to_owned(), regencies));
    let exceptions = office.exceptions.iter();
    texts.extend(
        exceptions
            .map(|(date, day)| (format!("exceptions.{date}.reason"), is_short_text(&day.reason))),
    );
    texts
}

fn length(field: &str, most: usize) -> FieldError {
    FieldError::new(
        field,
        &format!(
            "1 sampai {most} karakter, tanpa karakter kendali, arah, atau tersembunyi, dan tanpa spasi di ujung."
        ),
        &format!(
            "1 to {most} characters, none of them for control or direction or hidden, no blank at an end."
        ),
    )
}

/// Ids of documents stand in metrics, their labels in messages.
fn documents(office: &Office) -> Vec<FieldError> {
    if office.documents.len() > MAX_RULES {
        return vec![FieldError::new("documents", "Paling banyak 50 aturan.", "At most 50 rules.")];
    }
    let mut found = Vec::new();
    for (at, rule) in office.documents.iter().enumerate() {
        let field = |name: &str| format!("documents[{at}].{name}");
        if rule.documents.len() > MAX_DOCUMENTS {
            let (id, en) = ("Paling banyak 12 dokumen.", "At most 12 documents.");
            found.push(FieldError::new(&field("documents"), id, en));
        }
        if !has_chars(&rule.source, MAX_NOTE_CHARS) {
            found.push(length(&field("source"), MAX_NOTE_CHARS));
        }
        for (nth, document) in rule.documents.iter().enumerate() {
            let field = |name: &str| format!("documents[{at}].documents[{nth}].{name}");
            if !is_id(&document.id) {
                found.push(FieldError::new(
                    &field("id"),
                    "1 sampai 40 huruf kecil, angka, atau `_`.",
                    "1 to 40 small letters, digits or `_`.",
                ));
            }
            if !is_short_text(&document.label) {
                found.push(length(&field("label"), MAX_CHARS));
            }
            if document.note.as_ref().is_some_and(|note| !is_said(note, MAX_NOTE_CHARS)) {
                found.push(length(&field("note"), MAX_NOTE_CHARS));
            }
        }
    }
    found
}

fn is_id(id: &str) -> bool {
    let is_of_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=40).contains(&id.len()) && id.bytes().all(is_of_id)
}
