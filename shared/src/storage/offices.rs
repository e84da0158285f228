//! Offices, their next free hour as the scheduler last saw it, and closures to be carried out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::denials::{MAX_DENIALS, denied_by, is_about_staff};
use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, readable, to_item};
use super::transact::Write;
use super::values::{number, seconds, text_of};
use super::{Item, Store, keys};
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::office::Office;
use crate::domain::time::SlotTime;

/// An office's earliest free slot, as the scheduler last saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextAvailable {
    pub office: OfficeId,
    /// Its earliest slot with a free seat for the web; absent: none is free.
    pub slot: Option<(NaiveDate, SlotTime, ServiceId)>,
    #[serde(with = "chrono::serde::ts_seconds")]
    pub seen_at: DateTime<Utc>,
}

/// What stands in the partition of offices.
#[derive(Debug, Clone, Default)]
pub struct OfficesKept {
    /// In order of their ids.
    pub offices: Vec<Office>,
    /// How often each was written.
    pub revisions: BTreeMap<OfficeId, u32>,
    /// What was last seen free at each.
    pub seen: Vec<NextAvailable>,
    /// Members of staff whose tokens are not taken.
    pub denied: BTreeSet<String>,
}

/// A closed day whose bookings are still to be dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    pub office: OfficeId,
    pub date: NaiveDate,
    #[serde(with = "chrono::serde::ts_seconds")]
    pub closed_at: DateTime<Utc>,
}

/// Up to which date the days of an office have been made, and by which revision of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaysMade {
    pub office: OfficeId,
    pub through: NaiveDate,
    pub revision: u32,
}

/// Indonesia has about 151 passport offices; each has two items here.
const MAX_OFFICE_ITEMS: usize = 2_000 + MAX_DENIALS;
/// Closures wait for a minute or two; a decree may close one day at every office.
const MAX_CLOSURES: usize = 500;

fn revision_of(office: &Item) -> Option<u32> {
    office.get("revision")?.as_n().ok()?.parse().ok()
}

impl Store {
    /// Writes an office as a whole, if its revision is `before` (0: there is none). `false`: somebody
    /// else has changed it.
    pub async fn put_office(&self, before: u32, office: &Office) -> Result<bool, StoreError> {
        let all = to_item("office", &keys::office(&office.id), office)?;
        // Absent rather than null: what is not set takes no room.
        let mut item = all.clone();
        item.retain(|_, value| !value.is_null());
        item.insert("revision".to_owned(), number(before + 1));
        let same = Expression::new("#revision = :before").with(":before", number(before));
        let write = match before {
            0 => Write::Put(item, Some(super::days::absent())),
            _ => Write::Replace(all, item, same),
        };
        Ok(self.transact(vec![write]).await?.applied())
    }

    /// One office and its revision.
    pub async fn office(&self, id: &OfficeId) -> Result<Option<(Office, u32)>, StoreError> {
        let Some(item) = self.get_item(&keys::office(id)).await? else { return Ok(None) };
        let revision = revision_of(&item).ok_or_else(|| StoreError::corrupt("office"))?;
        Ok(Some((from_item("office", item)?, revision)))
    }

    /// All offices, with what is kept beside them. Offices that cannot be read are logged and left out.
    pub async fn offices(&self) -> Result<OfficesKept, StoreError> {
        let mut query = Query::partition(keys::OFFICES.to_owned(), MAX_OFFICE_ITEMS);
        query.consistent = false;
        let is_seen = |item: &Item| {
            text_of(item, "sk").is_some_and(|sk| sk.starts_with(keys::NEXT_AVAILABLE_PREFIX))
        };
        let (staff, items): (Vec<_>, Vec<_>) =
            self.query(query).await?.into_iter().partition(is_about_staff);
        let (seen, offices): (_, Vec<_>) = items.into_iter().partition(is_seen);
        let revisions = offices
            .iter()
            .filter_map(|item| Some((text_of(item, "id")?.parse().ok()?, revision_of(item)?)));
        Ok(OfficesKept {
            revisions: revisions.collect(),
            offices: readable("office", offices),
            seen: readable("next available", seen),
            denied: denied_by(&staff),
        })
    }

    /// Stores what was seen free at an office.
    pub async fn put_next_available(&self, seen: &NextAvailable) -> Result<(), StoreError> {
        let item = to_item("next available", &keys::next_available(&seen.office), seen)?;
        self.transact(vec![Write::Put(item, None)]).await.map(|_| ())
    }

    /// Up to where the days of all offices have been made. Items that cannot be read are logged and left
    /// out: their days are looked at once more.
    pub async fn days_made(&self) -> Result<Vec<DaysMade>, StoreError> {
        let items = self.query(Query::partition(keys::PLANS.to_owned(), MAX_OFFICE_ITEMS)).await?;
        Ok(readable("plan", items))
    }

    /// Writes down up to where an office's days have been made. What was seen free at an office that has
    /// changed is forgotten.
    pub async fn put_days_made(&self, made: &DaysMade, changed: bool) -> Result<(), StoreError> {
        let item = to_item("plan", &keys::plan(&made.office), made)?;
        let mut writes = vec![Write::Put(item, None)];
        if changed {
            writes.push(Write::Delete(keys::survey(&made.office), None));
        }
        self.transact(writes).await.map(|_| ())
    }

    /// Closures that are still to be carried out. Items that cannot be read are logged and left out.
    pub async fn closures(&self) -> Result<Vec<Closure>, StoreError> {
        let items = self.query(Query::partition(keys::CLOSURES.to_owned(), MAX_CLOSURES)).await?;
        Ok(readable("closure", items))
    }

    /// Removes a closure that has been carried out, unless the day was closed once more since.
    pub async fn finish_closure(&self, closure: &Closure) -> Result<(), StoreError> {
        let key = keys::closure(&closure.office, closure.date);
        let same = Expression::new("#closed_at = :at").with(":at", seconds(closure.closed_at));
        self.transact(vec![Write::Delete(key, Some(same))]).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn demo() -> Value {
        let file: Value =
            serde_json::from_str(include_str!("../../../domain/data/offices.json")).unwrap();
        file["offices"][0].clone()
    }

    fn read(value: &Value) -> Result<Office, StoreError> {
        from_item("office", serde_dynamo::to_item(value).unwrap())
    }

    #[test]
    fn what_a_later_release_added_to_an_office_is_passed_over_at_any_depth() {
        let (plain, mut more) = (demo(), demo());
        more["pk"] = json!("OFFICES");
        more["later"] = json!({"deep": [1]});
        more["policy"]["later_minutes"] = json!(5);
        more["services"][0]["name"]["jv"] = json!("Paspor anyar");
        more["sessions"][0]["later"] = json!(true);
        let office: Office = serde_json::from_value(plain.clone()).unwrap();
        assert_eq!(read(&plain).unwrap(), office);
        assert_eq!(read(&more).unwrap(), office);
    }

    #[test]
    fn a_variant_that_says_more_is_refused() {
        let mut office = demo();
        office["release"]["later"] = json!(true);
        assert!(read(&office).is_err());
    }
}
