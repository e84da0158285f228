//! The wire under the AWS SDK, where tests inject what a busy or broken AWS does: conflicts,
//! throttles, slow and lost answers, refused connections.
//!
//! A [`Switch`] lets everything pass until it is armed, so that a system starts undisturbed.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use antrian::net::aws;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use tokio::sync::watch;

/// One HTTP request of the SDK: a repetition of the SDK's own is another call.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, such as `TransactWriteItems`, `Query`, `SendMessageBatch`.
    pub target: String,
    /// Where it goes.
    pub url: String,
    /// The request's body.
    pub body: Value,
    /// How many calls came before on this wire.
    pub number: usize,
}

impl Call {
    /// By what the table knows that a transaction is another one's repetition.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.body["ClientRequestToken"].as_str()
    }
}

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Action {
    /// It passes.
    Pass,
    /// It waits at this gate, and then this happens to it.
    Wait(Gate, Box<Action>),
    /// This body is sent instead.
    Send(Value),
    /// Nothing is sent, and this is the answer.
    Answer {
        /// HTTP status.
        status: u16,
        /// The answer's body.
        body: Value,
    },
    /// It is sent and done, and this is the answer all the same.
    AnswerAfter {
        /// HTTP status.
        status: u16,
        /// The answer's body.
        body: Value,
    },
    /// It passes after this time.
    Delay(Duration),
    /// It is sent and done, and the answer comes after this time.
    DelayAnswer(Duration),
    /// It is sent and done, then the connection fails.
    LoseAnswer,
    /// The connection fails before anything is sent.
    Refuse,
}

/// Where a call waits until a test lets it go on.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Doors>);

/// Neither goes back: a call that the SDK repeats finds what the first one found.
#[derive(Debug, Default)]
struct Doors {
    /// Tokens of the transactions that came.
    reached: watch::Sender<BTreeSet<String>>,
    opened: watch::Sender<bool>,
}

/// A call that has not come by then does not come any more.
const REACHED_WITHIN: Duration = Duration::from_secs(60);

impl Gate {
    /// Ends once so many calls wait here; repetitions of one transaction are one.
    ///
    /// # Panics
    /// If they do not come.
    pub async fn reached_by(&self, calls: usize) {
        let mut reached = self.0.reached.subscribe();
        let enough = reached.wait_for(|came| came.len() >= calls);
        let enough = tokio::time::timeout(REACHED_WITHIN, enough).await.is_ok();
        assert!(enough, "{} calls of {calls} came to the gate", self.0.reached.borrow().len());
    }

    /// Ends once a call waits here.
    ///
    /// # Panics
    /// If none comes.
    pub async fn reached(&self) {
        self.reached_by(1).await;
    }

    /// Lets calls go on that wait here or come later.
    pub fn open(&self) {
        self.0.opened.send_replace(true);
    }

    async fn wait(&self, call: &Call) {
        let token = call.token().map_or_else(|| call.number.to_string(), str::to_owned);
        self.0.reached.send_modify(|came| {
            came.insert(token);
        });
        // The sender is there as long as its gate.
        let _ = self.0.opened.subscribe().wait_for(|is_open| *is_open).await;
    }
}

/// Who decides about calls.
pub trait Interfere: Send + Sync + fmt::Debug + 'static {
    /// What happens to this call.
    fn interfere(&self, call: &Call) -> Action;
}

/// The SDK's ordinary client without TLS, with `interfere` in front of it.
#[must_use]
pub fn client(interfere: Arc<dyn Interfere>) -> SharedHttpClient {
    let inner = aws::http_client();
    SharedHttpClient::new(Wire { inner, interfere, calls: Arc::default() })
}

#[derive(Debug)]
struct Wire {
    inner: SharedHttpClient,
    interfere: Arc<dyn Interfere>,
    calls: Arc<AtomicUsize>,
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector {
            inner: self.inner.http_connector(settings, components),
            interfere: self.interfere.clone(),
            calls: self.calls.clone(),
        })
    }
}

#[derive(Debug, Clone)]
struct Connector {
    inner: SharedHttpConnector,
    interfere: Arc<dyn Interfere>,
    calls: Arc<AtomicUsize>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.carry(request).await })
    }
}

impl Connector {
    async fn carry(&self, mut request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let call = read(&request, self.calls.fetch_add(1, Ordering::Relaxed));
        let mut action = self.interfere.interfere(&call);
        while let Action::Wait(gate, then) = action {
            gate.wait(&call).await;
            action = *then;
        }
        match action {
            Action::Pass | Action::Wait(..) => self.inner.call(request).await,
            Action::Send(body) => {
                let text = body.to_string();
                request.headers_mut().insert("content-length", text.len().to_string());
                *request.body_mut() = SdkBody::from(text);
                self.inner.call(request).await
            }
            Action::Answer { status, body } => answer(status, &body),
            Action::AnswerAfter { status, body } => {
                self.inner.call(request).await?;
                answer(status, &body)
            }
            Action::Delay(time) => {
                tokio::time::sleep(time).await;
                self.inner.call(request).await
            }
            Action::DelayAnswer(time) => {
                let answer = self.inner.call(request).await?;
                tokio::time::sleep(time).await;
                Ok(answer)
            }
            Action::LoseAnswer => {
                self.inner.call(request).await?;
                Err(broken("connection reset before the answer"))
            }
            Action::Refuse => Err(broken("connection refused")),
        }
    }
}

