//! People who write to the business.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// A person with a phone.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) phone: Option<String>,
    /// The business-scoped id.
    pub(super) scoped: Option<String>,
    pub(super) name: String,
    /// When the person last wrote: the customer service window of 24 hours counts from here.
    pub(super) last_inbound_at: Option<DateTime<Utc>>,
    /// The phone shows until then that the business is typing.
    pub(super) typing_until: Option<DateTime<Utc>>,
    /// Each message to the person takes six seconds; by then all that were sent are through.
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
