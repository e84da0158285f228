//! The audit, part by part: all live bookings, then all days that can have any.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::try_join_all;

use super::availability::search_dates;
use super::{Housekeeping, LedgerError};
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::domain::time::local_date;
use crate::storage::{AuditPart, AuditReport, AuditRun, DUE_SHARDS, DuePlace};

/// Bookings of a part.
const MAX_BOOKINGS: usize = 256;
/// Dates of a part, which are read at the same time.
const MAX_DATES: usize = 16;
/// Disagreements that a report has; all have their line of the log.
const MAX_KEPT: usize = 1_000;
/// No live booking is due later: dates are opened at most 400 days ahead.
const HORIZON_DAYS: i64 = 800;

impl Housekeeping {
    /// Does the next part of an audit.
    ///
    /// # Errors
    /// If the table does not answer: the part was not done.
    pub async fn audit_part(
        &self,
        mut run: AuditRun,
        now: DateTime<Utc>,
    ) -> Result<AuditRun, LedgerError> {
        let found = match run.next.take() {
            Some(AuditPart::Bookings(shard, after)) => {
                self.audit_bookings(&mut run, shard, after.as_ref(), now).await?
            }
            Some(AuditPart::Days(office, from)) => {
                self.audit_days(&mut run, &office, from, now).await?
            }
            None => AuditReport::default(),
        };
        for disagreement in &found.disagreements {
            tracing::error!(?disagreement, "audit disagrees");
        }
        run.report.add(found);
        run.report.disagreements.truncate(MAX_KEPT);
        Ok(run)
    }

    async fn audit_bookings(
        &self,
        run: &mut AuditRun,
        shard: u8,
        after: Option<&DuePlace>,
        now: DateTime<Utc>,
    ) -> Result<AuditReport, LedgerError> {
        let store = &self.ledger.store;
        let horizon = now + TimeDelta::days(HORIZON_DAYS);
        let page = store.due_page(shard, after, horizon, MAX_BOOKINGS).await?;
        let found = store.audit_bookings(&page, now).await?;
        let offices = self.ledger.offices.all(now).await?;
        for seat in page.bookings.iter().map(|booking| &booking.seat) {
            let office = offices.office(&seat.office);
            if office.is_some_and(|office| opened_through(office, now) < seat.date) {
                let last = run.last_dates.entry(seat.office.clone()).or_insert(seat.date);
                *last = seat.date.max(*last);
            }
        }
        run.next = match page.next {
            Some(place) => Some(AuditPart::Bookings(shard, Some(place))),
            None if shard + 1 < DUE_SHARDS => Some(AuditPart::Bookings(shard + 1, None)),
            None => offices.offices.first().map(|first| AuditPart::Days(first.id.clone(), None)),
        };
        Ok(found)
    }

    async fn audit_days(
        &self,
        run: &mut AuditRun,
        id: &OfficeId,
        from: Option<NaiveDate>,
        now: DateTime<Utc>,
    ) -> Result<AuditReport, LedgerError> {
        let offices = self.ledger.offices.all(now).await?;
        // Offices stand in the order of their ids, and one that is gone has its days no more.
        let following = || offices.offices.iter().find(|office| office.id > *id);
        let mut found = AuditReport::default();
        let mut rest = None;
        if let Some(office) = offices.office(id) {
            let (first, last) = audited(office, run.last_dates.get(id).copied(), now);
            let mut dates = from.unwrap_or(first).iter_days().take_while(|date| *date <= last);
            let some: Vec<_> = dates.by_ref().take(MAX_DATES).collect();
            let audits = some.iter().map(|date| self.ledger.store.audit_day(id, *date, now));
            try_join_all(audits).await?.into_iter().for_each(|day| found.add(day));
            rest = dates.next();
        }
        run.next = match rest {
            Some(date) => Some(AuditPart::Days(id.clone(), Some(date))),
            None => following().map(|office| AuditPart::Days(office.id.clone(), None)),
        };
        Ok(found)
    }
}

/// First and last date of an audit: from yesterday to what the office's rule has opened, to where
/// seats are looked for, and to the last live booking, whichever is later.
fn audited(
    office: &Office,
    last_booked: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> (NaiveDate, NaiveDate) {
    let today = local_date(now, office.timezone);
    let first = today.pred_opt().unwrap_or(today);
    (first, opened_through(office, now).max(last_booked.unwrap_or(first)))
}

fn opened_through(office: &Office, now: DateTime<Utc>) -> NaiveDate {
    let today = local_date(now, office.timezone);
    let searched = search_dates(today).max().unwrap_or(today);
    searched.max(office.release.open_through(now, office.timezone))
}
