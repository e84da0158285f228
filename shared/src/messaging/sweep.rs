//! The sweeper: every row that is due and not settled, and every received message that waits, goes
//! to its queue (again).

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ids::MessageId;
use crate::domain::message::{Message, MessageKind};
use crate::queues::{Inbox, MessageQueue};
use crate::storage::{DUE_SHARDS, Store, StoreError};

/// A row that was enqueued a moment ago is left alone.
const GRACE: TimeDelta = TimeDelta::seconds(20);
/// Rows taken in one go, per index shard.
const MAX_SWEPT: usize = 500;

/// What the sweeper found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows that SQS has taken.
    pub count: usize,
    /// How long the oldest row that was found had been due; 0 if there was none.
    pub lag_secs: i64,
}

/// Enqueues rows that are overdue.
///
/// A reminder comes due by time alone, so this is also what sends reminders; they wait for no grace.
///
/// # Errors
/// If the table does not answer.
pub async fn sweep(
    store: &Store,
    queue: &MessageQueue,
    now: DateTime<Utc>,
) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    for shard in 0..DUE_SHARDS {
        let due = store.due_messages(shard, now, MAX_SWEPT).await?;
        let overdue: Vec<Message> =
            due.into_iter().filter(|message| is_overdue(message, now)).collect();
        let lag = overdue.iter().map(|message| (now - message.due).num_seconds()).max();
        swept.lag_secs = swept.lag_secs.max(lag.unwrap_or_default());
        let ids: Vec<MessageId> = overdue.into_iter().map(|message| message.id).collect();
        swept.count += queue.enqueue(&ids).await;
    }
    Ok(swept)
}

/// A message that waited longer is enqueued no more: its sender can be answered for a day only, and
/// what failed for a day lies in the dead-letter queue.
const MAX_WAIT: TimeDelta = TimeDelta::days(1);

/// Enqueues received messages that wait. Answers with how many SQS has taken.
///
/// SQS swallows what it got within the last five minutes under the same name; each minute has a
/// name of its own.
///
/// # Errors
/// If the table does not answer.
pub async fn sweep_inbox(
    store: &Store,
    inbox: &Inbox,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let round = (now.timestamp() / 60).to_string();
    let mut swept = 0;
    for shard in 0..DUE_SHARDS {
        let waiting = store.due_inbound(shard, now - MAX_WAIT, now - GRACE, MAX_SWEPT).await?;
        swept += inbox.enqueue(&waiting, &round).await;
    }
    Ok(swept)
}

fn is_overdue(message: &Message, now: DateTime<Utc>) -> bool {
    let was_put_off = message.attempts > 0 || !message.last_attempt.is_none();
    let planned = message.kind == MessageKind::Reminder || was_put_off;
    let grace = if planned { TimeDelta::zero() } else { GRACE };
    !message.state.is_final() && message.due + grace <= now
}
