//! Dates in the spellings that people use.

use chrono::{Datelike, Days, NaiveDate};

use super::calendar::{month, weekday};
use super::said::Relative;
use super::token::{Kind, Token};

/// Nobody plans a visit for later than in so many days: a year of two digits that would is the year of
/// a birth.
const FARTHEST_VISIT_DAYS: u64 = 731;
/// The 29th of February comes again after eight years at the latest.
const YEARS_TO_LEAP_DAY: i32 = 8;

/// A date as far as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stated {
    /// With its year.
    Full(NaiveDate),
    /// With two digits of its year: the century depends on whether it is a birth or a visit.
    Short {
        day: u32,
        month: u32,
        year: i32,
    },
    /// Without a year: the next such date.
    Yearless {
        day: u32,
        month: u32,
    },
    DayOnly(u32),
    /// From the day on which it is read.
    Relative(Relative),
}

impl Stated {
    /// As a birth date: the latest that is not after today.
    pub(super) fn birth(self, today: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Full(date) => Some(date).filter(|date| *date <= today),
            Self::Short { day, month, year } => [2000, 1900]
                .into_iter()
                .filter_map(|century| valid(century + year, month, day))
                .find(|date| *date <= today),
            Self::Relative(relative) => Some(relative.on(today)).filter(|date| *date <= today),
            Self::Yearless { .. } | Self::DayOnly(_) => None,
        }
    }

    /// As a date of visit, perhaps one that has passed.
    pub(super) fn visit(self, today: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Full(date) => Some(date),
            Self::Short { day, month, year } => valid(2000 + year, month, day),
            Self::Yearless { day, month } => (0..=YEARS_TO_LEAP_DAY)
                .filter_map(|years| valid(today.year() + years, month, day))
                .find(|date| *date >= today),
            Self::DayOnly(day) => today.iter_days().take(62).find(|date| date.day() == day),
            Self::Relative(relative) => Some(relative.on(today)),
        }
    }

    /// What it is from the day on which it is read, if it is so.
    pub(super) fn relative(self) -> Option<Relative> {
        if let Self::Relative(relative) = self { Some(relative) } else { None }
    }

    /// As whatever is likelier.
    pub(super) fn likely(self, today: NaiveDate) -> Option<NaiveDate> {
        let farthest = today.checked_add_days(Days::new(FARTHEST_VISIT_DAYS)).unwrap_or(today);
        match self {
            Self::Short { .. } => {
                let visit = self.visit(today).filter(|date| *date <= farthest);
                visit.or_else(|| self.birth(today))
            }
            other => other.visit(today),
        }
    }
}

/// What was read, and how many tokens it took.
pub(super) type Read = Option<(Stated, usize)>;

