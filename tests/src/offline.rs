//! A scanner of the test office that has no network, as a test plays it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::desk::Desk;

/// A scanner with what it has kept.
#[derive(Debug, Clone)]
pub struct OfflineScanner {
    name: &'static str,
    /// By how much its clock is ahead.
    ahead: TimeDelta,
    /// Id, what was read, and when by a right clock.
    scans: Vec<(String, Value, DateTime<Utc>)>,
}

impl OfflineScanner {
    pub fn new(name: &'static str) -> Self {
        Self { name, ahead: TimeDelta::zero(), scans: vec![] }
    }

    /// The same with a clock that is so many minutes ahead.
    #[must_use]
    pub fn ahead(self, minutes: i64) -> Self {
        Self { ahead: TimeDelta::minutes(minutes), ..self }
    }

    /// Keeps a scan of a code.
    ///
    /// # Panics
    /// If the time is none.
    #[must_use]
    pub fn code(self, id: &str, code: &str, at: &str) -> Self {
        self.scan(id, json!({"code": code}), at)
    }

    /// Keeps a scan of a ticket.
    ///
    /// # Panics
    /// If the time is none.
    #[must_use]
    pub fn ticket(self, id: &str, ticket: &str, at: &str) -> Self {
        self.scan(id, json!({"ticket": ticket}), at)
    }

    #[expect(clippy::unwrap_used, reason = "a test whose times are none fails")]
    fn scan(mut self, id: &str, read: Value, at: &str) -> Self {
        self.scans.push((id.to_owned(), read, at.parse().unwrap()));
        self
    }

    /// Some of what it has kept.
    #[must_use]
    pub fn only(&self, scans: std::ops::Range<usize>) -> Self {
        Self { scans: self.scans[scans].to_vec(), ..self.clone() }
    }

    /// What it sends at a time.
    pub fn batch(&self, now: DateTime<Utc>) -> Value {
        let scans = self.scans.iter().map(|(id, read, at)| {
            let mut scan = read.clone();
            scan["id"] = json!(id);
            scan["scanned_at"] = json!(*at + self.ahead);
            scan
        });
        let scans: Vec<_> = scans.collect();
        json!({"scanner": self.name, "gate": self.name, "sent_at": now + self.ahead, "scans": scans})
    }

    /// Hands in what it has kept.
    pub async fn hand_in(&self, app: &TestApp, desk: &Desk) -> Answer {
        desk.post(app, "/v1/check-ins/batch", self.batch(app.now())).await
    }
}

/// What became of each scan, and why.
///
/// # Panics
/// If the batch was not answered.
#[expect(clippy::unwrap_used, reason = "a test whose batch was refused fails")]
pub fn outcomes(answer: &Answer) -> Vec<(&str, &str)> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let scans = answer.body["scans"].as_array().unwrap().iter();
    scans
        .map(|scan| (scan["outcome"].as_str().unwrap(), scan["code"].as_str().unwrap_or("")))
        .collect()
}
