//! How many seats are free in the next days, for whoever runs the offices.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::availability::{DayStatus, day_availability};
use super::{Ledger, LedgerError};
use crate::domain::office::{Channel, Office};
use crate::domain::time::local_date;
use crate::telemetry::Record;
use crate::telemetry::catalogue::SEATS;

/// Days looked at, today among them.
const DAYS: u64 = 14;
/// Days read at the same time: 151 offices have about 1,500 open days in two weeks, which at 5 ms a
/// reading takes a second.
const READS_AT_ONCE: usize = 8;
/// Free seats may be seen a little late.
const AGE: TimeDelta = TimeDelta::seconds(10);

impl Ledger {
    /// Tells of the seats that are free to anybody on the web: a line for each office and open day,
    /// and their sum.
    pub(super) async fn count_seats(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let directory = self.offices.all(now).await?;
        let online = directory.offices.iter().filter(|office| office.online);
        let places: Vec<_> = online.flat_map(|office| dates(office, now)).collect();
        let counted: Vec<u32> = iter(places)
            .map(|(office, date)| async move { self.count_day(&office, date, now).await })
            .buffer_unordered(READS_AT_ONCE)
            .try_collect()
            .await?;
        let sum = counted.into_iter().map(i64::from).sum();
        self.metrics.send(Record::of(&SEATS, &[sum]), now);
        Ok(())
    }

    async fn count_day(
        &self,
        office: &Office,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<u32, LedgerError> {
        let day = self.days.get_within(&office.id, date, AGE, now).await?;
        let open = office.services.iter().filter_map(|service| {
            let found = day_availability(office, &service.id, &day, Channel::Web, now);
            let is_open = matches!(found.status, DayStatus::Open | DayStatus::Full);
            is_open.then(|| found.slots.iter().map(|slot| u32::from(slot.seats_free)).sum::<u32>())
        });
        let open: Vec<u32> = open.collect();
        let free = open.iter().sum();
        if !open.is_empty() {
            let record = Record::of(&SEATS, &[i64::from(free)]).at(&office.id, date);
            self.metrics.send(record.only_a_line(), now);
        }
        Ok(free)
    }
}

fn dates(office: &Arc<Office>, now: DateTime<Utc>) -> Vec<(Arc<Office>, NaiveDate)> {
    let today = local_date(now, office.timezone);
    let through = office.release.open_through(now, office.timezone);
    let end = today + Days::new(DAYS);
    let open = today.iter_days().take_while(|date| *date < end && *date <= through);
    open.map(|date| (office.clone(), date)).collect()
}