/// A date with all its parts, or one in words, at the beginning of `tokens`.
pub(super) fn certain(tokens: &[Token<'_>]) -> Read {
    alone(tokens).or_else(|| three(tokens)).or_else(|| named(tokens)).or_else(|| in_words(tokens))
}

/// Day and month only, at the beginning of `tokens`.
pub(super) fn day_and_month(tokens: &[Token<'_>]) -> Read {
    let [day, mark, month, ..] = tokens else { return None };
    let is_joined = matches!(mark.kind, Kind::Mark('/' | '-' | '.'));
    if !(is_joined && day.is_digits(1..=2) && month.is_digits(1..=2)) {
        return None;
    }
    Some((yearless(number(day), number(month))?, 3))
}

/// How many tokens are a date that does not exist, at the beginning of `tokens`.
pub(super) fn impossible(tokens: &[Token<'_>]) -> Option<usize> {
    if let Some((parts, taken)) = numbers(tokens) {
        let is_marked = taken == 5;
        return (is_marked || is_year(parts[2]) || is_year(parts[0])).then_some(taken);
    }
    match tokens {
        [one, ..] if one.is_digits(8..=8) => {
            let (day, month, year) = (&one.text[..2], &one.text[2..4], &one.text[4..]);
            (is_year(year) && day <= "31" && month <= "12" && day > "00" && month > "00")
                .then_some(1)
        }
        [one, ..] if one.is_digits(6..=6) => {
            let (day, month) = (&one.text[..2], &one.text[2..4]);
            (("29".."32").contains(&day) && ("01".."13").contains(&month)).then_some(1)
        }
        [day, rest @ ..] if day.is_digits(1..=2) => {
            let skipped = usize::from(is_joiner(rest.first()));
            month(&rest.get(skipped)?.folded).map(|_| {
                let taken = 2 + skipped;
                taken + year_after(&tokens[taken..]).map_or(0, |(_, taken)| taken)
            })
        }
        _ => None,
    }
}

fn alone(tokens: &[Token<'_>]) -> Read {
    let one = tokens.first()?;
    let part = |from: usize, to: usize| one.text[from..to].parse::<u32>().unwrap_or(0);
    let year = |from: usize| i32::try_from(part(from, from + 4)).unwrap_or(0);
    if one.is_digits(8..=8) {
        let date = valid(year(4), part(2, 4), part(0, 2));
        let date = date.or_else(|| valid(year(0), part(4, 6), part(6, 8)));
        return date.map(|date| (Stated::Full(date), 1));
    }
    if one.is_digits(6..=6) {
        let year = i32::try_from(part(4, 6)).unwrap_or(0);
        return Some((short(part(0, 2), part(2, 4), year)?, 1));
    }
    None
}

fn three(tokens: &[Token<'_>]) -> Read {
    let ([first, second, third], taken) = numbers(tokens)?;
    let value = |text: &str| text.parse::<u32>().unwrap_or(0);
    let year = |text: &str| text.parse::<i32>().unwrap_or(0);
    let stated = if first.len() == 4 {
        Stated::Full(valid(year(first), value(second), value(third))?)
    } else if third.len() == 4 {
        Stated::Full(valid(year(third), value(second), value(first))?)
    } else {
        short(value(first), value(second), year(third))?
    };
    Some((stated, taken))
}

/// Three numbers that have the lengths of a date's parts, with the same mark twice or none.
fn numbers<'a>(tokens: &[Token<'a>]) -> Option<([&'a str; 3], usize)> {
    let (parts, taken) = match tokens {
        [a, x, b, y, c, ..]
            if x.kind == y.kind && matches!(x.kind, Kind::Mark('/' | '-' | '.')) =>
        {
            ([a, b, c], 5)
        }
        [a, b, c, ..] => ([a, b, c], 3),
        _ => return None,
    };
    let [a, b, c] = parts;
    let is_date = b.is_digits(1..=2)
        && ((a.is_digits(1..=2) && (c.is_digits(4..=4) || c.is_digits(2..=2)))
            || (a.is_digits(4..=4) && c.is_digits(1..=2)));
    is_date.then_some(([a.text, b.text, c.text], taken))
}

/// `25 Januari 1987`, `25-Jan-87`, `7 desember`, `December 7, 2026`.
fn named(tokens: &[Token<'_>]) -> Read {
    let first = tokens.first()?;
    if first.is_digits(1..=2) {
        let ordinal =
            tokens.get(1).is_some_and(|t| matches!(&*t.folded, "st" | "nd" | "rd" | "th"));
        let at = 1 + usize::from(ordinal);
        let at = at + usize::from(is_joiner(tokens.get(at)));
        let month = month(&tokens.get(at)?.folded)?;
        return with_year(number(first), month, tokens, at + 1);
    }
    let named = month(&first.folded)?;
    let at = 1 + usize::from(tokens.get(1).is_some_and(|t| t.kind == Kind::Mark('.')));
    let day = tokens.get(at).filter(|token| token.is_digits(1..=2))?;
    let ordinal = tokens.get(at + 1);
    let at = at
        + 1
        + usize::from(ordinal.is_some_and(|t| matches!(&*t.folded, "st" | "nd" | "rd" | "th")));
    let continues =
        day_and_month(&tokens[at - 1..]).is_some() || numbers(&tokens[at - 1..]).is_some();
    let is_other = tokens.get(at).is_some_and(|next| month(&next.folded).is_some());
    if continues || is_other {
        return None;
    }
    with_year(number(day), named, tokens, at)
}

/// The date of a day and a month, with the year that stands at `at`, if one does.
fn with_year(day: u32, month: u32, tokens: &[Token<'_>], at: usize) -> Read {
    let (stated, taken) = match year_after(&tokens[at.min(tokens.len())..]) {
        Some((year, taken)) if year >= 100 => (Stated::Full(valid(year, month, day)?), taken),
        Some((year, taken)) => (short(day, month, year)?, taken),
        None => (yearless(day, month)?, 0),
    };
    Some((stated, at + taken))
}

/// A year and how many tokens it takes; not the hour of `7 desember 09.00`.
fn year_after(tokens: &[Token<'_>]) -> Option<(i32, usize)> {
    let skipped = usize::from(is_joiner(tokens.first()));
    let year = tokens.get(skipped)?;
    let rest = &tokens[skipped + 1..];
    let is_hour = matches!(rest, [mark, minute, ..]
        if matches!(mark.kind, Kind::Mark('.' | ':')) && minute.is_digits(2..=2));
    let is_year = is_year(year.text) || (year.is_digits(2..=2) && !is_hour);
    let value = year.text.parse().ok().filter(|_| is_year)?;
    Some((value, skipped + 1))
}

fn is_joiner(token: Option<&Token<'_>>) -> bool {
    token.is_some_and(|token| matches!(token.kind, Kind::Mark('/' | '-' | '.' | ',' | '\'')))
}

/// `besok`, `lusa`, `hari ini`, `senin`, `next monday`; of a weekday before a date only the date counts.
fn in_words(tokens: &[Token<'_>]) -> Read {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let ahead = |days, taken| Some((Stated::Relative(Relative::Ahead(days)), taken));
    match (word(0), word(1)) {
        ("hari", "ini") => ahead(0, 2),
        ("today", _) => ahead(0, 1),
        ("besok", "lusa") => ahead(2, 2),
        ("besok" | "bsk" | "besuk" | "esok" | "tomorow", _) => ahead(1, 1),
        ("lusa", _) => ahead(2, 1),
        ("day", "after") if word(2) == "tomorow" => ahead(2, 3),
        ("hari" | "next" | "on", name) if weekday(name).is_some() => {
            let (stated, taken) = of_weekday(&tokens[1..])?;
            Some((stated, taken + 1))
        }
        ("minggu" | "mingu", "depan") => None,
        (name, _) if weekday(name).is_some() => dated(tokens).or_else(|| of_weekday(tokens)),
        _ => None,
    }
}

/// The date that follows a weekday.
fn dated(tokens: &[Token<'_>]) -> Read {
    let is_between = |token: &&Token<'_>| {
        token.kind == Kind::Mark(',') || matches!(&*token.folded, "tangal" | "tgl")
    };
    let between = tokens.iter().skip(1).take(2).take_while(is_between).count();
    let rest = &tokens[1 + between..];
    let read = alone(rest).or_else(|| three(rest)).or_else(|| named(rest));
    let (stated, taken) = read.or_else(|| day_and_month(rest))?;
    Some((stated, taken + 1 + between))
}

/// The next such weekday, and how many tokens it takes with the `depan` after it.
fn of_weekday(tokens: &[Token<'_>]) -> Read {
    let day = weekday(&tokens.first()?.folded)?;
    let next = tokens.get(1).is_some_and(|token| token.folded == "depan");
    Some((Stated::Relative(Relative::Weekday(day)), 1 + usize::from(next)))
}

fn valid(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(year, month, day);
    date.filter(|_| (1900..2100).contains(&year))
}

fn short(day: u32, month: u32, year: i32) -> Option<Stated> {
    valid(2000 + year, month, day)
        .or_else(|| valid(1900 + year, month, day))
        .map(|_| Stated::Short { day, month, year })
}

/// A day that some year has.
fn yearless(day: u32, month: u32) -> Option<Stated> {
    valid(2000, month, day).map(|_| Stated::Yearless { day, month })
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20")) && number_of(text) > 0
}

fn number_of(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

fn number(token: &Token<'_>) -> u32 {
    number_of(token.text)
}
