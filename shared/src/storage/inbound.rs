//! Messages received: each one has its effect once, however often the provider delivers it.

use chrono::{DateTime, TimeDelta, Utc};

use super::error::StoreError;
use super::items::{instant_of, seconds};
use super::transact::Write;
use super::{Store, keys};

/// A provider repeats a delivery for up to 7 days; the memory is a little longer.
const REMEMBER_DAYS: i64 = 9;

impl Store {
    /// Whether the message of this hash has had its effect.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn is_handled(
        &self,
        message_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let item = self.get_item(&keys::inbound(message_hash)).await?;
        Ok(item.and_then(|item| instant_of(&item, "expires_at")).is_some_and(|at| at > now))
    }

    /// Writes down that the message has had its effect.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn mark_handled(
        &self,
        message_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let expires_at = now + TimeDelta::days(REMEMBER_DAYS);
        let mut item = keys::inbound(message_hash).attributes();
        item.insert("expires_at".to_owned(), seconds(expires_at));
        item.insert("ttl".to_owned(), seconds(expires_at));
        self.transact(vec![Write::Put(item, None)]).await.map(|_| ())
    }
}
