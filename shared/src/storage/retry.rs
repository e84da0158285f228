//! Trying again: how often, and how long to wait in between.

use std::future::Future;
use std::time::Duration;

use rand::RngExt;

/// How often something is tried, and the backoff between two tries.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Tries altogether.
    pub limit: u32,
    /// The n-th wait is a random time up to this, doubled n − 1 times.
    pub first_backoff_ms: u64,
    /// No wait is longer.
    pub max_backoff_ms: u64,
}

impl RetryPolicy {
    /// Waits before a try, the first of which is number 0 and waits for nothing.
    pub(crate) async fn backoff(&self, attempt: u32) {
        if attempt > 0 {
            tokio::time::sleep(self.jitter(attempt)).await;
        }
    }

    /// A random time, so that those who met once do not meet again.
    fn jitter(&self, attempt: u32) -> Duration {
        let doubled = self.first_backoff_ms.saturating_mul(1 << (attempt - 1).min(16));
        let limit = doubled.min(self.max_backoff_ms);
        Duration::from_millis(rand::rng().random_range(1..=limit.max(1)))
    }
}

/// People who change one thing at the same moment: a booking, a message's row, a profile. Each try
/// costs one read and one write, and every round somebody gets through.
pub const CONTENTION: RetryPolicy =
    RetryPolicy { limit: 12, first_backoff_ms: 4, max_backoff_ms: 64 };

/// What one try came to.
#[derive(Debug)]
pub enum Attempt<S, T> {
    Done(T),
    /// Somebody else was faster: the next try begins with this.
    Conflict(S),
}

/// So many others were faster that no try came through. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many changes at this moment")]
pub struct Contention;

/// Reads, compares and writes until nobody else was faster: `attempt` makes one conditional write from
/// what is known, and tells what is known after a conflict.
///
/// # Errors
/// Those of `attempt`; [`Contention`] after the policy's last try.
pub async fn compare_and_set<S, T, E, F, Fut>(
    policy: RetryPolicy,
    known: S,
    mut attempt: F,
) -> Result<T, E>
where
    E: From<Contention>,
    F: FnMut(S) -> Fut,
    Fut: Future<Output = Result<Attempt<S, T>, E>>,
{
    let mut known = known;
    for number in 0..policy.limit {
        policy.backoff(number).await;
        // Apart: a try with its calls is large, and held by whoever waits for it.
        match Box::pin(attempt(known)).await? {
            Attempt::Done(done) => return Ok(done),
            Attempt::Conflict(newer) => known = newer,
        }
    }
    Err(Contention.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWICE: RetryPolicy = RetryPolicy { limit: 2, first_backoff_ms: 1, max_backoff_ms: 1 };

    async fn after(conflicts: u32) -> Result<u32, Contention> {
        compare_and_set(TWICE, 0, |known| async move {
            Ok(if known < conflicts { Attempt::Conflict(known + 1) } else { Attempt::Done(known) })
        })
        .await
    }

    #[tokio::test]
    async fn a_conflict_is_tried_again_from_what_it_told_up_to_the_limit() {
        assert_eq!(after(0).await, Ok(0));
        assert_eq!(after(1).await, Ok(1));
        assert_eq!(after(2).await, Err(Contention));
    }

    #[test]
    fn a_wait_is_random_and_never_longer_than_the_limit() {
        let policy = RetryPolicy { limit: 9, first_backoff_ms: 25, max_backoff_ms: 100 };
        for (attempt, limit) in [(1, 25), (2, 50), (3, 100), (8, 100), (70, 100)] {
            for _ in 0..50 {
                let ms = policy.jitter(attempt).as_millis();
                assert!((1..=limit).contains(&ms), "{attempt}: {ms}");
            }
        }
    }
}
