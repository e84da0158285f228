//! Public answers as the edge sends them: compressed, and with a weak tag. What is somebody's own is sent as it
//! is, here and there (`infra/edge.yaml`).

use std::io::Write;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

/// CloudFront compresses nothing smaller.
const MIN_BYTES: usize = 1_000;
const MAX_BYTES: usize = 10_000_000;

pub(crate) async fn compressed(request: Request, next: Next) -> Response {
    let has = |headers: &axum::http::HeaderMap, name, what: fn(&str) -> bool| {
        headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).is_some_and(what)
    };
    let takes = has(request.headers(), header::ACCEPT_ENCODING, |value| value.contains("gzip"));
    let response = next.run(request).await;
    let headers = response.headers();
    let is_public = has(headers, header::CACHE_CONTROL, |value| value.starts_with("public"));
    if !takes || !is_public || !has(headers, header::CONTENT_TYPE, is_text) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // What comes from our own handlers is whole.
    let bytes = to_bytes(body, MAX_BYTES).await.unwrap_or_default();
    if bytes.len() < MIN_BYTES {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let Ok(packed) = gzip(&bytes) else { return Response::from_parts(parts, Body::from(bytes)) };
    let tag = parts.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    if let Some(weak) = tag.and_then(|tag| HeaderValue::from_str(&format!("W/{tag}")).ok()) {
        parts.headers.insert(header::ETAG, weak);
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    Response::from_parts(parts, Body::from(packed))
}

fn is_text(kind: &str) -> bool {
    ["text/", "application/json", "application/javascript", "image/svg+xml"]
        .iter()
        .any(|known| kind.starts_with(known))
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}
