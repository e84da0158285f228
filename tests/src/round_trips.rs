//! Round trips to the table and the queues: which calls an operation makes one after the other.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use antrian::net::aws;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::Value;

/// Calls of the event source mapping: no function makes them.
const OF_EVENT_SOURCE: [&str; 2] = ["ReceiveMessage", "DeleteMessageBatch"];

/// Every call takes so much longer while it is watched, so that calls made together overlap.
const DELAY: Duration = Duration::from_millis(5);

/// A client under the SDK that watches calls when it is asked to.
#[derive(Debug, Clone)]
pub struct RoundTripWatch {
    inner: SharedHttpClient,
    log: Arc<Log>,
}

#[derive(Debug, Default)]
struct Log {
    is_watching: AtomicBool,
    calls: Mutex<Vec<RoundTrip>>,
}

/// One call of the table or a queue.
#[derive(Debug, Clone)]
pub struct RoundTrip {
    /// The operation, with the kinds of items that it reads.
    pub name: String,
    /// When it was made.
    pub begun: Instant,
    /// When its answer was there; absent: nobody waited for it.
    pub ended: Option<Instant>,
}

impl Default for RoundTripWatch {
    fn default() -> Self {
        Self { inner: aws::http_client(), log: Arc::default() }
    }
}

impl RoundTripWatch {
    /// The client to give to a system.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// The round trips of `work`, when nothing else goes on.
    pub async fn watch<T>(&self, work: impl Future<Output = T>) -> (T, Rounds) {
        self.log.calls().clear();
        self.log.is_watching.store(true, Ordering::SeqCst);
        let done = work.await;
        self.log.is_watching.store(false, Ordering::SeqCst);
        (done, Rounds(std::mem::take(&mut *self.log.calls())))
    }
}

impl Log {
    fn calls(&self) -> MutexGuard<'_, Vec<RoundTrip>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call that is to be watched. Its position among them.
    fn begin(&self, request: &HttpRequest) -> Option<usize> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        if !self.is_watching.load(Ordering::SeqCst) || OF_EVENT_SOURCE.contains(&operation) {
            return None;
        }
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default());
        let name = format!("{operation} {}", subject(&body.unwrap_or_default()));
        let mut calls = self.calls();
        calls.push(RoundTrip { name, begun: Instant::now(), ended: None });
        Some(calls.len() - 1)
    }

    fn end(&self, at: usize) {
        if let Some(call) = self.calls().get_mut(at) {
            call.ended = Some(Instant::now());
        }
    }
}

impl HttpClient for RoundTripWatch {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, log: self.log.clone() })
    }
}

#[derive(Debug, Clone)]
struct Connector {
    inner: SharedHttpConnector,
    log: Arc<Log>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.carry(request).await })
    }
}

impl Connector {
    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let Some(at) = self.log.begin(&request) else { return self.inner.call(request).await };
        tokio::time::sleep(DELAY).await;
        let answer = self.inner.call(request).await;
        self.log.end(at);
        answer
    }
}

/// What a call is about, without names and numbers of anybody.
fn subject(body: &Value) -> String {
    if let Some(writes) = body["TransactItems"].as_array() {
        return format!("of {} items", writes.len());
    }
    if let Some(url) = body["QueueUrl"].as_str() {
        return url.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let many = body["RequestItems"].as_object().and_then(|tables| tables.values().next());
    let keys = many.map_or(vec![], |many| many["Keys"].as_array().cloned().unwrap_or_default());
    let one = [&body["Key"], &body["Item"], &body["ExpressionAttributeValues"]];
    let mut kinds: Vec<_> = keys.iter().chain(one).flat_map(kinds).collect();
    kinds.dedup();
    kinds.join(" ")
}

/// The first words of keys: `ACCOUNT`, `SESSION`.
fn kinds(key: &Value) -> Vec<String> {
    let is_of_key = |name: &str| ["pk", "sk"].contains(&name) || name.starts_with(':');
    let fields = key.as_object().into_iter().flatten().filter(|(name, _)| is_of_key(name));
    let texts = fields.filter_map(|(_, value)| value["S"].as_str()?.split('#').next());
    let is_kind = |text: &&str| text.len() > 1 && text.chars().all(|c| c.is_ascii_uppercase());
    texts.filter(is_kind).map(str::to_owned).collect()
}

/// The round trips of an operation, in the order in which they began.
#[derive(Debug, Clone)]
pub struct Rounds(pub Vec<RoundTrip>);

impl Rounds {
    /// How many calls wait one for the other: the longest chain of calls each of which began after the
    /// one before it had ended.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places().into_iter().max().unwrap_or_default()
    }

    /// The place of each call in the longest chain that ends with it; the first is 1.
    fn places(&self) -> Vec<usize> {
        let mut places: Vec<usize> = Vec::new();
        for call in &self.0 {
            let earlier = self.0.iter().zip(&places);
            let before =
                earlier.filter(|(other, _)| other.ended.is_some_and(|at| at <= call.begun));
            let last = before.map(|(_, place)| *place).max().unwrap_or_default();
            places.push(last + 1);
        }
        places
    }
}

/// A line for each call, with its place in the chain.
impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.0.iter().zip(self.places());
        calls.into_iter().try_for_each(|(call, place)| writeln!(f, "{place:>3}  {}", call.name))
    }
}
