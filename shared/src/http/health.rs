//! Whether a function has what it needs.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{Problem, not_ready};
use crate::app::{App, StartError};

/// The system's state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
}

/// Says `ok` if table and queues answer; otherwise names what is missing.
///
/// # Errors
/// `not_ready`, with its reason.
pub async fn health(app: &App) -> Result<Json<Health>, Problem> {
    app.check().await.map_err(not_ready)?;
    Ok(Json(Health { status: "ok" }))
}

/// The same of a function that sends or receives.
///
/// # Errors
/// `not_ready`, with its reason.
pub async fn channel_health(app: &App) -> Result<Json<Health>, Problem> {
    app.channel().map_err(|error| not_ready(StartError::from(error)))?;
    health(app).await
}
