//! What the caller of a stack chooses.

use std::collections::HashMap;

use antrian::clock::Clock;
use antrian::domain::office::Office;
use antrian::security::Keyring;
use antrian::telemetry::Metrics;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::timeout::TimeoutConfig;
use secrecy::SecretString;

use crate::cloud::Storage;
use crate::home::Home;

/// What a stack is started with.
#[derive(Debug, Default)]
pub struct Options {
    /// Port of the API on 127.0.0.1; 0: a free one.
    pub port: u16,
    /// Where data is stored; absent: in memory.
    pub home: Option<Home>,
    /// Offices to begin with.
    pub offices: Vec<Office>,
    /// Settings that replace the stack's own.
    pub overrides: HashMap<String, String>,
    /// The SDK's HTTP client, where tests inject faults; absent: the usual one.
    pub http_client: Option<SharedHttpClient>,
    /// How long the SDK waits for an answer; absent: as long as in the cloud.
    pub sdk_timeouts: Option<TimeoutConfig>,
    /// The clock; absent: the machine's, as far ahead as earlier runs moved it.
    pub clock: Option<Clock>,
    /// The queues and the scheduler work only when the caller runs them.
    pub by_hand: bool,
}

impl Options {
    pub(crate) fn storage(&self) -> Storage<'_> {
        self.home.as_ref().map_or(Storage::Memory, |home| Storage::Folder(home.folder()))
    }

    pub(crate) fn keys(&self) -> anyhow::Result<SecretString> {
        self.home.as_ref().map_or_else(|| Ok(Keyring::generate_json()), Home::keys)
    }

    pub(crate) fn clock(&self) -> Clock {
        let ahead = || Clock::ahead(self.home.as_ref().map_or(0, Home::clock_ahead_secs));
        self.clock.clone().unwrap_or_else(ahead)
    }

    /// Metrics are stored for a caller who can read them.
    pub(crate) fn metrics(&self, stage: &str) -> Metrics {
        if self.by_hand { Metrics::to_memory(stage) } else { Metrics::to_nowhere(stage) }
    }
}
