//! What is kept of a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::figures::{Figures, Lasting};
use crate::ids::ServiceId;
use crate::office::Channel;
use crate::time::SlotTime;

/// What the bookings of an hour, a service and a channel came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The slot's start.
    pub time: SlotTime,
    pub service: ServiceId,
    pub channel: Channel,
    pub figures: Figures,
    pub waiting: Lasting,
    pub serving: Lasting,
}

/// Seats of a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotUse {
    /// The slot's start.
    pub time: SlotTime,
    pub service: ServiceId,
    pub seats: Seats,
}

/// Seats of one or several slots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Open to be booked.
    pub offered: u32,
    /// Of these nobody's: neither did anybody come on them, nor is or was anybody expected.
    pub unused: u32,
}

/// How a day went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayReport {
    pub date: NaiveDate,
    /// By hour, service and channel.
    pub rows: Vec<Row>,
    /// By hour and service.
    pub slots: Vec<SlotUse>,
    /// How many people were sent for a document, by its id.
    pub missing: BTreeMap<String, u32>,
    /// People who brought documents on this day and were booked for an earlier one: they are counted
    /// there.
    pub returned: u32,
}
