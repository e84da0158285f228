//! Messages received: stored before the provider is answered, and each has its effect once.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, readable, to_item};
use super::transact::{Outcome, Write};
use super::values::{seconds, text, text_of};
use super::{DUE_INDEX, Item, Store, keys};
use crate::domain::ids::AccountId;
use crate::domain::inbound::Inbound;

/// A provider repeats a delivery for up to 7 days; the memory is a little longer.
const REMEMBER_DAYS: i64 = 9;

/// What became of storing a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenIn {
    /// It is stored and waits to be dealt with.
    New(Waiting),
    /// It was stored before and still waits.
    Waiting(Waiting),
    /// It was dealt with before.
    Done,
}

/// A message that waits to be dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Keyed hash of the provider's id.
    pub hash: String,
    /// Keyed hash of the sender: messages of one sender are dealt with one after the other.
    pub group: String,
    /// Whose number it is, if that was known when the message came; not stored.
    #[serde(skip)]
    pub account: Option<AccountId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Done,
}

#[derive(Serialize, Deserialize)]
struct InboundItem {
    #[serde(flatten)]
    waiting: Waiting,
    state: State,
    #[serde(with = "chrono::serde::ts_seconds")]
    expires_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

impl Store {
    /// Stores a message, once however often it is delivered.
    pub async fn take_in(
        &self,
        inbound: &Inbound,
        now: DateTime<Utc>,
    ) -> Result<TakenIn, StoreError> {
        let hash = self.keyring().token_hash(&inbound.provider_id);
        let group = self.keyring().contacts(&inbound.from).into_iter().next();
        let group = group.ok_or_else(|| StoreError::not_applied("a message from nobody"))?;
        let waiting = Waiting { hash, group, account: None };
        let key = keys::inbound(&waiting.hash);
        let expires_at = now + TimeDelta::days(REMEMBER_DAYS);
        let json = serde_json::to_vec(inbound).map_err(|error| StoreError::Corrupt {
            kind: "inbound",
            source: Some(Box::new(error)),
        })?;
        let sealed = Some(self.keyring().seal(&json, &key.aad("sealed"))?);
        let stored =
            InboundItem { waiting: waiting.clone(), state: State::Waiting, expires_at, sealed };
        let mut item = to_item("inbound", &key, &stored)?;
        item.insert("ttl".to_owned(), seconds(expires_at));
        item.insert("due_kind".to_owned(), text(keys::due_inbound(keys::shard(&waiting.group))));
        item.insert("due".to_owned(), seconds(now));
        let forgotten = Expression::new("attribute_not_exists(#pk) OR #expires_at <= :now")
            .with(":now", seconds(now));
        let put = self.transact(vec![Write::Put(item, Some(forgotten))]);
        let contact = keys::contact(&waiting.group);
        let (put, contact) = tokio::join!(put, self.get_item(&contact));
        // Without it the turn looks it up itself.
        let account =
            contact.ok().flatten().and_then(|item| text_of(&item, "account")?.parse().ok());
        let waiting = Waiting { account, ..waiting };
        let old = match put? {
            Outcome::Applied => return Ok(TakenIn::New(waiting)),
            Outcome::Refused(old) => old.into_iter().next().flatten().unwrap_or_default(),
        };
        Ok(match text_of(&old, "state") {
            Some("done") => TakenIn::Done,
            _ => TakenIn::Waiting(waiting),
        })
    }

    /// The message in an item; absent: it was dealt with.
    pub(super) fn open_inbound(
        &self,
        hash: &str,
        item: Item,
    ) -> Result<Option<Inbound>, StoreError> {
        let key = keys::inbound(hash);
        let item: InboundItem = from_item("inbound", item)?;
        if item.state == State::Done {
            return Ok(None);
        }
        let corrupt = || StoreError::corrupt("inbound");
        // A message that waits without its words is not one that was dealt with.
        let sealed = item.sealed.ok_or_else(corrupt)?;
        let json = self.keyring().open(&sealed, &key.aad("sealed")).map_err(|_| corrupt())?;
        serde_json::from_slice(&json).map(Some).map_err(|_| corrupt())
    }

    /// Messages of one shard that began to wait in `from..=until`, earliest first. One sender's are
    /// all in the same shard.
    pub async fn due_inbound(
        &self,
        shard: u8,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        let condition = Expression::new("#due_kind = :kind AND #due BETWEEN :from AND :until")
            .with(":kind", text(keys::due_inbound(shard)))
            .with(":from", seconds(from))
            .with(":until", seconds(until));
        let query =
            Query { index: Some(DUE_INDEX), condition, consistent: false, limit, after: None };
        Ok(readable("inbound", self.query(query).await?))
    }

    /// Writes down that a message was dealt with, without any other effect.
    pub async fn finish_inbound(&self, hash: &str) -> Result<bool, StoreError> {
        Ok(self.transact(vec![inbound_done(hash)]).await?.applied())
    }
}

/// The message was dealt with; its words are forgotten. Refused: it had been dealt with before.
pub(super) fn inbound_done(hash: &str) -> Write {
    let done = Expression::new("SET #state = :done REMOVE #sealed, #due_kind, #due")
        .with(":done", text("done"));
    let waiting = Expression::new("#state = :waiting").with(":waiting", text("waiting"));
    Write::Update(keys::inbound(hash), done, Some(waiting))
}
