//! The id of a request: on every log line of it, on what it causes, and in its answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lambda_http::request::RequestContext;

use super::answer::{answer, with_headers};
use super::{AppState, origin};
use crate::security::tokens;
use crate::telemetry::correlation;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Works for the request under its id, and answers with it.
pub(super) async fn with_request_id(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let id = id_of(&request);
    let header = HeaderValue::from_str(&id);
    let mut response = correlation::scope(Some(id), answered(&app, request, next)).await;
    if let Ok(id) = header {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

async fn answered(app: &AppState, request: Request, next: Next) -> Response {
    match origin::verify(app, request.headers()) {
        Ok(()) => answer(request, next).await,
        Err(problem) => with_headers(problem.into_response()),
    }
}

/// The gateway's id, by which its own log has the request; without a gateway the client's, if it can
/// be nothing but an id, or a new one.
fn id_of(request: &Request) -> Arc<str> {
    let given = request.headers().get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
    let from_gateway = request.extensions().get().and_then(gateway_id);
    from_gateway
        .or_else(|| given.filter(|id| is_uuid(id)))
        .map_or_else(|| tokens::random_id("r").into(), Into::into)
}

fn gateway_id(context: &RequestContext) -> Option<&str> {
    match context {
        RequestContext::ApiGatewayV2(context) => context.request_id.as_deref(),
        _ => None,
    }
}

/// Other texts are not taken from clients: they could hold anything, and everything logged under them
/// would.
fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_nothing_but_an_id_is_taken_from_a_client() {
        let taken = |given: &str| {
            let request = Request::builder().header(X_REQUEST_ID, given).body("".into()).unwrap();
            &*id_of(&request) == given
        };
        assert!(taken("0f8fad5b-d9cb-469f-a165-70867728950e"));
        for other in [
            "",
            "7371010101900001",
            "0f8fad5bd9cb-469f-a165-70867728950e",
            "a b",
            "0f8fad5b-d9cb-469f-a165-7086772895zz",
        ] {
            assert!(!taken(other), "{other}");
        }
    }
}
