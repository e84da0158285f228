//! What has to be done when time has passed: open days, write down what lapsed, clear closed days,
//! look what is free next, audit.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::try_join_all;
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::availability::{DayStatus, day_availability, search_dates};
use super::search::is_beyond;
use super::{Ledger, LedgerError};
use crate::domain::booking::{Booking, CancelReason, Status};
use crate::domain::calendar::{PlannedDay, plan_day};
use crate::domain::code::BookingCode;
use crate::domain::day::Day;
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::office::{Channel, Office};
use crate::domain::time::{SlotTime, local_date};
use crate::storage::{
    AT_ONCE, AuditReport, Closure, DUE_SHARDS, DayOpened, NextAvailable, Verified,
};

/// No request lives longer: functions end after 10 seconds and the gateway after 30. What a request
/// may still write after a day was closed has been written by then.
pub const REQUEST_LIFE_SECS: i64 = 30;
/// A closed day is looked at until so long after it was closed, so that a straggler is found too.
const CLOSURE_LOOKS_SECS: i64 = 3 * REQUEST_LIFE_SECS;
/// Days opened at the same time.
const WRITES_AT_ONCE: usize = 4;
/// Bookings written down in one go, per index shard.
const MAX_SETTLED: usize = 500;
/// Free seats may be seen a little late.
const SURVEY_AGE: TimeDelta = TimeDelta::seconds(10);
/// What is seen again unchanged is written again only after this time.
const SURVEY_REPEAT: TimeDelta = TimeDelta::minutes(10);
/// Free seats are counted no more often.
const COUNT_REPEAT: TimeDelta = TimeDelta::minutes(15);

/// The scheduler's work, with a memory of days that it knows to be open.
#[derive(Debug)]
pub struct Housekeeping {
    ledger: Ledger,
    open: Mutex<HashSet<(OfficeId, NaiveDate)>>,
    seats_counted_at: Mutex<Option<DateTime<Utc>>>,
}

