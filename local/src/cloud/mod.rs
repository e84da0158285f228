//! The embedded cloud: DynamoDB (dynoxide) and SQS (rustack) on loopback ports.
//!
//! Both speak the wire protocols of AWS, so what runs against them is the production code with the
//! real SDK. They never answer as a busy AWS does: no throttle, no `TransactionConflict`, no stale
//! read. A test that needs one of these injects it in the SDK's HTTP client.
//!
//! Each server has a runtime of its own. The table's engine blocks its thread while it writes, which
//! so delays neither the queue nor the application; several test runtimes can share one cloud; and
//! ending the runtime ends every connection, which closes the database file.
//!
//! A write transaction costs the engine about 60 ns for every `ClientRequestToken` of the last
//! ten minutes, and the SDK always sends one. A load test of more than about 20,000 transactions
//! measures this and not the application: it starts a new cloud instead.

mod queue;
mod table;
#[cfg(test)]
mod tests;

use std::{num::NonZero, path::Path, pin::pin, thread, time::Duration};

use anyhow::Context as _;
use tokio::{
    runtime,
    sync::{oneshot, watch},
    time::sleep,
};

pub use queue::{DEAD_LETTER_QUEUE, INBOX, INBOX_DEAD_LETTERS, QUEUE, QueueUrls, create_queues};
pub use table::create_table;

use queue::QueueServer;
use table::TableServer;

/// The region of the embedded queues' ARNs; clients sign for the same one.
pub const REGION: &str = "ap-southeast-3";

/// How long open connections may take to end when the cloud stops. A request takes milliseconds;
/// this bounds what a client does that holds a half-sent one.
const DRAIN: Duration = Duration::from_secs(2);

/// The most threads that are of use: the table's engine runs one operation at a time, the others
/// read requests and write answers.
const MAX_WORKERS: usize = 4;

/// A running DynamoDB and SQS. Dropping it tells both to stop; [`Cloud::stop`] also waits for it.
#[derive(Debug)]
pub struct Cloud {
    /// Endpoint of DynamoDB, such as `http://127.0.0.1:40001`.
    pub dynamodb_url: String,
    /// Endpoint of SQS, such as `http://127.0.0.1:40002`; queue URLs begin with it.
    pub sqs_url: String,
    stop: watch::Sender<()>,
    ended: [oneshot::Receiver<()>; 2],
}

/// Where the table's items are kept. Queues are always in memory: the outbox in the table is the
/// record of what is to be sent, and its sweeper sends again what a stopped queue has lost.
#[derive(Debug, Clone, Copy)]
pub enum Storage<'a> {
    /// In memory, gone when the cloud stops.
    Memory,
    /// In `table.db` (SQLite) in this folder, which is created if it is missing. One cloud at a
    /// time: a second one on the same folder would not see the first one's transaction tokens.
    Folder(&'a Path),
}

impl Cloud {
    /// Starts both servers on free ports of 127.0.0.1 and returns when they accept connections.
    ///
    /// # Errors
    /// The folder or its database cannot be opened, or a port or a thread cannot be had.
    pub async fn start(storage: Storage<'_>) -> anyhow::Result<Cloud> {
        let folder = match storage {
            Storage::Memory => None,
            Storage::Folder(folder) => Some(folder.to_owned()),
        };
        let (stop, stopped) = watch::channel(());
        let table = async move || TableServer::bind(folder.as_deref()).await;
        let (dynamodb_url, table) = start("table", table, stopped.clone()).await?;
        let (sqs_url, queue) = start("queue", QueueServer::bind, stopped).await?;
        Ok(Cloud { dynamodb_url, sqs_url, stop, ended: [table, queue] })
    }

    /// Stops both servers: requests that are running end, idle connections are closed, messages
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

/// A server that accepts connections from the moment that it is there.
trait Server {
    fn url(&self) -> &str;
    /// Serves until `stopped`, then until the open requests have ended.
    async fn serve(self, stopped: watch::Receiver<()>);
}

/// Starts a server on a runtime of its own. Returns its URL, and what tells that it has ended.
async fn start<S: Server>(
    name: &'static str,
    bind: impl AsyncFnOnce() -> anyhow::Result<S> + Send + 'static,
    stopped: watch::Receiver<()>,
) -> anyhow::Result<(String, oneshot::Receiver<()>)> {
    let (started, url) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let run = move || {
        run(name, bind, started, stopped);
        let _ = end.send(());
    };
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .with_context(|| format!("cannot start the thread {name}"))?;
    let url = url.await.with_context(|| format!("{name} ended while starting"))??;
    Ok((url, ended))
}

/// A server's thread: serves until `stopped`, then ends whatever is still connected.
fn run<S: Server>(
    name: &'static str,
    bind: impl AsyncFnOnce() -> anyhow::Result<S>,
    started: oneshot::Sender<anyhow::Result<String>>,
    stopped: watch::Receiver<()>,
) {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers())
        .thread_name(name)
        .enable_all()
        .build();
    match runtime {
        // Dropped at the end of this arm: the tasks that remain go, and the database with them.
        Ok(runtime) => runtime.block_on(serve(bind, started, stopped)),
        Err(error) => {
            let error = anyhow::Error::new(error).context("cannot start the cloud's runtime");
            let _ = started.send(Err(error));
        }
    }
}

/// Half of the machine for each server: a busy table leaves the other half to the application.
fn workers() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    (cores / 2).clamp(1, MAX_WORKERS)
}

async fn serve<S: Server>(
    bind: impl AsyncFnOnce() -> anyhow::Result<S>,
    started: oneshot::Sender<anyhow::Result<String>>,
    mut stopped: watch::Receiver<()>,
) {
    let server = match bind().await {
        Ok(server) => server,
        Err(error) => {
            let _ = started.send(Err(error));
            return;
        }
    };
    if started.send(Ok(server.url().to_owned())).is_err() {
        return;
    }
    let serving = pin!(server.serve(stopped.clone()));
    // Nothing is ever sent on this channel: it changes by the sender going away.
    let ending = async {
        let _ = stopped.changed().await;
        sleep(DRAIN).await;
    };
    tokio::select! {
        () = serving => {}
        () = ending => tracing::debug!("closing connections that are still busy"),
    }
}
