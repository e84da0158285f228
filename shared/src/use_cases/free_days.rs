//! Days on which a seat is free, as people look for one: the first few, then more.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::LedgerError;
use crate::domain::ids::ServiceId;
use crate::domain::office::{Channel, Office};
use crate::domain::time::local_date;
use crate::ledger::{DayAvailability, DayStatus, Ledger};

/// Free days, and where to look on.
#[derive(Debug, Clone)]
pub struct FreeDays {
    /// In order.
    pub days: Vec<DayAvailability>,
    /// The date from which more may be free; absent: no later date is open.
    pub more_from: Option<NaiveDate>,
}

/// Days that are read before anybody knows whether they are needed; then twice as many each time.
const FIRST_DAYS: u64 = 7;

/// The first `count` days from `from` on with free seats over the web.
pub async fn free_days(
    ledger: &Ledger,
    (office, service): (&Office, &ServiceId),
    from: NaiveDate,
    count: usize,
    now: DateTime<Utc>,
) -> Result<FreeDays, LedgerError> {
    let last = office.release.open_through(now, office.timezone);
    let mut from = from.max(local_date(now, office.timezone));
    let mut days = Vec::with_capacity(count);
    let mut step = FIRST_DAYS;
    while from <= last {
        let to = from.checked_add_days(Days::new(step - 1)).unwrap_or(last).min(last);
        step *= 2;
        let some = ledger.availability(office, service, from, to, Channel::Web, now).await?;
        for day in some.into_iter().filter(|day| day.status == DayStatus::Open) {
            let next = day.date.succ_opt().unwrap_or(day.date);
            days.push(day);
            if days.len() == count {
                return Ok(FreeDays { days, more_from: (next <= last).then_some(next) });
            }
        }
        from = to.succ_opt().unwrap_or(to);
    }
    Ok(FreeDays { days, more_from: None })
}
