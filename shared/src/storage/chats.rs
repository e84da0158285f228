//! Conversations: one item for each account, replaced with every turn.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::accounts::account_exists;
use super::error::StoreError;
use super::expression::Expression;
use super::inbound::inbound_done;
use super::items::{from_item, to_item};
use super::outbox::message_item;
use super::transact::{Outcome, Write};
use super::values::{number, seconds};
use super::{Item, Store, keys};
use crate::domain::chat::{Answers, Chat};
use crate::domain::ids::AccountId;
use crate::domain::message::Message;

/// A conversation as it is kept.
#[derive(Debug, Clone, Default)]
pub struct ChatKept {
    /// Counts turns; a turn replaces the version that it read.
    pub version: u32,
    /// The conversation.
    pub chat: Chat,
    /// When the person wrote last.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// Answers of the last hour.
    pub answers: Answers,
}

#[derive(Serialize, Deserialize)]
struct ChatItem {
    #[serde(default)]
    version: u32,
    #[serde(
        rename = "heard_at",
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    last_inbound_at: Option<DateTime<Utc>>,
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    answered_since: Option<DateTime<Utc>>,
    #[serde(default)]
    answered: u32,
    /// The person was told that there are no more answers in this hour.
    #[serde(default)]
    answers_told: bool,
    #[serde(default)]
    reminders_off: bool,
    /// How many of the last messages in a row were not understood: sealed as well, for the chat; here for
    /// those who count and unseal nothing.
    #[serde(default)]
    misread: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<String>,
}

/// A turn: what a message made of the conversation, and what is answered.
#[derive(Debug)]
pub struct Turn<'a> {
    /// Whose conversation.
    pub account: &'a AccountId,
    /// Keyed hash of the message.
    pub inbound: &'a str,
    /// The conversation as it was read.
    pub before: &'a ChatKept,
    /// The conversation after it.
    pub after: &'a Chat,
    /// Answers of the hour, this one among them.
    pub answers: Answers,
    /// What is answered.
    pub replies: &'a [Message],
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turned {
    /// It counts.
    Done,
    /// The message had been dealt with before.
    Before,
    /// Another message of the person was faster, or the account was erased: begin again.
    Again,
}

/// A conversation that is silent for so long is forgotten by the table's clean-up.
const KEEP_DAYS: i64 = 365;

impl Store {
    /// The conversation in an account's item; a new one if there is none.
    pub(super) fn open_chat(
        &self,
        account: &AccountId,
        item: Option<Item>,
    ) -> Result<ChatKept, StoreError> {
        let Some(item) = item else { return Ok(ChatKept::default()) };
        let item: ChatItem = from_item("chat", item)?;
        let chat = match item.sealed {
            Some(sealed) => {
                let json = self.keyring().open(&sealed, &keys::chat(account).aad("sealed"));
                let json = json.map_err(|_| StoreError::corrupt("chat"))?;
                // A conversation of another version of the code begins anew.
                serde_json::from_slice(&json).unwrap_or_default()
            }
            None => Chat::default(),
        };
        let chat = Chat { reminders_off: item.reminders_off, ..chat };
        let answers = Answers {
            since: item.answered_since,
            count: item.answered,
            is_told: item.answers_told,
        };
        let (version, last_inbound_at) = (item.version, item.last_inbound_at);
        Ok(ChatKept { version, chat, last_inbound_at, answers })
    }

    /// Writes a turn: conversation, answers and the end of the message, all or nothing.
    pub async fn turn(&self, turn: &Turn<'_>, now: DateTime<Utc>) -> Result<Turned, StoreError> {
        let mut writes = vec![inbound_done(turn.inbound), self.put_chat(turn, now)?];
        writes.push(account_exists(turn.account));
        for reply in turn.replies {
            writes.push(Write::Put(message_item(reply)?, None));
        }
        Ok(match self.transact(writes).await? {
            Outcome::Applied => Turned::Done,
            Outcome::Refused(old) if old.first().is_some_and(Option::is_some) => Turned::Before,
            Outcome::Refused(_) => Turned::Again,
        })
    }

    /// Refused: the conversation has gone on meanwhile.
    fn put_chat(&self, turn: &Turn<'_>, now: DateTime<Utc>) -> Result<Write, StoreError> {
        let key = keys::chat(turn.account);
        let json = serde_json::to_vec(turn.after)
            .map_err(|error| StoreError::Corrupt { kind: "chat", source: Some(Box::new(error)) })?;
        let chat = ChatItem {
            version: turn.before.version + 1,
            last_inbound_at: Some(now),
            answered_since: turn.answers.since,
            answered: turn.answers.count,
            answers_told: turn.answers.is_told,
            reminders_off: turn.after.reminders_off,
            misread: turn.after.misread,
            sealed: Some(self.keyring().seal(&json, &key.aad("sealed"))?),
        };
        let mut item = to_item("chat", &key, &chat)?;
        item.insert("ttl".to_owned(), seconds(now + TimeDelta::days(KEEP_DAYS)));
        let unchanged = Expression::new("attribute_not_exists(#version) OR #version = :before")
            .with(":before", number(turn.before.version));
        // Every attribute of a conversation is always there: none has to go.
        Ok(Write::Replace(Item::new(), item, unchanged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::values::instant_of;

    #[test]
    fn a_turn_notes_the_message_where_the_service_window_looks() {
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let account = "a-12345678".parse().unwrap();
        let chat = ChatItem {
            version: 1,
            last_inbound_at: Some(at),
            answered_since: None,
            answered: 0,
            answers_told: false,
            reminders_off: false,
            misread: 0,
            sealed: None,
        };
        let item = to_item("chat", &keys::chat(&account), &chat).unwrap();
        assert_eq!(instant_of(&item, "heard_at"), Some(at));
    }
}
