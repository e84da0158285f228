//! Codes among words: of bookings and of registrations.

use crate::code::{BookingCode, InvalidCode};

use super::said::Command;
use super::text::folded;
use super::vocabulary::{Meaning, is_filler, meaning_at};

/// Registration codes that are looked up for one text.
const MAX_CANDIDATES: usize = 3;
const REGISTRATION_SYMBOLS: usize = 8;
/// A code is typed in so many pieces at most.
const MAX_PIECES: usize = 10;
/// Of the 22 letters of a code two are vowels: what has more vowels than these is an ordinary word.
const MAX_VOWELS: usize = 2;

/// Candidates for a registration's code after `DAFTAR`.
pub(super) fn after_register(plain: &str) -> Vec<String> {
    let words: Vec<_> = ascii_words(plain).collect();
    let Some(at) = words.iter().position(|word| is_register(word)) else { return Vec::new() };
    let after = &words[at + 1..];
    let candidates = after.iter().enumerate().filter_map(|(at, word)| {
        let is_code = has_digit(word) || (at == 0 && !is_ordinary(word));
        registration(word).filter(|_| is_code)
    });
    candidates.take(MAX_CANDIDATES).collect()
}

/// The code of a registration that stands alone or beside words that say nothing.
pub(super) fn alone(plain: &str) -> Option<String> {
    let mut words = ascii_words(plain).filter(|word| !is_filler(&folded(word)));
    let word = words.next()?;
    (words.next().is_none() && has_digit(word)).then(|| registration(word)).flatten()
}

fn ascii_words(plain: &str) -> impl Iterator<Item = &str> {
    plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

fn is_register(word: &str) -> bool {
    matches!(&*folded(word), "daftar" | "dftar")
}

/// A word as a registration code: eight symbols, read as Crockford says.
fn registration(word: &str) -> Option<String> {
    let symbol = |symbol: char| match symbol.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        'U' => None,
        other => Some(other),
    };
    (word.len() == REGISTRATION_SYMBOLS).then(|| word.chars().map(symbol).collect()).flatten()
}

/// Whether letters are a word rather than a code.
fn is_ordinary(word: &str) -> bool {
    let folded = folded(word);
    is_filler(&folded) || meaning_at(&[folded]).is_some() || vowels(word) > MAX_VOWELS
}

