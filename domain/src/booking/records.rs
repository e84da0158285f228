//! What a booking keeps of a visit: the first scan, and the last look at the documents; of a visit
//! that its office took back; and what its history keeps of a clerk who released its person.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{OfficeId, ScanKey};
use crate::queue::QueueNumber;
use crate::stored::is_default;
use crate::time::SlotTime;

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
    /// Which scan it was, if it was made without a network and handed in later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ScanKey>,
}

impl CheckIn {
    /// The number as it is called.
    pub fn queue_number(&self) -> QueueNumber {
        QueueNumber { group: self.group, number: self.number }
    }

    /// Its facts, for the audit trail.
    pub fn facts(&self) -> ScanFacts {
        ScanFacts { at: self.at, gate: self.gate.clone(), key: self.key.clone() }
    }
}

/// A scan as the audit trail keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanFacts {
    /// When it was made.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub at: DateTime<Utc>,
    /// Where.
    pub gate: String,
    /// Which one it was, if it was made without a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ScanKey>,
}

/// A scan that was handed in, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedIn {
    /// The scan that counts from here on.
    pub scan: ScanFacts,
    /// The later one that counted until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<ScanFacts>,
}

/// The visit that an office has taken back by closing its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedVisit {
    /// The date that was closed, in the office's zone.
    pub date: NaiveDate,
    /// The slot's start.
    pub time: SlotTime,
    /// The version of the booking that the closing made last.
    pub version: u32,
    /// Whether its owner has chosen a time since, or the day was opened again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_settled: bool,
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
    /// Ids of those that were missing at looks before this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<String>,
}

/// Why a clerk releases the booking that another account has for the person whose KTP they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// The person did not ask for it.
    NotTheirs,
    /// The person has no access to the number or account that it was made from.
    NumberLost,
}

/// What a clerk has released, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskRelease {
    /// The issuer's opaque identifier of the clerk.
    pub staff: String,
    /// Where the KTP was seen.
    pub office: OfficeId,
    pub reason: ReleaseReason,
}

/// Why a clerk cancels a booking of their office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeskReason {
    /// Whoever it is for asks for it, by telephone or at the desk.
    Asked,
    /// The same person has another booking.
    Duplicate,
    /// Nobody seems to mean to come: it was made to be sold, or for nobody.
    Misuse,
    /// The office cannot serve it.
    Office,
}

/// The clerk who made a change, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clerk {
    /// The issuer's opaque identifier.
    pub staff: String,
    /// Why a booking was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DeskReason>,
}
