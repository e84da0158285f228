//! Parts of a tick: each has a time of its own, so that none starves another.

use std::future::Future;
use std::time::Duration;

use antrian::ledger::LedgerError;
use antrian::telemetry::catalogue::TICK_PART;
use antrian::telemetry::{Metrics, Record};
use chrono::{DateTime, Utc};
use tokio::time::{Instant, timeout};

/// What the parts of one tick share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) metrics: &'a Metrics,
    pub(crate) now: DateTime<Utc>,
    /// What each may take.
    pub(crate) most: Duration,
}

impl Parts<'_> {
    /// Does a part of a tick and tells how long it took. `None`: its time was over; what it has written
    /// stays, and the next tick goes on.
    pub(crate) async fn part<T, E>(
        self,
        name: &'static str,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<Option<T>, LedgerError>
    where
        LedgerError: From<E>,
    {
        let begun = Instant::now();
        let done = timeout(self.most, Box::pin(work)).await;
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let record = Record::of(&TICK_PART, &[i64::from(done.is_err())]).by(name);
        let record = record.with("millis", took);
        if done.is_err() {
            tracing::error!(part = name, "a part of a tick had no time left");
            self.metrics.send(record, self.now);
        } else {
            self.metrics.send(record.only_a_line(), self.now);
        }
        match done {
            Ok(done) => Ok(Some(done?)),
            Err(_) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_part_that_does_not_end_is_cut_off_and_counted_and_the_others_are_done() {
        let (metrics, now) = (Metrics::to_memory("test"), DateTime::UNIX_EPOCH);
        let parts = Parts { metrics: &metrics, now, most: Duration::from_millis(20) };
        let (endless, quick, wrong) = tokio::join!(
            parts.part("endless", pending::<Result<u32, LedgerError>>()),
            parts.part("quick", async { Ok::<_, LedgerError>(7) }),
            parts.part("wrong", async { Err::<u32, _>(LedgerError::Contention) }),
        );
        assert_eq!((endless.unwrap(), quick.unwrap()), (None, Some(7)));
        assert!(matches!(wrong, Err(LedgerError::Contention)));
        let kept = metrics.kept();
        assert_eq!(kept.len(), 3);
        let counted: Vec<_> = kept.iter().filter(|line| line.contains("_aws")).collect();
        assert!(matches!(counted[..], [one] if one.contains("endless")), "{kept:?}");
    }
}
