//! Administration: offices, calendars, releases, quotas, staff who are denied, the audit.

pub mod audit;
pub mod calendar;
pub mod closures;
pub mod denials;
pub mod offices;
pub mod slots;
pub mod versions;

use antrian::http::Routes;
use utoipa_axum::router::OpenApiRouter;

/// All routes of this function.
pub fn routes() -> Routes {
    OpenApiRouter::new()
        .merge(offices::routes())
        .merge(versions::routes())
        .merge(calendar::routes())
        .merge(closures::routes())
        .merge(slots::routes())
        .merge(denials::routes())
        .merge(audit::routes())
}
