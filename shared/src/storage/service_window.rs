//! What is known of an account's chat when something is to be sent: when the person last wrote, and
//! whether they want reminders.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::transact::{Outcome, Write};
use super::values::{instant_of, integer_of, number, seconds};
use super::{Store, keys};
use crate::domain::ids::AccountId;

/// How an account may be written to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServiceWindow {
    /// When the person last wrote; unknown: never.
    pub last_inbound_at: Option<DateTime<Utc>>,
    /// They want no reminders.
    pub reminders_off: bool,
    /// Whether what they wrote last was not understood.
    pub is_misread: bool,
}

/// It is open for 24 hours; what arrives in its last minutes may find it closed.
const WINDOW: TimeDelta = TimeDelta::minutes(24 * 60 - 5);

impl ServiceWindow {
    /// Whether the person has written within a day, and so may be written to in free form.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.last_inbound_at.is_some_and(|at| now < at + WINDOW)
    }

    /// Whether the last that they wrote was written at `since` or later and not understood.
    pub fn was_misread_since(&self, since: DateTime<Utc>) -> bool {
        self.is_misread && self.last_inbound_at.is_some_and(|at| at >= since)
    }
}

impl Store {
    /// When an account's person last wrote, and whether they want reminders.
    pub async fn service_window(&self, account: &AccountId) -> Result<ServiceWindow, StoreError> {
        let Some(item) = self.get_item(&keys::chat(account)).await? else {
            return Ok(ServiceWindow::default());
        };
        // By default a message would go to somebody who may have asked for none.
        let corrupt = || StoreError::corrupt("chat");
        let has_written = item.contains_key("heard_at");
        let last_inbound_at =
            has_written.then(|| instant_of(&item, "heard_at").ok_or_else(corrupt)).transpose()?;
        let reminders_off = match item.get("reminders_off") {
            Some(off) => *off.as_bool().map_err(|_| corrupt())?,
            None => false,
        };
        let is_misread = integer_of(&item, "misread").is_some_and(|count| count > 0);
        Ok(ServiceWindow { last_inbound_at, reminders_off, is_misread })
    }

    /// Writes down whether an account's person wants reminders; `false`: the account was erased. It
    /// counts as a turn of the conversation, whose other attributes stay: a turn that has read an
    /// earlier wish is refused and begins again, or it would write that wish back.
    pub async fn set_reminders(
        &self,
        account: &AccountId,
        wanted: bool,
    ) -> Result<bool, StoreError> {
        const SET: &str =
            "SET #reminders_off = :off, #version = if_not_exists(#version, :none) + :one";
        let set = Expression::new(SET)
            .with(":off", AttributeValue::Bool(!wanted))
            .with(":none", number(0))
            .with(":one", number(1));
        let there = Expression::new("attribute_exists(#pk)");
        let writes = vec![
            Write::Check(keys::profile(account), there),
            Write::Update(keys::chat(account), set, None),
        ];
        Ok(matches!(self.transact(writes).await?, Outcome::Applied))
    }

    /// Notes that the account's person wrote at `at`. An older note and an account that is gone
    /// change nothing.
    pub async fn note_inbound(
        &self,
        account: &AccountId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let noted = Expression::new("SET #heard_at = :at").with(":at", seconds(at));
        let later = Expression::new("attribute_not_exists(#heard_at) OR #heard_at < :at")
            .with(":at", seconds(at));
        // Nothing is added to an account without a profile: it was erased.
        let there = Expression::new("attribute_exists(#pk)");
        let writes = vec![
            Write::Check(keys::profile(account), there),
            Write::Update(keys::chat(account), noted, Some(later)),
        ];
        self.transact(writes).await.map(|_| ())
    }
}
