//! The simulated platform. What it answers and reports is built on top of this.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use antrian::clock::Clock;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;

use super::account::Account;
use super::error::GraphError;
use super::faults::Fault;
use super::record::SentMessage;
use super::state::State;
use super::webhooks::{Webhook, escaped, sign};

#[derive(Debug)]
struct Inner {
    account: Account,
    clock: Clock,
    http: reqwest::Client,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

/// The simulated platform; clones share one state.
#[derive(Debug, Clone)]
pub struct Graph {
    inner: Arc<Inner>,
}

impl Graph {
    /// A platform that knows one business and no message.
    pub fn new(account: Account, clock: Clock, http: reqwest::Client) -> Self {
        let (changed, _) = watch::channel(0);
        let state = Mutex::new(State::default());
        Self { inner: Arc::new(Inner { account, clock, http, state, changed }) }
    }

    /// A platform that has approved all of our templates.
    ///
    /// # Errors
    /// If there can be no HTTP client, or the platform would not approve one.
    pub fn with_templates(account: Account, clock: Clock) -> anyhow::Result<Self> {
        let http = antrian::net::client::builder().no_proxy().build()?;
        let graph = Self::new(account, clock, http);
        for form in antrian::messaging::templates::all() {
            let form = serde_json::to_value(form)?;
            graph.add_template(&form).map_err(|error| anyhow::anyhow!("{error:?}"))?;
        }
        Ok(graph)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    pub(super) fn account(&self) -> &Account {
        &self.inner.account
    }

    /// Follows the state's cursor.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes whoever looks at it.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let outcome = change(&mut state);
        // Sent with the state still locked, so that cursors arrive in their order.
        self.inner.changed.send_replace(state.cursor());
        outcome
    }

    /// Everything that the business has sent, oldest first, without messages to a
    /// business-scoped id in `to`, which the platform loses.
    pub fn sent(&self) -> Vec<SentMessage> {
        self.state().sent()
    }

    /// Misbehaves with the next messages, so many times; faults queue up.
    pub fn fail(&self, fault: Fault, times: usize) {
        self.change(|state| state.faults.add(fault, times, None));
    }

    /// Takes so many messages more, and answers with 130429 from then on: what a number may send within a
    /// second, to whoever says when the next one begins.
    pub fn allow(&self, messages: usize) {
        self.change(|state| state.faults.allow(messages));
    }

    /// Misbehaves with the next message that has this callback data.
    pub fn fail_for(&self, callback: String, fault: Fault, times: usize) {
        self.change(|state| state.faults.add(fault, times, Some(callback)));
    }

    /// Opens the customer service window of a person (a number or a business-scoped id), as if they
    /// had written just now.
    pub fn open_window(&self, who: &str) {
        let now = self.now();
        self.change(|state| {
            let person = state.person_named(who);
            state.people[person].last_inbound_at = Some(now);
        });
    }

    /// Whether free-form messages need an open window; they do by default.
    pub fn enforce_windows(&self, enforce: bool) {
        self.change(|state| state.windows_ignored = !enforce);
    }

    /// Registers a template, approved.
    ///
    /// # Errors
    /// If the platform would not take it.
    pub fn add_template(&self, template: &Value) -> Result<(), GraphError> {
        self.change(|state| state.templates.register(template))?;
        self.set_template_status(template["name"].as_str().unwrap_or_default(), "APPROVED");
        Ok(())
    }

    /// Sets the state of a template, such as `APPROVED` or `PAUSED`.
    pub fn set_template_status(&self, name: &str, status: &str) {
        self.change(|state| state.templates.set_status(name, status));
    }

    /// Signs and posts a delivery; returns the answer's status, 0 without an answer.
    pub(super) async fn post(&self, delivery: &Value) -> u16 {
        let body = escaped(delivery);
        let account = self.account();
        let signature = sign(&account.app_secret, body.as_bytes());
        let request = self.inner.http.post(&account.webhook_url);
        let posted = request
            .header("x-hub-signature-256", &signature)
            .header("content-type", "application/json")
            .body(body.clone())
            .send()
            .await;
        let status = posted.map_or(0, |answer| answer.status().as_u16());
        self.change(|state| state.remember_webhook(Webhook { body, signature, status }));
        status
    }

    /// The webhooks posted last, oldest first.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.state().webhooks.iter().cloned().collect()
    }
}
