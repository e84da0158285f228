//! Identifiers: parsed once, then trusted. None of them authorises anything.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::code::BookingCode;

/// Why a text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}")]
pub struct InvalidId {
    /// The kind of identifier that was expected.
    pub kind: &'static str,
}

/// A text of `min..=max` bytes, each an ASCII lower-case letter, digit, `-` or `_`.
fn is_slug(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $min:literal..=$max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if is_slug(text, $min, $max) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId { kind: $kind })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_id! {
    /// An office, for example `jakarta-pusat`. At most 20 bytes, so that a ticket's QR stays small.
    OfficeId, "office", 2..=20
}
slug_id! {
    /// A service, for example `passport_new`.
    ServiceId, "service", 2..=40
}
slug_id! {
    /// A session as its account's list names it; the token does not follow from it.
    SessionId, "session", 16..=16
}
slug_id! {
    /// An account; opaque, random.
    AccountId, "account", 8..=40
}
slug_id! {
    /// A person within an account: `p1`, `p2` and so on.
    ApplicantId, "applicant", 2..=8
}
slug_id! {
    /// A registration in progress; derived from its code, opaque to clients.
    RegistrationId, "registration", 16..=64
}
slug_id! {
    /// An outbox row.
    MessageId, "message", 4..=96
}

/// Which scan of which scanner. Both texts are the scanner's own and say nothing here: two scans are the
/// same if both are. The order is that of the texts, and only decides between scans of the same second.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ScanKey {
    scanner: String,
    scan: String,
}

impl ScanKey {
    /// The scan that a scanner of 1 to 64 visible ASCII characters calls by 1 to 128 of them.
    ///
    /// # Errors
    /// Names the one that does not fit: `scanner` or `scan`.
    pub fn new(scanner: &str, scan: &str) -> Result<Self, InvalidId> {
        let fits = |text: &str, max| {
            (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
        };
        match (fits(scanner, 64), fits(scan, 128)) {
            (true, true) => Ok(Self { scanner: scanner.to_owned(), scan: scan.to_owned() }),
            (false, _) => Err(InvalidId { kind: "scanner" }),
            (true, false) => Err(InvalidId { kind: "scan" }),
        }
    }
}

impl ApplicantId {
    /// The id with this number, which is the account's own. Always valid: an account adds few people a
    /// day, so that a number never has more than seven digits.
    pub fn numbered(number: u32) -> Self {
        Self(format!("p{number}"))
    }

    /// Its number; zero for a text that is none of ours.
    pub fn number(&self) -> u32 {
        self.0.strip_prefix('p').and_then(|number| number.parse().ok()).unwrap_or(0)
    }
}

impl MessageId {
    /// The one message of this kind about this version of a booking. Always valid: the code has ten
    /// letters and digits, a version at most ten digits, and `kind` is the short name of a kind.
    pub(crate) fn of_booking(code: BookingCode, version: u32, kind: &'static str) -> Self {
        Self(format!("{}-{version}-{kind}", code.as_str().to_lowercase()))
    }

    /// The one message that a registration is verified. Always valid: a registration's id is a slug
    /// of at most 64 bytes.
    pub fn of_verified(registration: &RegistrationId) -> Self {
        Self(format!("verified-{registration}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_id_is_a_short_slug() {
        assert!("jakarta-pusat".parse::<OfficeId>().is_ok());
        for bad in ["", "a", "Jakarta", "a#b", "a b", "an-office-id-longer-than-20", "é-office"] {
            assert!(bad.parse::<OfficeId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_scan_is_called_by_two_short_visible_texts() {
        assert!(ScanKey::new(&"s".repeat(64), &"i".repeat(128)).is_ok());
        for (scanner, scan, wrong) in
            [("", "1", "scanner"), ("a b", "1", "scanner"), ("s", "", "scan"), ("s", "é", "scan")]
        {
            assert_eq!(ScanKey::new(scanner, scan), Err(InvalidId { kind: wrong }));
        }
        assert!(ScanKey::new(&"s".repeat(65), "1").is_err());
        assert!(ScanKey::new("s", &"i".repeat(129)).is_err());
    }
}
