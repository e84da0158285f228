//! The table and the queues, and whether they answer.

use futures_util::future::join_all;

use crate::config::Config;
use crate::net::sdk::Clients;
use crate::security::Fingerprint;
use crate::storage::StoreError;
use crate::{queues, storage};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Of messages to be sent.
    Messages,
    /// Where messages go that cannot be sent by trying again.
    DeadLetters,
    /// Of messages received.
    Inbox,
}

impl Queue {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Messages, Self::DeadLetters, Self::Inbox];

    /// The variable that holds its URL.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Messages => "ANTRIAN_QUEUE_URL",
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

/// The table and the queues by their names.
#[derive(Debug, Clone)]
pub(crate) struct HealthChecks {
    clients: Clients,
    table: String,
    urls: [String; 3],
}

impl HealthChecks {
    /// Those that the settings name.
    pub(crate) fn of(config: &Config, clients: Clients) -> Self {
        let urls = [&config.queue_url, &config.dlq_url, &config.inbox_url].map(Clone::clone);
        Self { clients, table: config.table.clone(), urls }
    }

    /// Those that the environment names: a name that is missing is nobody's, and does not answer.
    pub(crate) fn from_env(clients: Clients) -> Self {
        let value = |name: &str| std::env::var(name).unwrap_or_default();
        let urls = [Queue::Messages, Queue::DeadLetters, Queue::Inbox].map(|q| value(q.variable()));
        Self { clients, table: value("ANTRIAN_TABLE"), urls }
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

    async fn check_table(&self) -> Result<Option<Fingerprint>, Unreachable> {
        let answer = storage::known_keyring(&self.clients.dynamodb, &self.table).await;
        answer.map_err(|source| Unreachable::Table { table: self.table.clone(), source })
    }

    async fn check_queue(&self, queue: Queue) -> Result<(), Unreachable> {
        let answer = queues::ping(&self.clients.sqs, &self.urls[queue as usize]).await;
        answer.map_err(|reason| Unreachable::Queue { variable: queue.variable(), reason })
    }
}
