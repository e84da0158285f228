//! The seam to providers of messages.

use std::future::Future;

use chrono::TimeDelta;

use crate::domain::ids::MessageId;
use crate::domain::person::Contacts;

/// A message as it goes to a provider.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The outbox row; providers give it back with every status.
    pub id: MessageId,
    /// To whom.
    pub to: Contacts,
    /// What.
    pub body: Body,
}

/// What a message consists of.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// Text.
    Text(String),
    /// A PNG picture with a caption.
    Picture {
        /// The picture.
        png: Vec<u8>,
        /// The text below it.
        caption: String,
    },
}

impl Body {
    /// Its text.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Picture { caption, .. } => caption,
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Picture { .. } => "Picture(…)",
        })
    }
}

/// A provider has taken a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's id for it.
    pub provider_id: String,
}

/// A provider has not taken a message, or has not said so. `code` is the provider's error code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Not now; try again, after a while if one is named.
    #[error("not now ({code})")]
    Later {
        /// The provider's code.
        code: String,
        /// How long to wait at least.
        after: Option<TimeDelta>,
    },
    /// It can't be delivered to this person.
    #[error("undeliverable ({code})")]
    Undeliverable {
        /// The provider's code.
        code: String,
    },
    /// The request was wrong: ours to mend.
    #[error("defect ({code})")]
    Defect {
        /// The provider's code.
        code: String,
    },
    /// The provider may have taken it.
    #[error("the provider's answer was lost")]
    Unknown,
}

/// Who carries messages to people.
pub trait Messenger: Send + Sync {
    /// Hands a message over.
    fn send(&self, message: &Outgoing) -> impl Future<Output = Result<Receipt, SendError>> + Send;
}
