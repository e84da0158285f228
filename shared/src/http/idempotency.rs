//! `Idempotency-Key`: the same key with the same body gets the same answer.

use std::future::Future;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::{Problem, internal};
use crate::app::App;
use crate::domain::reason::Reason;
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

/// What a request under a key is recorded as.
struct Record<'a> {
    app: &'a App,
    scope_hash: String,
    request_hash: String,
}

impl<'a> Record<'a> {
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
            Replay::Mismatch => Err(Problem::new(Reason::IdempotencyMismatch)),
            Replay::Answered(answer) => Ok(Some(answer)),
            Replay::New => Ok(None),
        }
    }

    fn replay<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Problem> {
        let body = self.app.keyring.open(&answer.sealed_body, &self.scope_hash);
        let body = body.map_err(|error| internal(&error))?;
        serde_json::from_slice(&body).map_err(|error| internal(&error))
    }

    /// Keeps an answer; tells the one that counts, if that is another one.
    async fn keep<T: Serialize>(
        &self,
        status: StatusCode,
        value: &T,
    ) -> Result<Option<Answer>, Problem> {
        let body = serde_json::to_vec(value).map_err(|error| internal(&error))?;
        let sealed_body = self.app.keyring.seal(&body, &self.scope_hash);
        let sealed_body = sealed_body.map_err(|error| internal(&error))?;
        let answer = Answer { status: status.as_u16(), sealed_body };
        let (store, now) = (self.app.ledger.store(), self.app.clock.now());
        let own = answer.clone();
        let kept = store.finish_request(&self.scope_hash, &self.request_hash, answer, now).await?;
        Ok((kept != own).then_some(kept))
    }
}

/// Acts once per key: a repeated request gets the first one's outcome. `scope` is the route and who
/// asks; `body_hash` tells one body from another; `status` goes with the answer. Only successes are kept: a refusal may be another
/// one next time. What an erasure has to reach is added to the outcome afterwards, and never kept.
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
) -> Result<T, Problem>
where
    T: Serialize + DeserializeOwned,
    F: Future<Output = Result<T, Problem>>,
{
    let Some(record) = Record::new(app, key, scope, body_hash) else { return act.await };
    if let Some(first) = record.begin().await? {
        return record.replay(&first);
    }
    let value = act.await?;
    match record.keep(status, &value).await? {
        Some(first) => record.replay(&first),
        None => Ok(value),
    }
}

/// The payload check alone: refuses another body under a key that was used, and keeps no answer. For
/// what gives the same answer when it is done again, and whose answer holds what an erasure has to
/// reach.
///
/// # Errors
/// `idempotency_mismatch`.
pub async fn check_payload(
    app: &App,
    key: &RequestKey,
    scope: &str,
    body_hash: &str,
) -> Result<(), Problem> {
    match Record::new(app, key, scope, body_hash) {
        Some(record) => record.begin().await.map(drop),
        None => Ok(()),
    }
}
