//! Who sent a message: a phone number, a business-scoped id, or both.
//!
//! A message may name its sender by one of them and have the other in the list of contacts beside it.
//! Names of profiles say nothing about who somebody is.

use antrian::domain::person::Contacts;

use super::fields::Object;

/// The contacts beside the messages of a change.
pub(super) struct Senders(Vec<Named>);

/// As it is written; what of it is empty is absent.
#[derive(Clone)]
struct Named {
    phone: Option<String>,
    scoped: Option<String>,
}

impl Named {
    /// What is well-formed of it.
    fn contacts(&self) -> Contacts {
        contacts(self.phone.as_deref(), self.scoped.as_deref())
    }

    fn is(&self, other: &Self) -> bool {
        let same = |left: &Option<String>, right: &Option<String>| left.is_some() && left == right;
        same(&self.phone, &other.phone) || same(&self.scoped, &other.scoped)
    }
}

/// Contacts as far as they are well-formed.
pub(super) fn contacts(phone: Option<&str>, scoped: Option<&str>) -> Contacts {
    Contacts {
        phone: phone.and_then(|phone| phone.parse().ok()),
        scoped: scoped.and_then(|id| id.parse().ok()),
    }
}

impl Senders {
    /// The contacts of a change.
    pub(super) fn of(value: &Object<'_>) -> Self {
        let named = |contact: &Object<'_>| Named {
            phone: contact.text("wa_id"),
            scoped: contact.text("user_id"),
        };
        Self(value.list("contacts").iter().map(named).collect())
    }

    /// The sender of a message: what it says itself, completed by the contact that agrees with it. A
    /// message that names nobody is from the only contact there is.
    pub(super) fn sender(&self, message: &Object<'_>) -> Contacts {
        let named = Named { phone: message.text("from"), scoped: message.text("from_user_id") };
        let beside = match (&named.phone, &named.scoped, self.0.as_slice()) {
            (None, None, [only]) => Some(only),
            _ => self.0.iter().find(|contact| contact.is(&named)),
        };
        named.contacts().or(beside.map(Named::contacts).unwrap_or_default())
    }
}
