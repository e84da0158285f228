//! The words with which people name the fields of a form.

pub(super) mod family_card;
pub(super) mod opening;
mod qualified;

use crate::regency;

use super::token::{Kind, Token};
use super::{number, vocabulary};
pub(super) use qualified::is_preposition;
use qualified::{MAX_QUALIFICATION, QUALIFIERS, qualified};

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
    (&["atas", "nama"], Name, Words),
    (&["nm"], Name, Words),
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
    (&["nama"], Name, Words),
    (&["nma"], Name, Colon),
    (&["nam"], Name, Colon),
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

/// A label at the beginning of `tokens`; `first`: nothing of its field stands before it; `of_others`: what is
/// said of a spouse or a guardian is not of the applicant.
pub(super) fn at(tokens: &[Token<'_>], first: bool, of_others: bool) -> Option<Found> {
    if let Some(taken) = on_behalf(tokens) {
        return Some(Found { label: Name, taken, is_part: false });
    }
    if !tokens.first().is_some_and(|token| is_first_word(&token.folded)) {
        return None;
    }
    LABELS.iter().find_map(|(words, label, needs)| {
        let taken = matching(tokens, words, *label)?;
        let taken = taken + qualified(&tokens[taken..]);
        let is_of_other = of_others && tokens[..taken].iter().any(is_relation);
        let label = if is_of_other { &Unneeded } else { label };
        let colon = tokens.get(taken).is_some_and(Token::is_colon);
        let is_number = !colon && matches!(label, Label::Nik | Unneeded) && *needs != Words;
        let taken = taken + if is_number { up_to_number(&tokens[taken..], *label) } else { 0 };
        let rest = &tokens[taken + usize::from(colon)..];
        let next = rest.first().map(kind);
        let fits = match (needs, next) {
            (OnlyDigits, next) => next == Some(Kind::Digits),
            (Words, Some(Kind::Digits)) => false,
            (Words, _) if !colon && rest.first().is_some_and(asks) => false,
            (_, None | Some(Kind::Separator)) => first,
            _ if colon => true,
            (Anything, _) | (Digits, Some(Kind::Digits)) => true,
            (Words, Some(Kind::Word)) if *words == ["ktp"] => is_regency(rest),
            (Words, Some(Kind::Word)) => {
                first || is_never_in_name(words, tokens) || (*label == Regency && is_regency(rest))
            }
            (Words | Digits, Some(Kind::Mark('-'))) => first,
            _ => false,
        };
        let is_part = is_place(words) && !colon;
        let found = Found { label: *label, taken: taken + usize::from(colon), is_part };
        fits.then_some(found)
    })
}

/// Whether a word names somebody beside the applicant.
fn is_relation(token: &Token<'_>) -> bool {
    matches!(&*token.folded, "istri" | "suami" | "wali" | "saudara" | "kakak" | "adik" | "pasangan")
}

/// `namanya siapa?` tells none.
fn asks(token: &Token<'_>) -> bool {
    matches!(&*token.folded, "siapa" | "apa" | "mana" | "dimana")
}

/// A number with letters in it is one after a label.
fn kind(token: &Token<'_>) -> Kind {
    if number::is_mistyped(token.text) { Kind::Digits } else { token.kind }
}

/// `a.n.`, `a/n` and `an.`: on behalf of somebody, whose name follows. In capitals they are initials.
fn on_behalf(tokens: &[Token<'_>]) -> Option<usize> {
    let is_dot = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Mark('.'));
    let taken = match tokens {
        [an, ..] if matches!(an.text, "an" | "An") && is_dot(1) => 2,
        [a, mark, n, ..] if a.folded == "a" && n.folded == "n" && mark.end() == n.start => {
            let is_short = mark.text == "/" || (mark.text == "." && n.text == "n");
            is_short.then_some(3 + usize::from(is_dot(3)))?
        }
        _ => return None,
    };
    let taken = taken + usize::from(tokens.get(taken).is_some_and(Token::is_colon));
    tokens.get(taken).filter(|token| kind(token) == Kind::Word).map(|_| taken)
}

/// How many tokens stand between a label and a number that looks like a NIK, or like a phone's if it is not
/// needed, if they add nothing: `NIK saya adalah 9971…`.
fn up_to_number(tokens: &[Token<'_>], label: Label) -> usize {
    let adds_nothing = |token: &&Token<'_>| match token.kind {
        Kind::Word if number::is_mistyped(token.text) => false,
        Kind::Word => QUALIFIERS.contains(&&*token.folded) || vocabulary::is_filler(&token.folded),
        Kind::Mark(mark) => matches!(mark, '.' | '-' | '(' | ')' | ':' | '='),
        Kind::Digits | Kind::Separator => false,
    };
    let between = tokens.iter().take(MAX_QUALIFICATION).take_while(adds_nothing).count();
    let number = &tokens[between..];
    let is_it =
        number::like_nik(number).is_some() || (label == Unneeded && number::is_phones(number));
    if is_it { between } else { 0 }
}

/// Whether the words that follow begin with the name of a regency: `ktp saya Bandung`, but not
/// `ktp saya hilang`.
fn is_regency(tokens: &[Token<'_>]) -> bool {
    let words = tokens.iter().skip_while(|token| is_lead_in_of_regency(&token.folded));
    let words = words.take(MAX_WORDS_OF_REGENCY);
    let words = words.take_while(|token| token.kind == Kind::Word).map(|token| token.text);
    let words: Vec<_> = words.collect();
    (1..=words.len()).any(|count| regency::named(&words[..count].join(" ")).is_some())
}

/// What is said before a regency and is no part of it.
pub(super) fn is_lead_in_of_regency(word: &str) -> bool {
    matches!(word, "saya" | "sy" | "aku" | "di" | "dari" | "nya" | "adalah")
}

/// `Kabupaten Ogan Komering Ulu Selatan`.
const MAX_WORDS_OF_REGENCY: usize = 5;

/// Places: never part of a person's name.
fn is_place(words: &[&str]) -> bool {
    matches!(words, ["kota" | "kab" | "kabupaten"])
}

/// Words that are never part of a person's name, in the middle of others either.
fn is_never_in_name(words: &[&str], tokens: &[Token<'_>]) -> bool {
    is_place(words)
        || matches!(words, ["nama", "saya" | "lengkap" | "pemohon"] | ["atas", "nama"])
        || tokens.first().is_some_and(|token| token.folded == "namanya")
}

/// How many tokens these words take; a dot after an abbreviation belongs to it.
fn matching(tokens: &[Token<'_>], words: &[&str], label: Label) -> Option<usize> {
    let mut at = 0;
    for word in words {
        let said = &*tokens.get(at)?.folded;
        let is_it = said == *word
            || (label != Unneeded && !is_place(words) && said.strip_suffix(ITS) == Some(word));
        if !is_it {
            return None;
        }
        at += 1;
        at += usize::from(tokens.get(at).is_some_and(|token| token.kind == Kind::Mark('.')));
    }
    Some(at)
}

/// `namanya`: the name of it.
const ITS: &str = "nya";

/// Whether a label begins with this word.
pub(super) fn is_first_word(word: &str) -> bool {
    let plain = word.strip_suffix(ITS).unwrap_or(word);
    LABELS.iter().any(|(words, ..)| matches!(words.first(), Some(&w) if w == word || w == plain))
}

/// Whether a word is of a label, and nobody's name.
pub(super) fn is_word(word: &str) -> bool {
    is_first_word(word) || matches!(word, "lengkap" | "kartu" | "keluarga" | "k")
}
