//! Plain messages: a text, or a picture with a caption.

use chrono::{DateTime, Utc};

use crate::simulator::error::GraphError;
use crate::simulator::fields::Fields;
use crate::simulator::record::Content;
use crate::simulator::state::State;

/// Limits of texts, in characters.
const MAX_TEXT: usize = 4096;
const MAX_CAPTION: usize = 1024;

pub(super) fn text(fields: &Fields<'_>) -> Result<Content, GraphError> {
    let text = fields.object("text")?;
    text.only(&["body", "preview_url"])?;
    let body = text.text("body", MAX_TEXT)?;
    Ok(Content { kind: "text", text: body.to_owned(), ..Content::default() })
}

pub(super) fn image(
    state: &State,
    fields: &Fields<'_>,
    now: DateTime<Utc>,
) -> Result<Content, GraphError> {
    let image = fields.object("image")?;
    image.only(&["id", "caption"])?;
    let caption = image.optional_text("caption", MAX_CAPTION)?.unwrap_or_default();
    let picture = Some(picture(state, &image, now)?);
    Ok(Content { kind: "image", text: caption.to_owned(), picture, ..Content::default() })
}

/// The upload that `id` names.
pub(super) fn picture(
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
