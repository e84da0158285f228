//! The sweeper: every row that is due and not settled goes to the queue (again).

use chrono::{DateTime, TimeDelta, Utc};

use super::queue::MessageQueue;
use crate::domain::ids::MessageId;
use crate::domain::message::{Message, MessageState};
use crate::storage::{DUE_SHARDS, Store, StoreError};

/// A row that was announced a moment ago is left alone.
const GRACE: TimeDelta = TimeDelta::seconds(20);
/// Rows taken in one go, per index shard.
const MOST_SWEPT: usize = 500;

/// Announces rows that are overdue. Tells how many SQS has taken.
///
/// A reminder comes due by time alone, so this is also what sends reminders; they wait for no grace.
///
/// # Errors
/// If the table does not answer.
pub async fn sweep(
    store: &Store,
    queue: &MessageQueue,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let mut swept = 0;
    for shard in 0..DUE_SHARDS {
        let due = store.due_messages(shard, now, MOST_SWEPT).await?;
        let ids: Vec<MessageId> = due
            .into_iter()
            .filter(|message| is_overdue(message, now))
            .map(|message| message.id)
            .collect();
        swept += queue.announce(&ids).await;
    }
    Ok(swept)
}

fn is_overdue(message: &Message, now: DateTime<Utc>) -> bool {
    let planned =
        message.kind == crate::domain::message::MessageKind::Reminder || message.attempts > 0;
    let grace = if planned { TimeDelta::zero() } else { GRACE };
    matches!(message.state, MessageState::Pending | MessageState::Sending)
        && message.due + grace <= now
}
