//! Numbers come to other people. Who uses one after a long silence, or with another id than WhatsApp gave
//! with it before, is asked for something that the account's owner knows, before anything of the account
//! is said; and if they do not know it, an account of their own begins.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use super::account::{Account, Applicant};
use super::person::Contacts;

/// What is known of an account when somebody uses its number.
#[derive(Debug)]
pub struct Claimed<'a> {
    pub account: &'a Account,
    pub people: &'a [Applicant],
    /// When it was last written from, signed in to or booked for.
    pub active_at: DateTime<Utc>,
    /// Whoever uses it now was asked before, and has not answered so far.
    pub is_asked: bool,
}

/// Whether an account belongs to whoever uses its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// As far as can be told.
    Own,
    /// They are asked.
    Doubtful,
    /// It may not, and there is nothing to ask for: they get one of their own.
    Another,
}

impl Claimed<'_> {
    /// Whether the account is theirs who come with these contacts. One that has rested for `rest` may be
    /// another person's by now, and so is a number that comes with another id.
    pub fn standing(&self, from: &Contacts, rest: TimeDelta, now: DateTime<Utc>) -> Standing {
        let (has_other_id, has_rested) =
            (self.has_id_of(from) == Some(false), self.rested(rest, now));
        if !has_other_id && !has_rested && !self.is_asked {
            return Standing::Own;
        }
        if self.people.iter().any(|person| person.details.nik.is_some()) {
            return Standing::Doubtful;
        }
        // Nothing is to be seen in an account without people; and an id stays with its person.
        let is_safe = self.people.is_empty() || self.has_id_of(from) == Some(true);
        if is_safe && !has_other_id { Standing::Own } else { Standing::Another }
    }

    fn rested(&self, rest: TimeDelta, now: DateTime<Utc>) -> bool {
        now - self.active_at >= rest
    }

    /// Whether the id of WhatsApp is the account's. Absent: one of the two is not known.
    fn has_id_of(&self, from: &Contacts) -> Option<bool> {
        Some(self.account.contacts.scoped.as_ref()? == from.scoped.as_ref()?)
    }
}

/// Wrong answers that are taken altogether, by chat and by one-time code.
pub const MAX_OWNER_TRIES: u32 = 3;

/// Digits of a NIK that are asked for. The last four are a sequence that begins anew on each day of birth in
/// each district, 0001 to 0003 for most people: three tries would open most accounts. Before them stand
/// month and year of birth.
pub const NIK_DIGITS: usize = 8;

const WHOLE_NIK: usize = 16;

/// The last digits of a NIK, or all of it, as somebody types them.
#[derive(Clone, PartialEq, Eq)]
pub struct NikDigits(String);

impl fmt::Debug for NikDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NikDigits(…)")
    }
}

/// A text that is not the end of a NIK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the last 8 digits of a NIK")]
pub struct InvalidDigits;

impl FromStr for NikDigits {
    type Err = InvalidDigits;

    /// Takes `01909001` and `0190 9001`, not `02-12-2026`: a date is no try.
    fn from_str(text: &str) -> Result<Self, InvalidDigits> {
        let groups = text.split([' ', '.', '-']).filter(|group| !group.is_empty());
        let (count, digits) = (groups.clone().count(), groups.collect::<String>());
        let is_end = digits.len() == NIK_DIGITS && count <= 2;
        let fits = is_end || digits.len() == WHOLE_NIK;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits && is_number { Ok(Self(digits)) } else { Err(InvalidDigits) }
    }
}

impl NikDigits {
    /// Whether one of these people has a NIK that ends so.
    pub fn are_of_one(&self, people: &[Applicant]) -> bool {
        let mut niks = people.iter().filter_map(|person| person.details.nik.as_ref());
        niks.any(|nik| nik.expose().ends_with(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::account::PersonDetails;
    use crate::language::Locale;
    use crate::person::Category;

    const NIK: &str = "9971014501909001";

    fn people(niks: &[Option<&str>]) -> Vec<Applicant> {
        let person = |(at, nik): (usize, &Option<&str>)| Applicant {
            id: format!("p{}", at + 1).parse().unwrap(),
            person: format!("1.{at}"),
            details: PersonDetails {
                name: "Siti Contoh".parse().unwrap(),
                nik: nik.map(|nik| nik.parse().unwrap()),
                birth_date: NaiveDate::default(),
                ktp_regency: None,
                category: Category::General,
            },
        };
        niks.iter().enumerate().map(person).collect()
    }

    fn contacts(scoped: Option<&str>) -> Contacts {
        Contacts {
            phone: "6280000000001".parse().ok(),
            scoped: scoped.map(|id| id.parse().unwrap()),
        }
    }

    /// The standing of somebody with one id at the account of another, unused for so many days.
    fn standing(
        niks: &[Option<&str>],
        ids: [Option<&str>; 2],
        days: i64,
        is_asked: bool,
    ) -> Standing {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let account = Account {
            id: "a-12345678".parse().unwrap(),
            created_at: now - TimeDelta::days(400),
            locale: Locale::Id,
            contacts: contacts(ids[0]),
        };
        let people = people(niks);
        let active_at = now - TimeDelta::days(days);
        let claimed = Claimed { account: &account, people: &people, active_at, is_asked };
        claimed.standing(&contacts(ids[1]), TimeDelta::days(90), now)
    }

    #[test]
    fn rest_and_another_id_are_doubtful_where_there_is_something_to_ask_for() {
        let (same, other) = ([Some("ID.1"), Some("ID.1")], [Some("ID.1"), Some("ID.2")]);
        let (family, weak) = ([None, Some(NIK)], [None]);
        for (niks, ids, days, expected) in [
            (&family[..], same, 89, Standing::Own),
            (&family, [None, None], 89, Standing::Own),
            (&family, [Some("ID.1"), None], 89, Standing::Own),
            (&family, [None, Some("ID.1")], 89, Standing::Own),
            (&family, same, 90, Standing::Doubtful),
            (&family, [None, None], 90, Standing::Doubtful),
            (&family, other, 0, Standing::Doubtful),
            (&weak, other, 0, Standing::Another),
            (&weak, [None, None], 90, Standing::Another),
            (&weak, same, 90, Standing::Own),
            (&[], [None, None], 900, Standing::Own),
            (&[], other, 0, Standing::Another),
        ] {
            let found = standing(niks, ids, days, false);
            assert_eq!(found, expected, "{} people, {ids:?}, {days} days", niks.len());
        }
    }

    #[test]
    fn who_was_asked_stays_doubtful_until_they_have_answered() {
        assert_eq!(standing(&[Some(NIK)], [None, None], 0, true), Standing::Doubtful);
    }

    #[test]
    fn digits_are_taken_as_people_type_them_and_dates_are_none() {
        let family = people(&[None, Some("9971014501909002"), Some(NIK)]);
        for text in ["01909001", " 0190 9001 ", "0190-9001", NIK, "997101 450190 9001"] {
            assert!(text.parse::<NikDigits>().unwrap().are_of_one(&family), "{text}");
        }
        for text in ["01909003", "9971014501909003", "00000000"] {
            assert!(!text.parse::<NikDigits>().unwrap().are_of_one(&family), "{text}");
        }
        for text in ["", "9001", "909001", "02-12-2026", "2 12 2026", "0190900a", "jadwal"] {
            assert_eq!(text.parse::<NikDigits>(), Err(InvalidDigits), "{text}");
        }
        assert_eq!(format!("{:?}", NIK.parse::<NikDigits>().unwrap()), "NikDigits(…)");
    }
}
