//! Webhooks of the WhatsApp providers: Meta's Cloud API and Twilio.
//!
//! An answer of 200 says that everything in the delivery is stored and enqueued. Whatever could not
//! be stored is answered with 503, so that the provider delivers again; every message has its effect
//! once, and every status moves its row forward only.

pub mod cloud_api;
pub mod twilio;
mod updates;

use antrian::http::health::{self, Asker, Health};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::{AppState, Routes};
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use updates::Updates;

/// All routes of this function.
pub fn routes() -> Routes {
    let cloud_api = get(cloud_api::verify)
        .post(cloud_api::receive)
        .layer(DefaultBodyLimit::max(cloud_api::MAX_BYTES));
    OpenApiRouter::new()
        .routes(routes!(channel_health))
        .route("/webhooks/whatsapp", cloud_api)
        .route("/webhooks/twilio", post(twilio::receive))
}

/// Whether the WhatsApp channel has what it needs: its settings and secrets, table and queues. With a
/// staff token what is missing is named.
#[utoipa::path(get, path = "/v1/health/whatsapp", tag = "public", responses(
    (status = 200, body = Health),
    (status = 401, body = ProblemDetails, description = "a token that is not of staff"),
    (status = 503, body = ProblemDetails, description = "`not_ready`; for staff with `reason`"),
))]
async fn channel_health(
    State(app): State<AppState>,
    asker: Asker,
) -> Result<health::Answer, Problem> {
    health::channel_health(&app, &asker).await
}
