//! A person's place in the line on the day of the visit.

use chrono::{DateTime, Utc};

use super::LedgerError;
use crate::domain::booking::{Booking, Status};
use crate::domain::queue::{Counter, Line, QueueEntry, QueueState, wait_minutes};
use crate::ledger::Ledger;

/// Where somebody stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub state: QueueState,
    /// The counter that called.
    pub counter: Option<Counter>,
    /// How many are called before.
    pub ahead: u32,
    /// Between how many and how many minutes it takes; absent: there is no pace yet.
    pub minutes: Option<(i64, i64)>,
}

/// The place of a booking whose person is at the office; absent: the person has not come, or was served.
pub async fn place(
    ledger: &Ledger,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Result<Option<Place>, LedgerError> {
    // Who comes back with a document on another day has a number of that day's line.
    let place = booking.queue_place().filter(|_| booking.status == Status::CheckedIn);
    let Some((day, number)) = place else { return Ok(None) };
    let entries = ledger.store().queue_entries(&day).await?;
    let is_own = |entry: &&QueueEntry| entry.queue_number() == number && entry.code == booking.code;
    let Some(own) = entries.iter().find(is_own) else { return Ok(None) };
    let known = ledger.offices().get(&booking.seat.office, now).await?;
    let line = Line::of(&entries, known.map_or(1, |office| office.policy.priority_one_in));
    Ok(Some(Place {
        state: own.state,
        counter: own.counter.clone().filter(|_| own.state.is_at_counter()),
        ahead: line.ahead(own),
        minutes: wait_minutes(&line, own, now).filter(|_| own.state == QueueState::Waiting),
    }))
}
