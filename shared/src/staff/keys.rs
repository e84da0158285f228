//! The issuer's public keys: fetched when they are needed, kept, and fetched again with restraint.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::{Client, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, OnceCell, RwLock};

use crate::net::client;

/// How long a request for the keys may take altogether.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
/// Largest answer that is read; Cognito's two keys take 1 KB.
const MAX_BYTES: usize = 64 * 1024;
/// After this, keys are fetched again, so that one that the issuer withdrew is forgotten.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// Time between two fetches, however many unknown keys are named meanwhile.
const PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The same after a fetch that failed: a short outage must not become a minute's.
const PAUSE_AFTER_FAILURE: TimeDelta = TimeDelta::seconds(5);

/// Why the issuer's keys could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// No connection, no answer in time, or no TLS to be had on this machine.
    #[error("the request for the issuer's keys failed")]
    Request(#[from] reqwest::Error),
    /// The issuer answered with another status than 200.
    #[error("the issuer's keys were answered with status {0}")]
    Status(u16),
    #[error("the issuer's keys are longer than {MAX_BYTES} bytes")]
    TooLong,
    /// The answer is not a set of keys.
    #[error("the issuer's keys are not a JSON Web Key Set")]
    Form(#[from] serde_json::Error),
}

/// A public key with the one algorithm that it is for.
#[derive(Debug)]
pub(super) struct Key {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Key {
    /// The claims of a token that this key signed. Their meaning is the caller's to check.
    pub(super) fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
    ) -> Result<T, jsonwebtoken::errors::Error> {
        let mut validation = Validation::new(self.algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        jsonwebtoken::decode(token, &self.key, &validation).map(|token| token.claims)
    }

    /// The key's identifier and the key, if it is one that tokens may be signed with: RSA of 2,048
    /// to 4,096 bits, or Ed25519.
    fn of_jwk(jwk: &Jwk) -> Option<(String, Self)> {
        let length = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().map(|bytes| bytes.len());
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(rsa) if (256..=512).contains(&length(&rsa.n)?) => {
                Algorithm::RS256
            }
            // The length is checked here because the library reads 32 bytes of whatever is there.
            AlgorithmParameters::OctetKeyPair(pair)
                if pair.curve == EllipticCurve::Ed25519 && length(&pair.x)? == 32 =>
            {
                Algorithm::EdDSA
            }
            _ => return None,
        };
        let common = &jwk.common;
        let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
        let fits = common.key_algorithm.is_none_or(|named| named == KeyAlgorithm::from(algorithm));
        let key = DecodingKey::from_jwk(jwk).ok().filter(|_| signs && fits)?;
        Some((common.key_id.clone()?, Self { algorithm, key }))
    }
}

/// A key set; each key is read for itself, so that a strange one does not spoil the others.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

fn parse(body: &[u8]) -> Result<HashMap<String, Arc<Key>>, KeysError> {
    let set: KeySet = serde_json::from_slice(body)?;
    let jwks = set.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    Ok(jwks.filter_map(|jwk| Key::of_jwk(&jwk)).map(|(id, key)| (id, Arc::new(key))).collect())
}

/// What is known of the keys.
#[derive(Debug, Default)]
struct Known {
    keys: HashMap<String, Arc<Key>>,
    fetched_at: Option<DateTime<Utc>>,
    /// The last attempt, and why it failed if it did.
    tried: Option<(DateTime<Utc>, Option<Arc<KeysError>>)>,
}

/// What to do about a key.
enum Next {
    /// Its answer is known.
    Answer(Result<Option<Arc<Key>>, Arc<KeysError>>),
    /// It is good, but the keys are to be fetched again.
    Refresh(Arc<Key>),
    /// It can be told only after a fetch.
    Fetch,
}

impl Known {
    fn next(&self, id: &str, now: DateTime<Utc>) -> Next {
        // Requests bring their own `now`; one that waited may be a little older than the fetch.
        let within = |time: DateTime<Utc>, limit| (now - time).abs() < limit;
        let key = self.keys.get(id).cloned();
        if key.is_some() && self.fetched_at.is_some_and(|time| within(time, FRESH)) {
            return Next::Answer(Ok(key));
        }
        let paused = match &self.tried {
            Some((time, Some(error))) if within(*time, PAUSE_AFTER_FAILURE) => Some(Err(error)),
            Some((time, None)) if within(*time, PAUSE) => Some(Ok(None)),
            _ => None,
        };
        match (key, paused) {
            (Some(key), Some(_)) => Next::Answer(Ok(Some(key))),
            (Some(key), None) => Next::Refresh(key),
            (None, Some(answer)) => Next::Answer(answer.map_err(Arc::clone)),
            (None, None) => Next::Fetch,
        }
    }
}

#[derive(Debug)]
pub(super) struct KeySource {
    url: Url,
    client: OnceCell<Client>,
    known: RwLock<Known>,
    /// Held by the one request that fetches; those whose key is known do not wait for it.
    fetching: Mutex<()>,
}

impl KeySource {
    pub(super) fn new(url: Url) -> Self {
        // Without it the library chooses by its features and panics if another crate adds one. Fails
        // if a provider was installed before, and then that one serves.
        let _ = jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default();
        let (client, known, fetching) = Default::default();
        Self { url, client, known, fetching }
    }

    /// The key of this identifier, if the issuer has it. A key that was fetched before stays good
    /// while the issuer does not answer.
    pub(super) async fn find(
        &self,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Key>>, Arc<KeysError>> {
        let _turn = match self.next(id, now).await {
            Next::Answer(answer) => return answer,
            Next::Refresh(key) => match self.fetching.try_lock() {
                Ok(turn) => turn,
                Err(_) => return Ok(Some(key)),
            },
            Next::Fetch => self.fetching.lock().await,
        };
        // Another request may have fetched while this one waited for its turn.
        if let Next::Answer(answer) = self.next(id, now).await {
            return answer;
        }
        let fetched = self.fetch().await;
        let mut known = self.known.write().await;
        let failure = match fetched {
            Ok(keys) => {
                (known.keys, known.fetched_at) = (keys, Some(now));
                None
            }
            Err(error) => Some(Arc::new(error)),
        };
        known.tried = Some((now, failure.clone()));
        match (known.keys.get(id).cloned(), failure) {
            (None, Some(error)) => Err(error),
            (key, _) => Ok(key),
        }
    }

    async fn next(&self, id: &str, now: DateTime<Utc>) -> Next {
        self.known.read().await.next(id, now)
    }

    async fn fetch(&self) -> Result<HashMap<String, Arc<Key>>, KeysError> {
        let client = self.client.get_or_try_init(async || client(&self.url)).await?;
        let response = client.get(self.url.clone()).send().await?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(KeysError::Status(response.status().as_u16()));
        }
        let body = client::bounded(response, MAX_BYTES).await?.ok_or(KeysError::TooLong)?;
        parse(&body)
    }
}

/// A client for one address, which is the issuer's or on the loopback. Follows no redirect: the keys
/// come from that address or not at all.
fn client(url: &Url) -> Result<Client, reqwest::Error> {
    client::builder_for(url.as_str())
        .timeout(FETCH_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .https_only(url.scheme() == "https")
        .build()
}
