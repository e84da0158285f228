//! Messages in both directions, and how far each has come.

use antrian::messaging::ReplyOptions;
use antrian::security::tokens;
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// How far a message has come, as its sender's phone shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// No status has been reported.
    Accepted,
    Sent,
    Delivered,
    Read,
    Failed,
}

/// What a message consists of.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// Its type in the platform's words.
    pub(super) kind: &'static str,
    /// Text, caption, or the template's body with its parameters.
    pub(super) text: String,
    /// The picture and its MIME type.
    pub(super) picture: Option<(Bytes, String)>,
    pub(super) choices: Option<ReplyOptions>,
    pub(super) template: Option<Template>,
}

/// A template as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Template {
    pub name: String,
    pub language: String,
    /// Values of the variables in its body.
    pub parameters: Vec<String>,
}

/// An id as the platform gives them to messages.
pub(super) fn message_id() -> String {
    format!("wamid.{}", tokens::random_secret())
}

/// A message in a chat.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) person: usize,
    /// Whether the person wrote it.
    pub(super) incoming: bool,
    pub(super) at: DateTime<Utc>,
    pub(super) content: Content,
    pub(super) mark: Mark,
    /// `biz_opaque_callback_data`.
    pub(super) callback: Option<String>,
    /// Which identifier it was sent to.
    pub(super) to_scoped: bool,
    /// The state's cursor when it last changed.
    pub(super) changed: u64,
}

/// A status that is to be reported.
#[derive(Debug, Clone)]
pub(super) struct Report {
    pub(super) id: String,
    pub(super) mark: Mark,
    pub(super) code: Option<u32>,
    pub(super) due: DateTime<Utc>,
}

/// A message that the business has sent.
#[derive(Clone)]
pub struct SentMessage {
    /// The outbox row's id (`biz_opaque_callback_data`); empty without one.
    pub message_id: String,
    /// The platform's id.
    pub provider_id: String,
    /// The receiver's number.
    pub to: Option<String>,
    /// The receiver's business-scoped id.
    pub to_user_id: Option<String>,
    pub at: DateTime<Utc>,
    pub text: String,
    pub picture: Option<Bytes>,
    pub choices: Option<ReplyOptions>,
    pub template: Option<Template>,
    pub mark: Mark,
}

impl std::fmt::Debug for SentMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SentMessage")
            .field("message_id", &self.message_id)
            .field("provider_id", &self.provider_id)
            .field("mark", &self.mark)
            .finish_non_exhaustive()
    }
}
