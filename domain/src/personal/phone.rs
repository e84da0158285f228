//! Phone numbers, as people write them and in international form.

use std::str::FromStr;

use crate::normal::digits;

/// A phone number in international form, digits only: `62812…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(pub(super) String);

/// A text that is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is written with its country, for example +62 812 0000 0000")]
pub struct InvalidPhone;

impl FromStr for PhoneNumber {
    type Err = InvalidPhone;

    /// Takes a number in international form, as providers and the table have it, with or without `+`;
    /// 8 to 15 digits (E.164). What people type is for [`PhoneNumber::typed`].
    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        let digits = digits(text);
        let digits = digits.strip_prefix('+').unwrap_or(&digits);
        let ok = (8..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if ok { Ok(Self(digits.to_owned())) } else { Err(InvalidPhone) }
    }
}

/// Digits of an Indonesian mobile number without the country's and without its `0`: `812…`.
const MOBILE_DIGITS: std::ops::RangeInclusive<usize> = 9..=12;

/// What stands before a number in links and lists, small and without blanks, dots and dashes.
const BEFORE_PHONE: [&str; 13] = [
    "https://",
    "http://",
    "wame/",
    "apiwhatsappcom/send?phone=",
    "apiwhatsappcom/send/?phone=",
    "tel:",
    "whatsapp:",
    "nomor",
    "no",
    "hp",
    "wa",
    "telp",
    ":",
];
/// What stands behind one.
const AFTER_PHONE: [&str; 6] = ["(wa)", "(whatsapp)", "(hp)", "wa", "whatsapp", "hp"];

impl PhoneNumber {
    /// A number as people write it: Indonesian without its country (`0812…`, `812…`), or with any
    /// country's. What is written twice, as in `+62 0812…`, `+62+62812…` and `+62 (0)812…`, counts once;
    /// a link's address and the word for what it is (`wa.me/62812…`, `0812… (WA)`) do not count.
    ///
    /// # Errors
    /// If it is none, an Indonesian mobile number with fewer than 9 or more than 12 digits after its
    /// country's, or a number of a landline without its country.
    ///
    /// ```
    /// use antrian_domain::personal::PhoneNumber;
    ///
    /// assert_eq!(PhoneNumber::typed("0062 (0)812-0000-7436").unwrap().expose(), "6281200007436");
    /// ```
    pub fn typed(text: &str) -> Result<Self, InvalidPhone> {
        let typed = digits(text).to_lowercase();
        let typed = bare_number(&typed);
        let is_signed = typed.starts_with('+');
        let digits: String =
            typed.chars().filter(|c| !matches!(c, '(' | ')' | '/' | '+')).collect();
        if let Some(international) = digits.strip_prefix("00") {
            return of_country(international)?.parse();
        }
        if let Some(national) = digits.strip_prefix('0') {
            return if is_mobile(national) {
                format!("62{national}").parse()
            } else {
                Err(InvalidPhone)
            };
        }
        match is_mobile(&digits) && !is_signed {
            true => format!("62{digits}").parse(),
            false => of_country(&digits)?.parse(),
        }
    }
}

/// Digits of an Indonesian mobile number without the country's.
fn is_mobile(digits: &str) -> bool {
    digits.starts_with('8') && MOBILE_DIGITS.contains(&digits.len())
}

/// A number without the address of its link and the word for what it is.
fn bare_number(typed: &str) -> &str {
    let mut bare = typed;
    while let Some(rest) = BEFORE_PHONE.iter().find_map(|before| bare.strip_prefix(before)) {
        bare = rest;
    }
    if bare.len() < typed.len() {
        // What a link says besides.
        bare = bare.split(['?', '&']).next().unwrap_or(bare).trim_end_matches('/');
    }
    AFTER_PHONE.iter().find_map(|after| bare.strip_suffix(after)).unwrap_or(bare)
}

/// A number with its country's digits. After Indonesia's nothing stands that belongs to the way of
/// writing numbers within the country: no second `62`, no `0`.
fn of_country(digits: &str) -> Result<String, InvalidPhone> {
    let Some(mut national) = digits.strip_prefix("62") else { return Ok(digits.to_owned()) };
    while let Some(rest) = national.strip_prefix("62") {
        if !is_mobile(rest.trim_start_matches('0')) {
            break;
        }
        national = rest;
    }
    let national = national.trim_start_matches('0');
    let is_number = !national.starts_with('8') || is_mobile(national);
    if is_number { Ok(format!("62{national}")) } else { Err(InvalidPhone) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_brought_to_international_form() {
        for text in [
            "+62 812-0000-7436",
            "0812 0000 7436",
            "6281200007436",
            "81200007436",
            "812-0000-7436",
            "0062812 0000 7436",
            "+62 0812 0000 7436",
            "+62 (0)812 0000 7436",
            "+62+6281200007436",
            "+62 62 0812 0000 7436",
            "\u{200e}+62\u{a0}812\u{2011}0000\u{2011}7436\n",
            "＋６２８１２００００７４３６",
            "٠٨١٢٠٠٠٠٧٤٣٦",
            "tel:+6281200007436",
            "0812 0000 7436 (WA)",
            "0812-0000-7436 WA",
            "WA: 081200007436",
            "No. HP: 0812 0000 7436",
            "wa.me/6281200007436",
            "https://wa.me/6281200007436",
            "HTTPS://WA.ME/6281200007436?text=Halo%202",
            "https://api.whatsapp.com/send?phone=6281200007436&text=1",
        ] {
            let phone = PhoneNumber::typed(text).map(|phone| phone.expose().to_owned());
            assert_eq!(phone.as_deref(), Ok("6281200007436"), "{text}");
        }
        for (text, number) in [
            ("+81 90 1234 5678", "819012345678"),
            ("0081 90 1234 5678", "819012345678"),
            ("+62 21 2345 678", "62212345678"),
            ("+65 8123 4567", "6581234567"),
            ("+62 620 123 456", "62620123456"),
        ] {
            assert_eq!(PhoneNumber::typed(text).unwrap().expose(), number, "{text}");
        }
        for bad in [
            "",
            "123",
            "abc",
            "021 234 5678",
            "0212345678901234",
            "+62812000000010000",
            "08120000",
            "+628120000",
            "0062 812 0000 0",
            "0812 0000 0000 12",
            "https://example.org/6281200007436",
            "wa.me/",
            "6281200007436 dan 6281200007437",
        ] {
            assert!(PhoneNumber::typed(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_provider_names_stays_what_it_is() {
        for number in ["819012345678", "81200007436", "6281200007436"] {
            assert_eq!(number.parse::<PhoneNumber>().unwrap().expose(), number);
        }
        assert_eq!("+819012345678".parse::<PhoneNumber>().unwrap().expose(), "819012345678");
        assert!("0812 0000 0001".parse::<PhoneNumber>().is_err(), "only people write so");
    }
}
