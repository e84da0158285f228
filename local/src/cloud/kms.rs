//! The embedded KMS: one key, `Encrypt` and `Decrypt` in its wire form. It encrypts nothing: what it
//! answers is a random name under which it remembers the text. It takes only requests that are signed as
//! AWS wants them, and can be told to refuse.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::server::Server;
use super::signature;

/// The one key.
pub const DATA_KEY: &str = "arn:aws:kms:ap-southeast-3:000000000000:key/local-data";
/// What `Encrypt` takes at the most.
const MAX_PLAINTEXT_BYTES: usize = 4096;

/// How the key service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KmsState {
    #[default]
    Well,
    /// The caller's role may not use the key.
    Denied,
    /// The key was disabled.
    Disabled,
    /// This many requests are too many, those after them are not.
    Throttled(usize),
    /// It fails.
    Broken,
    /// It does not answer.
    Silent,
}

/// What the key service knows; shared with whoever started it.
#[derive(Debug, Clone, Default)]
pub struct KeyService {
    kept: Arc<Mutex<Kept>>,
    calls: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Kept {
    state: KmsState,
    /// Contexts and texts, by their names.
    texts: HashMap<String, (Map<String, Value>, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    key_id: String,
    #[serde(default)]
    encryption_context: Map<String, Value>,
    plaintext: Option<String>,
    ciphertext_blob: Option<String>,
}

/// The code of a refusal.
type Refusal = &'static str;

impl KeyService {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it is like this.
    pub fn set(&self, state: KmsState) {
        self.kept().state = state;
    }

    /// How often it was asked.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// What stands in the way of a request now.
    fn refusal(&self) -> Option<(u16, Refusal)> {
        let state = &mut self.kept().state;
        match *state {
            KmsState::Throttled(left) if left > 0 => {
                *state = KmsState::Throttled(left - 1);
                Some((400, "ThrottlingException"))
            }
            KmsState::Well | KmsState::Silent | KmsState::Throttled(_) => None,
            KmsState::Denied => Some((400, "AccessDeniedException")),
            KmsState::Disabled => Some((400, "DisabledException")),
            KmsState::Broken => Some((500, "KMSInternalException")),
        }
    }

    fn answer(&self, action: &str, request: Request) -> Result<Value, Refusal> {
        if request.key_id != DATA_KEY {
            return Err("NotFoundException");
        }
        match (action, request.plaintext, request.ciphertext_blob) {
            ("Encrypt", Some(text), _) => self.encrypt(request.encryption_context, text),
            ("Decrypt", _, Some(name)) => self.decrypt(&request.encryption_context, &name),
            _ => Err("ValidationException"),
        }
    }

    fn encrypt(&self, context: Map<String, Value>, text: String) -> Result<Value, Refusal> {
        let bytes = STANDARD.decode(&text).map_err(|_| "SerializationException")?;
        if !(1..=MAX_PLAINTEXT_BYTES).contains(&bytes.len()) {
            return Err("ValidationException");
        }
        let name = STANDARD.encode(rand::random::<[u8; 32]>());
        self.kept().texts.insert(name.clone(), (context, text));
        Ok(json!({"CiphertextBlob": name, "KeyId": DATA_KEY}))
    }

    fn decrypt(&self, context: &Map<String, Value>, name: &str) -> Result<Value, Refusal> {
        match self.kept().texts.get(name) {
            Some((own, text)) if own == context => {
                Ok(json!({"KeyId": DATA_KEY, "Plaintext": text}))
            }
            _ => Err("InvalidCiphertextException"),
        }
    }
}

async fn handle(State(service): State<KeyService>, headers: HeaderMap, body: Bytes) -> Response {
    service.calls.fetch_add(1, Ordering::SeqCst);
    let is_silent = service.kept().state == KmsState::Silent;
    if is_silent {
        std::future::pending::<()>().await;
    }
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let action = target.and_then(|target| target.strip_prefix("TrentService."));
    let answer = match (service.refusal(), action) {
        (Some(refusal), _) => Err(refusal),
        (None, None) => Err((400, "UnknownOperationException")),
        (None, Some(_)) if !signature::is_right("kms", &headers, &body) => {
            Err((400, "InvalidSignatureException"))
        }
        (None, Some(action)) => serde_json::from_slice(&body)
            .map_err(|_| (400, "SerializationException"))
            .and_then(|request| service.answer(action, request).map_err(|code| (400, code))),
    };
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err((status, code)) => (
            StatusCode::from_u16(status).unwrap_or_default(),
            json!({"__type": code, "message": format!("not with {DATA_KEY}")}),
        ),
    };
    ([("content-type", "application/x-amz-json-1.1")], (status, body.to_string())).into_response()
}

/// The service and the socket that it will be served on.
pub(super) struct KmsServer {
    listener: TcpListener,
    service: KeyService,
    url: String,
}

impl KmsServer {
    /// Takes a free port.
    pub(super) async fn bind(service: KeyService) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free for KMS")?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, service, url })
    }
}

impl Server for KmsServer {
    fn url(&self) -> &str {
        &self.url
    }

    async fn serve(self, mut stopped: watch::Receiver<()>) {
        let router = Router::new().route("/", post(handle)).with_state(self.service);
        // The sender goes away when the cloud stops.
        let stopped = async move { drop(stopped.changed().await) };
        let served = axum::serve(self.listener, router).with_graceful_shutdown(stopped).await;
        if let Err(error) = served {
            tracing::warn!(%error, "the embedded KMS ended");
        }
    }
}
