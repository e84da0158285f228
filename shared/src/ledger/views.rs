//! Days for people to look at: what some reader saw of them a few seconds ago.
//!
//! A date that changes is read again two seconds after it was read, another one after ten, by one reader of
//! all instances, who holds the office's lease meanwhile; the others show what there is. So however many
//! look, a day is read once in that time. Seats that are free again at a known time are seen at that time, for a
//! summary knows it. What this instance has changed or read itself it shows as it knows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::{Ledger, LedgerError};
use crate::domain::day::Day;
use crate::domain::day_summary::DaySummary;
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::domain::time::local_date;
use crate::storage::{DateView, StoreError, View};

/// A view is asked for again after this time.
const VIEW_AGE: TimeDelta = TimeDelta::seconds(1);
/// A date that had changed when it was read is read again after this time,
const CHANGING: TimeDelta = TimeDelta::seconds(2);
/// another one after this,
const QUIET: TimeDelta = TimeDelta::seconds(10);
/// and nobody is shown an older one.
const STALE: TimeDelta = TimeDelta::seconds(30);
/// Who has the lease has read and written by then, or never does.
const LEASE: TimeDelta = TimeDelta::seconds(4);
/// Dates from today on that views are kept of, about 100 bytes each: what is open, and the month after.
const VIEWED_DAYS: i64 = 93;
/// Days read at the same time.
const READS_AT_ONCE: usize = 8;

/// What a date of a view is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is shown.
    Fresh,
    /// It is shown by everybody but who reads it anew.
    Old,
    /// It is not shown: it is too old, or not there, or this instance has changed the day.
    Gone,
}

/// Dates in parts to be looked through: a few first, then twice as many each time. Who finds something among
/// the first makes nobody read the others.
pub(super) fn growing(
    mut dates: impl Iterator<Item = NaiveDate>,
    first: usize,
) -> impl Iterator<Item = Vec<NaiveDate>> {
    let mut size = first;
    std::iter::from_fn(move || {
        let some: Vec<_> = dates.by_ref().take(size).collect();
        size *= 2;
        (!some.is_empty()).then_some(some)
    })
}

/// Days by date.
type Days = BTreeMap<NaiveDate, Arc<Day>>;

impl Ledger {
    /// Days as they were within some seconds; those that are over are empty.
    pub(super) async fn seen_days(
        &self,
        office: &Office,
        dates: &[NaiveDate],
        now: DateTime<Utc>,
    ) -> Result<Days, LedgerError> {
        let today = local_date(now, office.timezone);
        let (past, dates): (Vec<NaiveDate>, Vec<NaiveDate>) =
            dates.iter().partition(|date| **date < today);
        let is_viewed = |date: &NaiveDate| (*date - today).num_days() < VIEWED_DAYS;
        let (viewed, far): (Vec<_>, Vec<_>) = dates.into_iter().partition(is_viewed);
        let mut days = self.read_days(&office.id, &far, now).await?;
        days.extend(past.into_iter().map(|date| (date, Arc::new(over(date)))));
        if !viewed.is_empty() {
            days.extend(self.viewed_days(&office.id, &viewed, today, now).await?);
        }
        Ok(days)
    }

