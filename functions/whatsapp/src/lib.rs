//! Webhooks of the WhatsApp provider: verification, signature, registration codes.
//!
//! An answer of 200 says that what must not be lost is stored. A fault of the table is answered with
//! 503, so that the provider delivers again; every message has its effect once.

mod payload;
mod signature;

use antrian::domain::inbound::Inbound;
use antrian::http::problem::{Code, Problem};
use antrian::http::{AppState, Routes};
use antrian::storage::TakenIn;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;

/// Meta sends up to 3 MB in one delivery.
const MOST_BYTES: usize = 3 * 1024 * 1024;

/// Marks what is told of by the webhook itself; the sweeper has rounds of its own.
const FIRST_ROUND: &str = "first";

/// All routes of this function.
pub fn routes() -> Routes {
    let webhook = get(verify).post(receive).layer(DefaultBodyLimit::max(MOST_BYTES));
    OpenApiRouter::new().route("/webhooks/whatsapp", webhook)
}

#[derive(Deserialize)]
struct Verification {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

/// The provider asks whether this address is ours.
async fn verify(
    State(app): State<AppState>,
    query: Query<Verification>,
) -> Result<String, StatusCode> {
    let Query(asked) = query;
    let expected = app.whatsapp.verify_token.expose_secret();
    let token = asked.token.unwrap_or_default();
    let ours = asked.mode.as_deref() == Some("subscribe")
        && antrian::security::tokens::same(&token, expected);
    asked.challenge.filter(|_| ours).ok_or(StatusCode::FORBIDDEN)
}

/// The provider delivers messages and statuses.
async fn receive(
    State(app): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    let secret = app.whatsapp.app_secret.expose_secret();
    if !signature.is_some_and(|signature| signature::is_valid(secret, &body, signature)) {
        return Err(Problem::new(Code::BadSignature));
    }
    take_in(&app, &payload::messages(&body, app.clock.now())).await
}

/// Stores messages and tells of them. Whatever is not stored or not told of is asked for again.
async fn take_in(app: &AppState, messages: &[Inbound]) -> Result<StatusCode, Problem> {
    let mut waiting = Vec::new();
    for message in messages {
        if let TakenIn::Waiting(stored) =
            app.ledger.store().take_in(message, app.clock.now()).await?
        {
            waiting.push(stored);
        }
    }
    match app.inbox.announce(&waiting, FIRST_ROUND).await == waiting.len() {
        true => Ok(StatusCode::OK),
        false => Err(Problem::new(Code::Busy)),
    }
}
