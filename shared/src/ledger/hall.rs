//! What everybody in the hall may see: which numbers are called to which counters, and how long the
//! lines are. Nobody's name or code.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::cache::TtlCache;
use crate::domain::language::Text;
use crate::domain::office::Office;
use crate::domain::queue::{Line, QueueDay, newcomer_minutes};
use crate::storage::{AtCounter, Store, StoreError};

/// A hall is read again after this time. Whoever asks meanwhile, however often, costs the table nothing:
/// the display is open to everybody.
const AGE: TimeDelta = TimeDelta::seconds(1);

/// The hall of an office today.
#[derive(Debug, Clone)]
pub struct Hall {
    pub office: Arc<Office>,
    pub day: QueueDay,
    /// What the counters have, the last call first.
    pub called: Vec<AtCounter>,
    /// By letter.
    pub lines: Vec<HallLine>,
}

/// The line of one letter.
#[derive(Debug, Clone)]
pub struct HallLine {
    pub letter: char,
    /// Names of the services whose people wait there.
    pub services: Vec<Text>,
    pub waiting: u32,
    /// Between how many and how many minutes somebody waits who comes now; absent: there is no pace yet.
    pub minutes: Option<(i64, i64)>,
}

/// Halls as this instance last read them.
#[derive(Debug)]
pub struct HallCache {
    store: Store,
    cache: TtlCache<QueueDay, Hall>,
}

impl HallCache {
    pub(super) fn new(store: Store) -> Self {
        Self { store, cache: TtlCache::new() }
    }

    /// The hall as it was within the last second.
    ///
    /// # Errors
    /// If it has to be read and the table does not answer: a display that shows nothing new says so.
    pub async fn get(
        &self,
        office: &Arc<Office>,
        day: &QueueDay,
        now: DateTime<Utc>,
    ) -> Result<Arc<Hall>, StoreError> {
        self.cache.get(day, AGE, now, self.read(office, day, now)).await
    }

    async fn read(
        &self,
        office: &Arc<Office>,
        day: &QueueDay,
        now: DateTime<Utc>,
    ) -> Result<Hall, StoreError> {
        let (mut called, entries) =
            tokio::try_join!(self.store.at_counters(day), self.store.queue_entries(day))?;
        called.retain(AtCounter::is_busy);
        called.sort_by_key(|at| Reverse(at.called_at));
        let line = Line::of(&entries, office.policy.priority_one_in);
        let lines = letters(office).into_iter().map(|(letter, services)| HallLine {
            letter,
            services,
            waiting: line.waiting_of(letter),
            minutes: newcomer_minutes(&line, letter, now),
        });
        Ok(Hall { lines: lines.collect(), called, office: office.clone(), day: day.clone() })
    }
}

/// The letters of an office, and what each is for.
fn letters(office: &Office) -> BTreeMap<char, Vec<Text>> {
    let mut letters: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for service in &office.services {
        letters.entry(service.queue_group).or_default().push(service.name.clone());
    }
    letters
}
