//! What must not come back when the table is restored: erased accounts and ended sessions. They are
//! known by keyed hashes alone, in a table of their own, which no restore touches.
//!
//! A function writes a record before it removes anything and never reads one; the restore's command
//! reads them all ([`Store::returned`]).

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::error::StoreError;
use super::items::key_of;
use super::keys::Key;
use super::transact::Write;
use super::values::{seconds, text_of};
use super::{Store, keys};
use crate::domain::ids::AccountId;

/// A table can be restored to any second of 35 days, and for 35 more from the backup that is made of
/// one that is deleted; the rest is time to notice.
const KEPT: TimeDelta = TimeDelta::days(90);

/// The name of the table beside `table` that holds these records.
pub fn erasures_table(table: &str) -> String {
    format!("{table}-erasures")
}

/// What a restored table holds and should not.
#[derive(Debug, Default)]
pub struct Returned {
    /// Accounts that had been erased.
    pub accounts: BTreeSet<AccountId>,
    sessions: Vec<Key>,
}

impl Returned {
    /// How many sessions had ended.
    pub fn sessions(&self) -> usize {
        self.sessions.len()
    }
}

impl Store {
    fn erasures(&self) -> Self {
        Self { table: erasures_table(&self.table), ..self.clone() }
    }

    /// Records that an account is erased.
    pub async fn record_erasure(
        &self,
        account: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.put_records(vec![keys::erased_account(&self.keyring().erased_account(account))], now)
            .await
    }

    /// Records that these sessions end.
    pub(super) async fn record_ended(
        &self,
        token_hashes: impl Iterator<Item = &str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.put_records(token_hashes.map(keys::ended_session).collect(), now).await
    }

    async fn put_records(&self, records: Vec<Key>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let put = |key: Key| {
            let mut item = key.attributes();
            item.extend([("at".to_owned(), seconds(now)), ("ttl".to_owned(), seconds(now + KEPT))]);
            Write::Put(item, None)
        };
        self.erasures().transact(records.into_iter().map(put).collect()).await.map(drop)
    }

    /// What a restore has brought back. Reads both tables whole: an operator's work, never a function's.
    pub async fn returned(&self) -> Result<Returned, StoreError> {
        let gone = self.erasures().partitions().await?;
        let (mut returned, mut after) = (Returned::default(), None);
        while !gone.is_empty() {
            let (items, next) = self.scan(after).await?;
            for item in items {
                self.note_returned(key_of(&item)?, &gone, &mut returned);
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(returned)
    }

    fn note_returned(&self, key: Key, gone: &HashSet<String>, returned: &mut Returned) {
        let Some(account) = keys::account_of(&key) else { return };
        let erased = keys::erased_account(&self.keyring().erased_account(&account));
        let session = key.sk.strip_prefix(keys::SESSION_PREFIX).map(keys::ended_session);
        if gone.contains(&erased.pk) {
            returned.accounts.insert(account);
        } else if session.is_some_and(|session| gone.contains(&session.pk)) {
            returned.sessions.push(key);
        }
    }

    /// Every partition of the table.
    async fn partitions(&self) -> Result<HashSet<String>, StoreError> {
        let (mut all, mut after) = (HashSet::new(), None);
        loop {
            let (items, next) = self.scan(after).await?;
            all.extend(items.iter().filter_map(|item| text_of(item, "pk")).map(str::to_owned));
            after = next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Ends again the sessions that a restore has brought back.
    pub async fn end_returned(&self, returned: &Returned) -> Result<(), StoreError> {
        for session in &returned.sessions {
            self.transact(vec![Write::Delete(session.clone(), None)]).await?;
        }
        Ok(())
    }
}
