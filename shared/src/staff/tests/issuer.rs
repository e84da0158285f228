//! An issuer for tests: keys made at the start, a key set that can change or fail.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::{StaffConfig, StaffVerifier};

/// When the tokens of the tests are issued, in Unix seconds: 2033, whatever the machine's clock says.
pub(super) const ISSUED: i64 = 2_000_000_000;

/// So many seconds after [`ISSUED`].
pub(super) fn at(secs: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(ISSUED + secs)
}

/// A private key.
pub(super) struct TestKey {
    algorithm: Algorithm,
    key: EncodingKey,
}

/// The RSA key of this run; to make one takes a while.
pub(super) fn rsa_key() -> &'static TestKey {
    static KEY: LazyLock<TestKey> = LazyLock::new(|| {
        use rsa::pkcs1::EncodeRsaPrivateKey;
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        let key = EncodingKey::from_rsa_der(key.to_pkcs1_der().unwrap().as_bytes());
        TestKey { algorithm: Algorithm::RS256, key }
    });
    &KEY
}

/// The Ed25519 key whose seed is 32 times `number`.
pub(super) fn ed_key(number: u8) -> TestKey {
    let header = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
    let der = [header.as_slice(), &[number; 32]].concat();
    TestKey { algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(&der) }
}

impl TestKey {
    pub(super) fn jwk(&self, id: &str) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        jwk.common.key_id = Some(id.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    pub(super) fn sign(&self, id: &str, claims: &Value) -> String {
        sign(self.algorithm, &self.key, id, claims)
    }

    pub(super) fn sign_rs512(&self, id: &str, claims: &Value) -> String {
        sign(Algorithm::RS512, &self.key, id, claims)
    }

    /// Signed with what everybody knows: the public key as the HMAC secret.
    pub(super) fn sign_hs256(&self, id: &str, claims: &Value) -> String {
        let public = match Jwk::from_encoding_key(&self.key, self.algorithm).unwrap().algorithm {
            AlgorithmParameters::RSA(rsa) => rsa.n,
            AlgorithmParameters::OctetKeyPair(pair) => pair.x,
            _ => panic!("another kind of key"),
        };
        let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public).unwrap());
        sign(Algorithm::HS256, &secret, id, claims)
    }
}

fn sign(algorithm: Algorithm, key: &EncodingKey, id: &str, claims: &Value) -> String {
    let header = Header { kid: Some(id.to_owned()), ..Header::new(algorithm) };
    encode(&header, claims, key).unwrap()
}

/// A token without signature.
pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.", part(header), part(claims))
}

/// A port on which nobody listens.
pub(super) async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

#[derive(Default)]
struct Published {
    keys: Mutex<Value>,
    fails: AtomicBool,
    fetches: AtomicUsize,
}

/// Serves a key set on the loopback and counts how often it is asked.
pub(super) struct TestIssuer {
    pub(super) url: String,
    published: Arc<Published>,
}

impl TestIssuer {
    pub(super) async fn start(keys: Value) -> Self {
        let published = Arc::new(Published { keys: Mutex::new(keys), ..Published::default() });
        let router = axum::Router::new()
            .route("/pool/.well-known/jwks.json", get(serve))
            .with_state(Arc::clone(&published));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/pool", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { url, published }
    }

    pub(super) fn verifier(&self, client_id: Option<&str>) -> StaffVerifier {
        let config = StaffConfig::new(&self.url, client_id.map(str::to_owned)).unwrap();
        StaffVerifier::new(config)
    }

    pub(super) fn publish(&self, keys: Value) {
        *self.published.keys.lock().unwrap() = keys;
    }

    pub(super) fn fail(&self, fails: bool) {
        self.published.fails.store(fails, Ordering::SeqCst);
    }

    pub(super) fn fetches(&self) -> usize {
        self.published.fetches.load(Ordering::SeqCst)
    }
}

async fn serve(State(published): State<Arc<Published>>) -> Result<Json<Value>, StatusCode> {
    published.fetches.fetch_add(1, Ordering::SeqCst);
    if published.fails.load(Ordering::SeqCst) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(Json(json!({"keys": *published.keys.lock().unwrap()})))
}
