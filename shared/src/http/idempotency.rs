//! `Idempotency-Key`: the same key with the same body gets the same answer.

use std::future::Future;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::{Code, Problem};
use crate::app::App;
use crate::storage::{Answer, Repeated};

/// The key of a request, if it has one: 1 to 128 visible ASCII characters.
#[derive(Debug, Clone)]
pub struct RequestKey(pub Option<String>);

const HEADER: &str = "idempotency-key";

impl<S: Send + Sync> FromRequestParts<S> for RequestKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        let key = value.to_str().ok().map(str::trim);
        match key.filter(|key| {
            (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
        }) {
            Some(key) => Ok(Self(Some(key.to_owned()))),
            None => Err(Problem::field(
                "Idempotency-Key",
                "Kunci terdiri atas 1 sampai 128 huruf, angka, atau tanda baca tanpa spasi.",
                "A key has 1 to 128 visible characters without spaces.",
            )),
        }
    }
}

/// Answers a request once per key. `scope` is the route and who asks; `body_hash` tells one body
/// from another. Only successes are kept: a refusal may be another one next time.
///
/// # Errors
/// `idempotency_mismatch`, or what `act` answers.
pub async fn once<T, F>(
    app: &App,
    key: &RequestKey,
    scope: &str,
    body_hash: &str,
    status: StatusCode,
    act: F,
) -> Result<Response, Problem>
where
    T: Serialize,
    F: Future<Output = Result<T, Problem>>,
{
    let Some(key) = &key.0 else { return act.await.map(|value| json(status, &value)) };
    let now = app.clock.now();
    let scope_hash = app.keyring.token_hash(&format!("{scope}\n{key}"));
    // Keyed, for a body may hold what could be guessed from a plain hash.
    let request_hash = app.keyring.token_hash(body_hash);
    let store = app.ledger.store();
    match store.begin_request(&scope_hash, &request_hash, now).await? {
        Repeated::Mismatch => return Err(Problem::new(Code::IdempotencyMismatch)),
        Repeated::Yes(answer) => {
            let body = app.keyring.open(&answer.sealed_body, &scope_hash);
            let body = body.map_err(|error| super::problem::internal(&error))?;
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            return Ok(raw_json(status, body));
        }
        Repeated::No => {}
    }
    let value = act.await?;
    let body = serde_json::to_vec(&value).unwrap_or_default();
    let sealed_body = app.keyring.seal(&body, &scope_hash);
    let answer = Answer { status: status.as_u16(), sealed_body };
    store.finish_request(&scope_hash, &request_hash, answer, now).await?;
    Ok(raw_json(status, body))
}

/// A JSON answer.
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    raw_json(status, serde_json::to_vec(value).unwrap_or_default())
}

fn raw_json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
