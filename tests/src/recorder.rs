//! What leaves the system for the table and the queue, and what the table holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::app::{Setup, TestApp};
use crate::offices::office;
use crate::wire::{Action, Call, Interfere, client};

/// Lets every call pass and remembers it.
#[derive(Debug, Default)]
pub struct Recorder {
    calls: Mutex<Vec<Call>>,
}

impl Interfere for Recorder {
    fn interfere(&self, call: &Call) -> Action {
        self.calls().push(call.clone());
        Action::Pass
    }
}

impl Recorder {
    /// A system whose calls are remembered.
    pub async fn start() -> (TestApp, Arc<Self>) {
        Self::start_with(Setup::default()).await
    }

    /// The same of an office of `quota` seats a slot.
    pub async fn with_quota(quota: u16) -> (TestApp, Arc<Self>) {
        Self::start_with(Setup { offices: vec![office(quota)], ..Setup::default() }).await
    }

    async fn start_with(setup: Setup) -> (TestApp, Arc<Self>) {
        let recorder = Arc::new(Self::default());
        let setup = Setup { http_client: Some(client(recorder.clone())), ..setup };
        (TestApp::start_with(setup).await, recorder)
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bodies of all calls whose operation begins with `target`.
    #[must_use]
    pub fn bodies(&self, target: &str) -> Vec<Value> {
        let calls = self.calls();
        calls
            .iter()
            .filter(|call| call.target.starts_with(target))
            .map(|c| c.body.clone())
            .collect()
    }

    /// Addresses of all calls.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.calls().iter().map(|call| call.url.clone()).collect()
    }

    /// Every item of the table, as DynamoDB writes it. Only tests scan.
    ///
    /// # Panics
    /// If the table does not answer.
    #[expect(clippy::unwrap_used, reason = "a test without its table fails")]
    pub async fn items(&self) -> Vec<Value> {
        let (http, mut items) = (http(), Vec::new());
        let mut after = Value::Null;
        loop {
            let mut ask = json!({"ConsistentRead": true});
            if !after.is_null() {
                ask["ExclusiveStartKey"] = after;
            }
            let page = self.ask_table(&http, "Scan", ask).await;
            items.extend(page["Items"].as_array().unwrap().iter().cloned());
            after = page["LastEvaluatedKey"].clone();
            if after.is_null() {
                return items;
            }
        }
    }

    /// Puts items into the table past the system, as another release would have written them.
    pub async fn put(&self, items: &[Value]) {
        let http = http();
        for item in items {
            self.ask_table(&http, "PutItem", json!({"Item": item})).await;
        }
    }

    /// Makes the table hold these items and nothing else, as a restore does.
    pub async fn restore(&self, items: &[Value]) {
        let http = http();
        for item in self.items().await.iter().filter(|item| !items.contains(item)) {
            let key = json!({"pk": item["pk"], "sk": item["sk"]});
            self.ask_table(&http, "DeleteItem", json!({"Key": key})).await;
        }
        self.put(items).await;
    }

    /// Items whose partition key begins with `prefix`.
    pub async fn items_of(&self, prefix: &str) -> Vec<Value> {
        let mut items = self.items().await;
        items.retain(|item| item["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(prefix)));
        items
    }

    /// Calls the table past the system.
    #[expect(clippy::unwrap_used, reason = "a test without its table fails")]
    async fn ask_table(&self, http: &reqwest::Client, operation: &str, mut body: Value) -> Value {
        let (url, table) = self.table();
        body["TableName"] = table;
        call(http, &url, operation, &body).await.unwrap()
    }

    /// Where the table is, and its name: a stack asks for it when it starts.
    #[expect(clippy::unwrap_used, reason = "a system that runs has a table")]
    fn table(&self) -> (String, Value) {
        let calls = self.calls();
        let call = calls.iter().find(|call| call.body["TableName"].is_string()).unwrap();
        (call.url.clone(), call.body["TableName"].clone())
    }
}

#[expect(clippy::unwrap_used, reason = "a test without a client fails")]
fn http() -> reqwest::Client {
    antrian::net::client::builder().no_proxy().build().unwrap()
}

async fn call(
    http: &reqwest::Client,
    url: &str,
    operation: &str,
    body: &Value,
) -> anyhow::Result<Value> {
    let answer = http
        .post(url)
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-date", "20261130T000000Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261130/local/dynamodb/aws4_request, \
             SignedHeaders=host;x-amz-date;x-amz-target, Signature=00",
        )
        .body(body.to_string())
        .send()
        .await?
        .error_for_status()?;
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}
