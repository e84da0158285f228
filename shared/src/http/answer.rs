//! What every answer has in common.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::etag;
use super::problem::{Code, Problem};

/// A request that takes longer is given up, well before [`crate::ledger::REQUEST_LIFE_SECS`]: a day
/// that is closed counts on it that nobody writes after that time who saw the day open.
const REQUEST_TIME: Duration = Duration::from_secs(20);

/// A bound in time, and headers: nothing is stored on the way unless the handler says so, and nothing
/// is guessed from content.
pub(super) async fn answer(request: Request, next: Next) -> Response {
    let known = etag::known(&request);
    let answered = tokio::time::timeout(REQUEST_TIME, next.run(request)).await;
    let given_up = |_| Problem::new(Code::OutcomeUnknown).retry_after(2).into_response();
    with_headers(etag::tagged(answered.unwrap_or_else(given_up), known).await)
}

/// A browser that was here once comes by TLS only, for a year. Without TLS it ignores this.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers of every answer.
pub(crate) fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    response
}
