//! The seam to providers of messages.

use std::future::Future;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::domain::ids::MessageId;
use crate::domain::language::Locale;
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
    /// Which try this is, from 1 on.
    pub attempt: u32,
}

/// What a message consists of. Lengths are those that WhatsApp takes.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// Text, up to 4,096 characters.
    Text(String),
    /// A PNG picture with a caption of up to 1,024 characters.
    Picture {
        /// The picture.
        png: Vec<u8>,
        /// The text below it.
        caption: String,
    },
    /// Text with something to tap: up to 1,024 characters above buttons, 4,096 above a list.
    Options {
        text: String,
        /// What can be tapped.
        options: ReplyOptions,
    },
    /// A message whose form the provider has approved: the only kind that may begin a conversation.
    Template(TemplateCall),
}

/// What can be tapped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyOptions {
    /// Up to three.
    Buttons(Vec<ReplyOption>),
    /// Up to ten rows in all.
    List {
        /// What stands on the button that opens the list, up to 20 characters.
        button: String,
        /// The rows; a single section needs no title.
        sections: Vec<Section>,
    },
}

/// Rows of a list under a title.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Up to 24 characters.
    pub title: String,
    pub rows: Vec<ReplyOption>,
}

/// A button or a row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyOption {
    /// What comes back when it is tapped, up to 200 characters.
    pub id: String,
    /// On a button up to 20 characters, in a list up to 24.
    pub title: String,
    /// In a list only, up to 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An approved form and what goes into it. Holds no identity data.
#[derive(Clone, PartialEq, Eq)]
pub struct TemplateCall {
    /// The template's name.
    pub name: &'static str,
    /// Its language.
    pub locale: Locale,
    /// What stands in for `{{1}}`, `{{2}}` … of the body.
    pub parameters: Vec<String>,
    /// The picture above the body, if the template has one.
    pub png: Option<Vec<u8>>,
    /// What comes back from its quick-reply buttons, in order.
    pub payloads: Vec<String>,
    /// What its button copies: of an authentication template, the code.
    pub copies: Option<String>,
}

impl Body {
    /// Its text; of a template, its parameters.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Options { text, .. } => text.clone(),
            Self::Picture { caption, .. } => caption.clone(),
            Self::Template(call) => call.parameters.join("\n"),
        }
    }
}

/// What people read and tap may name them: none of it is printed.
macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

redacted!(Body, ReplyOptions, Section, ReplyOption, TemplateCall);

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
    /// All messages of the account or its number together are too fast.
    #[error("too fast ({code})")]
    Limited {
        /// The provider's code.
        code: String,
    },
    /// The person has not written for a day: only a template may be sent.
    #[error("the window is closed")]
    WindowClosed,
    /// The account or its number is in trouble: nothing may be sent until somebody has looked.
    #[error("sending is stopped ({code})")]
    Stopped {
        /// The provider's code.
        code: String,
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

    /// Shows the person that a message was read and, if `typing`, that an answer is on its way. What
    /// goes wrong with it is of no consequence.
    fn seen(&self, provider_id: &str, typing: bool) -> impl Future<Output = ()> + Send;
}
