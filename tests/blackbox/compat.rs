//! Releases that share a table: items that another release has written, or will write.

mod erasures;
mod journey;
mod later;
mod previous;
mod restore;
mod rotation;

use std::sync::Arc;

use antrian::clock::Clock;
use antrian::domain::office::Office;
use antrian_local::{Options, Stack};
use antrian_tests::app::{BEGIN, sdk_timeouts};
use antrian_tests::wire::client;
use antrian_tests::{Recorder, TestApp};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::time::Duration;

/// A system with these keys and offices, whose table is in reach; nothing has run in it yet.
async fn start(
    keys: &str,
    at: Option<DateTime<Utc>>,
    offices: Vec<Office>,
) -> (TestApp, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let options = Options {
        offices,
        overrides: HashMap::from([("ANTRIAN_KEYS".to_owned(), keys.to_owned())]),
        http_client: Some(client(recorder.clone())),
        sdk_timeouts: Some(sdk_timeouts(Duration::from_secs(20))),
        clock: Some(Clock::set_to(at.unwrap_or_else(|| BEGIN.parse().unwrap()))),
        by_hand: true,
        ..Options::default()
    };
    let stack = Stack::start(options).await.unwrap();
    let http = antrian::net::client::builder().no_proxy().build().unwrap();
    (TestApp { stack, http }, recorder)
}
