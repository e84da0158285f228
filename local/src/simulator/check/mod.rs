//! What a request to send must look like.

mod interactive;
mod template;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::error::GraphError;
use super::fields::Fields;
use super::record::Content;
use super::state::{State, is_scoped};

/// Limits of texts, in characters.
const MAX_TEXT: usize = 4096;
const MAX_CAPTION: usize = 1024;
const MAX_CALLBACK: usize = 512;
const MAX_ID: usize = 512;

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Receiver {
    /// A number, digits only.
    Phone(String),
    /// A business-scoped id in the field that is meant for it.
    Scoped(String),
    /// A business-scoped id in `to`: taken, and never seen again.
    Lost(String),
}

/// A message that may be taken.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) receiver: Receiver,
    pub(super) content: Content,
    pub(super) callback: Option<String>,
    /// Whether it is no template: such a message needs an open window.
    pub(super) free_form: bool,
}

/// Fields that any message may have; a further one is named as its type.
const KNOWN: [&str; 7] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
];

/// Checks a request against everything but faults, rates and the window.
pub(super) fn order(state: &State, body: &Value, now: DateTime<Utc>) -> Result<Order, GraphError> {
    let fields = Fields::root(body)?;
    fields.word("messaging_product", &["whatsapp"])?;
    if fields.has("recipient_type") {
        fields.word("recipient_type", &["individual"])?;
    }
    let receiver = receiver(&fields)?;
    let kind = if fields.has("type") { fields.text("type", 50)? } else { "text" };
    let content = match kind {
        "text" => text(&fields)?,
        "image" => image(state, &fields, now)?,
        "interactive" => interactive::read(state, &fields.object("interactive")?, now)?,
        "template" => template::read(state, &fields.object("template")?, &receiver, now)?,
        other => {
            return Err(GraphError::new(131051, format!("Message type {other} is not supported.")));
        }
    };
    fields.only(&KNOWN.into_iter().chain([kind]).collect::<Vec<_>>())?;
    context(state, &fields)?;
    let callback = fields.optional_text("biz_opaque_callback_data", MAX_CALLBACK)?;
    Ok(Order {
        receiver,
        content,
        callback: callback.map(str::to_owned),
        free_form: kind != "template",
    })
}

/// `to` takes precedence over `recipient`.
fn receiver(fields: &Fields<'_>) -> Result<Receiver, GraphError> {
    if !fields.has("to") && fields.has("recipient") {
        let id = fields.text("recipient", 200)?;
        let letters =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
        return match is_scoped(id) && id.split('.').all(letters) {
            true => Ok(Receiver::Scoped(id.to_owned())),
            false => Err(fields.wrong("recipient", "is not a business-scoped user ID")),
        };
    }
    let to = fields.text("to", 200)?;
    if is_scoped(to) {
        return Ok(Receiver::Lost(to.to_owned()));
    }
    let digits: String = to.chars().filter(|c| !matches!(c, '+' | ' ' | '-' | '(' | ')')).collect();
    match (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(Receiver::Phone(digits)),
        false => Err(fields.wrong("to", "is not a valid phone number")),
    }
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

fn text(fields: &Fields<'_>) -> Result<Content, GraphError> {
    let text = fields.object("text")?;
    text.only(&["body", "preview_url"])?;
    let body = text.text("body", MAX_TEXT)?;
    Ok(Content { kind: "text", text: body.to_owned(), ..Content::default() })
}

fn image(state: &State, fields: &Fields<'_>, now: DateTime<Utc>) -> Result<Content, GraphError> {
    let image = fields.object("image")?;
    image.only(&["id", "caption"])?;
    let caption = image.optional_text("caption", MAX_CAPTION)?.unwrap_or_default();
    let picture = Some(picture(state, &image, now)?);
    Ok(Content { kind: "image", text: caption.to_owned(), picture, ..Content::default() })
}

/// The upload that `id` names.
fn picture(
    state: &State,
    image: &Fields<'_>,
    now: DateTime<Utc>,
) -> Result<(axum::body::Bytes, String), GraphError> {
    let media = state.media(image.text("id", 200)?, now);
    let picture = media.filter(|media| media.mime.starts_with("image/"));
    picture.map(|media| (media.bytes.clone(), media.mime.clone())).ok_or_else(|| {
        image.wrong("id", "is not a valid WhatsApp business account media attachment ID")
    })
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
