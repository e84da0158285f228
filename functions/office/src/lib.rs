//! Pages for the staff of offices. They work without script, in two languages, and call the same use cases
//! as the API, with the same permissions (`antrian::staff::roles`).
//!
//! All addresses begin with `/petugas`: what lies below is never cached on the way and says nothing to
//! anybody who is not signed in.

mod assets;
mod by_nik;
mod card;
mod change;
mod change_words;
mod chart;
mod closing_plan;
mod closures;
mod correct;
mod counters;
mod errors;
mod fragment;
mod offline;
mod paths;
mod quota_words;
mod quotas;
mod report;
mod roster;
mod scan;
mod session;
mod settings;
mod settings_file;
mod settings_plan;
mod settings_rules;
mod settings_words;
mod sign_in;
mod slip;
mod start;
mod visit;
mod walk_in;
mod warnings;

use antrian::http::{AppState, Routes};
use antrian_pages::errors::not_allowed;
use axum::Router;
use axum::middleware::from_fn;

/// All routes of this function.
pub fn routes() -> Routes {
    let pages = Routes::new()
        .merge(sign_in::routes())
        .merge(start::routes())
        .merge(scan::routes())
        .merge(offline::routes())
        .merge(visit::routes())
        .merge(roster::routes())
        .merge(change::routes())
        .merge(correct::routes())
        .merge(walk_in::routes())
        .merge(slip::routes())
        .merge(by_nik::routes())
        .merge(counters::routes())
        .merge(report::routes())
        .merge(closures::routes())
        .merge(quotas::routes())
        .merge(settings::routes())
        .merge(assets::routes());
    let (pages, _): (Router<AppState>, _) = pages.split_for_parts();
    let pages = pages.method_not_allowed_fallback(not_allowed);
    pages.layer(from_fn(errors::as_pages)).into()
}
