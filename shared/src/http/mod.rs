//! What the HTTP functions share: problems, bodies, sign-in, repeated requests.

mod answer;
pub mod body;
pub mod caller;
mod etag;
mod expected;
pub mod export;
pub mod hand_ins;
pub mod health;
pub mod idempotency;
pub mod origin;
pub mod problem;
pub mod refusals;
mod request_id;
mod router;
pub mod routes;
pub mod session;
pub mod staff_session;
pub mod views;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use problem::Problem;

pub(crate) use answer::with_headers;
pub use router::{finish, router};

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
    office.ok_or_else(|| Problem::new(Reason::NotFound))
}
