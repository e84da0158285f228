//! What is free at each office, for the list of offices and for whoever runs them.
//!
//! Work grows with what changed: a full date is looked at again when time changes it, when a seat of it
//! was given back, and when its office's turn has come; the rest is remembered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use futures_util::stream::{StreamExt, iter};

use super::availability::{DayStatus, day_availability, search_dates};
use super::{Directory, Housekeeping, LedgerError};
use crate::domain::day::Day;
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::office::{Channel, Office};
use crate::domain::time::{SlotTime, local_date};
use crate::storage::{DateSeen, Freed, NextAvailable, Survey};
use crate::telemetry::Record;
use crate::telemetry::catalogue::SEATS;

/// Days read in one tick to find the next free hour: one for each office, unless it was taken.
const MAX_NEXT: usize = 300;
/// Days read in one tick because they have changed or are new.
const MAX_CHANGED: usize = 300;
/// Days read in one tick because their office's turn has come: 151 offices with 60 dates have it every
/// three quarters of an hour.
const MAX_TURNS: usize = 200;
/// An office's turn comes no sooner.
const TURN: TimeDelta = TimeDelta::minutes(15);
/// Offices looked at at the same time.
const AT_ONCE: usize = 8;
/// Free seats may be seen a little late.
const AGE: TimeDelta = TimeDelta::seconds(10);
/// Free seats are counted no more often.
const COUNT_REPEAT: TimeDelta = TimeDelta::minutes(15);
/// Days that are counted, today among them.
const COUNTED_DAYS: u64 = 14;

/// What one survey may still read.
#[derive(Debug)]
struct Looks {
    next: AtomicUsize,
    changed: AtomicUsize,
    turns: AtomicUsize,
}

impl Looks {
    fn new() -> Self {
        let [next, changed, turns] = [MAX_NEXT, MAX_CHANGED, MAX_TURNS].map(AtomicUsize::new);
        Self { next, changed, turns }
    }