fn vowels(word: &str) -> usize {
    word.bytes().filter(|b| matches!(b.to_ascii_uppercase(), b'A' | b'E' | b'I' | b'O')).count()
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_letter(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// What was found where a booking's code may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Code(BookingCode),
    /// Symbols that were meant as one.
    Mistyped,
}

/// The code of a booking among the words of a short text, and the words beside it.
pub(super) fn booking(plain: &str) -> Option<(Found, Vec<String>)> {
    let words: Vec<&str> = ascii_words(plain).collect();
    let marked: Vec<&str> = words.iter().copied().filter(|word| !is_said(word)).collect();
    let said: Vec<String> =
        words.iter().filter(|word| is_said(word)).map(|word| folded(word)).collect();
    if words.len() > 2 * MAX_PIECES || marked.is_empty() {
        return None;
    }
    let is_expected = said.iter().any(|word| expects_code(word));
    let is_hyphened = is_hyphened(plain, &marked);
    if let Some(found) = whole(&marked, is_expected, is_hyphened) {
        return Some((found, said));
    }
    let (at, taken, found) = part(plain, &marked)?;
    let beside = marked[..at].iter().chain(&marked[at + taken..]).map(|word| folded(word));
    Some((found, said.into_iter().chain(beside).collect()))
}

/// The one code in a text of any length, such as a message of ours that was sent back. Where codes are
/// written as we show them, others do not count.
pub(super) fn within(plain: &str) -> Option<BookingCode> {
    let words: Vec<&str> = ascii_words(plain).collect();
    let is_shown = |pair: &[&str]| is_hyphened(plain, pair);
    let pairs = words.windows(2).filter(|pair| pair.iter().all(|word| word.len() == 5));
    let read = |text: String| text.parse().ok().filter(|_| has_digit(&text));
    // As we print it, a code may be letters alone.
    let printed = |text: String| {
        let is_large = !text.bytes().any(|byte| byte.is_ascii_lowercase());
        text.parse().ok().filter(|_| is_large || has_digit(&text))
    };
    let shown: Vec<BookingCode> = pairs
        .clone()
        .filter(|pair| is_shown(pair))
        .filter_map(|pair| printed(pair.concat()))
        .collect();
    let bare = || {
        let whole = words.iter().filter(|word| word.len() == 10).map(|word| (*word).to_owned());
        whole.chain(pairs.map(|pair| pair.concat())).filter_map(read).collect()
    };
    let mut found: Vec<BookingCode> = if shown.is_empty() { bare() } else { shown };
    found.sort_unstable();
    found.dedup();
    if let [only] = *found { Some(only) } else { None }
}

/// Whether a code is expected after this word.
fn expects_code(word: &str) -> bool {
    let meant = meaning_at(&[word.to_owned()]);
    matches!(word, "kode" | "code")
        || matches!(meant, Some((Meaning::Do(Command::Cancel(_) | Command::Move(_)), ..)))
}

/// Whether a word means something, or nothing, by itself: it is never part of a code.
fn is_said(word: &str) -> bool {
    let folded = folded(word);
    !has_digit(word) && (is_filler(&folded) || meaning_at(&[folded]).is_some())
}

/// Two groups of five with a hyphen between them, as codes are shown.
fn is_hyphened(plain: &str, words: &[&str]) -> bool {
    matches!(words, [a, b] if a.len() == 5 && b.len() == 5 && plain.contains(&format!("{a}-{b}")))
}

/// All the words together as one code.
fn whole(words: &[&str], is_expected: bool, is_hyphened: bool) -> Option<Found> {
    if words.len() > MAX_PIECES {
        return None;
    }
    let joined = words.concat();
    let max_vowels = if is_expected { MAX_VOWELS } else { 1 };
    let is_symbols = words.len() == 1 && vowels(&joined) <= max_vowels;
    let meant = has_digit(&joined) || is_hyphened || is_symbols;
    match joined.parse::<BookingCode>() {
        Ok(code) if meant => Some(Found::Code(code)),
        Err(InvalidCode::Check) if looks_typed(words) => Some(Found::Mistyped),
        Err(InvalidCode::Form) if is_expected && looks_typed(words) => {
            (7..=12).contains(&joined.len()).then_some(Found::Mistyped)
        }
        _ => None,
    }
}

/// One word, or two groups of five, with letters and digits.
fn looks_typed(words: &[&str]) -> bool {
    let joined = words.concat();
    let grouped =
        words.len() == 1 || (words.len() == 2 && words.iter().all(|word| word.len() >= 4));
    grouped && has_digit(&joined) && has_letter(&joined)
}

/// A code among other words: where it begins, how many words it takes, what it is.
fn part(plain: &str, words: &[&str]) -> Option<(usize, usize, Found)> {
    let found = (0..words.len()).find_map(|at| {
        let one = &words[at..=at];
        let two = words.get(at..at + 2).filter(|two| two.iter().all(|word| word.len() == 5));
        [Some(one), two].into_iter().flatten().find_map(|group| {
            let joined = group.concat();
            let code = joined.parse().ok().filter(|_| has_digit(&joined))?;
            Some((at, group.len(), Found::Code(code)))
        })
    });
    found.or_else(|| shown_mistyped(plain, words))
}

/// Two groups as codes are shown, with a wrong symbol.
fn shown_mistyped(plain: &str, words: &[&str]) -> Option<(usize, usize, Found)> {
    let at = words.windows(2).position(|pair| {
        let is_wrong = pair.concat().parse::<BookingCode>() == Err(InvalidCode::Check);
        is_wrong && is_hyphened(plain, pair) && looks_typed(pair)
    })?;
    Some((at, 2, Found::Mistyped))
}
