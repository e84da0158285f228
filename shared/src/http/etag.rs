//! What a client has already is not sent again: public answers carry a hash of their bytes.

use std::hash::{DefaultHasher, Hasher as _};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::problem::internal;
use axum::response::IntoResponse;

/// Larger answers are not public.
const MAX_BYTES: usize = 1024 * 1024;

/// What a client says that it has.
pub(super) enum Known {
    /// It asks for no answer that it could have.
    Other,
    /// These, if any.
    Tags(Option<HeaderValue>),
}

pub(super) fn known(request: &Request) -> Known {
    match *request.method() {
        Method::GET => Known::Tags(request.headers().get(header::IF_NONE_MATCH).cloned()),
        _ => Known::Other,
    }
}

/// A public answer with its tag; without its body if the client has it. The hash keeps nobody from
/// anything: two answers that have the same one by chance, one in 2⁶⁴, would be taken for each other.
pub(super) async fn tagged(response: Response, known: Known) -> Response {
    let Known::Tags(known) = known else { return response };
    let is_public = |value: &HeaderValue| value.as_bytes().starts_with(b"public");
    let is_public = response.headers().get(header::CACHE_CONTROL).is_some_and(is_public);
    if !is_public || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = match to_bytes(body, MAX_BYTES).await {
        Ok(bytes) => bytes,
        Err(error) => return internal(&error).into_response(),
    };
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let has = known.as_ref().and_then(|known| known.to_str().ok()).is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
    });
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if !has {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}
