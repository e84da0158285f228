//! Meta's Cloud API: who may deliver, and what a delivery holds.
//!
//! A delivery has several entries, changes, messages and statuses. Each is read for itself: one that
//! makes no sense harms none of its neighbours. What is not for us (other fields, other objects, other
//! numbers) is accepted and has no effect; so has a signed body that is no JSON, for it would be none
//! the next time either.

mod fields;
mod message;
mod sender;
mod signature;
mod status;
#[cfg(test)]
mod tests;

use antrian::http::AppState;
use antrian::http::body::Params;
use antrian::http::problem::Problem;
use antrian::security::tokens::same;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use fields::Object;
use secrecy::ExposeSecret;
use serde::Deserialize;

use crate::updates::{Updates, rejected, take_in, whole};

/// Meta sends up to 3 MB in one delivery.
pub(crate) const MAX_BYTES: usize = 3 * 1024 * 1024;

#[derive(Deserialize)]
pub(crate) struct Verification {
    #[serde(rename = "hub.mode")]
    mode: Option<String>,
    #[serde(rename = "hub.verify_token")]
    token: Option<String>,
    #[serde(rename = "hub.challenge")]
    challenge: Option<String>,
}

/// The provider asks whether this address is ours.
pub(crate) async fn verify(
    State(app): State<AppState>,
    Params(asked): Params<Verification>,
) -> Result<String, Response> {
    let expected = app.channel().map_err(|error| Problem::from(error).into_response())?;
    let expected = expected.verify_token.expose_secret();
    let token = asked.token.unwrap_or_default();
    let ours = asked.mode.as_deref() == Some("subscribe") && same(&token, expected);
    asked.challenge.filter(|_| ours).ok_or_else(|| StatusCode::FORBIDDEN.into_response())
}

/// The provider delivers messages and statuses.
pub(crate) async fn receive(
    State(app): State<AppState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let body = whole(body)?;
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    let channel = app.channel()?;
    let secret = channel.app_secret.expose_secret();
    if !signature.is_some_and(|signature| signature::is_valid(secret, &body, signature)) {
        return Err(rejected(&app, "cloud_api"));
    }
    let own_number = channel.phone_number_id();
    take_in(&app, &read(&body, own_number, app.clock.now())).await?;
    Ok(StatusCode::OK)
}

/// What a delivery holds for `own_number` (Meta's id of it; absent: for any number). Bytes that are no
/// delivery hold nothing.
pub fn read(body: &[u8], own_number: Option<&str>, now: DateTime<Utc>) -> Updates {
    let mut updates = Updates::default();
    let text = String::from_utf8_lossy(body);
    let Some(delivery) = Object::read(&text) else { return updates };
    if delivery.text("object").as_deref() != Some("whatsapp_business_account") {
        return updates;
    }
    for change in delivery.list("entry").iter().flat_map(|entry| entry.list("changes")) {
        if change.text("field").as_deref() == Some("messages")
            && let Some(value) = change.object("value")
            && is_for(own_number, &value)
        {
            let senders = sender::Senders::of(&value);
            let messages = value.list("messages");
            let messages =
                messages.iter().filter_map(|message| message::inbound(message, &senders, now));
            updates.messages.extend(messages);
            updates.reports.extend(value.list("statuses").iter().filter_map(status::report));
        }
    }
    updates
}

/// A change that names no number is not for another one.
fn is_for(own_number: Option<&str>, value: &Object<'_>) -> bool {
    let named = value.object("metadata").and_then(|metadata| metadata.text("phone_number_id"));
    named.is_none_or(|named| own_number.is_none_or(|own| own == named))
}
