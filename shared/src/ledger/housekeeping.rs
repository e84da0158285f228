//! What has to be done when time has passed: write down what lapsed. Closed days: `clearing.rs`; how days are
//! made: `making.rs`; what is free: `survey.rs`; whether all agrees: `audit.rs`.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Ledger, LedgerError};
use crate::storage::DUE_SHARDS;

/// Bookings written down in one go, per index shard.
const MAX_SETTLED: usize = 500;

/// The scheduler's work.
#[derive(Debug)]
pub struct Housekeeping {
    pub(super) ledger: Ledger,
    seats_counted_at: Mutex<Option<DateTime<Utc>>>,
}

impl Housekeeping {
    /// Work on this ledger.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, seats_counted_at: Mutex::default() }
    }

    /// Makes the list of offices, and of who is denied, anew if they do not say what the table says: after
    /// an earlier release or a restore has written there.
    pub async fn keep_directory(&self) -> Result<(), LedgerError> {
        Ok(self.ledger.store.keep_directory().await.map(|_| ())?)
    }

    /// Writes down holds that ran out, visits that were missed, and those whose documents did not come. Tells
    /// how many.
    pub async fn apply_expiry(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let (mut count, mut first) = (0, Ok(()));
        for shard in 0..DUE_SHARDS {
            for booking in self.ledger.store.due_bookings(shard, now, MAX_SETTLED).await? {
                match self.ledger.apply_expiry(&booking, now).await {
                    Ok(settled) => count += u32::from(settled),
                    Err(error) => first = first.and(Err(error)),
                }
            }
        }
        first.map(|()| count)
    }

    /// Whether something was last counted longer ago than `repeat`. If so, it is counted now.
    pub(super) fn is_time_to_count(&self, now: DateTime<Utc>, repeat: TimeDelta) -> bool {
        let mut counted_at = self.seats_counted_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = counted_at.is_none_or(|at| now - at >= repeat);
        if is_time {
            *counted_at = Some(now);
        }
        is_time
    }
}
