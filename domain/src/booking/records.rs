//! What a booking keeps of a visit: the first scan, and the last look at the documents.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::queue::QueueNumber;

/// The first scan of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// When.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub at: DateTime<Utc>,
    /// Where: the gate or desk that the scanner named.
    pub gate: String,
    /// Letter of the queue.
    pub group: char,
    /// Number within the letter, office and day.
    pub number: u32,
    /// The day of that queue, if the person came back on another one than the visit's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_date: Option<NaiveDate>,
    /// Whether the person goes before others, if a clerk has corrected what was booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<bool>,
}

impl CheckIn {
    /// The number as it is called.
    pub fn queue_number(&self) -> QueueNumber {
        QueueNumber { group: self.group, number: self.number }
    }
}

/// What a clerk found when the person's documents were looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentCheck {
    /// Ids of the documents that were missing; none: all are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Until when they may be brought; set while any is missing.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub deadline: Option<DateTime<Utc>>,
}
