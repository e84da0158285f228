//! The router of a function.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;

use super::answer::answer;
use super::problem::{Code, Problem};
use super::{AppState, Routes, body, request_id};
use crate::domain::reason::Reason;

/// The router of a function: its routes, and what every answer of it has in common.
pub fn router(routes: Routes, app: AppState) -> Router {
    let (router, _document) = routes.split_for_parts();
    // One layer for all of it: each one costs as much as a route.
    let router = bounded(router.with_state(app.clone()));
    router.layer(from_fn_with_state(app, request_id::with_request_id))
}

/// Adds what answers have in common that belong to no function.
pub fn finish(router: Router) -> Router {
    bounded(router).layer(from_fn(answer))
}

/// Problems for unknown addresses, a bound in size.
fn bounded(router: Router) -> Router {
    router
        .fallback(async || Problem::new(Reason::NotFound).into_response())
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed).into_response())
        .layer(DefaultBodyLimit::max(body::MAX_BYTES))
}
