//! The desk: tickets are scanned, documents are looked at, counters call numbers, the hall sees them.

mod bookings;
mod calling;
mod corrections;
mod counters;
mod documents;
mod hand_in;
mod queue;
mod releases;
mod report;
mod roster;
mod scan;
mod visit;
mod walk_ins;

use antrian::http::Routes;
use utoipa_axum::router::OpenApiRouter;

/// All routes of this function.
pub fn routes() -> Routes {
    OpenApiRouter::new()
        .merge(scan::routes())
        .merge(hand_in::routes())
        .merge(documents::routes())
        .merge(corrections::routes())
        .merge(calling::routes())
        .merge(counters::routes())
        .merge(queue::routes())
        .merge(releases::routes())
        .merge(bookings::routes())
        .merge(walk_ins::routes())
        .merge(roster::routes())
        .merge(report::routes())
}
