//! A server on a runtime of its own.
//!
//! The table's engine blocks its thread while it writes: with its own runtime it delays neither the
//! queue nor the application. Several test runtimes can share one cloud. Ending the runtime ends
//! every connection, which closes the database file.

use std::{num::NonZero, pin::pin, thread, time::Duration};

use anyhow::Context as _;
use tokio::{
    runtime,
    sync::{oneshot, watch},
    time::sleep,
};

/// How long open connections may take to end when the cloud stops. A request takes milliseconds;
/// this bounds what a client does that holds a half-sent one.
pub(super) const DRAIN: Duration = Duration::from_secs(2);

/// More threads are of no use: the table's engine runs one operation at a time, the others read
/// requests and write answers.
const MAX_WORKERS: usize = 4;

/// A server that accepts connections from the moment that it is there.
pub(super) trait Server {
    fn url(&self) -> &str;
    /// Serves until `stopped`, then until the open requests have ended.
    async fn serve(self, stopped: watch::Receiver<()>);
}

/// Starts a server on a runtime of its own. Returns its URL, and a receiver that ends when the server
/// has ended.
pub(super) async fn start<S: Server>(
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
