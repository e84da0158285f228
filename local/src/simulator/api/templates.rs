//! Templates: handed in, reviewed, listed.

use axum::Json;
use axum::extract::{Query, State};
use serde_json::{Value, json};

use super::extract::{JsonBody, Path, no_such};
use crate::simulator::error::GraphError;
use crate::simulator::graph::Graph;
use crate::simulator::templates::MAX_TEMPLATES;

/// `POST /{waba}/message_templates`. The review follows at once and finds nothing.
pub(super) async fn register(
    State(graph): State<Graph>,
    Path((_, waba)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, GraphError> {
    graph.is_waba(&waba)?;
    let answer = graph.change(|state| state.templates.register(&body))?;
    graph.set_template_status(body["name"].as_str().unwrap_or_default(), "APPROVED");
    Ok(Json(answer))
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct ListQuery {
    name: Option<String>,
}

/// `GET /{waba}/message_templates`.
pub(super) async fn list(
    State(graph): State<Graph>,
    Path((_, waba)): Path<(String, String)>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Value>, GraphError> {
    graph.is_waba(&waba)?;
    let data = graph.state().templates.listed(query.name.as_deref());
    let summary = json!({
        "total_count": data.len(), "message_template_count": data.len(),
        "message_template_limit": MAX_TEMPLATES, "are_translations_complete": false,
    });
    let paging = json!({"cursors": {"before": "", "after": ""}});
    Ok(Json(json!({"data": data, "paging": paging, "summary": summary})))
}

impl Graph {
    fn is_waba(&self, id: &str) -> Result<(), GraphError> {
        if id == self.account().waba_id { Ok(()) } else { Err(no_such(id)) }
    }
}
