//! People: how they are reached and what entitles them to priority.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::personal::{PhoneNumber, ScopedUserId};

/// Entitlement to priority.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// None.
    #[default]
    General,
    /// Over 60.
    Elderly,
    /// With a disability.
    Disabled,
    Pregnant,
    /// A small child.
    Toddler,
}

impl Category {
    /// Its name in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Elderly => "elderly",
            Self::Disabled => "disabled",
            Self::Pregnant => "pregnant",
            Self::Toddler => "toddler",
        }
    }

    /// Whether the person may use the seats kept for priority.
    pub fn has_priority(self) -> bool {
        self != Self::General
    }

    /// Whether somebody born on `birth` can be of this category on `date`, as far as the age tells.
    pub fn fits(self, birth: NaiveDate, date: NaiveDate) -> bool {
        let age = age_on(birth, date);
        match self {
            Self::Elderly => age >= ELDERLY_FROM_YEARS,
            Self::Toddler => age < TODDLER_BELOW_YEARS,
            Self::General | Self::Disabled | Self::Pregnant => true,
        }
    }
}

/// Passport offices let people go first from this age on.
const ELDERLY_FROM_YEARS: i32 = 60;
/// Some offices say three years; a clerk sees the child.
const TODDLER_BELOW_YEARS: i32 = 5;

/// Full years of somebody born on `birth`, on `date`.
pub fn age_on(birth: NaiveDate, date: NaiveDate) -> i32 {
    let had_birthday = (date.month(), date.day()) >= (birth.month(), birth.day());
    date.year() - birth.year() - i32::from(!had_birthday)
}

/// How an account is reached by WhatsApp: a number, a business-scoped id, or both.
///
/// As JSON it is in the clear: to be sealed, never to be sent or logged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Contacts {
    pub phone: Option<PhoneNumber>,
    /// Business-scoped user id.
    pub scoped: Option<ScopedUserId>,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    phone: Option<String>,
    scoped: Option<String>,
}

impl From<Contacts> for Plain {
    fn from(contacts: Contacts) -> Self {
        Self {
            phone: contacts.phone.map(|phone| phone.expose().to_owned()),
            scoped: contacts.scoped.map(|id| id.expose().to_owned()),
        }
    }
}

/// A text that is no contact.
#[derive(Debug, thiserror::Error)]
#[error("not a contact")]
pub struct InvalidContact;

impl TryFrom<Plain> for Contacts {
    type Error = InvalidContact;

    fn try_from(plain: Plain) -> Result<Self, InvalidContact> {
        let phone = plain.phone.map(|phone| phone.parse()).transpose();
        let scoped = plain.scoped.map(|id| id.parse()).transpose();
        Ok(Self {
            phone: phone.map_err(|_| InvalidContact)?,
            scoped: scoped.map_err(|_| InvalidContact)?,
        })
    }
}

impl Contacts {
    /// Whether there is no way to reach anybody.
    pub fn is_empty(&self) -> bool {
        self.phone.is_none() && self.scoped.is_none()
    }

    /// These contacts, with what is missing taken from `older`.
    #[must_use]
    pub fn or(self, older: Self) -> Self {
        Self { phone: self.phone.or(older.phone), scoped: self.scoped.or(older.scoped) }
    }

    /// As JSON, to be sealed. Made of values that are JSON already: nothing can fail.
    pub fn to_json(&self) -> String {
        let value = |text: Option<&str>| text.map_or(Value::Null, Value::from);
        let phone = value(self.phone.as_ref().map(PhoneNumber::expose));
        let scoped = value(self.scoped.as_ref().map(ScopedUserId::expose));
        let object = [("phone".to_owned(), phone), ("scoped".to_owned(), scoped)];
        Value::Object(object.into_iter().collect()).to_string()
    }

    /// Reads the form of [`Contacts::to_json`]. Why it is not of that form is not said: the reason would
    /// quote what stands there.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_checked_by_what_the_age_tells() {
        let date = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let today = date("2026-12-02");
        for (category, birth, fits) in [
            (Category::Elderly, "1966-12-02", true),
            (Category::Elderly, "1966-12-03", false),
            (Category::Elderly, "2000-01-01", false),
            (Category::Toddler, "2021-12-03", true),
            (Category::Toddler, "2021-12-02", false),
            (Category::Pregnant, "2000-01-01", true),
            (Category::Disabled, "2020-01-01", true),
            (Category::General, "1930-01-01", true),
        ] {
            assert_eq!(category.fits(date(birth), today), fits, "{category:?} {birth}");
        }
    }

    #[test]
    fn what_is_sealed_is_the_same_json_as_ever() {
        let contacts = |phone: Option<&str>, scoped: Option<&str>| Contacts {
            phone: phone.map(|phone| phone.parse().unwrap()),
            scoped: scoped.map(|id| id.parse().unwrap()),
        };
        for (contacts, json) in [
            (contacts(None, None), r#"{"phone":null,"scoped":null}"#),
            (contacts(Some("628120000001"), None), r#"{"phone":"628120000001","scoped":null}"#),
            (contacts(None, Some("ID.1")), r#"{"phone":null,"scoped":"ID.1"}"#),
        ] {
            assert_eq!(contacts.to_json(), json);
            assert_eq!(serde_json::to_string(&contacts).unwrap(), json);
            assert_eq!(Contacts::from_json(json.as_bytes()), Some(contacts));
        }
    }

    #[test]
    fn one_way_to_reach_somebody_is_enough_and_the_newer_one_counts() {
        let phone = |text: &str| Contacts { phone: Some(text.parse().unwrap()), scoped: None };
        let scoped = Contacts { phone: None, scoped: Some("ID.1".parse().unwrap()) };
        assert!(Contacts { phone: None, scoped: None }.is_empty());
        assert!(!phone("628120000001").is_empty() && !scoped.is_empty());
        let both = phone("628120000001").or(scoped.clone());
        assert_eq!((both.phone, both.scoped), (phone("628120000001").phone, scoped.scoped));
        assert_eq!(phone("628120000001").or(phone("628120000002")), phone("628120000001"));
    }
}
