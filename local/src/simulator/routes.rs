//! All routes of the simulator.

use axum::Router;

use super::graph::Graph;
use super::{api, control, page};

/// The Graph API, the phones on the screen, and the controls of the simulation.
pub fn routes(graph: Graph) -> Router {
    control::routes(graph.clone())
        .nest("/local/graph", api::routes(graph.clone()))
        .merge(page::routes(graph))
}
