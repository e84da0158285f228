//! Offices, availability, requirements, bookings and tickets.

pub mod bookings;
pub mod groups;
pub mod offices;
pub mod requirements;
pub mod tickets;
mod view;

use antrian::http::routes::routes;
use antrian::http::{AppState, Routes};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;

use antrian::http::health::{self, Asker, Health};
use antrian::http::problem::{Problem, ProblemDetails};

/// The document of the whole API, made from the code of all functions; a test keeps it current.
const OPENAPI: &str = include_str!("../../../openapi.json");

/// All routes of this function.
pub fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(health))
        .route("/v1/openapi.json", axum::routing::get(openapi))
        .merge(offices::routes())
        .merge(requirements::routes())
        .merge(bookings::routes())
        .merge(groups::routes())
        .merge(tickets::routes())
}

/// Whether the system works: its table and its queues answer. With a staff token each of them is
/// asked now and what is missing is named; without one the answer may be ten seconds old.
#[utoipa::path(get, path = "/v1/health", tag = "public", responses(
    (status = 200, body = Health),
    (status = 401, body = ProblemDetails, description = "a token that is not of staff"),
    (status = 503, body = ProblemDetails, description = "`not_ready`; for staff with `reason`"),
))]
async fn health(State(app): State<AppState>, asker: Asker) -> Result<health::Answer, Problem> {
    health::health(&app, &asker).await
}

async fn openapi() -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ],
        OPENAPI,
    )
}
