//! The pause of all sending: begun when the provider says that the account is in trouble, probed by
//! one message when it ends. And the shorter one of what can wait: begun when the provider says that all
//! together are too fast.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::messenger::{Receipt, SendError};
use crate::domain::message::{Lane, Message};
use crate::ledger::Ledger;
use crate::storage::{Store, StoreError};
use crate::telemetry::Record;
use crate::telemetry::catalogue::SENDING_PAUSED;

/// A provider in trouble is left alone for so long.
const PAUSE: TimeDelta = TimeDelta::minutes(10);
/// The probe's answer is there, or lost, before this time.
const PROBE: TimeDelta = TimeDelta::seconds(30);

/// Whether a message may be sent.
pub(super) enum Entry {
    /// Nothing is paused.
    Open,
    /// The pause has ended and this message is the first: others wait until then.
    Probe(DateTime<Utc>),
    /// Not before this instant.
    Paused(DateTime<Utc>),
}

/// Asks to send a message.
pub(super) async fn enter(
    store: &Store,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<Entry, StoreError> {
    if message.kind.lane() == Lane::Bulk
        && let Some(until) = store.bulk_pause().await?.filter(|until| *until > now)
    {
        return Ok(Entry::Paused(until));
    }
    let Some(until) = store.pause().await? else { return Ok(Entry::Open) };
    if until > now {
        return Ok(Entry::Paused(until));
    }
    // As the table keeps it: `end` compares it.
    let probe = (now + PROBE).trunc_subsecs(0);
    let is_first = store.claim_probe(until, probe).await?;
    Ok(if is_first { Entry::Probe(probe) } else { Entry::Paused(probe) })
}

/// Keeps what can wait from being sent for a while. If that cannot be written down the next message
/// finds out by itself.
pub(super) async fn hold_bulk(store: &Store, code: &str, now: DateTime<Utc>) {
    tracing::warn!(code, "the provider is at its rate limit: what can wait does");
    if let Err(error) = store.pause_bulk(now + Lane::Bulk.rate_limit_wait()).await {
        tracing::warn!(%error, "what can wait should and does not");
    }
}

/// Begins or lengthens the pause; answers with its end. If it cannot be written down the next message
/// finds out by itself.
pub(super) async fn begin(ledger: &Ledger, code: &str, now: DateTime<Utc>) -> DateTime<Utc> {
    let until = now + PAUSE;
    // Recorded each time, so that the alarm lasts as long as the trouble.
    ledger.metrics().send(Record::of(&SENDING_PAUSED, &[1]).with("reason", code), now);
    match ledger.store().begin_pause(until).await {
        Ok(true) => {
            tracing::error!(code, %until, "the provider refuses everything: sending is paused");
        }
        Ok(false) => tracing::warn!(code, %until, "sending stays paused"),
        Err(error) => tracing::error!(code, %error, "sending should be paused and is not"),
    }
    until
}

/// Whether the answer to a probe shows that the provider takes messages again: it took this one, or
/// refused it for what it is.
pub(super) fn is_over(sent: &Result<Receipt, SendError>) -> bool {
    !matches!(
        sent,
        Err(SendError::Stopped { .. }
            | SendError::Later { .. }
            | SendError::Limited { .. }
            | SendError::Unknown)
    )
}

/// Ends the pause that lasts until `until`. If that fails the next message is a probe again.
pub(super) async fn end(store: &Store, until: DateTime<Utc>) {
    match store.end_pause(until).await {
        Ok(()) => tracing::info!("sending goes on"),
        Err(error) => tracing::warn!(%error, "the pause could not be ended"),
    }
}
