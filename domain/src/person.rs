//! People: how they are reached and what entitles them to priority.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::personal::{PhoneNumber, ScopedUserId};

/// Entitlement to priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// None.
    General,
    /// Over 60.
    Elderly,
    /// With a disability.
    Disabled,
    /// Pregnant.
    Pregnant,
    /// A small child.
    Toddler,
}

impl Category {
    /// Whether the person may use the seats kept for priority.
    pub fn has_priority(self) -> bool {
        self != Self::General
    }
}

/// How an account is reached by WhatsApp: a number, a business-scoped id, or both.
///
/// As JSON it is in the clear: to be sealed, never to be sent or logged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Plain", into = "Plain")]
pub struct Contacts {
    /// Phone number.
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

    /// As JSON, to be sealed.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the form of [`Contacts::to_json`].
    pub fn from_json(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }
}
