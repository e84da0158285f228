//! Webhooks of the WhatsApp providers: Meta's Cloud API and Twilio.
//!
//! An answer of 200 says that everything in the delivery is stored and told of. Whatever could not
//! be stored is answered with 503, so that the provider delivers again; every message has its effect
//! once, and every status moves its row forward only.

pub mod cloud_api;
pub mod twilio;
mod updates;

use antrian::http::Routes;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;

pub use updates::Updates;

/// All routes of this function.
pub fn routes() -> Routes {
    let cloud_api = get(cloud_api::verify)
        .post(cloud_api::receive)
        .layer(DefaultBodyLimit::max(cloud_api::MOST_BYTES));
    OpenApiRouter::new()
        .route("/webhooks/whatsapp", cloud_api)
        .route("/webhooks/twilio", post(twilio::receive))
}
