//! All functions on one port, and what only a local stack has.

use std::sync::Arc;

use antrian::app::App;
use antrian::http::body::Body;
use antrian::http::problem::{Code, Problem, internal};
use antrian::http::{AppState, Routes, router};
use antrian::ledger::Housekeeping;
use antrian::messaging::{Body as MessageBody, Simulator, TemplateCall};
use antrian_scheduler::{Job, Report};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::home::Home;
use crate::issuer::{self, Issuer};

/// What the local routes work with.
#[derive(Debug, Clone)]
pub struct Local {
    /// The functions' state.
    pub app: Arc<App>,
    /// What was sent.
    pub messenger: Simulator,
    /// The scheduler's work.
    pub work: Arc<Housekeeping>,
    /// Where the clock's advance is remembered.
    pub home: Option<Home>,
    /// Where the API answers.
    pub base_url: String,
    /// Posts simulated webhooks.
    pub http: reqwest::Client,
}

/// The documented routes of all functions.
pub fn documented() -> Routes {
    Routes::new()
        .merge(antrian_slots::routes())
        .merge(antrian_registration::routes())
        .merge(antrian_checkin::routes())
        .merge(antrian_admin::routes())
        .merge(antrian_whatsapp::routes())
}

/// Everything on one port.
pub fn all(local: Local, issuer: Arc<Issuer>) -> Router {
    let app: AppState = local.app.clone();
    let clock = app.clock.clone();
    let own = Router::new()
        .route("/local/clock", post(advance))
        .route("/local/whatsapp", post(write))
        .route("/local/outbox", get(outbox))
        .route("/local/offices", get(offices))
        .route("/local/audit", get(audit))
        .with_state(local)
        .merge(issuer::routes(issuer, Arc::new(move || clock.now())));
    antrian::http::finish(own.merge(router(documented(), app)))
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
const MOST_ADVANCE_SECS: i64 = 366 * 24 * 3600;

/// Moves the clock forward and lets the scheduler work.
async fn advance(
    State(local): State<Local>,
    body: Body<Advance>,
) -> Result<Json<Advanced>, Problem> {
    let wait = body.value.to.map_or(0, |to| local.app.clock.secs_until(to).max(0));
    let secs = i64::from(body.value.advance_seconds).max(wait);
    if secs > MOST_ADVANCE_SECS {
        return Err(Problem::field(
            "advance_seconds",
            "Paling banyak satu tahun.",
            "At most a year.",
        ));
    }
    let ahead_seconds = local.app.clock.advance(secs);
    if let Some(home) = &local.home {
        home.remember_clock(ahead_seconds).map_err(|error| internal(error.as_ref()))?;
    }
    let tick = antrian_scheduler::run(&local.app, &local.work, Job::Tick).await?;
    Ok(Json(Advanced { now: local.app.clock.now(), ahead_seconds, tick }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: String,
    text: String,
}

#[derive(Serialize)]
struct Posted {
    message_id: String,
    webhook_status: u16,
}

/// Does what a phone would cause: a signed webhook to the real route.
async fn write(State(local): State<Local>, body: Body<Written>) -> Result<Json<Posted>, Problem> {
    let message_id = format!("wamid.{}", antrian::security::tokens::random_secret());
    let delivery = delivery(&message_id, &body.value, local.app.clock.now()).to_string();
    let signature = sign(local.app.whatsapp.app_secret.expose_secret(), delivery.as_bytes());
    let posted = local
        .http
        .post(format!("{}/webhooks/whatsapp", local.base_url))
        .header("x-hub-signature-256", signature)
        .header("content-type", "application/json")
        .body(delivery)
        .send()
        .await
        .map_err(|error| internal(&error))?;
    Ok(Json(Posted { message_id, webhook_status: posted.status().as_u16() }))
}

fn delivery(id: &str, written: &Written, now: DateTime<Utc>) -> serde_json::Value {
    let from: String = written.from.chars().filter(char::is_ascii_digit).collect();
    serde_json::json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "0", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "6280000000000", "phone_number_id": "0"},
            "contacts": [{"wa_id": from}],
            "messages": [{
                "id": id, "from": from, "timestamp": now.timestamp().to_string(),
                "type": "text", "text": {"body": written.text},
            }],
        }}]}],
    })
}

/// `X-Hub-Signature-256` of a body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    let digits = antrian::security::tokens::hex(&mac.finalize().into_bytes());
    format!("sha256={digits}")
}

#[derive(Serialize)]
struct Outbox {
    messages: Vec<Sent>,
}

#[derive(Serialize)]
struct Sent {
    message_id: String,
    provider_id: String,
    to: Option<String>,
    to_user_id: Option<String>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture_png_base64: Option<String>,
}

/// What was sent, oldest first.
async fn outbox(State(local): State<Local>) -> Json<Outbox> {
    let view = |kept: antrian::messaging::simulator::Kept| Sent {
        message_id: kept.message.id.to_string(),
        provider_id: kept.provider_id,
        to: kept.message.to.phone.as_ref().map(|phone| phone.expose().to_owned()),
        to_user_id: kept.message.to.scoped.as_ref().map(|id| id.expose().to_owned()),
        text: kept.message.body.text(),
        picture_png_base64: match &kept.message.body {
            MessageBody::Picture { png, .. } => Some(STANDARD.encode(png)),
            MessageBody::Template(TemplateCall { png, .. }) => {
                png.as_ref().map(|png| STANDARD.encode(png))
            }
            MessageBody::Text(_) | MessageBody::Choices { .. } => None,
        },
    };
    Json(Outbox { messages: local.messenger.kept().into_iter().map(view).collect() })
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

/// Recounts seats, guards and bookings.
async fn audit(State(local): State<Local>) -> Result<Json<antrian::storage::AuditReport>, Problem> {
    let report = antrian_scheduler::run(&local.app, &local.work, Job::Audit).await?;
    report.audit.map(Json).ok_or_else(|| Problem::new(Code::InternalError))
}
