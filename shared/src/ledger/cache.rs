//! What an instance remembers: offices for a few seconds, days for one.
//!
//! A reader who finds a cache too old reads the table while the others wait for that one reading.
//! Every age is judged by the `now` of the request.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::sync::RwLock;

use super::alternative::Alternative;
use crate::domain::booking::SeatRef;
use crate::domain::code::BookingCode;
use crate::domain::day::{Day, Seat};
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::office::Office;
use crate::storage::{NextAvailable, OfficesKept, Store, StoreError};

/// A day is read again after this time.
const DAY_AGE: TimeDelta = TimeDelta::seconds(1);
/// Offices are read again after this time.
const OFFICES_AGE: TimeDelta = TimeDelta::seconds(5);
/// While they cannot be read, offices are believed for so long. Whoever is denied meanwhile gets in for
/// as long.
const OFFICES_STALE: TimeDelta = TimeDelta::seconds(60);
/// After a failure offices are not read again for so long.
const FAILED_AGE: TimeDelta = TimeDelta::seconds(1);
/// Values kept at most. A large day takes about 40 kB, so that all of them take at most 60 MB; in a
/// rush an instance serves a few dozen days.
const MAX_ENTRIES: usize = 1_500;

type Entry<V> = Arc<RwLock<Option<(DateTime<Utc>, Arc<V>)>>>;

/// Values with the time at which they were read.
#[derive(Debug)]
struct TtlCache<K, V> {
    entries: Mutex<HashMap<K, Entry<V>>>,
}

impl<K: Eq + Hash + Clone, V> TtlCache<K, V> {
    fn new() -> Self {
        Self { entries: Mutex::new(HashMap::new()) }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry of a key, made if it is missing. When there are many, those that nobody is using
    /// go: what is wanted again is read again.
    fn entry(&self, key: &K) -> Entry<V> {
        let mut entries = self.entries();
        if let Some(entry) = entries.get(key) {
            return entry.clone();
        }
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, entry| Arc::strong_count(entry) > 1);
        }
        entries.entry(key.clone()).or_default().clone()
    }

    /// The value, if it was read at most `age` before `now`. Makes no entry: anybody may ask for
    /// anything.
    fn peek(&self, key: &K, age: TimeDelta, now: DateTime<Utc>) -> Option<Arc<V>> {
        let entry = self.entries().get(key)?.clone();
        let known = entry.try_read().ok()?;
        known.as_ref().filter(|(at, _)| is_fresh(*at, age, now)).map(|(_, value)| value.clone())
    }

    /// The value, read again if it is older than `age`.
    async fn get<E, F>(
        &self,
        key: &K,
        age: TimeDelta,
        now: DateTime<Utc>,
        read: F,
    ) -> Result<Arc<V>, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let entry = self.entry(key);
        if let Some((_, value)) =
            entry.read().await.as_ref().filter(|(at, _)| is_fresh(*at, age, now))
        {
            return Ok(value.clone());
        }
        let mut known = entry.write().await;
        if let Some((_, value)) = known.as_ref().filter(|(at, _)| is_fresh(*at, age, now)) {
            return Ok(value.clone());
        }
        let value = Arc::new(read.await?);
        *known = Some((now, value.clone()));
        Ok(value)
    }

    /// The value, read now. Nobody else reads or changes it meanwhile, so that what is remembered is
    /// never older than what was remembered before.
    async fn refresh<E, F>(&self, key: &K, now: DateTime<Utc>, read: F) -> Result<Arc<V>, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let entry = self.entry(key);
        let mut known = entry.write().await;
        let value = Arc::new(read.await?);
        *known = Some((now, value.clone()));
        Ok(value)
    }

    /// Remembers a value, unless somebody is at its entry.
    fn keep(&self, key: &K, now: DateTime<Utc>, value: Arc<V>) {
        let entry = self.entry(key);
        if let Ok(mut known) = entry.try_write() {
            *known = Some((now, value));
        }
    }

    async fn forget(&self, key: &K) {
        *self.entry(key).write().await = None;
    }
}

