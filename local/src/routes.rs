//! All functions on one port, and what only a local stack has.

use std::sync::Arc;

use antrian::app::App;
use antrian::domain::ids::OfficeId;
use antrian::http::body::Body;
use antrian::http::problem::{Code, Problem, internal};
use antrian::http::{AppState, Routes, router};
use antrian::ledger::Housekeeping;
use antrian_scheduler::{Job, Report};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::compression::compressed;
use crate::developer::with_line;
use crate::home::{Home, MAX_AHEAD_SECS};
use crate::issuer::{self, Issuer};
use crate::simulator::{self, Graph};

pub use crate::simulator::sign;

/// What the local routes work with.
#[derive(Debug, Clone)]
pub struct Local {
    pub app: Arc<App>,
    pub work: Arc<Housekeeping>,
    /// Where the clock's advance is stored.
    pub home: Option<Home>,
    pub graph: Graph,
}

/// The documented routes of all functions.
pub fn documented() -> Routes {
    of_functions().into_iter().fold(Routes::new(), Routes::merge)
}

/// The same, function by function.
pub(crate) fn of_functions() -> [Routes; 7] {
    [
        antrian_slots::routes(),
        antrian_registration::routes(),
        antrian_checkin::routes(),
        antrian_admin::routes(),
        antrian_whatsapp::routes(),
        antrian_web::routes(),
        antrian_office::routes(),
    ]
}

/// Everything on one port. The made-up clerks of one office work at `office`.
pub fn all(local: Local, issuer: Arc<Issuer>, office: Option<OfficeId>) -> Router {
    let app: AppState = local.app.clone();
    let (clock, graph) = (app.clock.clone(), local.graph.clone());
    let home = local.home.clone();
    let now: issuer::Now = Arc::new(move || clock.now());
    let own = Router::new()
        .route("/local/clock", post(advance))
        .route("/local/offices", get(offices))
        .route("/local/audit", get(audit))
        .with_state(local)
        .merge(simulator::routes(graph))
        .merge(issuer::sign_in::routes(issuer.clone(), now.clone(), office))
        .merge(issuer::routes(issuer, now));
    let style = Routes::new().route("/style", antrian_web::style());
    router(documented().merge(style).merge(own.with_state(()).into()), app)
        .layer(from_fn_with_state(home, with_space))
        .layer(from_fn(with_line))
        .layer(from_fn(compressed))
}

/// A table on a full disk still answers: what is stored there is healthy only if more can be.
async fn with_space(State(home): State<Option<Home>>, request: Request, next: Next) -> Response {
    let is_health = request.uri().path().starts_with("/v1/health");
    let Some(home) = home.filter(|_| is_health) else { return next.run(request).await };
    match tokio::task::spawn_blocking(move || home.check_space()).await {
        Ok(Err(error)) => {
            tracing::error!("{error:#}");
            Problem::new(Code::NotReady).with("reason", format!("{error:#}")).into_response()
        }
        _ => next.run(request).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    /// Moves the clock forward by so much.
    #[serde(default)]
    advance_seconds: u32,
    /// Moves the clock forward to this instant; one that has passed moves nothing.
    to: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Advanced {
    now: DateTime<Utc>,
    ahead_seconds: i64,
    tick: Report,
}

/// A clock is moved by at most a year at a time.
const MAX_ADVANCE_SECS: i64 = 366 * 24 * 3600;

/// Moves the clock forward and lets the scheduler work.
async fn advance(
    State(local): State<Local>,
    body: Body<Advance>,
) -> Result<Json<Advanced>, Problem> {
    let wait = body.value.to.map_or(0, |to| local.app.clock.secs_until(to).max(0));
    let secs = i64::from(body.value.advance_seconds).max(wait);
    if secs > MAX_ADVANCE_SECS {
        return Err(Problem::field(
            "advance_seconds",
            "Paling banyak satu tahun.",
            "At most a year.",
        ));
    }
    let ahead_seconds = local.app.clock.advance(0) + secs;
    if ahead_seconds > MAX_AHEAD_SECS {
        return Err(Problem::field(
            "advance_seconds",
            "Jam paling jauh seratus tahun di depan.",
            "The clock is a hundred years ahead at most.",
        ));
    }
    // A clock that could not be stored is not moved: after a start it would go backwards.
    if let Some(home) = &local.home {
        home.store_clock(ahead_seconds).map_err(|error| internal(error.as_ref()))?;
    }
    local.app.clock.advance(secs);
    let tick = antrian_scheduler::run(&local.app, &local.work, Job::Tick).await?;
    Ok(Json(Advanced { now: local.app.clock.now(), ahead_seconds, tick }))
}

#[derive(Serialize)]
struct Names {
    offices: Vec<Name>,
}

#[derive(Serialize)]
struct Name {
    id: String,
    name: String,
    services: Vec<String>,
}

/// The demo offices by name.
async fn offices(State(local): State<Local>) -> Result<Json<Names>, Problem> {
    let directory = local.app.ledger.offices().all(local.app.clock.now()).await?;
    let name = |office: &Arc<antrian::domain::office::Office>| Name {
        id: office.id.to_string(),
        name: office.name.clone(),
        services: office.services.iter().map(|service| service.id.to_string()).collect(),
    };
    Ok(Json(Names { offices: directory.offices.iter().map(name).collect() }))
}

/// Runs the audit of seats, guards and bookings.
async fn audit(State(local): State<Local>) -> Result<Json<antrian::storage::AuditReport>, Problem> {
    let report = antrian_scheduler::run(&local.app, &local.work, Job::Audit).await?;
    report.audit.map(Json).ok_or_else(|| Problem::new(Code::InternalError))
}
