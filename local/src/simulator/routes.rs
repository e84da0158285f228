//! All routes of the simulator.

use axum::Router;

use super::graph::Graph;
use super::{api, control, page, phone};

/// The Graph API, people's phones, their page, and what else is only here.
pub fn routes(graph: Graph) -> Router {
    control::routes(graph.clone())
        .nest("/local/graph", api::routes(graph.clone()))
        .merge(phone::routes(graph))
        .merge(page::routes())
}
