//! What the messages of a day have cost: counted in the transaction that writes down that a message is
//! on its way, which costs no round trip, and read where something could wait.
//!
//! The count is one of 32 items, chosen by the message: at the 80 messages a second that a number may
//! send, transactions on one item would wait for each other. They are in one partition, so that one
//! query of one read unit adds them up.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::items::Query;
use super::outbox::message_replacement;
use super::schema::known;
use super::transact::Write;
use super::values::{number, seconds, text};
use super::{Item, Store, keys};
use crate::domain::ids::MessageId;
use crate::domain::message::Message;

/// Items that share a day's count.
const SHARES: u32 = 32;
/// Somebody may want to compare them with the provider's bill.
const KEEP_DAYS: i64 = 40;

/// What sending a message has cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Millionths of a USD.
    pub micros: u32,
    pub at: DateTime<Utc>,
}

impl Store {
    /// What the messages of a day (UTC) have cost, in millionths of a USD.
    pub async fn spent(&self, day: NaiveDate) -> Result<u64, StoreError> {
        let condition =
            Expression::new("#pk = :day").with(":day", text(keys::spending_partition(day)));
        let query =
            Query { index: None, condition, consistent: true, limit: SHARES as usize, after: None };
        let micros = |item: &Item| item.get("micros")?.as_n().ok()?.parse().ok();
        let items = self.query(query).await?;
        items.iter().try_for_each(known)?;
        let all: Option<Vec<u64>> = items.iter().map(micros).collect();
        all.map(|all| all.iter().sum()).ok_or_else(|| StoreError::corrupt("spending"))
    }

    /// Puts `after` if the row is still as `before` says, and counts what it has cost to come there.
    /// `false`: somebody else has changed the row; nothing was counted.
    pub async fn replace_message_at_cost(
        &self,
        before: &Message,
        after: &Message,
        cost: Cost,
    ) -> Result<bool, StoreError> {
        let writes = vec![message_replacement(before, after)?, count(&before.id, cost)];
        Ok(self.transact(writes).await?.applied())
    }

    /// Counts what a message has cost whose row others have written on.
    pub async fn count_cost(&self, id: &MessageId, cost: Cost) -> Result<(), StoreError> {
        self.transact(vec![count(id, cost)]).await.map(|_| ())
    }
}

fn count(id: &MessageId, cost: Cost) -> Write {
    let share =
        id.as_str().bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let add = Expression::new("ADD #micros :micros SET #ttl = :ttl")
        .with(":micros", number(cost.micros))
        .with(":ttl", seconds(cost.at + TimeDelta::days(KEEP_DAYS)));
    Write::Update(keys::spending(cost.at.date_naive(), share % SHARES), add, None)
}
