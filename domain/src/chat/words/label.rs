//! The words with which people name the fields of a form.

use super::token::{Kind, Token};

/// What a label says of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Name,
    Nik,
    Birth,
    Visit,
    /// A date of either kind.
    Day,
    Time,
    Regency,
    /// Nothing that is needed here: an address, a phone number.
    Unneeded,
}

/// What must follow a label that stands without a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Anything,
    Digits,
    /// With a colon too.
    OnlyDigits,
    /// Words; and the label begins its field.
    Words,
    Colon,
}

use Label::{Birth, Day, Name, Regency, Time, Unneeded, Visit};
use Needs::{Anything, Colon, Digits, OnlyDigits, Words};

/// Labels by their words, longer ones first. A family card (`KK`, folded `k`) has a number of its own,
/// which looks like a NIK, and forms ask for parents, too.
const LABELS: &[(&[&str], Label, Needs)] = &[
    (&["tempat", "tangal", "lahir"], Birth, Anything),
    (&["tempat", "tgl", "lahir"], Birth, Anything),
    (&["date", "of", "birth"], Birth, Anything),
    (&["date", "of", "visit"], Visit, Anything),
    (&["my", "name", "is"], Name, Anything),
    (&["tangal", "lahir"], Birth, Anything),
    (&["tgl", "lahir"], Birth, Anything),
    (&["birth", "date"], Birth, Anything),
    (&["tempat", "lahir"], Unneeded, Anything),
    (&["tangal", "kedatangan"], Visit, Anything),
    (&["tgl", "kedatangan"], Visit, Anything),
    (&["tangal", "datang"], Visit, Anything),
    (&["tgl", "datang"], Visit, Anything),
    (&["tangal", "kunjungan"], Visit, Anything),
    (&["tgl", "kunjungan"], Visit, Anything),
    (&["visit", "date"], Visit, Anything),
    (&["nomor", "induk", "kependudukan"], Label::Nik, Digits),
    (&["no", "induk", "kependudukan"], Label::Nik, Digits),
    (&["nomor", "kartu", "keluarga"], Unneeded, Digits),
    (&["no", "kartu", "keluarga"], Unneeded, Digits),
    (&["kartu", "keluarga"], Unneeded, Digits),
    (&["nama", "ayah"], Unneeded, Words),
    (&["nama", "ibu"], Unneeded, Words),
    (&["nama", "ortu"], Unneeded, Words),
    (&["nama", "orang", "tua"], Unneeded, Words),
    (&["nama", "wali"], Unneeded, Words),
    (&["nama", "kepala", "keluarga"], Unneeded, Words),
    (&["nik", "ayah"], Unneeded, Digits),
    (&["nik", "ibu"], Unneeded, Digits),
    (&["nik", "ortu"], Unneeded, Digits),
    (&["nik", "orang", "tua"], Unneeded, Digits),
    (&["nik", "kepala", "keluarga"], Unneeded, Digits),
    (&["nama", "lengkap"], Name, Words),
    (&["nama", "pemohon"], Name, Words),
    (&["nama", "saya"], Name, Words),
    (&["ful", "name"], Name, Words),
    (&["no", "nik"], Label::Nik, Digits),
    (&["nomor", "nik"], Label::Nik, Digits),
    (&["no", "ktp"], Label::Nik, Digits),
    (&["nomor", "ktp"], Label::Nik, Digits),
    (&["nik", "saya"], Label::Nik, Digits),
    (&["kota", "ktp"], Regency, Words),
    (&["no", "hp"], Unneeded, Digits),
    (&["no", "wa"], Unneeded, Digits),
    (&["no", "k"], Unneeded, Digits),
    (&["nomor", "k"], Unneeded, Digits),
    (&["nomer", "k"], Unneeded, Digits),
    (&["nok"], Unneeded, Digits),
    (&["nk"], Unneeded, Digits),
    (&["k"], Unneeded, OnlyDigits),
    (&["nama"], Name, Words),
    (&["name"], Name, Words),
    (&["nik"], Label::Nik, Digits),
    (&["ktp"], Label::Nik, OnlyDigits),
    (&["ktp"], Regency, Words),
    (&["tl"], Birth, Anything),
    (&["lahir"], Birth, Anything),
    (&["born"], Birth, Anything),
    (&["dob"], Birth, Anything),
    (&["kedatangan"], Visit, Anything),
    (&["kunjungan"], Visit, Anything),
    (&["visit"], Visit, Digits),
    (&["tangal"], Day, Anything),
    (&["tgl"], Day, Anything),
    (&["date"], Day, Digits),
    (&["jam"], Time, Digits),
    (&["pukul"], Time, Digits),
    (&["pkl"], Time, Digits),
    (&["time"], Time, Digits),
    (&["kabupaten"], Regency, Words),
    (&["kab"], Regency, Words),
    (&["kota"], Regency, Words),
    (&["regency"], Regency, Colon),
    (&["city"], Regency, Colon),
    (&["domisili"], Regency, Words),
    (&["alamat"], Unneeded, Words),
    (&["adres"], Unneeded, Colon),
    (&["tempat"], Unneeded, Colon),
    (&["hp"], Unneeded, Digits),
    (&["telp"], Unneeded, Digits),
    (&["telepon"], Unneeded, Digits),
    (&["email"], Unneeded, Colon),
];

