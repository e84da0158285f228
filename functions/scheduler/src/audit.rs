//! An audit goes on where the run before it had no time left.

use std::time::Duration;

use antrian::app::App;
use antrian::ledger::{Housekeeping, LedgerError};
use antrian::storage::{AuditReport, AuditRun};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// How far it has come is stored so often: a run that is killed has done so much for nothing.
const STORE_EVERY: Duration = Duration::from_secs(20);
/// After so long it is the next night's.
const NIGHT: TimeDelta = TimeDelta::hours(20);

/// Which audit is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One that goes on, or a new one.
    Any,
    /// That of this night, which may have ended.
    Nightly,
}

/// Audits until all has been looked at or `most` is over. `None`: it goes on, or has ended before.
pub(crate) async fn audit(
    app: &App,
    work: &Housekeeping,
    wanted: Wanted,
    most: Duration,
) -> Result<Option<AuditReport>, LedgerError> {
    let (store, begun) = (app.ledger.store(), Instant::now());
    let last = store.audit_run().await?;
    let Some(mut run) = to_do(last, wanted, app.clock.now()) else { return Ok(None) };
    let mut stored = begun;
    while run.next.is_some() && begun.elapsed() < most {
        run = work.audit_part(run, app.clock.now()).await?;
        if stored.elapsed() >= STORE_EVERY || begun.elapsed() >= most {
            if !store.put_audit_run(&mut run).await? {
                tracing::info!("another run goes on with the audit");
                return Ok(None);
            }
            stored = Instant::now();
        }
    }
    if run.next.is_some() {
        return Ok(None);
    }
    // Whoever stored another one meanwhile has looked at the same.
    let _ = store.put_audit_run(&mut run).await?;
    Ok(Some(run.report))
}

fn to_do(last: Option<AuditRun>, wanted: Wanted, now: DateTime<Utc>) -> Option<AuditRun> {
    match last {
        Some(run) if now - run.begun_at < NIGHT && run.next.is_some() => Some(run),
        Some(run) if now - run.begun_at < NIGHT && wanted == Wanted::Nightly => None,
        last => {
            if let Some(run) = last.as_ref().filter(|run| run.next.is_some()) {
                tracing::error!(begun_at = %run.begun_at, "an audit has not seen everything");
            }
            Some(AuditRun::begin(now).instead_of(last.as_ref()))
        }
    }
}