fn read(request: &HttpRequest, number: usize) -> Call {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let target = target.rsplit('.').next().unwrap_or_default().to_owned();
    let bytes = request.body().bytes().unwrap_or_default();
    let url = request.uri().to_owned();
    Call { target, url, body: serde_json::from_slice(bytes).unwrap_or_default(), number }
}

fn answer(status: u16, body: &Value) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status).map_err(|e| ConnectorError::user(e.into()))?;
    Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
}

fn broken(what: &'static str) -> ConnectorError {
    ConnectorError::io(what.into())
}

type Plan = Box<dyn FnMut(&Call) -> Action + Send>;

/// Lets calls pass until it is armed with a plan, and again once it is disarmed.
#[derive(Default)]
pub struct Switch {
    armed: Mutex<Option<Plan>>,
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Switch").field("armed", &self.armed().is_some()).finish()
    }
}

impl Switch {
    fn armed(&self) -> MutexGuard<'_, Option<Plan>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on `plan` decides about every call.
    pub fn arm(&self, plan: impl FnMut(&Call) -> Action + Send + 'static) {
        *self.armed() = Some(Box::new(plan));
    }

    /// From now on everything passes.
    pub fn disarm(&self) {
        *self.armed() = None;
    }
}

impl Interfere for Switch {
    fn interfere(&self, call: &Call) -> Action {
        self.armed().as_mut().map_or(Action::Pass, |plan| plan(call))
    }
}

/// What kind of item a write touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A day of an office.
    Day,
    /// A slot of a day.
    Slot,
    /// A seat of a slot.
    Seat,
    /// A person's guard.
    Person,
    Booking,
    /// An event of a booking.
    Event,
    /// An outbox row.
    Message,
    /// An account, or what belongs to one.
    Account,
    /// A contact of an account.
    Contact,
    Registration,
    /// One-time codes that were counted.
    Codes,
    /// An office, or who is denied.
    Office,
    /// What an office was described as.
    Version,
    /// What is known of all offices.
    Directory,
    /// What is to be seen of an office's dates.
    View,
    /// A request under a key.
    Request,
    /// A counter of a queue.
    Counter,
    /// A place in a queue.
    Entry,
    /// What a counter of the office has.
    Desk,
    /// Whether a counter of the office is open.
    Setup,
    /// What was done to a place in a queue.
    QueueEvent,
    /// Anything else.
    Other,
}

/// What the writes of a `TransactWriteItems` touch, by position; empty for other calls.
#[must_use]
pub fn touched(call: &Call) -> Vec<Item> {
    let writes = call.body["TransactItems"].as_array().map_or(&[][..], Vec::as_slice);
    writes.iter().map(item_of).collect()
}

/// What one write of a `TransactWriteItems` touches.
#[must_use]
pub fn item_of(write: &Value) -> Item {
    let Some((kind, inner)) = write.as_object().and_then(|write| write.iter().next()) else {
        return Item::Other;
    };
    let key = if kind == "Put" { &inner["Item"] } else { &inner["Key"] };
    let part = |name: &str| key[name]["S"].as_str().unwrap_or_default();
    kind_of(part("pk"), part("sk"))
}

fn kind_of(pk: &str, sk: &str) -> Item {
    let is_event = sk.starts_with("EVENT#");
    match (pk.split('#').next().unwrap_or_default(), sk.split('#').count()) {
        ("DAY", 3) => Item::Seat,
        ("DAY", 2) => Item::Slot,
        ("DAY", _) => Item::Day,
        ("PERSON", _) => Item::Person,
        ("BOOKING", _) if is_event => Item::Event,
        ("BOOKING", _) => Item::Booking,
        ("MESSAGE", _) => Item::Message,
        ("ACCOUNT", _) => Item::Account,
        ("CONTACT", _) => Item::Contact,
        ("REGISTRATION", _) => Item::Registration,
        ("OTP", _) => Item::Codes,
        ("OFFICES", _) => Item::Office,
        ("VERSIONS", _) => Item::Version,
        ("DIRECTORY", _) => Item::Directory,
        ("VIEW", _) => Item::View,
        ("REQUEST", _) => Item::Request,
        ("QUEUE", _) if sk.starts_with("COUNTER#") => Item::Counter,
        ("QUEUE", _) if sk.starts_with("DESK#") => Item::Desk,
        ("QUEUE", _) if sk.starts_with("SETUP#") => Item::Setup,
        ("QUEUE", _) if is_event => Item::QueueEvent,
        ("QUEUE", _) => Item::Entry,
        _ => Item::Other,
    }
}