    async fn viewed_days(
        &self,
        office: &OfficeId,
        dates: &[NaiveDate],
        today: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Days, LedgerError> {
        let known = self.known_view(office, now).await?;
        let state = |date| self.state(office, date, &known, now);
        let is = |wanted: State| dates.iter().copied().filter(move |date| state(*date) == wanted);
        let (old, gone): (Vec<_>, Vec<_>) = (is(State::Old).collect(), is(State::Gone).collect());
        let mut read = Days::new();
        if !old.is_empty() || !gone.is_empty() {
            // What nobody may be shown is read anyway.
            let lease = self.lease(office, &known, now);
            let (leased, found) = tokio::join!(lease, self.read_days(office, &gone, now));
            read = found?;
            if leased {
                match self.read_days(office, &old, now).await {
                    Ok(found) => read.extend(found),
                    // They are not too old to be shown.
                    Err(error) => tracing::warn!(%error, %office, "days cannot be read"),
                }
                self.renew(office, View::clone(&known), &read, today, now).await;
            }
        }
        for date in dates {
            if let Some(seen) = known.dates.get(date).filter(|_| !read.contains_key(date)) {
                read.insert(*date, self.shown(office, *date, seen));
            }
        }
        Ok(read)
    }

    /// What is known of an office's dates; an older view while the table does not answer.
    async fn known_view(
        &self,
        office: &OfficeId,
        now: DateTime<Utc>,
    ) -> Result<Arc<View>, StoreError> {
        let known = self.views.get(office, VIEW_AGE, now, self.store.view(office)).await;
        known.or_else(|error| {
            tracing::warn!(%error, %office, "a view cannot be read");
            self.views.peek(office, STALE, now).ok_or(error)
        })
    }

    fn state(&self, office: &OfficeId, date: NaiveDate, known: &View, now: DateTime<Utc>) -> State {
        let seen = known.dates.get(&date).filter(|_| !self.days.is_forgotten(office, date));
        match seen.map(|seen| (age(seen, now), seen.has_changed)) {
            Some((age, true)) if age < CHANGING => State::Fresh,
            Some((age, false)) if age < QUIET => State::Fresh,
            Some((age, _)) if age < STALE => State::Old,
            _ => State::Gone,
        }
    }

    /// The day as a view has it that this instance remembers; never reads.
    pub(super) fn glimpsed(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Option<Arc<Day>> {
        let known = self.views.peek(office, QUIET, now)?;
        let seen = known.dates.get(&date).filter(|seen| age(seen, now) < QUIET)?;
        Some(self.shown(office, date, seen))
    }

    /// A date as this instance has read it itself since, or as somebody has.
    fn shown(&self, office: &OfficeId, date: NaiveDate, seen: &DateView) -> Arc<Day> {
        let own = self.days.read_since(office, date, seen.read_at);
        own.unwrap_or_else(|| Arc::new(seen.day.day(date)))
    }

    /// Whether this reader is the one to read what is too old. A fault is none of whoever only looks.
    async fn lease(&self, office: &OfficeId, known: &View, now: DateTime<Utc>) -> bool {
        if known.leased_until.is_some_and(|until| until > now) {
            return false;
        }
        let leased = self.store.lease_view(office, known.revision, now + LEASE, now).await;
        let leased = leased.inspect_err(|error| tracing::warn!(%error, %office, "no lease"));
        let leased = leased.unwrap_or(false);
        if !leased {
            let other = View { leased_until: Some(now + VIEW_AGE), ..known.clone() };
            self.views.keep(office, now, Arc::new(other));
        }
        leased
    }

    /// Writes down what was read, for everybody.
    async fn renew(
        &self,
        office: &OfficeId,
        mut view: View,
        read: &Days,
        today: NaiveDate,
        now: DateTime<Utc>,
    ) {
        view.dates.retain(|date, _| *date >= today);
        for (date, day) in read {
            let day = DaySummary::of(day, now);
            let has_changed = view.dates.get(date).is_some_and(|known| known.day != day);
            let read_at = self.days.read_at(office, *date).unwrap_or(now);
            view.dates.insert(*date, DateView { read_at, has_changed, day });
        }
        match self.store.put_view(office, &view).await {
            Ok(true) => {
                let view = View { revision: view.revision + 1, leased_until: None, ..view };
                self.views.keep(office, now, Arc::new(view));
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, %office, "a view cannot be written"),
        }
    }

    async fn read_days(
        &self,
        office: &OfficeId,
        dates: &[NaiveDate],
        now: DateTime<Utc>,
    ) -> Result<Days, LedgerError> {
        let read = |date: NaiveDate| async move {
            Ok::<_, StoreError>((date, self.days.get(office, date, now).await?))
        };
        let days: Vec<_> =
            iter(dates.iter().copied()).map(read).buffered(READS_AT_ONCE).try_collect().await?;
        Ok(days.into_iter().collect())
    }
}

/// How old it is. What was read at a time to come was read by another clock.
fn age(seen: &DateView, now: DateTime<Utc>) -> TimeDelta {
    (now - seen.read_at).abs()
}

/// Of a date that is over nothing is to be seen.
fn over(date: NaiveDate) -> Day {
    Day { date, state: None, slots: vec![] }
}
