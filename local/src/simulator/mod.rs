//! WhatsApp, simulated: what Meta's servers and people's phones do, on this machine only.
//!
//! [`Graph`] answers the Graph API as strictly as it is documented, keeps what was sent, reports
//! statuses by signed webhooks, and misbehaves when told to. [`phone`] writes what a person writes,
//! and [`page`] is the phone on the screen. Nothing here is part of a function.

pub mod api;
mod check;
mod control;
mod error;
pub mod faults;
mod fields;
mod media;
pub mod page;
pub mod phone;
mod record;
pub mod server;
mod state;
mod statuses;
mod templates;
mod webhooks;

use std::sync::{Arc, Mutex, PoisonError};

use antrian::clock::Clock;
use axum::Router;
use tokio::sync::watch;

pub use error::GraphError;
pub use faults::Fault;
pub use record::{Kept, Mark, Template};
use state::State;
pub use webhooks::{Webhook, sign};

/// What the business has registered with Meta.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its access token.
    pub token: String,
    /// The id of its number.
    pub phone_number_id: String,
    /// The id of its WhatsApp Business Account.
    pub waba_id: String,
    /// The number, digits only.
    pub number: String,
    /// Signs webhooks.
    pub app_secret: String,
    /// Where webhooks go.
    pub webhook_url: String,
    /// Where this API answers: stands in the addresses of media.
    pub graph_url: String,
}

/// What the simulated business has, unless told otherwise.
pub const TOKEN: &str = "local-access-token";
/// The id of its number.
pub const PHONE_NUMBER_ID: &str = "100000000000001";
/// The id of its account.
pub const WABA_ID: &str = "100000000000002";
/// The version of the Graph API that it speaks.
pub const GRAPH_VERSION: &str = "v26.0";
/// Signs its webhooks.
pub const APP_SECRET: &str = "local-app-secret";
/// Its number.
pub const NUMBER: &str = "6280000000000";

impl Account {
    /// The usual account; `base_url` is where the simulator answers.
    pub fn usual(base_url: &str, webhook_url: String) -> Self {
        Self {
            token: TOKEN.to_owned(),
            phone_number_id: PHONE_NUMBER_ID.to_owned(),
            waba_id: WABA_ID.to_owned(),
            number: NUMBER.to_owned(),
            app_secret: APP_SECRET.to_owned(),
            webhook_url,
            graph_url: format!("{base_url}/local/graph"),
        }
    }
}

/// The Graph API, people's phones, their page, and what else is only here.
pub fn routes(graph: Graph) -> Router {
    control::routes(graph.clone())
        .nest("/local/graph", api::routes(graph.clone()))
        .merge(phone::routes(graph))
        .merge(page::routes())
}

#[derive(Debug)]
struct Inner {
    account: Account,
    clock: Clock,
    http: reqwest::Client,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

/// The simulated platform; clones share what they keep.
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

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes whoever looks at it.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let outcome = change(&mut state);
        // Told with the state still locked: cursors are told in their order.
        self.inner.changed.send_replace(state.cursor());
        outcome
    }

    /// Everything that the business has sent, oldest first, without what vanished.
    pub fn kept(&self) -> Vec<Kept> {
        self.state().kept()
    }

    /// Misbehaves with the next messages, so many times; faults wait for each other.
    pub fn fail(&self, fault: Fault, times: usize) {
        self.change(|state| state.faults.add(fault, times, None));
    }

    /// Misbehaves with the next message that has this callback data.
    pub fn fail_for(&self, callback: String, fault: Fault, times: usize) {
        self.change(|state| state.faults.add(fault, times, Some(callback)));
    }

    /// Takes it that a person (a number or a business-scoped id) has written now: the window of 24
    /// hours opens.
    pub fn heard(&self, who: &str) {
        let now = self.inner.clock.now();
        self.change(|state| {
            let person = state.person_named(who);
            state.people[person].wrote_at = Some(now);
        });
    }

    /// Whether free-form messages need an open window; they do unless told otherwise.
    pub fn mind_windows(&self, mind: bool) {
        self.change(|state| state.windows_ignored = !mind);
    }

    /// Shows a message on its receiver's phone: it is read. Tells whether there is such a message.
    pub fn read(&self, provider_id: &str) -> bool {
        let now = self.inner.clock.now();
        self.change(|state| statuses::read(state, provider_id, now))
    }
}
