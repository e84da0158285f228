//! Personal data as types that cannot print themselves.
//!
//! `Debug` shows only the type's name, there is no `Display` and no `Serialize`: whoever needs the
//! value says `expose` (and so stands out in a review).

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::normal::{digits, normal};

mod phone;

pub use phone::{InvalidPhone, PhoneNumber};

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl $name {
            /// The value itself. For the one place that needs it; never for a log, URL or error.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }
    )*};
}

redacted!(Nik, PhoneNumber, PersonName, ScopedUserId);

/// A national identity number: `PPKKCC DDMMYY SSSS`.
#[derive(Clone, PartialEq, Eq)]
pub struct Nik(String);

/// Aceh; the codes of provinces are those of the Ministry of Home Affairs.
const FIRST_PROVINCE: u32 = 11;

/// Why a text is not a NIK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a NIK has 16 digits, with a day of birth from 01 to 31 (41 to 71 for women), a month from 01 to 12 and a sequence that is not 0000"
)]
pub struct InvalidNik;

impl Nik {
    /// Whether the digits tell the same day, month and year of the century as `birth`.
    ///
    /// A difference is worth a warning, never a refusal: a birth date that was corrected later
    /// leaves the NIK as it was.
    pub fn agrees_with(&self, birth: NaiveDate) -> bool {
        let number = |at: usize| self.0[at..at + 2].parse::<u32>().unwrap_or(0);
        let day = number(6) % 40;
        let year = u32::try_from(birth.year().rem_euclid(100)).unwrap_or(0);
        (day, number(8), number(10)) == (birth.day(), birth.month(), year)
    }

    /// The birth date that the digits tell: the latest one that is not after `today`. Absent: there
    /// is no such date.
    pub fn birth_date(&self, today: NaiveDate) -> Option<NaiveDate> {
        let number = |at: usize| self.0[at..at + 2].parse::<u32>().ok();
        let (day, month) = (number(6)? % 40, number(8)?);
        let year = i32::try_from(number(10)?).ok()?;
        let century = today.year() - today.year().rem_euclid(100);
        let of = |century: i32| NaiveDate::from_ymd_opt(century + year, month, day);
        of(century).filter(|date| *date <= today).or_else(|| of(century - 100))
    }

    /// Whether it can have been issued as it stands: its first two digits are a province's, none of which
    /// has a code below 11, and its date exists. Worth a look at the KTP, never a refusal.
    pub fn is_likely(&self) -> bool {
        let number = |at: usize| self.0[at..at + 2].parse::<u32>().unwrap_or(0);
        let year = i32::try_from(number(10)).unwrap_or(0);
        let exists = |century: i32| {
            NaiveDate::from_ymd_opt(century + year, number(8), number(6) % 40).is_some()
        };
        number(0) >= FIRST_PROVINCE && (exists(1900) || exists(2000))
    }

    /// The last four digits: a running number, which tells the people of one account apart and is nobody's
    /// alone.
    pub fn ending(&self) -> &str {
        &self.0[12..]
    }

    /// At how many places it has another digit than `other`.
    pub fn digits_that_differ(&self, other: &Self) -> usize {
        self.0.bytes().zip(other.0.bytes()).filter(|(one, another)| one != another).count()
    }

    /// The first and last four digits, for its owner to recognise it.
    pub fn masked(&self) -> String {
        format!("{}••••••••{}", &self.0[..4], &self.0[12..])
    }
}

impl FromStr for Nik {
    type Err = InvalidNik;

    fn from_str(text: &str) -> Result<Self, InvalidNik> {
        let digits = digits(text);
        if digits.len() != 16 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidNik);
        }
        let number = |range: std::ops::Range<usize>| digits[range].parse::<u32>().unwrap_or(0);
        let day = number(6..8);
        let day_ok = (1..=31).contains(&day) || (41..=71).contains(&day);
        if day_ok && (1..=12).contains(&number(8..10)) && number(12..16) != 0 {
            Ok(Self(digits))
        } else {
            Err(InvalidNik)
        }
    }
}

/// A person's name as they write it, in any number of words: 1 to 100 characters, no control characters,
/// nothing that hides or turns letters, for a clerk compares it with a KTP.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// As others may see it over a shoulder: the first name, and the initials of the rest. A name that was
    /// written small begins with a capital, too.
    ///
    /// ```
    /// let name: antrian_domain::personal::PersonName = "Muhammad rizky Pratama".parse().unwrap();
    /// assert_eq!(name.short(), "Muhammad R. P.");
    /// ```
    pub fn short(&self) -> String {
        let mut words = self.0.split_whitespace();
        let first = words.next().unwrap_or_default();
        let is_small = !self.0.chars().any(char::is_uppercase);
        let mut short = if is_small { capitalised(first) } else { first.to_owned() };
        for initial in words.filter_map(|word| word.chars().find(|c| c.is_alphabetic())) {
            short.push(' ');
            short.extend(initial.to_uppercase());
            short.push('.');
        }
        short
    }
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest.as_str().chars()).collect()
}

/// A text that is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 100 characters, as on the KTP")]
pub struct InvalidName;

impl FromStr for PersonName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let name = normal(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let ok = (1..=100).contains(&name.chars().count())
            && !name.chars().any(char::is_control)
            && name.chars().any(char::is_alphabetic);
        if ok { Ok(Self(name)) } else { Err(InvalidName) }
    }
}

/// A business-scoped WhatsApp user id, which may come instead of a phone number.
#[derive(Clone, PartialEq, Eq)]
pub struct ScopedUserId(String);

/// A text that is not a business-scoped user id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a business-scoped user id")]
pub struct InvalidScopedUserId;

