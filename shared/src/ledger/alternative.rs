//! What is offered instead of a full slot.

use chrono::NaiveDate;

use crate::domain::time::SlotTime;

/// A slot with free seats, offered instead of a full one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    pub date: NaiveDate,
    /// Its start.
    pub time: SlotTime,
    /// Seats free when last seen.
    pub seats_free: u16,
}
