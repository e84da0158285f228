//! Outbox rows: written with the change that they are about, leased to be sent, settled afterwards.

use chrono::{DateTime, TimeDelta, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, readable, to_item};
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::values::{number, seconds, text};
use super::{DUE_INDEX, Item, Store, keys};
use crate::domain::ids::MessageId;
use crate::domain::message::{Enqueued, Lease, Message};
use crate::domain::report::Report;

/// What became of an attempt to lease a row.
#[derive(Debug)]
pub enum Leased {
    /// It is this caller's, to do this with.
    Yes(Lease),
    /// Somebody else is sending it, or it is not due, or it is settled.
    No,
    /// There is no such row.
    Absent,
}

/// Rows that are settled stay for a month, for whoever asks what was sent.
const KEEP_DAYS: i64 = 30;

/// The item of a row: in the due index while anything is to be done for it.
pub(crate) fn message_item(message: &Message) -> Result<Item, StoreError> {
    let mut item = to_item("message", &keys::message(&message.id), message)?;
    if message.state.is_final() {
        item.insert("ttl".to_owned(), seconds(message.due + TimeDelta::days(KEEP_DAYS)));
    } else {
        let shard = keys::shard(message.id.as_str());
        item.insert("due_kind".to_owned(), text(keys::due_messages(shard)));
    }
    Ok(item)
}

/// Refused: somebody else has changed the row.
pub(super) fn message_replacement(before: &Message, after: &Message) -> Result<Write, StoreError> {
    let unchanged = match &before.lease {
        Some(lease) => {
            Expression::new("#state = :state AND #attempts = :attempts AND #lease = :lease")
                .with(":lease", text(lease.as_str()))
        }
        None => Expression::new(
            "#state = :state AND #attempts = :attempts AND attribute_not_exists(#lease)",
        ),
    };
    let state = serde_dynamo::to_attribute_value(before.state)
        .map_err(|error| StoreError::Corrupt { kind: "message", source: Some(Box::new(error)) })?;
    let unchanged = unchanged.with(":state", state).with(":attempts", number(before.attempts));
    Ok(Write::Replace(message_item(before)?, message_item(after)?, unchanged))
}

impl Store {
    /// A row.
    pub async fn message(&self, id: &MessageId) -> Result<Option<Message>, StoreError> {
        self.get("message", &keys::message(id)).await
    }

    /// Puts a row, once: one that is there already stays as it is.
    pub async fn put_message(&self, message: &Message) -> Result<(), StoreError> {
        let put = Write::Put(message_item(message)?, Some(super::days::absent()));
        self.transact(vec![put]).await.map(|_| ())
    }

    /// Takes a due row for sending, until `lease_until`; `lease` names the taker.
    pub async fn lease_message(
        &self,
        id: &MessageId,
        lease: &str,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Leased, StoreError> {
        let Some(message) = self.message(id).await? else { return Ok(Leased::Absent) };
        let Some(found) = message.leased(lease, now, lease_until) else { return Ok(Leased::No) };
        let (Lease::Send(leased) | Lease::AwaitStatus(leased)) = &found;
        let is_ours = self.replace_message(&message, leased).await?;
        Ok(if is_ours { Leased::Yes(found) } else { Leased::No })
    }

    /// Puts `after` if the row is still as `before` says. `false`: somebody else has changed it.
    pub async fn replace_message(
        &self,
        before: &Message,
        after: &Message,
    ) -> Result<bool, StoreError> {
        let write = message_replacement(before, after)?;
        Ok(self.transact(vec![write]).await?.applied())
    }

    /// Moves a row forward as its provider reports. Answers with the row if that changed it; a report
    /// of something that is no row of ours changes nothing.
    pub async fn report_message(
        &self,
        id: &MessageId,
        reports: &[&Report],
    ) -> Result<Option<Message>, StoreError> {
        let hashed = |report: &&Report| Report {
            provider_id: report.provider_id.as_ref().map(|id| self.keyring().token_hash(id)),
            ..(*report).clone()
        };
        let reports: Vec<_> = reports.iter().map(hashed).collect();
        compare_and_set(CONTENTION, (), |()| self.try_report(id, &reports)).await
    }

    async fn try_report(
        &self,
        id: &MessageId,
        reports: &[Report],
    ) -> Result<Attempt<(), Option<Message>>, StoreError> {
        let Some(before) = self.message(id).await? else { return Ok(Attempt::Done(None)) };
        let after = reports.iter().fold(before.clone(), |row, report| row.reported(report));
        if after == before {
            return Ok(Attempt::Done(None));
        }
        let is_written = self.replace_message(&before, &after).await?;
        Ok(if is_written { Attempt::Done(Some(after)) } else { Attempt::Conflict(()) })
    }

    /// Writes down that the sweeper has enqueued a row: until it must have been lost it is not among those
    /// that are due. Whoever has taken or settled the row in between knows more.
    pub async fn note_enqueued(&self, row: &Message, now: DateTime<Utc>) -> Result<(), StoreError> {
        let fault = |error| StoreError::Corrupt { kind: "message", source: Some(Box::new(error)) };
        let value = |enqueued: Enqueued| serde_dynamo::to_attribute_value(enqueued).map_err(fault);
        let state = serde_dynamo::to_attribute_value(row.state).map_err(fault)?;
        let enqueued = row.enqueued_at(now);
        let set = Expression::new("SET #enqueued = :enqueued, #due = :until")
            .with(":enqueued", value(enqueued)?)
            .with(":until", seconds(enqueued.until));
        let unchanged = Expression::new("#state = :state AND #due = :due")
            .with(":state", state)
            .with(":due", seconds(row.due));
        let write = Write::Update(keys::message(&row.id), set, Some(unchanged));
        self.transact(vec![write]).await.map(|_| ())
    }

    /// A page of the rows of one shard that were due at `until`, earliest first, and where to go on. One
    /// that this version cannot read is logged and passed over: it does not keep the others from being
    /// sent.
    pub(crate) async fn due_messages(
        &self,
        shard: u8,
        until: DateTime<Utc>,
        (limit, after): (usize, Option<Item>),
    ) -> Result<(Vec<Message>, Option<Item>), StoreError> {
        let condition = Expression::new("#due_kind = :kind AND #due <= :until")
            .with(":kind", text(keys::due_messages(shard)))
            .with(":until", seconds(until));
        let query = Query { index: Some(DUE_INDEX), condition, consistent: false, limit, after };
        let (items, next) = self.query_page(query).await?;
        Ok((readable("message", items), next))
    }
}
