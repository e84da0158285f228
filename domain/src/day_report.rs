//! How an office's days went: what became of their bookings, their seats, and how long people waited.
//!
//! A day is kept as one row for each hour, service and channel. Whatever a report shows is a sum of these
//! rows, so that its tables add up.

mod figures;
mod made;
mod rows;
mod sums;

pub use figures::{Figures, Lasted, Lasting};
pub use made::{DayVisits, LeftVisit, day_report};
pub use rows::{DayReport, Row, Seats, SlotUse};
pub use sums::{Sum, by_channel, by_date, by_hour, by_service, missing, to_come, total};

#[cfg(test)]
mod tests;
