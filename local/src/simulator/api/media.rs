//! Uploads: `POST /{number}/media`, their description, and the files themselves.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Multipart, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::extract::{Path, no_such};
use crate::simulator::error::GraphError;
use crate::simulator::graph::Graph;

/// A picture has up to 5 MB.
const MAX_PICTURE_BYTES: usize = 5 * 1024 * 1024;
/// Room for the form around it.
pub(super) const MAX_FORM_BYTES: usize = MAX_PICTURE_BYTES + 64 * 1024;

#[derive(Default)]
struct Upload {
    product: String,
    mime: Option<String>,
    file: Option<(Option<String>, Bytes)>,
}

async fn read(mut multipart: Multipart) -> Result<Upload, GraphError> {
    let unreadable = |_| GraphError::new(131053, "The form cannot be read.");
    let mut form = Upload::default();
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "messaging_product" => form.product = field.text().await.map_err(unreadable)?,
            "type" => form.mime = Some(field.text().await.map_err(unreadable)?),
            "file" => {
                let mime = field.content_type().map(str::to_owned);
                form.file = Some((mime, field.bytes().await.map_err(unreadable)?));
            }
            other => {
                return Err(GraphError::new(100, format!("Unexpected key \"{other}\".")));
            }
        }
    }
    Ok(form)
}

/// `POST /{number}/media`.
pub(super) async fn upload(
    State(graph): State<Graph>,
    Path((_, number)): Path<(String, String)>,
    multipart: Multipart,
) -> Result<Json<Value>, GraphError> {
    graph.is_number(&number)?;
    let form = read(multipart).await?;
    if form.product != "whatsapp" {
        return Err(GraphError::new(100, "(messaging_product) must be one of {WHATSAPP}"));
    }
    let Some((part_mime, bytes)) = form.file else {
        return Err(GraphError::new(131008, "Parameter file is required."));
    };
    let Some(mime) = form.mime.or(part_mime) else {
        return Err(GraphError::new(131008, "Parameter type is required."));
    };
    check(&mime, &bytes)?;
    let now = graph.now();
    let id = graph.change(|state| state.upload(&mime, bytes, now));
    Ok(Json(json!({"id": id})))
}

/// The bytes must be what the type says.
fn check(mime: &str, bytes: &[u8]) -> Result<(), GraphError> {
    let is_it = match mime {
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => bytes.starts_with(&[0xff, 0xd8, 0xff]),
        _ => {
            let details =
                "Param file must be a file with one of the following types: image/jpeg, image/png.";
            return Err(GraphError::new(100, details));
        }
    };
    if !is_it {
        return Err(GraphError::new(131053, "The file is not what its type says."));
    }
    match bytes.len() <= MAX_PICTURE_BYTES {
        true => Ok(()),
        false => Err(GraphError::new(131053, "An image has at most 5 MB.")),
    }
}

/// `GET /{id}`: an upload's description.
pub(super) fn describe(graph: &Graph, id: &str) -> Result<Value, GraphError> {
    let now = graph.now();
    let state = graph.state();
    let media = state.media(id, now).ok_or_else(|| no_such(id))?;
    let hash = antrian::security::tokens::hex(&Sha256::digest(&media.bytes));
    Ok(json!({
        "messaging_product": "whatsapp", "id": id, "mime_type": media.mime, "sha256": hash,
        "file_size": media.bytes.len(),
        "url": format!("{}/download/{id}", graph.account().graph_url),
    }))
}

/// `GET /download/{id}`: an upload's bytes.
pub(super) async fn download(
    State(graph): State<Graph>,
    Path(id): Path<String>,
) -> Result<Response, GraphError> {
    let state = graph.state();
    let media = state.media(&id, graph.now()).ok_or_else(|| no_such(&id))?;
    Ok(([(header::CONTENT_TYPE, media.mime.clone())], media.bytes.clone()).into_response())
}
