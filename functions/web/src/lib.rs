//! Pages for applicants, from the search for an office to the ticket, and the display in the hall. They work without script, in two
//! languages, and call the same use cases as the API and the chat.
//!
//! What was chosen stands in the address until somebody is known by whom it is chosen; nothing personal
//! ever does.

mod assets;
mod booking;
mod changes;
mod claim;
mod cookies;
mod corrections;
mod dates;
mod errors;
mod hall;
mod held;
mod hold;
mod language;
mod line;
mod office;
mod own;
mod paths;
mod people;
mod session;
mod sign_in;
mod start;
mod style;
mod ticket;

use antrian::http::{AppState, Routes};
use antrian_pages::errors::{not_allowed, nowhere};
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::any;

pub use style::style;

/// All routes of this function.
pub fn routes() -> Routes {
    let pages = Routes::new()
        .merge(start::routes())
        .merge(office::routes())
        .merge(dates::routes())
        .merge(sign_in::routes())
        .merge(people::routes())
        .merge(corrections::routes())
        .merge(booking::routes())
        .merge(hold::routes())
        .merge(held::routes())
        .merge(claim::routes())
        .merge(ticket::routes())
        .merge(line::routes())
        .merge(hall::routes())
        .merge(changes::routes())
        .merge(own::routes())
        .merge(language::routes())
        .merge(assets::routes())
        .route("/{*rest}", any(nowhere));
    let (pages, _): (Router<AppState>, _) = pages.split_for_parts();
    let pages = pages.method_not_allowed_fallback(not_allowed);
    pages.layer(from_fn(errors::as_pages)).into()
}
