//! Days are made before they open, so that nothing has to run at the instant of a release: a slot says
//! when it is released, and whoever looks compares.
//!
//! An office is looked at when it has changed, or when its rule has reached another date; else it costs
//! nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::{Housekeeping, LedgerError};
use crate::domain::calendar::{PlannedDay, plan_day};
use crate::domain::day::{Day, Slot};
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::domain::time::local_date;
use crate::storage::DaysMade;

/// How long before its release a date is made.
const AHEAD: TimeDelta = TimeDelta::hours(24);
/// What is released sooner is not planned anew: a change that is on its way would meet the first people.
pub const SETTLED: TimeDelta = TimeDelta::minutes(2);
/// Offices looked at at the same time.
const OFFICES_AT_ONCE: usize = 4;

impl Housekeeping {
    /// Makes every day that its office's rule releases within a day, and plans those anew that are not
    /// released yet and whose office has changed. Tells how many were made.
    pub async fn make_days(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let made = self.ledger.store.days_made().await?.into_iter();
        let mut made: BTreeMap<_, _> = made.map(|made| (made.office.clone(), made)).collect();
        let directory = self.ledger.offices.all(now).await?;
        let mut due = Vec::new();
        for office in &directory.offices {
            let made = made.remove(&office.id);
            let is_done = made.as_ref().is_some_and(|made| {
                directory.revision(&office.id) == Some(made.revision)
                    && made.through >= horizon(office, now)
            });
            if !is_done {
                due.push((office.id.clone(), made));
            }
        }
        let counts: Vec<u32> = iter(due)
            .map(|(office, made)| async move { self.make_days_of(&office, made, now).await })
            .buffer_unordered(OFFICES_AT_ONCE)
            .try_collect()
            .await?;
        Ok(counts.into_iter().sum())
    }

    /// By the office as the table has it at this moment, not as this instance remembers it.
    async fn make_days_of(
        &self,
        id: &OfficeId,
        made: Option<DaysMade>,
        now: DateTime<Utc>,
    ) -> Result<u32, LedgerError> {
        let Some((office, revision)) = self.ledger.store.office(id).await? else { return Ok(0) };
        let today = local_date(now, office.timezone);
        let known = made.as_ref().filter(|made| made.revision == revision);
        let has_changed = made.is_some() && known.is_none();
        let first = known.map_or(today, |made| today.max(after(made.through)));
        let new = made.as_ref().map_or(today, |made| after(made.through));
        let through = made.map_or(today, |made| made.through).max(horizon(&office, now));
        let (mut count, mut all) = (0, true);
        for date in first.iter_days().take_while(|date| *date <= through) {
            match self.make_day((&office, revision), date, date >= new, now).await? {
                Made::Now => count += 1,
                Made::Before => {}
                Made::Meanwhile => all = false,
            }
        }
        if all {
            let made = DaysMade { office: office.id, through, revision };
            self.ledger.store.put_days_made(&made, has_changed).await?;
        }
        Ok(count)
    }

    async fn make_day(
        &self,
        (office, revision): (&Office, u32),
        date: NaiveDate,
        is_new: bool,
        now: DateTime<Utc>,
    ) -> Result<Made, LedgerError> {
        let PlannedDay::Open(planned) = plan_day(office, date) else {
            // A request that changed the calendar may have been cut short.
            self.ledger.close_if_planned((office, revision), date, now).await?;
            return Ok(Made::Before);
        };
        let released_at = office.release.released_at(date, office.timezone);
        let slots: Vec<Slot> =
            planned.iter().map(|plan| Slot::planned(plan, office, date, released_at)).collect();
        let store = &self.ledger.store;
        let known = if is_new { None } else { Some(store.day(&office.id, date).await?) };
        let known = known.filter(|day| day.state.is_some());
        let made = match known {
            None if store.make_day(&office.id, date, &slots, now).await? => Made::Now,
            None => {
                let day = store.day(&office.id, date).await?;
                self.replan_day(office, &day, slots, now).await?
            }
            Some(day) => self.replan_day(office, &day, slots, now).await?,
        };
        self.ledger.days.forget(&office.id, date).await;
        Ok(made)
    }

    /// Plans a day anew that is there, by what it is.
    async fn replan_day(
        &self,
        office: &Office,
        day: &Day,
        slots: Vec<Slot>,
        now: DateTime<Utc>,
    ) -> Result<Made, LedgerError> {
        let settled = now + SETTLED;
        let changes = day.replanned(slots, settled);
        let store = &self.ledger.store;
        let is_done = store.replan_day(&office.id, day.date, &changes, settled).await?;
        Ok(if is_done { Made::Before } else { Made::Meanwhile })
    }
}

/// What became of a day.
enum Made {
    Now,
    Before,
    /// Somebody else has touched it at this moment: it is looked at once more.
    Meanwhile,
}

/// The last date that an office's rule releases within a day.
fn horizon(office: &Office, now: DateTime<Utc>) -> NaiveDate {
    office.release.open_through(now + AHEAD, office.timezone)
}

fn after(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}