impl FromStr for ScopedUserId {
    type Err = InvalidScopedUserId;

    fn from_str(text: &str) -> Result<Self, InvalidScopedUserId> {
        let ok = (4..=160).contains(&text.len())
            && text.contains('.')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        if ok { Ok(Self(text.to_owned())) } else { Err(InvalidScopedUserId) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_nik_is_checked_for_what_never_varies() {
        for good in [
            "9971014501909001",
            "99.71.01.450190.9001",
            "9971 0131 1299 9123",
            "9971\u{a0}0131\u{2011}1299\u{2011}9123\n",
            "\u{200e}９９７１０１４５０１９０９００１",
            "٩٩٧١٠١٤٥٠١٩٠٩٠٠١",
        ] {
            assert!(good.parse::<Nik>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "997101450190900",
            "9971013201909001",
            "9971010001909001",
            "9971014513909001",
            "9971014501900000",
            "99710145019090x1",
        ] {
            assert_eq!(bad.parse::<Nik>(), Err(InvalidNik), "{bad}");
        }
    }

    #[test]
    fn the_birth_date_of_a_woman_is_read_with_forty_taken_off() {
        let nik: Nik = "9971014501909001".parse().unwrap();
        assert!(nik.agrees_with(NaiveDate::from_ymd_opt(1990, 1, 5).unwrap()));
        assert!(!nik.agrees_with(NaiveDate::from_ymd_opt(1990, 5, 1).unwrap()));
    }

    #[test]
    fn a_nik_that_nobody_can_have_is_noticed() {
        let likely = |nik: &str| nik.parse::<Nik>().unwrap().is_likely();
        assert!(likely("9971014501909001") && likely("1171012902040001"), "a leap day");
        assert!(likely("3171012902000001"), "2000 was a leap year, 1900 was none");
        assert!(!likely("9971013102909001"), "31 February");
        assert!(!likely("9971012902010001"), "29 February 2001 or 1901");
        assert!(!likely("0071010101909001"), "province 00");
    }

    #[test]
    fn personal_data_does_not_print_itself() {
        let nik: Nik = "9971014501909001".parse().unwrap();
        assert_eq!(format!("{nik:?}"), "Nik(…)");
        assert_eq!(nik.masked(), "9971••••••••9001");
    }

    proptest! {
        #[test]
        fn a_well_formed_nik_is_taken(region in 0u32..1_000_000, day in 1u32..=31, woman: bool,
            month in 1u32..=12, year in 0u32..100, sequence in 1u32..10_000) {
            let day = day + if woman { 40 } else { 0 };
            let text = format!("{region:06}{day:02}{month:02}{year:02}{sequence:04}");
            let nik: Nik = text.parse().unwrap();
            prop_assert_eq!(nik.expose(), text);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            let _ = (text.parse::<Nik>(), text.parse::<PhoneNumber>(), text.parse::<PersonName>());
        }
    }

    #[test]
    fn the_digits_tell_the_latest_birth_date_that_is_not_to_come() {
        let told = |nik: &str, today: &str| {
            let nik: Nik = nik.parse().unwrap();
            nik.birth_date(today.parse().unwrap()).map(|date| date.to_string())
        };
        let born = |date: &str| Some(date.to_owned());
        assert_eq!(told("9971014501909001", "2026-12-02"), born("1990-01-05"));
        assert_eq!(told("9971010212269001", "2026-12-02"), born("2026-12-02"), "today");
        assert_eq!(told("9971010312269001", "2026-12-02"), born("1926-12-03"));
        assert_eq!(told("9971012902009001", "2026-12-02"), born("2000-02-29"));
        assert_eq!(told("9971013102009001", "2026-12-02"), None, "31 February");
    }

    #[test]
    fn a_name_is_shortened_so_that_a_family_can_tell_its_tickets_apart() {
        let short = |name: &str| name.parse::<PersonName>().unwrap().short();
        assert_eq!(short("Siti"), "Siti");
        assert_eq!(short("Siti (Ibu) Contoh"), "Siti I. C.");
        assert_eq!(short("Muhammad rizky Pratama"), "Muhammad R. P.");
        assert_eq!(short("budi contoh"), "Budi C.");
        assert_eq!(short("de Contoh"), "de C.", "somebody chose the capitals");
    }

    #[test]
    fn a_scoped_id_has_letters_digits_and_a_dot() {
        let is_id = |text: &str| text.parse::<ScopedUserId>().is_ok();
        assert!(is_id("ID.1") && is_id(&format!("ID.{}", "1".repeat(157))));
        assert!(!is_id("I.1") && !is_id(&format!("ID.{}", "1".repeat(158))));
        assert!(!is_id("ID12") && !is_id("ID.1-2") && !is_id("ID.1 2"));
    }

    #[test]
    fn a_name_has_letters_and_nothing_that_hides() {
        let name = |text: &str| text.parse::<PersonName>().map(|name| name.expose().to_owned());
        assert_eq!(name("  Siti   Contoh "), Ok("Siti Contoh".to_owned()));
        assert!(name(&"é".repeat(100)).is_ok() && name(&"é".repeat(101)).is_err());
        for hidden in ["Siti\u{202e}", "Siti\u{200b}", "Si\u{feff}ti", "Ｓｉｔｉ\r\n"] {
            assert_eq!(name(hidden), Ok("Siti".to_owned()), "{hidden:?}");
        }
        for bad in ["", " ", "123", "Siti\u{0}", "\u{202e}"] {
            assert_eq!(name(bad), Err(InvalidName), "{bad:?}");
        }
    }
}
