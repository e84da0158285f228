//! Counts what the stack's SDK sends to the table and the queue.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::{Value, json};

/// A client under the SDK that counts calls by operation.
#[derive(Debug, Clone)]
pub(crate) struct CallCount {
    inner: SharedHttpClient,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    calls: Mutex<BTreeMap<String, u64>>,
    table_url: Mutex<String>,
    reads_bodies: AtomicBool,
    writes: Mutex<Writes>,
}

/// What transactions wrote while bodies were read.
#[derive(Debug, Default)]
struct Writes {
    items: u64,
    largest_bytes: usize,
}

const TABLE: &str = "DynamoDB_20120810.";

impl CallCount {
    pub(crate) fn new(inner: SharedHttpClient) -> Self {
        Self { inner, seen: Arc::default() }
    }

    /// Where the table answers, once it has been called.
    pub(crate) fn table_url(&self) -> String {
        locked(&self.seen.table_url).clone()
    }

    /// From now on, also looks into transactions: exact, but not for free.
    pub(crate) fn read_bodies(&self, yes: bool) {
        self.seen.reads_bodies.store(yes, Ordering::SeqCst);
    }

    /// Calls since the last time, by operation, with what was seen of transactions.
    pub(crate) fn take(&self) -> Value {
        let calls = std::mem::take(&mut *locked(&self.seen.calls));
        let writes = std::mem::take(&mut *locked(&self.seen.writes));
        json!({"calls": calls, "items": writes.items, "largest_bytes": writes.largest_bytes})
    }

    fn note(&self, request: &HttpRequest) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        *locked(&self.seen.calls).entry(target.to_owned()).or_default() += 1;
        let Some(operation) = target.strip_prefix(TABLE) else { return };
        let mut url = locked(&self.seen.table_url);
        if url.is_empty() {
            request.uri().trim_end_matches('/').clone_into(&mut url);
        }
        if operation == "TransactWriteItems" && self.seen.reads_bodies.load(Ordering::SeqCst) {
            self.note_writes(request.body().bytes().unwrap_or_default());
        }
    }

    fn note_writes(&self, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let items = body["TransactItems"].as_array().cloned().unwrap_or_default();
        let mut writes = locked(&self.seen.writes);
        writes.items += items.len() as u64;
        let largest = items.iter().map(|item| item_bytes(&item["Put"]["Item"])).max();
        writes.largest_bytes = writes.largest_bytes.max(largest.unwrap_or_default());
    }
}

/// About what DynamoDB counts: names and values, without the JSON around them.
fn item_bytes(item: &Value) -> usize {
    match item {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
        }
        _ => 0,
    }
}

fn value_bytes(value: &Value) -> usize {
    match value {
        // `{"S": …}`: the type's letter counts for the few bytes that a list or map costs.
        Value::Object(fields) => {
            fields.iter().map(|(kind, value)| kind.len() + value_bytes(value)).sum()
        }
        Value::Array(values) => values.iter().map(value_bytes).sum(),
        Value::String(text) => text.len(),
        _ => 1,
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpClient for CallCount {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Counting { inner, counter: self.clone() })
    }
}

#[derive(Debug)]
struct Counting {
    inner: SharedHttpConnector,
    counter: CallCount,
}

impl HttpConnector for Counting {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.counter.note(&request);
        self.inner.call(request)
    }
}
