//! What an instance remembers: days for a second. Offices: `office_cache.rs`.
//!
//! A reader who finds a cache too old reads the table while the others wait for that one reading.
//! Every age is judged by the `now` of the request.

use std::collections::HashMap;
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
use crate::storage::{Store, StoreError, View};

/// A day is read again after this time.
const DAY_AGE: TimeDelta = TimeDelta::seconds(1);
/// Values kept at most. A large day takes about 40 kB, so that all of them take at most 60 MB; in a
/// rush an instance serves a few dozen days.
const MAX_ENTRIES: usize = 1_500;

type Entry<V> = Arc<RwLock<Option<(DateTime<Utc>, Arc<V>)>>>;

/// Values with the time at which they were read.
#[derive(Debug)]
pub(super) struct TtlCache<K, V> {
    entries: Mutex<HashMap<K, Entry<V>>>,
}

impl<K: Eq + Hash + Clone, V> TtlCache<K, V> {
    pub(super) fn new() -> Self {
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
    pub(super) fn peek(&self, key: &K, age: TimeDelta, now: DateTime<Utc>) -> Option<Arc<V>> {
        let entry = self.entries().get(key)?.clone();
        let known = entry.try_read().ok()?;
        known.as_ref().filter(|(at, _)| is_fresh(*at, age, now)).map(|(_, value)| value.clone())
    }

    /// The value, however old.
    pub(super) fn last(&self, key: &K) -> Option<Arc<V>> {
        let entry = self.entries().get(key)?.clone();
        let known = entry.try_read().ok()?;
        known.as_ref().map(|(_, value)| value.clone())
    }

    /// The value, read again if it is older than `age`.
    pub(super) async fn get<E, F>(
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

    /// When the value was read.
    fn read_at(&self, key: &K) -> Option<DateTime<Utc>> {
        let entry = self.entries().get(key)?.clone();
        let known = entry.try_read().ok()?;
        known.as_ref().map(|(at, _)| *at)
    }

    /// Whether the value is to be read anew, or is being read.
    fn is_forgotten(&self, key: &K) -> bool {
        let Some(entry) = self.entries().get(key).cloned() else { return false };
        entry.try_read().map_or(true, |known| known.is_none())
    }

    /// Remembers a value, unless somebody is at its entry.
    pub(super) fn keep(&self, key: &K, now: DateTime<Utc>, value: Arc<V>) {
        let entry = self.entry(key);
        if let Ok(mut known) = entry.try_write() {
            *known = Some((now, value));
        }
    }

    pub(super) async fn forget(&self, key: &K) {
        *self.entry(key).write().await = None;
    }
}

pub(super) fn is_fresh(at: DateTime<Utc>, age: TimeDelta, now: DateTime<Utc>) -> bool {
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

    /// When the day was read.
    pub(super) fn read_at(&self, office: &OfficeId, date: NaiveDate) -> Option<DateTime<Utc>> {
        self.cache.read_at(&(office.clone(), date))
    }

    /// The day, if it was read at that time or later.
    pub(super) fn read_since(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        since: DateTime<Utc>,
    ) -> Option<Arc<Day>> {
        let key = (office.clone(), date);
        self.cache.read_at(&key).filter(|at| *at >= since)?;
        self.cache.last(&key)
    }

    /// Whether this instance has changed the day and not read it since.
    pub(super) fn is_forgotten(&self, office: &OfficeId, date: NaiveDate) -> bool {
        self.cache.is_forgotten(&(office.clone(), date))
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

/// Offices' dates as somebody read them.
pub(super) type ViewCache = TtlCache<OfficeId, View>;

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
