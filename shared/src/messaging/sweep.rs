//! The sweeper: every row that is due and not settled, and every received message that waits, goes
//! to its queue (again).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::{join_all, try_join_all};
use tokio::time::Instant;

use crate::domain::message::{Lane, Message, MessageKind};
use crate::queues::{Inbox, MessageQueue};
use crate::storage::{DUE_SHARDS, Store, StoreError};

/// A row that was enqueued as it was committed is left alone for so long. Nobody writes that down, so
/// one that waits longer is enqueued once more.
const GRACE: TimeDelta = TimeDelta::seconds(20);
/// Rows of an index shard that are read, enqueued and marked before it is asked for more.
const PAGE: usize = 500;
/// Received messages taken in one go, per index shard.
const MAX_HEARD: usize = 500;
/// Rows of a shard that are marked at once.
const MARKS_AT_ONCE: usize = 8;

/// What the sweeper found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows that SQS has taken.
    pub count: usize,
    /// How long the oldest row that was found had been due; 0 if there was none.
    pub lag_secs: i64,
}

/// The outbox, its queues, and how long they are swept.
#[derive(Debug, Clone, Copy)]
pub struct Sweep<'a> {
    pub store: &'a Store,
    pub queue: &'a MessageQueue,
    pub now: DateTime<Utc>,
    /// After so long no further page is begun; the next tick goes on.
    pub within: Duration,
    /// Whether rows that were enqueued before are enqueued again, for the queues have been emptied.
    pub anew: bool,
}

impl Sweep<'_> {
    /// Enqueues rows that are overdue, all shards at once, each row once until it must have been lost.
    ///
    /// A reminder comes due by time alone, so this is also what sends reminders; they wait for no grace.
    ///
    /// # Errors
    /// If the table does not answer, after all shards have been tried.
    pub async fn outbox(self) -> Result<Swept, StoreError> {
        let until = Instant::now() + self.within;
        let shards: Vec<_> = (0..DUE_SHARDS).map(|shard| self.shard(shard, until)).collect();
        let shards = join_all(shards).await;
        shards.into_iter().try_fold(Swept::default(), |sum, swept| Ok(sum.with(swept?)))
    }

    async fn shard(self, shard: u8, until: Instant) -> Result<Swept, StoreError> {
        // A row that was enqueued is due when it must have been lost, at the latest after so long.
        let ahead = if self.anew { Lane::Bulk.lost_after() } else { TimeDelta::zero() };
        let mut swept = Swept::default();
        let mut after = None;
        loop {
            let due = self.store.due_messages(shard, self.now + ahead, (PAGE, after)).await;
            let (due, next) = due?;
            swept = swept.with(self.page(due).await?);
            match next {
                Some(next) if Instant::now() < until => after = Some(next),
                _ => return Ok(swept),
            }
        }
    }

    fn is_overdue(self, message: &Message) -> bool {
        let was_put_off = message.attempts > 0 || !message.last_attempt.is_none();
        let planned = message.kind == MessageKind::Reminder || was_put_off;
        let grace = if planned { TimeDelta::zero() } else { GRACE };
        let due = if self.anew { message.ready_at() } else { message.due };
        !message.state.is_final() && due + grace <= self.now
    }

    /// What SQS did not take is not marked: the next tick finds it.
    async fn page(self, due: Vec<Message>) -> Result<Swept, StoreError> {
        let overdue: Vec<Message> =
            due.into_iter().filter(|message| self.is_overdue(message)).collect();
        let lag = overdue.iter().map(|message| (self.now - message.ready_at()).num_seconds()).max();
        let taken = self.queue.enqueue(&overdue).await;
        for some in taken.chunks(MARKS_AT_ONCE) {
            let marks: Vec<_> =
                some.iter().map(|row| self.store.note_enqueued(row, self.now)).collect();
            try_join_all(marks).await?;
        }
        Ok(Swept { count: taken.len(), lag_secs: lag.unwrap_or_default() })
    }
}

impl Swept {
    fn with(self, other: Self) -> Self {
        Self { count: self.count + other.count, lag_secs: self.lag_secs.max(other.lag_secs) }
    }
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
        let waiting = store.due_inbound(shard, now - MAX_WAIT, now - GRACE, MAX_HEARD).await?;
        swept += inbox.enqueue(&waiting, &round).await;
    }
    Ok(swept)
}
