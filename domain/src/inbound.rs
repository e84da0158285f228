//! What reaches us from a person's phone, whoever carries it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::person::Contacts;

/// A message from a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// The provider's id, such as `wamid.…`: the same for every delivery of the message.
    pub provider_id: String,
    /// Who sent it.
    pub from: Contacts,
    /// When, as the provider says.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub sent_at: DateTime<Utc>,
    /// What it says.
    pub content: Content,
}

/// Meta's ids of messages hold the person's number.
impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound")
            .field("sent_at", &self.sent_at)
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

/// What a message says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Words: a text, or the caption of a picture.
    Text(String),
    /// A button or a row of a list that was offered.
    Choice {
        /// The id that it was offered with.
        id: String,
        /// What stood on it.
        title: String,
    },
    /// The chat was opened for the first time, nothing was said.
    Opened,
    /// Something that cannot be read here: a picture without words, a voice message, a place.
    Unreadable,
    /// The person is reached otherwise from now on; the provider says so.
    Moved {
        /// How they are reached now.
        to: Contacts,
    },
}

/// People write names and numbers: none of it is printed.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Choice { .. } => "Choice(…)",
            Self::Opened => "Opened",
            Self::Unreadable => "Unreadable",
            Self::Moved { .. } => "Moved(…)",
        })
    }
}
