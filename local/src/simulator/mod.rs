//! WhatsApp, simulated: what Meta's servers and people's phones do, on this machine only.
//!
//! [`Graph`] answers the Graph API as strictly as it is documented, keeps what was sent, reports
//! statuses by signed webhooks, and misbehaves when told to. [`phone`] writes what a person writes,
//! and [`page`] is the phone on the screen. Nothing here is part of a function.

pub mod api;
mod check;
mod error;
pub mod faults;
mod fields;
mod media;
pub mod page;
pub mod phone;
mod record;
mod state;
mod statuses;
mod templates;
mod webhooks;

use std::sync::{Arc, Mutex, PoisonError};

use antrian::clock::Clock;
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
