//! How an office's days went, as of now: for a day, a week, a month.

use chrono::NaiveDate;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::LedgerError;
use crate::app::App;
use crate::domain::day_report::{DayReport, day_report};
use crate::domain::field::FieldError;
use crate::domain::ids::OfficeId;
use crate::domain::queue::QueueDay;

/// Days of one report: a month.
pub const MAX_DAYS: i64 = 31;
/// Days that are read at the same time.
const AT_ONCE: usize = 6;

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
    let now = app.clock.now();
    let dates = period.from.iter_days().take_while(|date| *date <= period.to);
    let read = dates.map(|date| async move {
        let day = QueueDay { office: office.clone(), date };
        Ok(day_report(&app.ledger.store().day_visits(&day).await?, now))
    });
    stream::iter(read).buffered(AT_ONCE).try_collect().await
}
