//! Proving a number, sessions, and an account's own data.

pub mod account;
pub mod applicants;
pub mod claims;
pub mod registrations;
pub mod sessions;

use antrian::http::Routes;
use utoipa_axum::router::OpenApiRouter;

/// All routes of this function.
pub fn routes() -> Routes {
    OpenApiRouter::new()
        .merge(registrations::routes())
        .merge(account::routes())
        .merge(sessions::routes())
        .merge(applicants::routes())
        .merge(claims::routes())
}
