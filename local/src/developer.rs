//! One line below the start page, for whoever develops: where this stack has what. Applicants never see it: it
//! is put in on the way, by the local stack alone.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const BEFORE: &str = "</footer>";
const MAX_BYTES: usize = 10_000_000;

fn line() -> String {
    format!(
        "<p lang=\"en\">Local stack: <a href=\"/simulator\">simulator</a> · <a \
         href=\"/petugas\">staff's pages</a> · <a href=\"/v1/openapi.json\">API \
         description</a> · <a href=\"{}#readme\">docs</a> · <a href=\"/v1/health\">health</a></p>\n{BEFORE}",
        env!("CARGO_PKG_REPOSITORY")
    )
}

pub(crate) async fn with_line(request: Request, next: Next) -> Response {
    let is_start = request.uri().path() == "/";
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !is_start || !kind.is_some_and(|kind| kind.starts_with(b"text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // What comes from our own handlers is whole.
    let bytes = to_bytes(body, MAX_BYTES).await.unwrap_or_default();
    let html = String::from_utf8_lossy(&bytes).replacen(BEFORE, &line(), 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(html))
}
