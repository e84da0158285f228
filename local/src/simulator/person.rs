//! Somebody with a phone.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// A person with a phone.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) phone: Option<String>,
    pub(super) scoped: Option<String>,
    pub(super) name: String,
    /// The window of 24 hours counts from here.
    pub(super) wrote_at: Option<DateTime<Utc>>,
    /// The business is seen to be typing until then.
    pub(super) typing_until: Option<DateTime<Utc>>,
    /// When all that was sent to them will have been worked off, at one message in six seconds.
    pub(super) busy_until: Option<DateTime<Utc>>,
}

impl Person {
    /// The person as they stand in `contacts`.
    pub(super) fn contact(&self) -> Value {
        let mut contact = json!({"profile": {"name": self.name}});
        if let Some(phone) = &self.phone {
            contact["wa_id"] = phone.clone().into();
        }
        if let Some(scoped) = &self.scoped {
            contact["user_id"] = scoped.clone().into();
        }
        contact
    }
}

/// Whether a text has the form of a business-scoped id (`ID.…`) and not that of a number.
pub(super) fn is_scoped(who: &str) -> bool {
    who.contains('.') && who.starts_with(|c: char| c.is_ascii_uppercase())
}
