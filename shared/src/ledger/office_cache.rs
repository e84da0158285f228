//! What an instance remembers of offices and of staff for a few seconds.
//!
//! Who wants one office reads that one. Who wants all asks whether the list has changed, which is one small
//! item, and reads it only then; so does who wants to know who is denied.

use std::collections::BTreeMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;

use super::cache::{TtlCache, is_fresh};
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::storage::{Denied, Document, NextAvailable, OfficeKept, Store, StoreError};

/// Offices are read again after this time: each instance has one of its own, so that those that began
/// together do not ask together for ever.
const AGE_MS: std::ops::RangeInclusive<i64> = 3_000..=5_000;
/// While they cannot be read, offices are believed for so long. Whoever is denied meanwhile gets in for
/// as long.
const STALE: TimeDelta = TimeDelta::seconds(60);
/// After a failure offices are not read again for so long.
const FAILED_AGE: TimeDelta = TimeDelta::seconds(1);

/// All offices.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// By id.
    pub offices: Vec<Arc<Office>>,
    /// How often each was written.
    revisions: BTreeMap<OfficeId, u32>,
}

impl Directory {
    fn of(kept: Vec<OfficeKept>) -> Self {
        let mut directory = Self::default();
        for OfficeKept { office, revision } in kept {
            directory.revisions.insert(office.id.clone(), revision);
            directory.offices.push(Arc::new(office));
        }
        directory
    }

    pub fn office(&self, id: &OfficeId) -> Option<&Arc<Office>> {
        self.offices.iter().find(|office| office.id == *id)
    }

    /// How often an office was written.
    pub fn revision(&self, id: &OfficeId) -> Option<u32> {
        self.revisions.get(id).copied()
    }
}

/// The earliest free slot of each office, as the scheduler last saw it.
#[derive(Debug, Clone, Default)]
pub struct NextHours(BTreeMap<OfficeId, NextAvailable>);

impl NextHours {
    pub fn of(&self, id: &OfficeId) -> Option<&NextAvailable> {
        self.0.get(id)
    }
}

/// Values that are read again after a while, and believed for longer while the table does not answer.
#[derive(Debug)]
struct SteadyCache<K, V> {
    cache: TtlCache<K, V>,
    failed_at: Mutex<Option<DateTime<Utc>>>,
}

impl<K: Eq + Hash + Clone, V> SteadyCache<K, V> {
    fn new() -> Self {
        Self { cache: TtlCache::new(), failed_at: Mutex::default() }
    }

    /// The value, read again if it is older than `age`; `read` is given what is known, however old.
    async fn get<F>(
        &self,
        key: &K,
        age: TimeDelta,
        now: DateTime<Utc>,
        read: impl FnOnce(Option<Arc<V>>) -> F,
    ) -> Result<Arc<V>, StoreError>
    where
        F: Future<Output = Result<V, StoreError>>,
    {
        // Nobody waits for a table that has just failed somebody else.
        if self.failed_within(FAILED_AGE, now)
            && let Some(known) = self.cache.peek(key, STALE, now)
        {
            return Ok(known);
        }
        let found = self.cache.get(key, age, now, read(self.cache.last(key))).await;
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) =
            found.is_err().then_some(now);
        found.or_else(|error| {
            tracing::warn!(%error, "offices cannot be read");
            self.cache.peek(key, STALE, now).ok_or(error)
        })
    }

    fn failed_within(&self, age: TimeDelta, now: DateTime<Utc>) -> bool {
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        failed_at.is_some_and(|at| is_fresh(at, age, now))
    }
}

/// Offices and staff as this instance last read them.
#[derive(Debug)]
pub struct OfficeCache {
    store: Store,
    age: TimeDelta,
    one: SteadyCache<OfficeId, Option<Arc<Office>>>,
    list: SteadyCache<(), Document<Arc<Directory>>>,
    denied: SteadyCache<(), Document<Arc<Denied>>>,
    next: SteadyCache<(), NextHours>,
}

impl OfficeCache {
    pub(super) fn new(store: Store) -> Self {
        let age = TimeDelta::milliseconds(rand::rng().random_range(AGE_MS));
        Self {
            store,
            age,
            one: SteadyCache::new(),
            list: SteadyCache::new(),
            denied: SteadyCache::new(),
            next: SteadyCache::new(),
        }
    }

    /// All offices as they were within the last five seconds, or within a minute while the table does not
    /// answer: what an office is changes rarely, and the ledger decides by the table in any case.
    ///
    /// # Errors
    /// If they have to be read, the table does not answer, and what is remembered is older.
    pub async fn all(&self, now: DateTime<Utc>) -> Result<Arc<Directory>, StoreError> {
        let read = async |known: Option<Arc<Document<Arc<Directory>>>>| {
            let head = self.store.directory_head().await?;
            if let Some(known) = known.filter(|known| is_current(&known.revision, &head.offices)) {
                return Ok(Document::clone(&known));
            }
            let Document { revision, value } = self.store.listed_offices().await?;
            Ok(Document { revision, value: Arc::new(Directory::of(value)) })
        };
        Ok(self.list.get(&(), self.age, now, read).await?.value.clone())
    }

    /// One office, of the same age.
    ///
    /// # Errors
    /// If it has to be read, the table does not answer, and what is remembered is older.
    pub async fn get(
        &self,
        id: &OfficeId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Office>>, StoreError> {
        if let Some(list) = self.list.cache.peek(&(), self.age, now) {
            return Ok(list.value.office(id).cloned());
        }
        let read = async |_| Ok(self.store.office_lately(id).await?.map(Arc::new));
        let found = self.one.get(id, self.age, now, read).await;
        found.map(|found| Option::clone(&found)).or_else(|error| {
            let list = self.list.cache.peek(&(), STALE, now).ok_or(error)?;
            Ok(list.value.office(id).cloned())
        })
    }

    /// Whether a member of staff is denied, as the issuer names them.
    ///
    /// # Errors
    /// If that has to be read, the table does not answer, and what is remembered is older.
    pub async fn is_denied(&self, subject: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let read = async |known: Option<Arc<Document<Arc<Denied>>>>| {
            let head = self.store.directory_head().await?;
            if let Some(known) = known.filter(|known| is_current(&known.revision, &head.denied)) {
                return Ok(Document::clone(&known));
            }
            let Document { revision, value } = self.store.denied().await?;
            Ok(Document { revision, value: Arc::new(value) })
        };
        Ok(self.denied.get(&(), self.age, now, read).await?.value.contains(subject))
    }

    /// What was last seen free at each office.
    ///
    /// # Errors
    /// If it has to be read, the table does not answer, and what is remembered is older.
    pub async fn next_hours(&self, now: DateTime<Utc>) -> Result<Arc<NextHours>, StoreError> {
        let read = async |_| {
            let seen = self.store.next_hours().await?.unwrap_or_default();
            Ok(NextHours(seen.into_iter().map(|seen| (seen.office.clone(), seen)).collect()))
        };
        self.next.get(&(), self.age, now, read).await
    }

    /// Reads an office, and the list, again next time.
    pub async fn forget(&self, id: &OfficeId) {
        self.one.cache.forget(id).await;
        self.list.cache.forget(&()).await;
    }

    /// Reads who is denied again next time.
    pub async fn forget_denied(&self) {
        self.denied.cache.forget(&()).await;
    }
}

/// Whether a document is the one that the head names. A head that names none says nothing.
fn is_current(known: &Option<String>, head: &Option<String>) -> bool {
    head.is_some() && known == head
}
