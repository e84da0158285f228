//! Sums of rows: of all, and by date, hour, service or channel.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::figures::{Figures, Lasting};
use super::rows::{DayReport, Row, Seats};
use crate::ids::ServiceId;
use crate::office::Channel;
use crate::time::SlotTime;

/// A sum of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    pub figures: Figures,
    pub seats: Seats,
    pub waiting: Lasting,
    pub serving: Lasting,
}

impl Sum {
    fn add_row(&mut self, row: &Row) {
        self.figures += row.figures;
        self.waiting.add(&row.waiting);
        self.serving.add(&row.serving);
    }

    fn add_seats(&mut self, seats: Seats) {
        self.seats.offered += seats.offered;
        self.seats.unused += seats.unused;
    }
}

/// All in all.
pub fn total(days: &[DayReport]) -> Sum {
    by_slots(days, |_, _, _| ()).remove(&()).unwrap_or_default()
}

/// By date.
pub fn by_date(days: &[DayReport]) -> BTreeMap<NaiveDate, Sum> {
    let mut sums = by_slots(days, |date, _, _| date);
    // A date without a row is a date on which nothing was.
    days.iter().for_each(|day| _ = sums.entry(day.date).or_default());
    sums
}

/// By the hour at which slots begin.
pub fn by_hour(days: &[DayReport]) -> BTreeMap<SlotTime, Sum> {
    by_slots(days, |_, time, _| time)
}

pub fn by_service(days: &[DayReport]) -> BTreeMap<ServiceId, Sum> {
    by_slots(days, |_, _, service| service.clone())
}

/// By channel: a seat has none, so seats are left out.
pub fn by_channel(days: &[DayReport]) -> BTreeMap<Channel, Sum> {
    let mut sums: BTreeMap<_, Sum> = BTreeMap::new();
    for row in days.iter().flat_map(|day| &day.rows) {
        sums.entry(row.channel).or_default().add_row(row);
    }
    sums
}

/// How many are booked for hours that have not begun, by date and hour; none where nobody is.
pub fn to_come(
    days: &[DayReport],
    zone: Tz,
    now: DateTime<Utc>,
) -> BTreeMap<(NaiveDate, SlotTime), u32> {
    let sums = by_slots(days, |date, time, _| (date, time)).into_iter();
    let ahead = sums.filter(|((date, time), _)| time.on(*date, zone) > now);
    ahead.map(|(key, sum)| (key, sum.figures.to_come)).filter(|(_, people)| *people > 0).collect()
}

/// How many people were sent for which document.
pub fn missing(days: &[DayReport]) -> BTreeMap<String, u32> {
    let mut all = BTreeMap::new();
    for (id, people) in days.iter().flat_map(|day| &day.missing) {
        *all.entry(id.clone()).or_default() += people;
    }
    all
}

fn by_slots<K: Ord>(
    days: &[DayReport],
    key: impl Fn(NaiveDate, SlotTime, &ServiceId) -> K,
) -> BTreeMap<K, Sum> {
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    for day in days {
        for row in &day.rows {
            sums.entry(key(day.date, row.time, &row.service)).or_default().add_row(row);
        }
        for slot in &day.slots {
            let sum = sums.entry(key(day.date, slot.time, &slot.service)).or_default();
            sum.add_seats(slot.seats);
        }
    }
    sums
}
