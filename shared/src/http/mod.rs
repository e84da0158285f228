//! What the HTTP functions share: problems, bodies, sign-in, repeated requests.

pub mod body;
pub mod health;
pub mod idempotency;
pub mod problem;
mod request_id;
pub mod routes;
pub mod session;
pub mod staff_session;
pub mod views;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use problem::{Code, Problem};

/// A function's state.
pub type AppState = Arc<App>;

/// A function's routes with their documentation, before they get their state.
pub type Routes = OpenApiRouter<AppState>;

/// An office that there is, as this instance remembers it.
///
/// # Errors
/// `not_found` if there is none.
pub async fn office(app: &App, id: &OfficeId) -> Result<Arc<Office>, Problem> {
    let office = app.ledger.offices().get(id, app.clock.now()).await?;
    office.ok_or_else(|| Problem::new(Code::NotFound))
}

/// The router of a function: its routes, and what every answer of it has in common.
pub fn router(routes: Routes, app: AppState) -> Router {
    let (router, _document) = routes.split_for_parts();
    // One layer for all of it: each one costs as much as a route.
    bounded(router.with_state(app.clone()))
        .layer(from_fn_with_state(app, request_id::with_request_id))
}

/// Adds what answers have in common that belong to no function.
pub fn finish(router: Router) -> Router {
    bounded(router).layer(from_fn(answer))
}

/// Problems for unknown addresses, a bound in size.
fn bounded(router: Router) -> Router {
    router
        .fallback(async || Problem::new(Code::NotFound).into_response())
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed).into_response())
        .layer(DefaultBodyLimit::max(body::MAX_BYTES))
}

/// A request that takes longer is given up, well before [`crate::ledger::REQUEST_LIFE_SECS`]: a day
/// that is closed counts on it that nobody writes after that time who saw the day open.
const REQUEST_TIME: Duration = Duration::from_secs(20);

/// A bound in time, and headers: nothing is stored on the way unless the handler says so, and nothing
/// is guessed from content.
async fn answer(request: Request, next: Next) -> Response {
    let answered = tokio::time::timeout(REQUEST_TIME, next.run(request)).await;
    let given_up = |_| Problem::new(Code::OutcomeUnknown).retry_after(2).into_response();
    let mut response = answered.unwrap_or_else(given_up);
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
