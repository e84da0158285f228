//! The embedded cloud: DynamoDB (dynoxide), SQS (rustack) and a KMS of our own on loopback ports.
//!
//! Both speak the wire protocols of AWS, so what runs against them is the production code with the
//! real SDK. They never answer as a busy AWS does: no throttle, no `TransactionConflict`, no stale
//! read. A test that needs one of these injects it in the SDK's HTTP client.
//!
//! A write transaction costs the engine about 60 ns for every `ClientRequestToken` of the last
//! ten minutes, and the SDK always sends one. A load test of more than about 20,000 transactions
//! measures this and not the application: it starts a new cloud instead.

mod clients;
mod kms;
mod queue;
mod server;
mod signature;
mod table;
#[cfg(test)]
mod tests;

use std::path::Path;

use tokio::sync::{oneshot, watch};

pub use kms::{DATA_KEY, KeyService, KmsState};
pub use queue::{
    BULK, DEAD_LETTER_QUEUE, INBOX, INBOX_DEAD_LETTERS, QUEUE, QueueUrls, REGION, URGENT,
    create_queues,
};
pub use table::create_table;

use kms::KmsServer;
use queue::QueueServer;
use server::start;
use table::TableServer;

/// A running DynamoDB, SQS and KMS. Dropping it stops them; [`Cloud::stop`] also waits for it.
#[derive(Debug)]
pub struct Cloud {
    /// Endpoint of DynamoDB, such as `http://127.0.0.1:40001`.
    pub dynamodb_url: String,
    /// Endpoint of SQS, such as `http://127.0.0.1:40002`; queue URLs begin with it.
    pub sqs_url: String,
    /// Endpoint of KMS.
    pub kms_url: String,
    /// The KMS itself.
    pub kms: KeyService,
    stop: watch::Sender<()>,
    ended: [oneshot::Receiver<()>; 3],
}

/// Where the table's items are kept. Queues are always in memory: the outbox in the table is the
/// record of what is to be sent, and its sweeper enqueues what a stopped queue has lost.
#[derive(Debug, Clone, Copy)]
pub enum Storage<'a> {
    /// In memory, gone when the cloud stops.
    Memory,
    /// In `table.db` (SQLite) in this folder, which is created if it is missing. One cloud at a
    /// time: a second one on the same folder would not see the first one's transaction tokens.
    Folder(&'a Path),
}

impl Cloud {
    /// Starts the servers on free ports of 127.0.0.1 and returns when they accept connections.
    ///
    /// # Errors
    /// The folder or its database cannot be opened, or there is no free port or thread.
    pub async fn start(storage: Storage<'_>) -> anyhow::Result<Cloud> {
        let folder = match storage {
            Storage::Memory => None,
            Storage::Folder(folder) => Some(folder.to_owned()),
        };
        let (stop, stopped) = watch::channel(());
        let table = async move || TableServer::bind(folder.as_deref()).await;
        let (dynamodb_url, table) = start("table", table, stopped.clone()).await?;
        let (sqs_url, queue) = start("queue", QueueServer::bind, stopped.clone()).await?;
        let kms = KeyService::default();
        let service = kms.clone();
        let bind = async move || KmsServer::bind(service).await;
        let (kms_url, keys) = start("kms", bind, stopped).await?;
        Ok(Cloud { dynamodb_url, sqs_url, kms_url, kms, stop, ended: [table, queue, keys] })
    }

    /// Stops the servers: requests that are running end, idle connections are closed, messages
    /// are forgotten, and the database file is checkpointed and closed, ready to be opened again.
    /// Returns within about two seconds even if a client keeps a connection busy.
    ///
    /// Stop the queue's readers first: a long poll that is waiting is answered with an error.
    pub async fn stop(self) {
        drop(self.stop);
        for ended in self.ended {
            if ended.await.is_err() {
                tracing::error!("the embedded cloud ended by a panic");
            }
        }
    }
}
