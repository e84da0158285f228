//! A claim of a person: an account says that a person whom another account has booked for is theirs to
//! book for. Only the other account can give its booking up, or a clerk who sees the person's KTP; whoever
//! claims learns of nothing before.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::booking::{Booking, Status};
use super::code::BookingCode;
use super::ids::AccountId;
use super::language::Locale;
use super::personal::PersonName;

/// How long the other account may answer, and how long nobody else's claim is put to it.
pub const CLAIM_HOURS: i64 = 24;

/// A claim that was put to the account that has the booking. One for each person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonClaim {
    /// Who claims.
    pub claimant: AccountId,
    /// Language in which they are told.
    pub locale: Locale,
    /// Whose booking it is about.
    pub holder: AccountId,
    pub code: BookingCode,
    /// Its version when the question was put: whoever moves it afterwards wants it.
    pub booking_version: u32,
    #[serde(with = "chrono::serde::ts_seconds")]
    pub asked_at: DateTime<Utc>,
    /// An answer counts before this instant.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub until: DateTime<Utc>,
    /// The other account keeps its booking.
    #[serde(default)]
    pub is_refused: bool,
}

impl PersonClaim {
    /// A claim by an account. Absent: nobody is asked about this booking. It is the account's own, or it
    /// is not confirmed, and ends by itself within minutes, or its person is at the office already.
    pub fn about(
        booking: &Booking,
        (claimant, locale): (&AccountId, Locale),
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let is_asked = booking.account != *claimant && booking.status_at(now) == Status::Confirmed;
        is_asked.then(|| Self {
            claimant: claimant.clone(),
            locale,
            holder: booking.account.clone(),
            code: booking.code,
            booking_version: booking.version,
            asked_at: now,
            until: now + TimeDelta::hours(CLAIM_HOURS),
            is_refused: false,
        })
    }

    /// Whether an answer to it counts, for the booking as it is.
    pub fn is_open(&self, booking: &Booking, now: DateTime<Utc>) -> bool {
        let is_same = (self.code, self.booking_version) == (booking.code, booking.version);
        is_same && now < self.until && !self.is_refused
    }

    /// Whether another question may be put about the booking of this code: nobody is asked twice within
    /// the time for an answer, and never again about a booking that they want to keep.
    pub fn allows_another(&self, code: BookingCode, now: DateTime<Utc>) -> bool {
        self.until <= now && !(self.is_refused && self.code == code)
    }
}

/// Initials, `S. C.`: enough for whoever booked to know whom it is about.
pub fn initials(name: &PersonName) -> String {
    let letters =
        name.expose().split(' ').filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    let initials: Vec<_> = letters.map(|letter| format!("{}.", letter.to_uppercase())).collect();
    initials.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_letters_of_words() {
        for (name, expected) in
            [("Siti Contoh", "S. C."), ("budi", "B."), ("I Gusti 2 Ngurah", "I. G. N.")]
        {
            assert_eq!(initials(&name.parse().unwrap()), expected);
        }
    }

    #[test]
    fn nobody_is_asked_again_about_a_booking_that_they_keep() {
        let code = BookingCode::from_bits(1);
        let asked_at = DateTime::UNIX_EPOCH;
        let until = asked_at + TimeDelta::hours(CLAIM_HOURS);
        let account = |letter: &str| letter.repeat(8).parse().unwrap();
        let claim = PersonClaim {
            claimant: account("a"),
            locale: Locale::Id,
            holder: account("b"),
            code,
            booking_version: 2,
            asked_at,
            until,
            is_refused: false,
        };
        assert!(!claim.allows_another(code, until - TimeDelta::seconds(1)));
        assert!(claim.allows_another(code, until), "there was no answer");
        let refused = PersonClaim { is_refused: true, ..claim };
        assert!(!refused.allows_another(code, until + TimeDelta::days(9)));
        assert!(refused.allows_another(BookingCode::from_bits(2), until), "another booking");
    }
}
