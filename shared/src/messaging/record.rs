//! What is counted of messages on their way to people.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ids::OfficeId;
use crate::domain::message::Message;
use crate::telemetry::Record;
use crate::telemetry::catalogue::{MESSAGE_FAILED, MESSAGE_SENT};

/// A message that was taken later than this after it was due is late.
const LATE: TimeDelta = TimeDelta::seconds(60);

/// The provider took a message.
pub(super) fn sent(message: &Message, office: Option<&OfficeId>, now: DateTime<Utc>) -> Record {
    // A row of an earlier version knows only the end of its lease, which is not past.
    let delay = (now - message.first_due.unwrap_or(now)).max(TimeDelta::zero());
    let values = [1, i64::from(delay > LATE), delay.num_milliseconds()];
    let record = Record::of(&MESSAGE_SENT, &values).by(message.kind.as_str());
    let record = record.with("message_id", message.id.as_str());
    match office {
        Some(office) => record.at(office, None),
        None => record,
    }
}

/// A message was given up, or was reported as undeliverable; the reason is in its row.
pub fn failed(message: &Message) -> Record {
    let record = Record::of(&MESSAGE_FAILED, &[1]).by(message.kind.as_str());
    let record = record.with("message_id", message.id.as_str());
    record.with("reason", message.last_attempt.code().unwrap_or("unknown"))
}
