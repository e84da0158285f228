//! How far an audit has come: what a function has no time left for is done by the next one.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::audit::AuditReport;
use super::bookings::DuePlace;
use super::days::absent;
use super::error::StoreError;
use super::expression::Expression;
use super::items::to_item;
use super::transact::Write;
use super::values::number;
use super::{Store, keys};
use crate::domain::ids::OfficeId;
use crate::domain::time::whole_seconds;

/// One audit, from its begin on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRun {
    #[serde(with = "chrono::serde::ts_seconds")]
    pub begun_at: DateTime<Utc>,
    /// What is to be looked at next; absent: all has been.
    pub next: Option<AuditPart>,
    /// What was found so far.
    pub report: AuditReport,
    /// The last date of an office on which somebody has a booking, where its rule has not opened that.
    pub last_dates: BTreeMap<OfficeId, NaiveDate>,
    /// How often it was stored.
    revision: u32,
}

/// A part of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditPart {
    /// Bookings that are on, of a shard, from a place on.
    Bookings(u8, Option<DuePlace>),
    /// Dates of an office, from one on; absent: from its first.
    Days(OfficeId, Option<NaiveDate>),
}

impl AuditRun {
    /// An audit that has looked at nothing.
    pub fn begin(now: DateTime<Utc>) -> Self {
        Self {
            begun_at: whole_seconds(now),
            next: Some(AuditPart::Bookings(0, None)),
            report: AuditReport::default(),
            last_dates: BTreeMap::new(),
            revision: 0,
        }
    }

    /// The same in the place of one that was stored.
    #[must_use]
    pub fn instead_of(self, stored: Option<&Self>) -> Self {
        Self { revision: stored.map_or(0, |stored| stored.revision), ..self }
    }
}

impl Store {
    /// The last audit that was begun.
    pub async fn audit_run(&self) -> Result<Option<AuditRun>, StoreError> {
        self.get("audit", &keys::audit()).await
    }

    /// Stores how far it has come. `false`: somebody else has meanwhile.
    pub async fn put_audit_run(&self, run: &mut AuditRun) -> Result<bool, StoreError> {
        let before = run.revision;
        run.revision += 1;
        let item = to_item("audit", &keys::audit(), run)?;
        let unchanged = match before {
            0 => absent(),
            _ => Expression::new("#revision = :before").with(":before", number(before)),
        };
        Ok(self.transact(vec![Write::Put(item, Some(unchanged))]).await?.applied())
    }
}