/// A label that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) label: Label,
    /// Tokens with its colon.
    pub(super) taken: usize,
    /// Whether its word is also part of the value: `KOTA BANDUNG`.
    pub(super) is_part: bool,
}

/// A label at the beginning of `tokens`; `first`: nothing of its field stands before it.
pub(super) fn at(tokens: &[Token<'_>], first: bool) -> Option<Found> {
    if !tokens.first().is_some_and(|token| is_first_word(&token.folded)) {
        return None;
    }
    LABELS.iter().find_map(|(words, label, needs)| {
        let taken = matching(tokens, words)?;
        let taken = taken + qualified(&tokens[taken..]);
        let colon = tokens.get(taken).is_some_and(|t| matches!(t.kind, Kind::Mark(':' | '=')));
        let next = tokens.get(taken + usize::from(colon)).map(|token| token.kind);
        let fits = match (needs, next) {
            (OnlyDigits, next) => next == Some(Kind::Digits),
            (Words, Some(Kind::Digits)) => false,
            (_, None | Some(Kind::Separator)) => first,
            _ if colon => true,
            (Anything, _) | (Digits, Some(Kind::Digits)) => true,
            (Words, Some(Kind::Word)) => first || is_place(words),
            (Words | Digits, Some(Kind::Mark('-'))) => first,
            _ => false,
        };
        let is_part = is_place(words) && !colon;
        let found = Found { label: *label, taken: taken + usize::from(colon), is_part };
        fits.then_some(found)
    })
}

/// Words that stand between a label and its colon and say whose or which it is.
const QUALIFIERS: &[&str] = &[
    "sesuai",
    "di",
    "pada",
    "dalam",
    "menurut",
    "dari",
    "yang",
    "yg",
    "tertera",
    "tertulis",
    "ktp",
    "e",
    "ektp",
    "k",
    "akta",
    "akte",
    "lahir",
    "kelahiran",
    "paspor",
    "identitas",
    "lengkap",
    "pemohon",
    "calon",
    "anak",
    "suami",
    "istri",
    "kandung",
    "orang",
    "anda",
    "saya",
    "bapak",
    "ibu",
    "nya",
    "diinginkan",
    "rencana",
    "as",
    "on",
    "in",
    "your",
    "the",
    "id",
    "card",
    "applicant",
    "asal",
    "penerbit",
];
/// Prepositions and documents: `nama di KTP` is a label without a colon, too.
const PREPOSITIONS: &[&str] = &["sesuai", "di", "pada", "dalam", "menurut", "as", "on"];
/// A label's qualification has at most so many tokens.
const MAX_QUALIFICATION: usize = 12;

/// How many tokens qualify the label before them: up to its colon, or else what is in brackets and
/// `di KTP`.
fn qualified(tokens: &[Token<'_>]) -> usize {
    let (mut at, mut sure) = (0, 0);
    while let Some(token) = tokens.get(at).filter(|_| at < MAX_QUALIFICATION) {
        let next = tokens.get(at + 1).map_or("", |token| token.folded.as_str());
        match token.kind {
            Kind::Mark(':' | '=') => return at,
            Kind::Mark('(') => {
                let Some(length) = bracketed(&tokens[at..]) else { return sure };
                at += length;
                sure = if sure + length == at { at } else { sure };
            }
            Kind::Word if PREPOSITIONS.contains(&&*token.folded) && next == "ktp" => {
                at += 2;
                sure = if sure + 2 == at { at } else { sure };
            }
            Kind::Word if QUALIFIERS.contains(&&*token.folded) => at += 1,
            Kind::Mark('.' | '-' | '&') => at += 1,
            Kind::Separator if token.text == "/" && QUALIFIERS.contains(&next) => at += 1,
            _ => return sure,
        }
    }
    sure
}

/// How many tokens a pair of brackets takes, on one line.
fn bracketed(tokens: &[Token<'_>]) -> Option<usize> {
    let inside = tokens.iter().take(MAX_QUALIFICATION);
    let mut inside = inside.take_while(|token| !matches!(token.text, "\n" | "#"));
    inside.position(|token| token.kind == Kind::Mark(')')).map(|at| at + 1)
}

/// Words that are never part of a person's name.
fn is_place(words: &[&str]) -> bool {
    matches!(words, ["kota" | "kab" | "kabupaten"])
}

/// How many tokens these words take; a dot after an abbreviation belongs to it.
fn matching(tokens: &[Token<'_>], words: &[&str]) -> Option<usize> {
    let mut at = 0;
    for word in words {
        if tokens.get(at)?.folded != *word {
            return None;
        }
        at += 1;
        at += usize::from(tokens.get(at).is_some_and(|token| token.kind == Kind::Mark('.')));
    }
    Some(at)
}

/// Whether a label begins with this word.
pub(super) fn is_first_word(word: &str) -> bool {
    LABELS.iter().any(|(words, ..)| words.first() == Some(&word))
}
