//! A clerk of the test office, as a test plays them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::offices::OFFICE;

/// A clerk.
#[derive(Debug, Clone)]
pub struct Desk {
    token: String,
}

impl Desk {
    pub async fn sign_in(app: &TestApp) -> Self {
        Self { token: app.staff(OFFICE, &["desk"]).await }
    }

    /// POST as this clerk.
    pub async fn post(&self, app: &TestApp, path: &str, body: Value) -> Answer {
        app.call(Method::POST, path, Some(&self.token), Some(body)).await
    }

    /// Scans somebody in, by the code.
    pub async fn scan(&self, app: &TestApp, code: &str) -> Answer {
        self.post(app, "/v1/check-ins", json!({"code": code})).await
    }

    /// Says what was found of somebody's papers.
    pub async fn documents(&self, app: &TestApp, code: &str, found: Value) -> Answer {
        self.post(app, &format!("/v1/check-ins/{code}/documents"), found).await
    }

    /// Calls whoever is next.
    pub async fn call(&self, app: &TestApp, counter: &str) -> Answer {
        self.queue(app, "call", json!({"counter": counter})).await
    }

    /// `recall`, `serve`, `skip` or `finish`: whatever the counter has.
    pub async fn step(&self, app: &TestApp, step: &str, counter: &str) -> Answer {
        self.queue(app, step, json!({"counter": counter})).await
    }

    /// Does something to the queue.
    pub async fn queue(&self, app: &TestApp, what: &str, body: Value) -> Answer {
        self.post(app, &format!("/v1/offices/{OFFICE}/queue/{what}"), body).await
    }

    /// The same under a key.
    pub async fn queue_with_key(
        &self,
        app: &TestApp,
        what: &str,
        key: &str,
        body: Value,
    ) -> Answer {
        let path = format!("/v1/offices/{OFFICE}/queue/{what}");
        app.post_with_key(&path, Some(&self.token), key, body).await
    }

    /// Opens or closes a counter.
    pub async fn set_counter(&self, app: &TestApp, counter: &str, set: Value) -> Answer {
        let path = format!("/v1/offices/{OFFICE}/counters/{counter}");
        app.call(Method::PUT, &path, Some(&self.token), Some(set)).await
    }

    /// What was done to a number.
    pub async fn history(&self, app: &TestApp, number: &str) -> Answer {
        let path = format!("/v1/offices/{OFFICE}/queue-numbers/{number}");
        app.call(Method::GET, &path, Some(&self.token), None).await
    }

    /// The queue of today.
    pub async fn today(&self, app: &TestApp) -> Answer {
        let path = format!("/v1/offices/{OFFICE}/queue");
        app.call(Method::GET, &path, Some(&self.token), None).await
    }

    /// Where a number stands.
    ///
    /// # Panics
    /// If nobody has it today.
    #[expect(clippy::unwrap_used, reason = "a test that looks for nobody fails")]
    pub async fn entry(&self, app: &TestApp, number: &str) -> Value {
        let today = self.today(app).await;
        let entries = today.body["entries"].as_array().unwrap();
        entries.iter().find(|entry| entry["queue_number"] == number).unwrap().clone()
    }
}
