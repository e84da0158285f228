//! Accounts and the people that they book for.

use chrono::{DateTime, NaiveDate, Utc};

use super::ids::{AccountId, ApplicantId};
use super::language::Locale;
use super::person::{Category, Contacts};
use super::personal::{Nik, PersonName};

/// An account books for up to five people.
pub const MAX_APPLICANTS: usize = 5;

/// People that an account may add in a day, also if it is erased and made again: enough for a family
/// that mistypes, and too few for trying whether somebody has a booking.
pub const MAX_ADDED_A_DAY: u32 = 15;

/// Digits of a NIK that a correction may change while its person has a booking that is on: one mistyped,
/// or two in the wrong order. More is somebody else, and a booking is not handed on.
const MAX_SLIP_DIGITS: usize = 2;

#[derive(Debug, Clone)]
pub struct Account {
    pub id: AccountId,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Language of its messages.
    pub locale: Locale,
    /// How to reach it.
    pub contacts: Contacts,
}

/// A person to be added to an account.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonDetails {
    /// Name as on the KTP.
    pub name: PersonName,
    /// National identity number; absent: not told, the desk looks at the KTP.
    pub nik: Option<Nik>,
    pub birth_date: NaiveDate,
    /// Regency on the KTP, if it was told.
    pub ktp_regency: Option<String>,
    /// Entitlement to priority.
    pub category: Category,
}

impl PersonDetails {
    /// Whether the NIK, if there is one, tells another birth date.
    pub fn birth_date_differs(&self) -> bool {
        self.nik.as_ref().is_some_and(|nik| !nik.agrees_with(self.birth_date))
    }

    /// Who it is, for whoever typed the details: the first name and initials, and the last four digits of
    /// the NIK.
    pub fn who(&self) -> String {
        let name = self.name.short();
        self.nik.as_ref().map_or(name.clone(), |nik| format!("{name} (NIK …{})", nik.ending()))
    }

    /// Whether these are probably details of one person: the same name, in any spelling of capitals, and
    /// the same birth date, and no two NIKs that tell them apart.
    pub fn may_be(&self, other: &Self) -> bool {
        let name = |details: &Self| details.name.expose().to_lowercase();
        let has_two = self.nik.is_some() && other.nik.is_some();
        !has_two && self.birth_date == other.birth_date && name(self) == name(other)
    }

    /// Whether `corrected` is this person with a slip of the pen put right, and not somebody else.
    pub fn is_slip(&self, corrected: &Self) -> bool {
        match (&self.nik, &corrected.nik) {
            (Some(before), Some(after)) => before.digits_that_differ(after) <= MAX_SLIP_DIGITS,
            _ => self.may_be(corrected),
        }
    }

    /// What was told of this person once more: what was left out stays as it was, and nobody loses a
    /// right to priority by not repeating it.
    #[must_use]
    pub fn retold(&self, again: &Self) -> Self {
        let category = match again.category {
            Category::General => self.category,
            other => other,
        };
        Self {
            nik: again.nik.clone().or_else(|| self.nik.clone()),
            ktp_regency: again.ktp_regency.clone().or_else(|| self.ktp_regency.clone()),
            category,
            ..again.clone()
        }
    }
}

impl std::fmt::Debug for PersonDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonDetails(…)")
    }
}

/// A person within an account.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// `p1`, `p2` and so on. No id is given twice: bookings name their person by it.
    pub id: ApplicantId,
    /// Keyed hash of the NIK, or of name and birth date without one.
    pub person: String,
    pub details: PersonDetails,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, nik: Option<&str>, birth: &str) -> PersonDetails {
        PersonDetails {
            name: name.parse().unwrap(),
            nik: nik.map(|nik| nik.parse().unwrap()),
            birth_date: birth.parse().unwrap(),
            ktp_regency: None,
            category: Category::General,
        }
    }

    #[test]
    fn a_nik_tells_its_birth_date_or_another() {
        let nik = Some("9971014501909001");
        assert!(!person("Siti", nik, "1990-01-05").birth_date_differs());
        assert!(person("Siti", nik, "1990-01-06").birth_date_differs());
        assert!(!person("Siti", None, "1990-01-06").birth_date_differs(), "nothing to differ from");
    }

    #[test]
    fn a_slip_of_the_pen_is_told_from_somebody_else() {
        let siti = |nik| person("Siti Contoh", Some(nik), "1990-01-05");
        let before = siti("9971014501909001");
        assert!(before.is_slip(&siti("9971014501909002")), "one digit");
        assert!(before.is_slip(&siti("9971014501909010")), "two in the wrong order");
        assert!(!before.is_slip(&siti("9971014501909123")), "three");
        let without = person("Siti Contoh", None, "1990-01-05");
        assert!(without.is_slip(&before), "a NIK that is told later");
        assert!(!without.is_slip(&person("Sita Contoh", None, "1990-01-05")));
    }

    #[test]
    fn what_is_not_told_again_stays() {
        let elderly = PersonDetails {
            ktp_regency: Some("Kota Contoh".to_owned()),
            category: Category::Elderly,
            ..person("Siti", Some("9971014501509001"), "1950-01-05")
        };
        let again = elderly.retold(&person("Siti Contoh", None, "1950-01-05"));
        assert_eq!(again.name.expose(), "Siti Contoh");
        assert!(again.nik == elderly.nik && again.ktp_regency == elderly.ktp_regency);
        assert_eq!(again.category, Category::Elderly);
    }

    #[test]
    fn one_name_and_one_birth_date_are_probably_one_person_unless_two_niks_say_otherwise() {
        let (one, other) = (Some("9971014501909001"), Some("9971014501909002"));
        let siti = |nik| person("Siti Contoh", nik, "1990-01-05");
        assert!(siti(None).may_be(&siti(None)) && siti(one).may_be(&siti(None)));
        assert!(siti(None).may_be(&siti(one)) && !siti(one).may_be(&siti(other)));
        assert!(siti(None).may_be(&person("SITI CONTOH", one, "1990-01-05")));
        assert!(!siti(None).may_be(&person("Siti Contoh", None, "1990-01-06")));
        assert!(!siti(None).may_be(&person("Sita Contoh", None, "1990-01-05")));
    }
}