    /// Takes so many, if they are there.
    fn take(of: &AtomicUsize, count: usize) -> bool {
        let less = |left: usize| left.checked_sub(count);
        of.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

/// What was found at an office.
struct Found {
    survey: Survey,
    /// Dates whose seats were given back and that were looked at, or need not be.
    settled: Vec<Freed>,
    /// The earliest slot with a free seat.
    next: Option<(NaiveDate, SlotTime, ServiceId)>,
}

impl Housekeeping {
    /// Looks at what may have changed, writes down the earliest free slot of each office, and counts.
    pub async fn survey(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let store = &self.ledger.store;
        // Before anything is read: a seat that is given back meanwhile is looked at by the next tick.
        let freed = store.freed().await?;
        let mut known = store.surveys().await?;
        let directory = self.ledger.offices.all(now).await?;
        let mut work: Vec<_> = directory
            .offices
            .iter()
            .map(|office| (office.clone(), known.remove(&office.id)))
            .collect();
        work.sort_by_key(|(_, known)| known.as_ref().map(|known| known.whole_at));
        let (looks, freed) = (Looks::new(), by_office(freed));
        let found: Vec<Result<Found, LedgerError>> = iter(work)
            .map(|(office, known)| {
                let freed = freed.get(&office.id).cloned().unwrap_or_default();
                let looks = &looks;
                async move { self.survey_office(&office, known, freed, looks, now).await }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        // What was seen is told, whatever went wrong elsewhere.
        self.tell_next(&directory, found.iter().flatten()).await?;
        let found: Vec<Found> = found.into_iter().collect::<Result<_, _>>()?;
        let settled: Vec<Freed> = found.iter().flat_map(|found| found.settled.clone()).collect();
        store.forget_freed(&settled).await?;
        self.count_seats(&found, now);
        Ok(())
    }

    async fn survey_office(
        &self,
        office: &Office,
        known: Option<Survey>,
        freed: Vec<Freed>,
        looks: &Looks,
        now: DateTime<Utc>,
    ) -> Result<Found, LedgerError> {
        let today = local_date(now, office.timezone);
        let last = office.release.open_through(now, office.timezone);
        let mut survey = known.clone().unwrap_or_else(|| unseen(&office.id));
        let mut pending: BTreeSet<NaiveDate> = freed.iter().map(|freed| freed.date).collect();
        let dates = dates(today, last, survey.dates.keys().chain(&pending));
        survey.dates.retain(|date, _| dates.contains(date));
        pending.retain(|date| dates.contains(date));
        let whole = now - survey.whole_at >= TURN && Looks::take(&looks.turns, dates.len());
        if whole {
            survey.whole_at = now;
        }
        let mut next = None;
        for date in dates {
            let known = survey.dates.get(&date);
            let is_due = is_due(known, now) || pending.contains(&date);
            let may_be_next = next.is_none() && (is_due || may_be_free(known));
            if whole
                || may_be_next && Looks::take(&looks.next, 1)
                || is_due && Looks::take(&looks.changed, 1)
            {
                let day = self.ledger.days.get_within(&office.id, date, AGE, now).await?;
                let found = seen(office, &day, now);
                if whole || found.is_news(known) {
                    survey.dates.insert(date, found);
                }
                pending.remove(&date);
            }
            let first = survey.dates.get(&date).and_then(|seen| seen.first.clone());
            next = next.or_else(|| first.map(|(time, service)| (date, time, service)));
        }
        // What staff opened before its time stands among the dates for as long as it is open.
        survey.dates.retain(|date, seen| *date <= last || seen.free.is_some());
        if known.as_ref() != Some(&survey) {
            self.ledger.store.put_survey(&survey).await?;
        }
        let settled = freed.into_iter().filter(|freed| !pending.contains(&freed.date)).collect();
        Ok(Found { survey, settled, next })
    }

    /// Writes down the earliest free slot of each office for the list of offices, if that has changed.
    async fn tell_next(
        &self,
        directory: &Directory,
        found: impl Iterator<Item = &Found>,
    ) -> Result<(), LedgerError> {
        let shown = self.ledger.store.next_hours().await?;
        let mut next: BTreeMap<_, _> =
            shown.clone().unwrap_or_default().into_iter().map(by_id).collect();
        next.retain(|office, _| directory.office(office).is_some());
        next.extend(found.map(|found| {
            let office = found.survey.office.clone();
            let is_online = directory.office(&office).is_some_and(|office| office.online);
            by_id(NextAvailable { office, slot: found.next.clone().filter(|_| is_online) })
        }));
        let next: Vec<_> = next.into_values().collect();
        if shown.as_ref() != Some(&next) {
            self.ledger.store.put_next_hours(&next).await?;
        }
        Ok(())
    }

    /// Tells of the seats that are free in the next days, unless that was told a while ago: a line for
    /// each office and open day, and their sum.
    fn count_seats(&self, found: &[Found], now: DateTime<Utc>) {
        if !self.is_time_to_count(now, COUNT_REPEAT) {
            return;
        }
        let mut sum = 0;
        for Found { survey, .. } in found {
            let Some((first, _)) = survey.dates.first_key_value() else { continue };
            let end = *first + Days::new(COUNTED_DAYS);
            for (date, seen) in survey.dates.range(..end) {
                let Some(free) = seen.free.map(i64::from) else { continue };
                sum += free;
                let record = Record::of(&SEATS, &[free]).at(&survey.office, *date);
                self.ledger.metrics.send(record.only_a_line(), now);
            }
        }
        self.ledger.metrics.send(Record::of(&SEATS, &[sum]), now);
    }
}

fn by_id(next: NextAvailable) -> (OfficeId, NextAvailable) {
    (next.office.clone(), next)
}

fn by_office(freed: Vec<Freed>) -> BTreeMap<OfficeId, Vec<Freed>> {
    let mut offices: BTreeMap<_, Vec<Freed>> = BTreeMap::new();
    for one in freed {
        offices.entry(one.office.clone()).or_default().push(one);
    }
    offices
}

fn unseen(office: &OfficeId) -> Survey {
    let dates = BTreeMap::new();
    Survey { office: office.clone(), whole_at: DateTime::UNIX_EPOCH, dates }
}

/// The dates that are looked at: those that the office's rule has opened, and `others` that staff have.
fn dates<'a>(
    today: NaiveDate,
    last: NaiveDate,
    others: impl Iterator<Item = &'a NaiveDate>,
) -> BTreeSet<NaiveDate> {
    let searched: BTreeSet<_> = search_dates(today).collect();
    let others: BTreeSet<_> = others.copied().collect();
    searched.into_iter().filter(|date| *date <= last || others.contains(date)).collect()
}

/// Whether nobody has looked at a date yet, or time has changed one on which nothing was free.
fn is_due(known: Option<&DateSeen>, now: DateTime<Utc>) -> bool {
    known.is_none_or(|seen| seen.first.is_none() && seen.changes_at.is_some_and(|at| at <= now))
}

/// Whether a seat may be free: seats are taken all the time, and nobody tells.
fn may_be_free(known: Option<&DateSeen>) -> bool {
    known.is_none_or(|seen| seen.first.is_some())
}

/// What anybody on the web sees of a day.
fn seen(office: &Office, day: &Day, now: DateTime<Utc>) -> DateSeen {
    let of = |service| day_availability(office, service, day, Channel::Web, now);
    let open: Vec<_> = office
        .services
        .iter()
        .map(|service| (&service.id, of(&service.id)))
        .filter(|(_, found)| matches!(found.status, DayStatus::Open | DayStatus::Full))
        .collect();
    let free = |(_, found): &(_, super::DayAvailability)| -> u32 {
        found.slots.iter().map(|slot| u32::from(slot.seats_free)).sum()
    };
    let first = open.iter().filter_map(|(service, found)| {
        let slot = found.slots.iter().find(|slot| slot.seats_free > 0)?;
        Some((slot.time, (*service).clone()))
    });
    DateSeen {
        free: (!open.is_empty()).then(|| open.iter().map(free).sum()),
        first: first.min(),
        changes_at: day.changes_at(now),
    }
}
