//! The table and the queues, and whether they answer.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use tokio::sync::Mutex;

use crate::config::Config;
use crate::net::sdk::Clients;
use crate::security::Fingerprint;
use crate::storage::StoreError;
use crate::{queues, storage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Of messages to be sent that somebody waits for.
    Urgent,
    /// Of those that tell of a change.
    Messages,
    /// Of those that come by the thousand.
    Bulk,
    /// Where messages go that cannot be sent by trying again.
    DeadLetters,
    /// Of messages received.
    Inbox,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Urgent, Self::Messages, Self::Bulk, Self::DeadLetters, Self::Inbox];

    /// The variable that holds its URL.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Urgent => "ANTRIAN_URGENT_URL",
            Self::Messages => "ANTRIAN_QUEUE_URL",
            Self::Bulk => "ANTRIAN_BULK_URL",
            Self::DeadLetters => "ANTRIAN_DLQ_URL",
            Self::Inbox => "ANTRIAN_INBOX_URL",
        }
    }
}

/// What does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// The table is not there, or may not be used.
    #[error("the table {table} (ANTRIAN_TABLE) does not answer: {source}")]
    Table {
        /// Its name.
        table: String,
        /// What the table says.
        source: StoreError,
    },
    /// A queue is not there, or may not be used.
    #[error("the queue of {variable} does not answer: {reason}")]
    Queue {
        /// The variable that holds its URL.
        variable: &'static str,
        /// What SQS says.
        reason: String,
    },
}

/// For how long strangers are told what was found: they may ask as often as they like.
pub const REMEMBERED_SECS: i64 = 5;

/// Something that the system works with.
#[derive(Debug)]
pub struct Part {
    /// The variable that names it.
    pub variable: &'static str,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// The table and the queues by their names.
#[derive(Debug)]
pub(crate) struct HealthChecks {
    clients: Clients,
    table: String,
    urls: [String; 5],
    /// When all of them were asked, and whether all answered.
    known: Mutex<Option<(DateTime<Utc>, bool)>>,
}

impl HealthChecks {
    /// Those that the settings name.
    pub(crate) fn of(config: &Config, clients: Clients) -> Self {
        let [urgent, messages, bulk] = config.lane_urls();
        let urls = [urgent, messages, bulk, config.dlq_url.clone(), config.inbox_url.clone()];
        Self { clients, table: config.table.clone(), urls, known: Mutex::default() }
    }

    /// Those that the environment names: a name that is missing is nobody's, and does not answer.
    pub(crate) fn from_env(clients: Clients) -> Self {
        let value = |name: &str| std::env::var(name).unwrap_or_default();
        let urls = Queue::ALL.map(|queue| value(queue.variable()));
        Self { clients, table: value("ANTRIAN_TABLE"), urls, known: Mutex::default() }
    }

    /// Asks the table and these queues, all at once; what the table knows of its keyring.
    ///
    /// # Errors
    /// Names the first that does not answer: the table, then the queues in their order.
    pub(crate) async fn check(&self, queues: &[Queue]) -> Result<Option<Fingerprint>, Unreachable> {
        let queues = join_all(queues.iter().map(|queue| self.check_queue(*queue)));
        let (table, queues) = tokio::join!(self.check_table(), queues);
        let known = table?;
        queues.into_iter().collect::<Result<(), _>>()?;
        Ok(known)
    }

    /// Asks the table and all queues, also those that this function does not work with; with what the
    /// table knows of its keyring, if it answers.
    pub(crate) async fn parts(&self) -> (Vec<Part>, Option<Option<Fingerprint>>) {
        let queues = join_all(Queue::ALL.iter().map(|queue| self.check_queue(*queue)));
        let (table, queues) = tokio::join!(self.check_table(), queues);
        let (known, fault) = match table {
            Ok(known) => (Some(known), None),
            Err(error) => (None, Some(error)),
        };
        let names = Queue::ALL.iter().map(|queue| queue.variable());
        let queues = names.zip(queues).map(|(name, answer)| (name, answer.err()));
        let all = std::iter::once(("ANTRIAN_TABLE", fault)).chain(queues);
        let part = |(variable, fault): (_, Option<Unreachable>)| Part {
            variable,
            fault: fault.map(|fault| fault.to_string()),
        };
        (all.map(part).collect(), known)
    }

    /// Whether everything is well, as `look` finds it, or as it was found at most [`REMEMBERED_SECS`]
    /// before `now`. Whoever asks meanwhile waits for the same answer.
    pub(crate) async fn remembered(
        &self,
        now: DateTime<Utc>,
        look: impl Future<Output = Vec<Part>>,
    ) -> bool {
        let mut known = self.known.lock().await;
        let age = |at: DateTime<Utc>| (now - at).abs() < TimeDelta::seconds(REMEMBERED_SECS);
        if let Some((_, is_healthy)) = known.filter(|(at, _)| age(*at)) {
            return is_healthy;
        }
        let parts = look.await;
        for fault in parts.iter().filter_map(|part| part.fault.as_ref()) {
            tracing::error!(fault, "not healthy");
        }
        let is_healthy = parts.iter().all(|part| part.fault.is_none());
        *known = Some((now, is_healthy));
        is_healthy
    }

    async fn check_table(&self) -> Result<Option<Fingerprint>, Unreachable> {
        let answer = storage::known_keyring(&self.clients.dynamodb, &self.table).await;
        answer.map_err(|source| Unreachable::Table { table: self.table.clone(), source })
    }

    async fn check_queue(&self, queue: Queue) -> Result<(), Unreachable> {
        let answer = queues::ping(&self.clients.sqs, &self.urls[queue as usize]).await;
        answer.map_err(|reason| Unreachable::Queue { variable: queue.variable(), reason })
    }
}
