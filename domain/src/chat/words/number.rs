//! Identity numbers and times of day among tokens.

use crate::personal::Nik;
use crate::time::SlotTime;

use super::date;
use super::token::{Kind, Token};

const NIK_DIGITS: usize = 16;
/// Groups of a number that are looked at: a NIK in groups of one digit has sixteen.
const MAX_GROUPS: usize = 24;

/// Groups of digits with spaces, dots or dashes between them.
struct Groups {
    /// Digits and tokens after each group.
    sums: Vec<(usize, usize)>,
    digits: String,
}

impl Groups {
    fn of(tokens: &[Token<'_>]) -> Self {
        let mut groups = Self { sums: Vec::new(), digits: String::new() };
        let mut at = 0;
        while groups.sums.len() < MAX_GROUPS {
            let Some(token) = tokens.get(at).filter(|token| is_number(token)) else {
                break;
            };
            groups.digits.extend(token.text.chars().map(as_digit));
            at += 1;
            groups.sums.push((groups.digits.len(), at));
            let joined = tokens.get(at).is_some_and(|t| matches!(t.kind, Kind::Mark('.' | '-')));
            at += usize::from(joined);
        }
        groups
    }

    /// Tokens that make sixteen digits.
    fn sixteen(&self) -> Option<usize> {
        self.sums.iter().find(|(digits, _)| *digits == NIK_DIGITS).map(|(_, tokens)| *tokens)
    }
}

/// The digit that a letter looks like.
fn as_digit(symbol: char) -> char {
    match symbol {
        'O' | 'o' => '0',
        'I' | 'l' => '1',
        other => other,
    }
}

/// Whether a word is a number in which letters stand for digits that they look like: `9OO1`.
pub(super) fn is_mistyped(word: &str) -> bool {
    word.chars().all(|symbol| as_digit(symbol).is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn is_number(token: &Token<'_>) -> bool {
    token.kind == Kind::Digits || (token.kind == Kind::Word && is_mistyped(token.text))
}

fn begins_number(token: &Token<'_>) -> bool {
    is_number(token) && token.text.starts_with(|c: char| c.is_ascii_digit())
}

/// How many digits a text has, letters that look like them among those of a mistyped number.
pub(super) fn count_digits(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let of = |word: &str| match is_mistyped(word) {
        true => word.len(),
        false => word.bytes().filter(u8::is_ascii_digit).count(),
    };
    words.map(of).sum()
}

/// How many tokens at the beginning of `tokens` are a NIK or look like one.
pub(super) fn like_nik(tokens: &[Token<'_>]) -> Option<usize> {
    nik(tokens).map(|(_, taken)| taken).or_else(|| bad_nik(tokens, false))
}

/// A NIK at the beginning of `tokens`, and how many it takes. Two dates in a row that have sixteen
/// digits together are dates.
pub(super) fn nik(tokens: &[Token<'_>]) -> Option<(Nik, usize)> {
    tokens.first().filter(|token| begins_number(token))?;
    let groups = Groups::of(tokens);
    let taken = groups.sixteen()?;
    let nik = groups.digits.get(..NIK_DIGITS)?.parse().ok()?;
    (!is_two_dates(&tokens[..taken])).then_some((nik, taken))
}

fn is_two_dates(tokens: &[Token<'_>]) -> bool {
    let Some((_, first)) = date::certain(tokens) else { return false };
    date::certain(&tokens[first..]).is_some_and(|(_, second)| first + second == tokens.len())
}

/// How many tokens at the beginning of `tokens` were meant as a NIK and are none. After the label of a
/// NIK any number was.
pub(super) fn bad_nik(tokens: &[Token<'_>], labelled: bool) -> Option<usize> {
    let first = tokens.first().filter(|token| begins_number(token))?;
    let groups = Groups::of(tokens);
    let &(digits, taken) = groups.sums.last()?;
    if is_phone(&groups.digits) && !labelled {
        return None;
    }
    if labelled || (13..=19).contains(&digits) {
        Some(taken)
    } else {
        (first.kind == Kind::Digits && first.text.len() >= 9).then_some(1)
    }
}

/// Whether the digits at the beginning of `tokens` are those of an Indonesian phone.
pub(super) fn is_phones(tokens: &[Token<'_>]) -> bool {
    is_phone(&Groups::of(tokens).digits)
}

/// Whether digits are those of an Indonesian phone.
fn is_phone(digits: &str) -> bool {
    (9..=14).contains(&digits.len()) && (digits.starts_with("08") || digits.starts_with("628"))
}

/// A time of day at the beginning of `tokens`, and how many it takes. `0900` and `9` are times only
/// after a word that says so.
pub(super) fn time(tokens: &[Token<'_>], labelled: bool) -> Option<(SlotTime, usize)> {
    let (hour, minute, taken) = clock(tokens, labelled)?;
    let after = tokens.get(taken).map_or("", |token| token.folded.as_str());
    let shift = match (after, hour) {
        ("pm", 1..=11) | ("siang", 1..=3) | ("sore", 1..=6) | ("malam", 6..=11) => 12,
        _ => 0,
    };
    let time = SlotTime::from_minutes((hour + shift) * 60 + minute)?;
    let named = matches!(after, "am" | "pm" | "pagi" | "siang" | "sore" | "malam");
    let mut taken = taken + usize::from(named);
    if let Some(until) = range_end(&tokens[taken..]) {
        taken += until;
    }
    let zone = tokens.get(taken).is_some_and(|t| matches!(&*t.folded, "wib" | "wita" | "wit"));
    Some((time, taken + usize::from(zone)))
}

/// The hour of an answer to "at which hour?", in digits or in words, whole or half. Nobody comes before
/// seven: `jam 2` is in the afternoon. An answer that says more than one hour, or something beside it that
/// makes it another one, is none: a seat at an hour that nobody has named is worse than a question.
pub(super) fn hour(tokens: &[Token<'_>]) -> Option<SlotTime> {
    let mut said = (0..tokens.len()).filter_map(|at| Some((at, hour_at(&tokens[at..])?)));
    let (at, (time, taken)) = said.next()?;
    let rest = &tokens[at + taken..];
    let has_more = (0..rest.len()).any(|at| hour_at(&rest[at..]).is_some());
    if has_more || tokens.iter().any(|token| is_other_hour(&token.folded)) {
        return None;
    }
    let is_half = at > 0 && HALF.contains(&&*tokens[at - 1].folded);
    let minutes = time.minutes().checked_sub(if is_half { 30 } else { 0 })?;
    let shift = if minutes < FIRST_HOUR * 60 { 12 * 60 } else { 0 };
    SlotTime::from_minutes(minutes + shift)
}

/// An hour at the beginning of tokens, and how many it takes.
fn hour_at(tokens: &[Token<'_>]) -> Option<(SlotTime, usize)> {
    let first = tokens.first()?;
    let (hour, taken) = match HOURS.iter().find(|(word, _)| *word == first.folded) {
        Some((_, hour)) => (SlotTime::from_minutes(hour * 60)?, 1),
        None => time(tokens, true)?,
    };
    let is_quarter = |token: &&Token<'_>| matches!(token.text, "00" | "15" | "30" | "45");
    let minutes = tokens.get(taken).filter(|_| hour.minutes() % 60 == 0).filter(is_quarter);
    let Some(minutes) = minutes.and_then(|token| token.text.parse::<u16>().ok()) else {
        return Some((hour, taken));
    };
    Some((SlotTime::from_minutes(hour.minutes() + minutes)?, taken + 1))
}

/// Whether a word beside an hour makes it another one, or none.
pub(super) fn is_other_hour(word: &str) -> bool {
    OTHER_HOUR.contains(&word)
}

/// `setengah 9`: half an hour before it.
const HALF: [&str; 4] = ["setengah", "stengah", "stgh", "stgah"];
/// What makes an hour another one, or none.
const OTHER_HOUR: [&str; 24] = [
    "bukan", "jangan", "tidak", "tdk", "tak", "ga", "gak", "ngak", "engak", "selain", "kecuali",
    "setelah", "sesudah", "sebelum", "habis", "antara", "atau", "kurang", "lewat", "lebih", "not",
    "after", "before", "or",
];
const FIRST_HOUR: u16 = 7;
/// Hours of a working day as words, with no letter twice in a row.
const HOURS: [(&str, u16); 10] = [
    ("tujuh", 7),
    ("delapan", 8),
    ("sembilan", 9),
    ("sepuluh", 10),
    ("sebelas", 11),
    ("satu", 13),
    ("dua", 14),
    ("tiga", 15),
    ("empat", 16),
    ("nine", 9),
];

/// Hour, minute, tokens.
fn clock(tokens: &[Token<'_>], labelled: bool) -> Option<(u16, u16, usize)> {
    let value = |text: &str| text.parse::<u16>().ok();
    let checked =
        |hour: u16, minute: u16, taken| (hour < 24 && minute < 60).then_some((hour, minute, taken));
    match tokens {
        [hour, mark, minute, ..]
            if matches!(mark.kind, Kind::Mark('.' | ':'))
                && hour.is_digits(1..=2)
                && minute.is_digits(2..=2)
                && mark.end() == minute.start =>
        {
            checked(value(hour.text)?, value(minute.text)?, 3)
        }
        [one, ..] if labelled && one.is_digits(4..=4) => {
            checked(value(&one.text[..2])?, value(&one.text[2..])?, 1)
        }
        [hour, ..] if labelled && hour.is_digits(1..=2) => checked(value(hour.text)?, 0, 1),
        [hour, half, ..] if hour.is_digits(1..=2) && matches!(&*half.folded, "am" | "pm") => {
            checked(value(hour.text)?, 0, 1)
        }
        _ => None,
    }
}

/// The rest of `09.00-10.00`.
fn range_end(tokens: &[Token<'_>]) -> Option<usize> {
    let first = tokens.first()?;
    let is_until =
        first.kind == Kind::Mark('-') || matches!(&*first.folded, "sd" | "sampai" | "to");
    let (_, _, taken) = clock(&tokens[1..], false).filter(|_| is_until)?;
    Some(taken + 1)
}

#[cfg(test)]
mod tests {
    use super::is_phone;

    #[test]
    fn a_phone_begins_as_phones_do_and_has_nine_to_fourteen_digits() {
        for phone in ["081234567", "62812345678901", "08123456789012"] {
            assert!(is_phone(phone), "{phone}");
        }
        for other in ["08123456", "081234567890123", "02112345678", "628123", "9971014501909001"] {
            assert!(!is_phone(other), "{other}");
        }
    }
}
