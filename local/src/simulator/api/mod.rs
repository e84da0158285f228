//! The routes of the Graph API that a business uses.

mod extract;
mod media;
mod messages;
mod templates;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::error::GraphError;
use super::graph::Graph;
use extract::Path;

/// The API below its base URL.
pub(super) fn routes(graph: Graph) -> Router {
    let upload = post(media::upload).layer(DefaultBodyLimit::max(media::MAX_FORM_BYTES));
    let templates = get(templates::list).post(templates::register);
    Router::new()
        .route("/download/{id}", get(media::download))
        .route("/{version}/{id}", get(describe))
        .route("/{version}/{id}/messages", post(messages::send))
        .route("/{version}/{id}/media", upload)
        .route("/{version}/{id}/message_templates", templates)
        .fallback(async || GraphError::new(2500, "Unknown path components"))
        .layer(middleware::from_fn_with_state(graph.clone(), guard))
        .with_state(graph)
}

/// Lets a request through if it has the account's token and a version that looks like one.
async fn guard(State(graph): State<Graph>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let version =
        request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let is_version = |text: &str| text.trim_start_matches('v').split('.').all(is_number);
    if !antrian::security::tokens::same(token, &graph.account().token) {
        return GraphError::new(190, "Invalid OAuth access token").into_response();
    }
    if version != "download" && !(version.starts_with('v') && is_version(version)) {
        return GraphError::new(2500, "Unknown path components").into_response();
    }
    next.run(request).await
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `GET /{id}`: the number, or an upload.
async fn describe(
    State(graph): State<Graph>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, GraphError> {
    if graph.is_number(&id).is_err() {
        return media::describe(&graph, &id).map(Json);
    }
    Ok(Json(json!({
        "id": id, "display_phone_number": format!("+{}", graph.account().number),
        "verified_name": "Antrian", "quality_rating": "GREEN", "platform_type": "CLOUD_API",
        "code_verification_status": "VERIFIED", "throughput": {"level": "STANDARD"},
    })))
}
