//! The ceiling of what a day's messages may cost: from there on what can wait does, and everything else
//! goes out. What is on its way at that moment is not stopped: the ceiling may be passed by that much.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use super::messenger::Body;
use crate::domain::message::Message;
use crate::domain::sending::{SendingPolicy, Spending, waits_at_ceiling};
use crate::ledger::Ledger;
use crate::storage::{Cost, StoreError};
use crate::telemetry::Record;
use crate::telemetry::catalogue::MESSAGE_HELD_BACK;

/// What waits is looked at again after so long: somebody may have raised the ceiling.
const LOOK_AGAIN: TimeDelta = TimeDelta::hours(1);

/// Until when a message waits; none: it does not.
pub(super) async fn waits_until(
    ledger: &Ledger,
    policy: &SendingPolicy,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    if !waits_at_ceiling(message.kind) {
        return Ok(None);
    }
    let day = now.date_naive();
    if policy.spending(ledger.store().spent(day).await?) != Spending::Reached {
        return Ok(None);
    }
    let record = Record::of(&MESSAGE_HELD_BACK, &[1]).with("kind", message.kind.as_str());
    ledger.metrics().send(record.with("message_id", message.id.as_str()), now);
    let next_day = day.checked_add_days(Days::new(1)).map(|day| day.and_time(NaiveTime::MIN));
    let again = now + LOOK_AGAIN;
    Ok(Some(next_day.map_or(again, |day| day.and_utc().min(again))))
}

/// What it costs to send this.
pub(super) fn cost(policy: &SendingPolicy, body: &Body, now: DateTime<Utc>) -> Cost {
    let micros = match body {
        Body::Template(_) => policy.template_micros,
        Body::Text(_) | Body::Picture { .. } | Body::Options { .. } => policy.reply_micros,
    };
    Cost { micros, at: now }
}
