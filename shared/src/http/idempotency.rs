//! `Idempotency-Key`: the same key with the same body gets the same answer.

use std::future::Future;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::problem::{Code, Problem};
use crate::app::App;
use crate::storage::{Answer, Replay};

/// The key of a request, if it has one: 1 to 128 visible ASCII characters.
#[derive(Debug, Clone)]
pub struct RequestKey(pub Option<String>);

impl RequestKey {
    /// What a request with this key is known by; `scope` is the route and who asks.
    pub fn hash(&self, app: &App, scope: &str) -> Option<String> {
        self.0.as_ref().map(|key| app.keyring.token_hash(&format!("{scope}\n{key}")))
    }
}

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

/// A request under a key: what the table knows it by.
struct Request<'a> {
    app: &'a App,
    scope_hash: String,
    request_hash: String,
}

impl<'a> Request<'a> {
    /// Absent: the request has no key.
    fn new(app: &'a App, key: &RequestKey, scope: &str, body_hash: &str) -> Option<Self> {
        let scope_hash = key.hash(app, scope)?;
        // Keyed, for a body may hold what could be guessed from a plain hash.
        let request_hash = app.keyring.token_hash(body_hash);
        Some(Self { app, scope_hash, request_hash })
    }

    /// The answer that was given before, if there is one.
    async fn begin(&self) -> Result<Option<Answer>, Problem> {
        let (store, now) = (self.app.ledger.store(), self.app.clock.now());
        match store.begin_request(&self.scope_hash, &self.request_hash, now).await? {
            Replay::Mismatch => Err(Problem::new(Code::IdempotencyMismatch)),
            Replay::Answered(answer) => Ok(Some(answer)),
            Replay::New => Ok(None),
        }
    }

    fn repeat(&self, answer: &Answer) -> Result<(StatusCode, Vec<u8>), Problem> {
        let body = self.app.keyring.open(&answer.sealed_body, &self.scope_hash);
        let body = body.map_err(|error| super::problem::internal(&error))?;
        Ok((StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK), body))
    }

    /// Keeps an answer; tells the one that counts, if that is another one.
    async fn keep(&self, status: StatusCode, body: &[u8]) -> Result<Option<Answer>, Problem> {
        let sealed_body = self.app.keyring.seal(body, &self.scope_hash);
        let answer = Answer { status: status.as_u16(), sealed_body };
        let (store, now) = (self.app.ledger.store(), self.app.clock.now());
        let own = answer.clone();
        let kept = store.finish_request(&self.scope_hash, &self.request_hash, answer, now).await?;
        Ok((kept != own).then_some(kept))
    }
}

/// Answers a request once per key. `scope` is the route and who asks; `body_hash` tells one body
/// from another. Only successes are kept: a refusal may be another one next time.
///
/// # Errors
/// `idempotency_mismatch`, or what `act` answers.
pub async fn idempotent<T, F>(
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
    let (status, body) = replay_or_act(app, key, scope, body_hash, status, act).await?;
    Ok(raw_json(status, body))
}

/// The first answer to a request with this key, as it is kept: for who adds what is not to be kept,
/// because an erasure has to reach it.
///
/// # Errors
/// Those of [`idempotent`].
pub async fn replay_or_act<T, F>(
    app: &App,
    key: &RequestKey,
    scope: &str,
    body_hash: &str,
    status: StatusCode,
    act: F,
) -> Result<(StatusCode, Vec<u8>), Problem>
where
    T: Serialize,
    F: Future<Output = Result<T, Problem>>,
{
    let bytes = |value: T| serde_json::to_vec(&value).unwrap_or_default();
    let Some(request) = Request::new(app, key, scope, body_hash) else {
        return act.await.map(|value| (status, bytes(value)));
    };
    if let Some(answer) = request.begin().await? {
        return request.repeat(&answer);
    }
    let body = bytes(act.await?);
    match request.keep(status, &body).await? {
        Some(first) => request.repeat(&first),
        None => Ok((status, body)),
    }
}

/// Refuses another body under a key that was used, and keeps no answer: for what gives the same
/// answer when it is done again, and whose answer holds what an erasure has to reach.
///
/// # Errors
/// `idempotency_mismatch`.
pub async fn check_payload(
    app: &App,
    key: &RequestKey,
    scope: &str,
    body_hash: &str,
) -> Result<(), Problem> {
    match Request::new(app, key, scope, body_hash) {
        Some(request) => request.begin().await.map(|_| ()),
        None => Ok(()),
    }
}

/// A JSON answer.
pub fn json<T: Serialize>(status: StatusCode, value: &T) -> Response {
    raw_json(status, serde_json::to_vec(value).unwrap_or_default())
}

fn raw_json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
