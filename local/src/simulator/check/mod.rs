//! The form that requests must have.

mod content;
mod interactive;
mod receiver;
mod template;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::error::GraphError;
use super::fields::Fields;
use super::record::Content;
use super::state::State;
pub(super) use receiver::Receiver;

/// Limits in characters.
const MAX_CALLBACK: usize = 512;
const MAX_ID: usize = 512;

/// A message that passed the checks.
#[derive(Debug)]
pub(super) struct SendRequest {
    pub(super) receiver: Receiver,
    pub(super) content: Content,
    pub(super) callback: Option<String>,
    /// Not a template: it needs an open window.
    pub(super) free_form: bool,
}

/// Fields that any message may have, besides the one that is named after its type.
const KNOWN: [&str; 7] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
];

/// Checks everything but faults, rates and the window.
pub(super) fn send_request(
    state: &State,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<SendRequest, GraphError> {
    let fields = Fields::root(body)?;
    fields.word("messaging_product", &["whatsapp"])?;
    if fields.has("recipient_type") {
        fields.word("recipient_type", &["individual"])?;
    }
    let receiver = receiver::read(&fields)?;
    let kind = if fields.has("type") { fields.text("type", 50)? } else { "text" };
    let content = match kind {
        "text" => content::text(&fields)?,
        "image" => content::image(state, &fields, now)?,
        "interactive" => interactive::read(state, &fields.object("interactive")?, now)?,
        "template" => template::read(state, &fields.object("template")?, &receiver, now)?,
        other => {
            return Err(GraphError::new(131051, format!("Message type {other} is not supported.")));
        }
    };
    fields.only(&KNOWN.into_iter().chain([kind]).collect::<Vec<_>>())?;
    context(state, &fields)?;
    let callback = fields.optional_text("biz_opaque_callback_data", MAX_CALLBACK)?;
    Ok(SendRequest {
        receiver,
        content,
        callback: callback.map(str::to_owned),
        free_form: kind != "template",
    })
}

fn context(state: &State, fields: &Fields<'_>) -> Result<(), GraphError> {
    if !fields.has("context") {
        return Ok(());
    }
    let context = fields.object("context")?;
    context.only(&["message_id"])?;
    let id = context.text("message_id", MAX_ID)?;
    match state.record(id) {
        Some(_) => Ok(()),
        None => Err(context.wrong("message_id", "is not a known message")),
    }
}

/// A receipt: `{"status":"read"}`, perhaps with a typing indicator.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) message_id: String,
    pub(super) typing: bool,
}

/// Checks a receipt.
pub(super) fn receipt(body: &Value) -> Result<Receipt, GraphError> {
    let fields = Fields::root(body)?;
    fields.only(&["messaging_product", "status", "message_id", "typing_indicator"])?;
    fields.word("messaging_product", &["whatsapp"])?;
    fields.word("status", &["read"])?;
    let message_id = fields.text("message_id", MAX_ID)?.to_owned();
    let typing = fields.has("typing_indicator");
    if typing {
        let indicator = fields.object("typing_indicator")?;
        indicator.only(&["type"])?;
        indicator.word("type", &["text"])?;
    }
    Ok(Receipt { message_id, typing })
}
