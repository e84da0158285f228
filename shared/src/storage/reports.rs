//! How days that are settled went: kept when the days themselves have gone.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, readable, to_item};
use super::transact::Write;
use super::values::text;
use super::{Store, keys};
use crate::domain::day_report::DayReport;
use crate::domain::ids::OfficeId;

/// A report or a forecast looks at no more days.
const MAX_REPORTS: usize = 100;

impl Store {
    /// The kept reports of an office's dates, both ends included. One that cannot be read is logged, and made
    /// anew by whoever asks.
    pub async fn kept_reports(
        &self,
        office: &OfficeId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<BTreeMap<NaiveDate, DayReport>, StoreError> {
        let condition = Expression::new("#pk = :pk AND #sk BETWEEN :from AND :to")
            .with(":pk", text(keys::report_partition(office)))
            .with(":from", text(from.to_string()))
            .with(":to", text(to.to_string()));
        let items = self.query(Query::table(condition, MAX_REPORTS)).await?;
        let reports: Vec<DayReport> = readable("report", items);
        Ok(reports.into_iter().map(|report| (report.date, report)).collect())
    }

    /// Keeps the report of a day that is settled: made again, it is the same.
    pub async fn keep_report(
        &self,
        office: &OfficeId,
        report: &DayReport,
    ) -> Result<(), StoreError> {
        let item = to_item("report", &keys::report(office, report.date), report)?;
        self.transact(vec![Write::Put(item, None)]).await.map(|_| ())
    }
}
