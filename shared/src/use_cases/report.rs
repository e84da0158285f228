//! How an office's days went, as of now: for a day, a week, a month; and what that says of those to come.

use chrono::{DateTime, Days, NaiveDate, Timelike, Utc};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::LedgerError;
use crate::app::App;
use crate::domain::day_report::{DayReport, day_report};
use crate::domain::field::FieldError;
use crate::domain::forecast::Forecast;
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::domain::queue::QueueDay;
use crate::domain::time::local_date;
use crate::storage::Store;

/// Days of one report: a month.
pub const MAX_DAYS: i64 = 31;
/// Days that are read at the same time.
const AT_ONCE: usize = 6;
/// Days that a forecast is made of: eight weeks.
const FORECAST_DAYS: u64 = 56;
/// A day settles no later after it: documents may be brought for fourteen days.
const SETTLED_WITHIN: u64 = 20;
const MINUTES_OF_DAY: usize = 24 * 60;
/// The first office's minute: midnight in the west of the country.
const FIRST_TURN: usize = 17 * 60;

/// The days of a report, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

impl Period {
    /// Absent dates: the other one; today if neither is there.
    ///
    /// # Errors
    /// At the field `to`: the days are not in order, or too many.
    pub fn new(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, FieldError> {
        let from_or_to = from.or(to).unwrap_or(today);
        let to = to.unwrap_or(from_or_to);
        let days = to.signed_duration_since(from_or_to).num_days() + 1;
        if (1..=MAX_DAYS).contains(&days) {
            return Ok(Self { from: from_or_to, to });
        }
        Err(FieldError::new(
            "to",
            "Tanggal akhir tidak boleh sebelum tanggal awal, dan paling banyak 31 hari.",
            "The last date must not be before the first one, and at most 31 days.",
        ))
    }

    pub fn from(&self) -> NaiveDate {
        self.from
    }

    pub fn to(&self) -> NaiveDate {
        self.to
    }
}

/// How the days of a period went, in their order.
pub async fn report(
    app: &App,
    office: &OfficeId,
    period: Period,
) -> Result<Vec<DayReport>, LedgerError> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let kept = &store.kept_reports(office, period.from, period.to).await?;
    let dates = period.from.iter_days().take_while(|date| *date <= period.to);
    let read = dates.map(|date| async move {
        if let Some(known) = kept.get(&date) {
            return Ok(known.clone());
        }
        let day = QueueDay { office: office.clone(), date };
        Ok(day_report(&store.day_visits(&day).await?, now))
    });
    stream::iter(read).buffered(AT_ONCE).try_collect().await
}

/// What the office's past says of visits that will be missed. Absent: too little, or the period is over.
pub async fn forecast(
    app: &App,
    office: &Office,
    period: Period,
) -> Result<Option<Forecast>, LedgerError> {
    let today = local_date(app.clock.now(), office.timezone);
    if period.to < today {
        return Ok(None);
    }
    let first = today - Days::new(FORECAST_DAYS);
    let past = app.ledger.store().kept_reports(&office.id, first, today).await?;
    Ok(Forecast::of(&past.into_values().collect::<Vec<_>>()))
}

/// Keeps the reports of the days that have settled, of the offices whose minute this is: each has one a day, at
/// night. Tells how many.
pub async fn keep_settled(app: &App, now: DateTime<Utc>) -> Result<u32, LedgerError> {
    let all = app.ledger.offices().all(now).await?;
    let turn = usize::try_from(i64::from(now.hour() * 60 + now.minute())).unwrap_or_default();
    let first = (turn + MINUTES_OF_DAY - FIRST_TURN) % MINUTES_OF_DAY;
    let mut kept = 0;
    for office in all.offices.iter().skip(first).step_by(MINUTES_OF_DAY) {
        kept += keep_settled_of(app.ledger.store(), office, now).await?;
    }
    Ok(kept)
}

async fn keep_settled_of(
    store: &Store,
    office: &Office,
    now: DateTime<Utc>,
) -> Result<u32, LedgerError> {
    let today = local_date(now, office.timezone);
    let first = today - Days::new(SETTLED_WITHIN);
    let known = store.kept_reports(&office.id, first, today).await?;
    let mut kept = 0;
    for date in first.iter_days().take_while(|date| *date < today) {
        if known.contains_key(&date) {
            continue;
        }
        let visits = store.day_visits(&QueueDay { office: office.id.clone(), date }).await?;
        if visits.is_settled(today, now) && !visits.is_blank() {
            store.keep_report(&office.id, &day_report(&visits, now)).await?;
            kept += 1;
        }
    }
    Ok(kept)
}
