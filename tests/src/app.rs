//! The system under test and what is done to it from outside.

use std::collections::HashMap;

use antrian::clock::Clock;
use antrian::domain::office::Office;
use antrian::storage::AuditReport;
use antrian_local::{Options, Stack};
use antrian_scheduler::Job;
use std::time::Duration;

use anyhow::Context;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::timeout::TimeoutConfig;
use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::offices;

/// What a test starts with.
#[derive(Debug, Default)]
pub struct Setup {
    /// Offices; none: the one of [`offices::office`] with 2 seats a slot.
    pub offices: Vec<Office>,
    /// Settings other than the stack's own.
    pub settings: HashMap<String, String>,
    /// A client under the SDK that injects faults.
    pub http_client: Option<SharedHttpClient>,
    /// How long the SDK waits for an answer; absent: so long that a busy machine does not matter.
    pub sdk_timeouts: Option<TimeoutConfig>,
}

/// A table on a busy machine answers within this time.
const PATIENT: Duration = Duration::from_secs(20);

/// Waits so long for an answer.
#[must_use]
pub fn sdk_timeouts(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(3 * PATIENT)
        .build()
}

/// When tests begin: Monday 30 November 2026, 08:00 in Makassar. The first slot of that day is at
/// 09:00, and online booking for it closes at 08:30.
pub const BEGIN: &str = "2026-11-30T00:00:00Z";
/// The date on which most tests book.
pub const DATE: &str = "2026-12-02";

/// A running system.
#[derive(Debug)]
pub struct TestApp {
    /// The system.
    pub stack: Stack,
    /// Calls it.
    pub http: reqwest::Client,
}

/// An answer of the API.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON body; null if there is none.
    pub body: Value,
}

impl Answer {
    /// The problem's code, or the empty text.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// A text of the body.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_default().to_owned()
    }
}

impl TestApp {
    /// A system with one office of 2 seats a slot, its days open.
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    /// A system with one office of `quota` seats a slot, its days open.
    pub async fn with_quota(quota: u16) -> Self {
        Self::start_with(Setup { offices: vec![offices::office(quota)], ..Setup::default() }).await
    }

    /// A system with its days open.
    ///
    /// # Panics
    /// If it cannot be started.
    #[expect(clippy::unwrap_used, reason = "a test that cannot start fails")]
    pub async fn start_with(setup: Setup) -> Self {
        let begin: DateTime<Utc> = BEGIN.parse().unwrap();
        let offices =
            if setup.offices.is_empty() { vec![offices::office(2)] } else { setup.offices };
        let mut overrides = setup.settings;
        // Nobody has to wait for the pace of a provider who takes any.
        overrides.entry("ANTRIAN_MESSAGES_PER_SECOND".into()).or_insert_with(|| "1000000".into());
        let options = Options {
            offices,
            overrides,
            http_client: setup.http_client,
            sdk_timeouts: Some(setup.sdk_timeouts.unwrap_or_else(|| sdk_timeouts(PATIENT))),
            clock: Some(Clock::set_to(begin)),
            by_hand: true,
            ..Options::default()
        };
        let stack = Stack::start(options).await.unwrap();
        let http = antrian::net::client::builder().no_proxy().build().unwrap();
        let app = Self { stack, http };
        app.tick().await;
        app
    }

    /// The time that the system believes it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.stack.app.clock.now()
    }

    /// Moves the clock forward; nothing runs because of it.
    pub fn advance(&self, secs: i64) {
        self.stack.app.clock.advance(secs);
    }

    /// Moves the clock forward to an instant.
    ///
    /// # Panics
    /// If it is not an instant.
    #[expect(clippy::unwrap_used, reason = "a test's own data")]
    pub fn advance_to(&self, instant: &str) {
        self.advance(self.stack.app.clock.secs_until(instant.parse().unwrap()).max(0));
    }

    /// Lets the scheduler work once.
    ///
    /// # Panics
    /// If it meets a fault.
    #[expect(clippy::unwrap_used, reason = "a test whose scheduler fails, fails")]
    pub async fn tick(&self) -> antrian_scheduler::Report {
        self.stack.run_job(Job::Tick).await.unwrap()
    }

    /// Deals with everything that people have written.
    ///
    /// # Panics
    /// If the queue does not answer.
    #[expect(clippy::unwrap_used, reason = "a test without its queue fails")]
    pub async fn listen(&self) -> usize {
        self.stack.inbox.drain().await.unwrap()
    }

    /// Delivers everything that is to be sent.
    ///
    /// # Panics
    /// If the queue does not answer.
    #[expect(clippy::unwrap_used, reason = "a test without its queue fails")]
    pub async fn drain(&self) -> usize {
        self.stack.drain_outbox().await.unwrap()
    }

    /// Texts of all messages sent so far.
    #[must_use]
    pub fn sent(&self) -> Vec<String> {
        self.stack.graph.sent().into_iter().map(|kept| kept.text).collect()
    }

    /// Ids of all outbox rows sent so far, such as `7kq4mm2xr9-1-hold`.
    #[must_use]
    pub fn sent_ids(&self) -> Vec<String> {
        self.stack.graph.sent().into_iter().map(|kept| kept.message_id).collect()
    }

    /// The recount.
    ///
    /// # Panics
    /// If it meets a fault.
    #[expect(clippy::unwrap_used, reason = "a test whose audit fails, fails")]
    pub async fn audit(&self) -> AuditReport {
        self.stack.run_job(Job::Audit).await.unwrap().audit.unwrap()
    }

    /// Asserts that the recount agrees.
    ///
    /// # Panics
    /// If it does not.
    pub async fn assert_audit_agrees(&self) -> AuditReport {
        let report = self.audit().await;
        assert!(report.disagreements.is_empty(), "{:?}", report.disagreements);
        report
    }

    /// Calls the API.
    ///
    /// # Panics
    /// If it does not answer.
    #[expect(clippy::unwrap_used, reason = "a test without an answer fails")]
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Answer {
        self.try_call(method, path, token, &[], body).await.unwrap()
    }

    /// Calls the API with headers.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn try_call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> anyhow::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.stack.base_url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.context("no answer")?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await.context("no body")?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }

    /// GET without an account.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, None).await
    }

    /// POST without an account.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, None, Some(body)).await
    }

    /// POST under an idempotency key.
    ///
    /// # Panics
    /// If the API does not answer.
    #[expect(clippy::unwrap_used, reason = "a test without an answer fails")]
    pub async fn post_with_key(
        &self,
        path: &str,
        token: Option<&str>,
        key: &str,
        body: Value,
    ) -> Answer {
        let headers = [("idempotency-key", key)];
        self.try_call(Method::POST, path, token, &headers, Some(body)).await.unwrap()
    }

    /// A staff token for an office (`*`: all).
    pub async fn staff(&self, office: &str, scopes: &[&str]) -> String {
        let answer =
            self.post("/local/staff-token", json!({"office": office, "scopes": scopes})).await;
        answer.text("token")
    }

    /// Seats that the public sees free in a slot; absent: the slot is not shown.
    pub async fn seats_free(&self, date: &str, slot: &str) -> Option<u64> {
        let (office, service) = (offices::OFFICE, offices::SERVICE);
        let path =
            format!("/v1/offices/{office}/availability?service={service}&from={date}&to={date}");
        let answer = self.get(&path).await;
        let slots = answer.body["days"][0]["slots"].as_array()?.clone();
        slots.iter().find(|found| found["slot"] == slot)?["seats_free"].as_u64()
    }
}