fn is_fresh(at: DateTime<Utc>, age: TimeDelta, now: DateTime<Utc>) -> bool {
    at <= now && now - at < age || at > now && at - now < age
}

/// Days as this instance last read them.
#[derive(Debug)]
pub struct DayCache {
    store: Store,
    cache: TtlCache<(OfficeId, NaiveDate), Day>,
}

impl DayCache {
    pub(super) fn new(store: Store) -> Self {
        Self { store, cache: TtlCache::new() }
    }

    /// The day as it was within the last second.
    ///
    /// # Errors
    /// If it has to be read and the table does not answer.
    pub async fn get(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Arc<Day>, StoreError> {
        self.get_within(office, date, DAY_AGE, now).await
    }

    /// The day as it was within the last `age`.
    ///
    /// # Errors
    /// If it has to be read and the table does not answer.
    pub async fn get_within(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        age: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Arc<Day>, StoreError> {
        let key = (office.clone(), date);
        self.cache.get(&key, age, now, self.store.day(office, date)).await
    }

    /// The day, if it was read within the last `age`; never reads.
    pub fn peek(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        age: TimeDelta,
        now: DateTime<Utc>,
    ) -> Option<Arc<Day>> {
        self.cache.peek(&(office.clone(), date), age, now)
    }

    /// The age up to which a day is believed when a seat is refused.
    pub fn refusal_age() -> TimeDelta {
        DAY_AGE
    }

    /// The day as the table has it now.
    pub async fn refresh(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Arc<Day>, StoreError> {
        self.cache.refresh(&(office.clone(), date), now, self.store.day(office, date)).await
    }

    /// Reads the day again next time.
    pub async fn forget(&self, office: &OfficeId, date: NaiveDate) {
        self.cache.forget(&(office.clone(), date)).await;
    }

    /// Remembers a claim of this instance, so that its next pick avoids the seat. Only a hint: the
    /// table decides.
    pub async fn note_claim(
        &self,
        seat: &SeatRef,
        code: BookingCode,
        free_at: Option<DateTime<Utc>>,
    ) {
        let entry = self.cache.entry(&(seat.office.clone(), seat.date));
        let mut known = entry.write().await;
        let Some((_, day)) = known.as_mut() else { return };
        let day = Arc::make_mut(day);
        let slot = day
            .slots
            .iter_mut()
            .find(|s| s.slot.service == seat.service && s.slot.time == seat.time);
        if let Some(slot) = slot {
            let claimed = Seat { number: seat.number, code, free_at };
            match slot.seats.binary_search_by_key(&seat.number, |seat| seat.number) {
                Ok(at) => slot.seats[at] = claimed,
                Err(at) => slot.seats.insert(at, claimed),
            }
        }
    }
}

/// A service at an office, and the date that was wanted.
type OfferKey = (OfficeId, ServiceId, NaiveDate);

/// What was offered instead of a full date: to look through two weeks again for each of the many who
/// ask within the same second is of no use to anybody.
#[derive(Debug)]
pub(super) struct OfferCache {
    cache: TtlCache<OfferKey, Vec<Alternative>>,
}

impl OfferCache {
    pub(super) fn new() -> Self {
        Self { cache: TtlCache::new() }
    }

    /// What was found within the last second, else what `find` finds.
    pub(super) fn get(
        &self,
        wanted: &OfferKey,
        now: DateTime<Utc>,
        find: impl FnOnce() -> Vec<Alternative>,
    ) -> Arc<Vec<Alternative>> {
        if let Some(known) = self.cache.peek(wanted, DAY_AGE, now) {
            return known;
        }
        let found = Arc::new(find());
        self.cache.keep(wanted, now, found.clone());
        found
    }
}

/// All offices and what was last seen free at each.
#[derive(Debug, Clone)]
pub struct Directory {
    /// By id.
    pub offices: Vec<Arc<Office>>,
    /// How often each was written.
    revisions: BTreeMap<OfficeId, u32>,
    /// What the scheduler last saw.
    pub seen: Vec<NextAvailable>,
    /// Members of staff whose tokens are not taken.
    denied: BTreeSet<String>,
}

impl Directory {
    /// Whether a member of staff is denied, as the issuer names them.
    pub fn is_denied(&self, subject: &str) -> bool {
        self.denied.contains(subject)
    }

    pub fn office(&self, id: &OfficeId) -> Option<&Arc<Office>> {
        self.offices.iter().find(|office| office.id == *id)
    }

    /// How often an office was written.
    pub fn revision(&self, id: &OfficeId) -> Option<u32> {
        self.revisions.get(id).copied()
    }

    /// What was last seen free at an office.
    pub fn next_available(&self, id: &OfficeId) -> Option<&NextAvailable> {
        self.seen.iter().find(|seen| seen.office == *id)
    }
}

/// Offices as this instance last read them.
#[derive(Debug)]
pub struct OfficeCache {
    store: Store,
    cache: TtlCache<(), Directory>,
    failed_at: Mutex<Option<DateTime<Utc>>>,
}

impl OfficeCache {
    pub(super) fn new(store: Store) -> Self {
        Self { store, cache: TtlCache::new(), failed_at: Mutex::default() }
    }

    /// All offices as they were within the last five seconds, or within a minute while the table does not
    /// answer: what an office is changes rarely, and the ledger decides by the table in any case.
    ///
    /// # Errors
    /// If they have to be read, the table does not answer, and what is remembered is older.
    pub async fn all(&self, now: DateTime<Utc>) -> Result<Arc<Directory>, StoreError> {
        let read = async {
            let OfficesKept { offices, revisions, seen, denied } = self.store.offices().await?;
            let offices = offices.into_iter().map(Arc::new).collect();
            Ok(Directory { offices, revisions, seen, denied })
        };
        // Nobody waits for a table that has just failed somebody else.
        if self.failed_within(FAILED_AGE, now)
            && let Some(known) = self.cache.peek(&(), OFFICES_STALE, now)
        {
            return Ok(known);
        }
        let read = self.cache.get(&(), OFFICES_AGE, now, read).await;
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) =
            read.is_err().then_some(now);
        read.or_else(|error| {
            tracing::warn!(%error, "offices cannot be read");
            self.cache.peek(&(), OFFICES_STALE, now).ok_or(error)
        })
    }

    fn failed_within(&self, age: TimeDelta, now: DateTime<Utc>) -> bool {
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        failed_at.is_some_and(|at| is_fresh(at, age, now))
    }

    /// One office.
    ///
    /// # Errors
    /// If it has to be read and the table does not answer.
    pub async fn get(
        &self,
        id: &OfficeId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Office>>, StoreError> {
        Ok(self.all(now).await?.office(id).cloned())
    }

    /// Reads offices again next time.
    pub async fn forget(&self) {
        self.cache.forget(&()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn what_a_reading_began_with_does_not_cover_what_was_noted_during_it() {
        let (cache, now) = (TtlCache::<u8, &str>::new(), DateTime::UNIX_EPOCH);
        let (begun, has_begun) = oneshot::channel();
        let (end, ended) = oneshot::channel::<()>();
        let reading = cache.refresh(&1, now, async {
            begun.send(()).unwrap();
            ended.await.unwrap();
            Ok::<_, Infallible>("before")
        });
        let noting = async {
            has_begun.await.unwrap();
            let entry = cache.entry(&1);
            let note = async { *entry.write().await = Some((now, Arc::new("after"))) };
            tokio::join!(note, async { end.send(()).unwrap() });
        };
        let (read, ()) = tokio::join!(reading, noting);
        assert_eq!(*read.unwrap(), "before");
        assert_eq!(*cache.peek(&1, DAY_AGE, now).unwrap(), "after");
    }
}