impl Housekeeping {
    /// Work on this ledger.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger, open: Mutex::default(), seats_counted_at: Mutex::default() }
    }

    /// Opens every day that its office's release policy has reached. Tells how many.
    pub async fn open_days(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let directory = self.ledger.offices.all(now).await?;
        let mut work = Vec::new();
        for office in &directory.offices {
            let through = office.release.open_through(now, office.timezone);
            let dates =
                local_date(now, office.timezone).iter_days().take_while(|date| *date <= through);
            work.extend(
                dates
                    .filter(|date| !self.knows(&office.id, *date))
                    .map(|date| (office.clone(), date)),
            );
        }
        // Near dates first, at every office: people look for those.
        work.sort_by_key(|(_, date)| *date);
        let opened: Vec<bool> = iter(work)
            .map(|(office, date)| async move { self.open_day(&office, date, now).await })
            .buffer_unordered(WRITES_AT_ONCE)
            .try_collect()
            .await?;
        let count = opened.into_iter().filter(|opened| *opened).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn knows(&self, office: &OfficeId, date: NaiveDate) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).contains(&(office.clone(), date))
    }

    async fn open_day(
        &self,
        office: &Office,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        if matches!(plan_day(office, date), PlannedDay::Closed(_)) {
            return Ok(false);
        }
        let known = self.ledger.days.get(&office.id, date, now).await?;
        let opened = match known.state {
            None => self.open_now(office, date, now).await?,
            Some(_) => self.add_missing(office, &known, now).await?,
        };
        if opened {
            self.ledger.days.forget(&office.id, date).await;
        }
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert((office.id.clone(), date));
        Ok(opened)
    }

    /// Adds the services that were left out when somebody opened the day by hand for others.
    async fn add_missing(
        &self,
        office: &Office,
        day: &Day,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let PlannedDay::Open(mut slots) = plan_day(office, day.date) else { return Ok(false) };
        slots.retain(|slot| day.slots.iter().all(|known| known.slot.service != slot.service));
        Ok(self.ledger.store.add_slots(office, day.date, &slots, now).await? > 0)
    }

    /// Opens a day by the office as the table has it at this moment, not as this instance remembers it.
    async fn open_now(
        &self,
        office: &Office,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let store = &self.ledger.store;
        let Some((office, _)) = store.office(&office.id).await? else { return Ok(false) };
        let PlannedDay::Open(slots) = plan_day(&office, date) else { return Ok(false) };
        Ok(store.open_day(&office, date, &slots, now).await? == DayOpened::Opened)
    }

    /// Writes down holds that ran out, visits that were missed, and those whose documents did not come. Tells
    /// how many.
    pub async fn apply_expiry(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let (mut count, mut first) = (0, Ok(()));
        for shard in 0..DUE_SHARDS {
            for booking in self.ledger.store.due_bookings(shard, now, MAX_SETTLED).await? {
                match self.ledger.apply_expiry(&booking, now).await {
                    Ok(settled) => count += u32::from(settled),
                    Err(error) => first = first.and(Err(error)),
                }
            }
        }
        first.map(|()| count)
    }

    /// Marks days that are open although their office has closed them: a request that changed the
    /// calendar was cut short, or the day was opened at that very moment. Tells how many.
    pub async fn close_days(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let directory = self.ledger.offices.all(now).await?;
        let mut work = Vec::new();
        for office in &directory.offices {
            let today = local_date(now, office.timezone);
            let closed =
                office.exceptions.iter().filter(|(date, day)| !day.open && **date >= today);
            work.extend(closed.map(|(date, _)| (office.id.clone(), *date)));
        }
        let closed: Vec<bool> = iter(work)
            .map(|(office, date)| async move { self.close_day(&office, date, now).await })
            .buffer_unordered(WRITES_AT_ONCE)
            .try_collect()
            .await?;
        let count = closed.into_iter().filter(|closed| *closed).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn close_day(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let state = self.ledger.store.day_state(office, date).await?;
        if state.is_none_or(|state| state.closed.is_some()) {
            return Ok(false);
        }
        // As the table has it at this moment, not as this instance remembers it.
        match self.ledger.store.office(office).await? {
            Some((office, revision)) => {
                self.ledger.close_if_planned((&office, revision), date, now).await
            }
            None => Ok(false),
        }
    }

    /// Cancels the bookings of closed days, once no request that saw the day open can still write.
    pub async fn clear_closed_days(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let mut cancelled = 0;
        for closure in self.ledger.store.closures().await? {
            if now - closure.closed_at < TimeDelta::seconds(REQUEST_LIFE_SECS) {
                continue;
            }
            let found = self.clear_day(&closure, now).await?;
            cancelled += found;
            let looked_long_enough =
                now - closure.closed_at >= TimeDelta::seconds(CLOSURE_LOOKS_SECS);
            if found == 0 && looked_long_enough {
                self.ledger.store.finish_closure(&closure).await?;
            }
        }
        Ok(cancelled)
    }

    async fn clear_day(&self, closure: &Closure, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let Some(office) = self.ledger.offices.get(&closure.office, now).await? else {
            return Ok(0);
        };
        let day = self.ledger.store.day(&closure.office, closure.date).await?;
        if day.closed().is_none() {
            return Ok(0);
        }
        let taken = day.slots.iter().flat_map(|slot| &slot.seats).filter(|seat| seat.is_taken(now));
        // A booking that was moved within the day stands on the seat that it left, too.
        let codes: HashSet<BookingCode> = taken.map(|seat| seat.code).collect();
        let cleared: Vec<bool> = iter(codes)
            .map(|code| self.clear_booking(&office, closure, code, now))
            .buffer_unordered(WRITES_AT_ONCE)
            .try_collect()
            .await?;
        Ok(u32::try_from(cleared.into_iter().filter(|cleared| *cleared).count())
            .unwrap_or(u32::MAX))
    }

    async fn clear_booking(
        &self,
        office: &Office,
        closure: &Closure,
        code: BookingCode,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let booking = self.ledger.store.booking(code).await?;
        let on = booking.filter(|booking| is_to_be_cleared(booking, closure, now));
        let Some(booking) = on else { return Ok(false) };
        let cancelled =
            self.ledger.cancel(office, booking, CancelReason::OfficeClosed, now).await?;
        Ok(cancelled.is_ok_and(|changed| !changed.already))
    }

    /// Writes down the earliest free slot of each office, for the list of offices.
    pub async fn survey(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let directory = self.ledger.offices.all(now).await?;
        for office in &directory.offices {
            let slot = if office.online { self.earliest(office, now).await? } else { None };
            let known = directory.next_available(&office.id);
            if known.is_some_and(|known| known.slot == slot && now - known.seen_at < SURVEY_REPEAT)
            {
                continue;
            }
            let seen = NextAvailable { office: office.id.clone(), slot, seen_at: now };
            self.ledger.store.put_next_available(&seen).await?;
        }
        Ok(())
    }

    /// Tells how many seats are free in the next days, unless that was told a while ago.
    pub async fn count_seats(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let counted_at = || self.seats_counted_at.lock().unwrap_or_else(PoisonError::into_inner);
        if counted_at().is_some_and(|at| now - at < COUNT_REPEAT) {
            return Ok(());
        }
        self.ledger.count_seats(now).await?;
        *counted_at() = Some(now);
        Ok(())
    }

    async fn earliest(
        &self,
        office: &Office,
        now: DateTime<Utc>,
    ) -> Result<Option<(NaiveDate, SlotTime, ServiceId)>, LedgerError> {
        for date in search_dates(local_date(now, office.timezone)) {
            let day = self.ledger.days.get_within(&office.id, date, SURVEY_AGE, now).await?;
            if is_beyond(office, &day, now) {
                break;
            }
            let free = office.services.iter().filter_map(|service| {
                let free = day_availability(office, &service.id, &day, Channel::Web, now);
                let slot = free.slots.iter().find(|slot| slot.seats_free > 0)?;
                (free.status == DayStatus::Open).then(|| (slot.time, service.id.clone()))
            });
            if let Some((time, service)) = free.min() {
                return Ok(Some((date, time, service)));
            }
        }
        Ok(None)
    }

    /// Audits all days that can have live bookings, and all live bookings.
    pub async fn audit(&self, now: DateTime<Utc>) -> Result<AuditReport, LedgerError> {
        let (mut report, verified) = self.ledger.store.audit_bookings(now).await?;
        let offices = self.ledger.offices.all(now).await?;
        let days: Vec<_> =
            offices.offices.iter().flat_map(|office| days(office, &verified, now)).collect();
        for some in days.chunks(AT_ONCE) {
            let audits = some
                .iter()
                .map(|&(office, date)| self.ledger.store.audit_day(office, date, &verified, now));
            for day in try_join_all(audits).await? {
                report.add(day);
            }
        }
        Ok(report)
    }
}

/// The dates of an office that an audit looks at.
fn days<'a>(
    office: &'a Office,
    verified: &Verified,
    now: DateTime<Utc>,
) -> impl Iterator<Item = (&'a OfficeId, NaiveDate)> + use<'a> {
    let (first, last) = audited(office, verified, now);
    first.iter_days().take_while(move |date| *date <= last).map(|date| (&office.id, date))
}

/// First and last date of an audit: from yesterday to what the office's rule has opened, to where
/// seats are looked for, and to the last live booking, whichever is later.
fn audited(office: &Office, verified: &Verified, now: DateTime<Utc>) -> (NaiveDate, NaiveDate) {
    let today = local_date(now, office.timezone);
    let seats = verified.values().filter(|seat| seat.office == office.id);
    let last = search_dates(today).chain(seats.map(|seat| seat.date)).max().unwrap_or(today);
    (today.pred_opt().unwrap_or(today), last.max(office.release.open_through(now, office.timezone)))
}

fn is_to_be_cleared(booking: &Booking, closure: &Closure, now: DateTime<Utc>) -> bool {
    booking.seat.office == closure.office
        && booking.seat.date == closure.date
        && matches!(booking.status_at(now), Status::Held | Status::Confirmed)
}
