//! What has to be done when time has passed: write down what lapsed, clear closed days. How days are made:
//! `making.rs`; what is free: `survey.rs`; whether all agrees: `audit.rs`.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::{Ledger, LedgerError};
use crate::domain::booking::{Booking, CancelReason, Status};
use crate::domain::code::BookingCode;
use crate::domain::office::Office;
use crate::storage::{Closure, DUE_SHARDS};

/// No request lives longer: functions end after 10 seconds and the gateway after 30. What a request
/// may still write after a day was closed has been written by then.
pub const REQUEST_LIFE_SECS: i64 = 30;
/// A closed day is looked at until so long after it was closed, so that a straggler is found too.
const CLOSURE_LOOKS_SECS: i64 = 3 * REQUEST_LIFE_SECS;
/// Bookings cancelled at the same time.
const WRITES_AT_ONCE: usize = 4;
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

    /// Cancels the bookings of closed days, once no request that saw the day open can still write.
    pub async fn clear_closed_days(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let mut cancelled = 0;
        for closure in self.ledger.store.closures().await? {
            if now - closure.closed_at < TimeDelta::seconds(REQUEST_LIFE_SECS) {
                continue;
            }
            let found = self.clear_day(&closure, now).await?;
            cancelled += found;
            let looked_long_enough =
                now - closure.closed_at >= TimeDelta::seconds(CLOSURE_LOOKS_SECS);
            if found == 0 && looked_long_enough {
                self.ledger.store.finish_closure(&closure).await?;
            }
        }
        Ok(cancelled)
    }

    async fn clear_day(&self, closure: &Closure, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let Some(office) = self.ledger.offices.get(&closure.office, now).await? else {
            return Ok(0);
        };
        let day = self.ledger.store.day(&closure.office, closure.date).await?;
        if day.closed().is_none() {
            return Ok(0);
        }
        let taken = day.slots.iter().flat_map(|slot| &slot.seats).filter(|seat| seat.is_taken(now));
        // A booking that was moved within the day stands on the seat that it left, too.
        let codes: HashSet<BookingCode> = taken.map(|seat| seat.code).collect();
        let cleared: Vec<bool> = iter(codes)
            .map(|code| self.clear_booking(&office, closure, code, now))
            .buffer_unordered(WRITES_AT_ONCE)
            .try_collect()
            .await?;
        Ok(u32::try_from(cleared.into_iter().filter(|cleared| *cleared).count())
            .unwrap_or(u32::MAX))
    }

    async fn clear_booking(
        &self,
        office: &Office,
        closure: &Closure,
        code: BookingCode,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let booking = self.ledger.store.booking(code).await?;
        let on = booking.filter(|booking| is_to_be_cleared(booking, closure, now));
        let Some(booking) = on else { return Ok(false) };
        let cancelled =
            self.ledger.cancel(office, booking, CancelReason::OfficeClosed, now).await?;
        Ok(cancelled.is_ok_and(|changed| !changed.already))
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

fn is_to_be_cleared(booking: &Booking, closure: &Closure, now: DateTime<Utc>) -> bool {
    booking.seat.office == closure.office
        && booking.seat.date == closure.date
        && matches!(booking.status_at(now), Status::Held | Status::Confirmed)
}
