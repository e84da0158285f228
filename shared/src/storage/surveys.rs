//! What the scheduler last saw free.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::items::{Query, readable, to_item};
use super::transact::Write;
use super::{Store, keys};
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::time::SlotTime;

/// What was seen of an office's dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    pub office: OfficeId,
    /// When all of its dates were last looked at.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub whole_at: DateTime<Utc>,
    pub dates: BTreeMap<NaiveDate, DateSeen>,
}

/// What was seen of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateSeen {
    /// Seats free to anybody on the web; absent: no appointments are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<u32>,
    /// The earliest slot that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<(SlotTime, ServiceId)>,
    /// When time next changes what is free, if nothing else does before.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub changes_at: Option<DateTime<Utc>>,
}

impl DateSeen {
    /// Whether somebody should know of it now: the earliest hour is another, or none is free. How many
    /// seats are free beyond that changes all the time, and waits for the office's turn.
    pub fn is_news(&self, known: Option<&Self>) -> bool {
        known.is_none_or(|known| self.first != known.first || self.first.is_none() && self != known)
    }
}

/// There are a few hundred offices.
const MAX_SURVEYS: usize = 2_000;

impl Store {
    /// What was seen of all offices. Items that cannot be read are logged and left out: their offices
    /// are looked at from the start.
    pub async fn surveys(&self) -> Result<BTreeMap<OfficeId, Survey>, StoreError> {
        let items = self.query(Query::partition(keys::SURVEYS.to_owned(), MAX_SURVEYS)).await?;
        let surveys: Vec<Survey> = readable("survey", items);
        Ok(surveys.into_iter().map(|survey| (survey.office.clone(), survey)).collect())
    }

    /// Stores what was seen of an office.
    pub async fn put_survey(&self, survey: &Survey) -> Result<(), StoreError> {
        let item = to_item("survey", &keys::survey(&survey.office), survey)?;
        self.transact(vec![Write::Put(item, None)]).await.map(|_| ())
    }
}
