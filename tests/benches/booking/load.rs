//! Load: so many at once, each the next one when it has its answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::client::{Answer, Connection};

/// Requests under way at once.
pub(crate) const AT_ONCE: usize = 16;

/// What was measured of one kind of request.
#[derive(Debug, Default, Clone)]
pub(crate) struct Measured {
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Vec<Duration>,
}

impl Measured {
    pub(crate) fn add(&mut self, other: Measured) {
        self.elapsed += other.elapsed;
        self.latencies.extend(other.latencies);
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that `percent` of the requests do not exceed, in milliseconds.
    pub(crate) fn percentile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
    }
}

/// Sends all requests and wants `status` for each. Answers come in the order of the requests.
pub(crate) async fn send_all(
    to: SocketAddr,
    requests: Vec<Vec<u8>>,
    status: u16,
) -> anyhow::Result<(Measured, Vec<Answer>)> {
    let requests = Arc::new(requests);
    let next = Arc::new(AtomicUsize::new(0));
    let mut connections = Vec::new();
    for _ in 0..AT_ONCE.min(requests.len()) {
        connections.push(Connection::open(to).await?);
    }
    let begun = Instant::now();
    let workers = connections.into_iter().map(|mut connection| {
        let (requests, next) = (requests.clone(), next.clone());
        tokio::spawn(async move {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(at) else { return anyhow::Ok(done) };
                let sent = Instant::now();
                let answer = connection.send(request).await?;
                done.push((at, sent.elapsed(), answer));
            }
        })
    });
    let mut all = Vec::with_capacity(requests.len());
    for worker in workers.collect::<Vec<_>>() {
        all.extend(worker.await??);
    }
    let elapsed = begun.elapsed();
    all.sort_unstable_by_key(|(at, ..)| *at);
    let latencies = all.iter().map(|(_, latency, _)| *latency).collect();
    let answers: Vec<_> = all.into_iter().map(|(.., answer)| answer).collect();
    let other = answers.iter().find(|answer| answer.status != status);
    ensure!(other.is_none(), "not {status}: {:?}", other.map(|a| (a.status, a.json())));
    Ok((Measured { elapsed, latencies }, answers))
}
