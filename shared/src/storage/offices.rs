//! Offices, up to where their days are made, and closures to be carried out. How instances know of all
//! offices: `directory.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::denials::MAX_DENIALS;
use super::directory::{Document, OfficeKept, list_writes};
use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, readable, to_item};
use super::office_versions::Written;
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::values::{number, seconds, text_of};
use super::{Item, Store, keys};
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;

/// A day that was closed, or opened again, whose bookings are still to be dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    pub office: OfficeId,
    pub date: NaiveDate,
    /// When it was closed, or opened again.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub closed_at: DateTime<Utc>,
    /// When it was last looked at for people who wait.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub looked_at: Option<DateTime<Utc>>,
}

/// Up to which date the days of an office have been made, and by which revision of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaysMade {
    pub office: OfficeId,
    pub through: NaiveDate,
    pub revision: u32,
}

/// Indonesia has about 151 passport offices; with an earlier release each has two items here.
const MAX_OFFICE_ITEMS: usize = 2_000 + MAX_DENIALS;
/// Closures wait for a minute or two, or as long as somebody waits for a seat: a decree may close a week at
/// every office.
const MAX_CLOSURES: usize = 2_000;

pub(super) fn revision_of(office: &Item) -> Option<u32> {
    office.get("revision")?.as_n().ok()?.parse().ok()
}

/// What a write of an office may be refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Refused {
    /// Somebody else has changed it.
    Office,
    /// Somebody has changed another one meanwhile.
    List,
}

fn office_write(before: u32, office: &Office) -> Result<Write, StoreError> {
    let all = to_item("office", &keys::office(&office.id), office)?;
    // Absent rather than null: what is not set takes no room.
    let mut item = all.clone();
    item.retain(|_, value| !value.is_null());
    item.insert("revision".to_owned(), number(before + 1));
    let same = Expression::new("#revision = :before").with(":before", number(before));
    Ok(match before {
        0 => Write::Put(item, Some(super::days::absent())),
        _ => Write::Replace(all, item, same),
    })
}

/// Whether this item of the partition is an office.
pub(super) fn is_office(item: &Item) -> bool {
    text_of(item, "sk").is_some_and(|sk| sk.starts_with(keys::OFFICE_PREFIX))
}

/// Offices of these items.
pub(super) fn offices_of(items: Vec<Item>) -> Vec<OfficeKept> {
    let revisions: Vec<_> = items.iter().map(revision_of).collect();
    let read = items.into_iter().zip(revisions).filter_map(|(item, revision)| {
        let office = readable("office", vec![item]).pop()?;
        Some(OfficeKept { revision: revision?, office })
    });
    read.collect()
}

impl Store {
    /// Writes an office as a whole, if its revision is `before` (0: there is none), what the list says
    /// of it, and its version. `false`: somebody else has changed it.
    pub async fn put_office(
        &self,
        before: u32,
        office: &Office,
        written: &Written,
    ) -> Result<bool, StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_put_office(before, office, written)).await
    }

    async fn try_put_office(
        &self,
        before: u32,
        office: &Office,
        written: &Written,
    ) -> Result<Attempt<(), bool>, StoreError> {
        let Document { revision, value: mut offices } = self.offices_to_change().await?;
        let kept = OfficeKept { revision: before + 1, office: office.clone() };
        match offices.binary_search_by(|known| known.office.id.cmp(&office.id)) {
            Ok(at) => offices[at] = kept,
            Err(at) => offices.insert(at, kept),
        }
        let [list, head] = list_writes(revision.as_deref(), &offices)?;
        let mut writes = vec![
            (Some(Refused::Office), office_write(before, office)?),
            (Some(Refused::List), list),
            (None, head),
        ];
        let versions = self.version_writes(before, office, written).await?;
        writes.extend(versions.into_iter().map(|write| (None, write)));
        Ok(match self.transact_conditions(writes).await? {
            Ok(()) => Attempt::Done(true),
            Err((Refused::Office, _)) => Attempt::Done(false),
            Err((Refused::List, _)) => Attempt::Conflict(()),
        })
    }

    /// One office and its revision.
    pub async fn office(&self, id: &OfficeId) -> Result<Option<(Office, u32)>, StoreError> {
        let Some(item) = self.get_item(&keys::office(id)).await? else { return Ok(None) };
        let revision = revision_of(&item).ok_or_else(|| StoreError::corrupt("office"))?;
        Ok(Some((from_item("office", item)?, revision)))
    }

    /// The office as it is or was a second ago.
    pub async fn office_lately(&self, id: &OfficeId) -> Result<Option<Office>, StoreError> {
        let item = self.get_item_eventually(&keys::office(id)).await?;
        item.map(|item| from_item("office", item)).transpose()
    }

    /// All offices in order of their ids, one by one. Offices that cannot be read are logged and left out.
    /// Whoever serves requests reads the list (`directory.rs`).
    pub async fn offices(&self) -> Result<Vec<OfficeKept>, StoreError> {
        Ok(offices_of(self.query_offices(true).await?.into_iter().filter(is_office).collect()))
    }

    /// Everything in the partition of offices.
    pub(super) async fn query_offices(&self, consistent: bool) -> Result<Vec<Item>, StoreError> {
        let mut query = Query::partition(keys::OFFICES.to_owned(), MAX_OFFICE_ITEMS);
        query.consistent = consistent;
        self.query(query).await
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

    /// Notes when a closure was looked at, unless the day was closed once more since.
    pub async fn note_look(&self, closure: &Closure, now: DateTime<Utc>) -> Result<(), StoreError> {
        let key = keys::closure(&closure.office, closure.date);
        let look = Expression::new("SET #looked_at = :now").with(":now", seconds(now));
        self.transact(vec![Write::Update(key, look, Some(same(closure)))]).await.map(|_| ())
    }

    /// Removes a closure that has been carried out, unless the day was closed once more since.
    pub async fn finish_closure(&self, closure: &Closure) -> Result<(), StoreError> {
        let key = keys::closure(&closure.office, closure.date);
        self.transact(vec![Write::Delete(key, Some(same(closure)))]).await.map(|_| ())
    }
}

/// Refused: the day was closed once more since.
fn same(closure: &Closure) -> Expression {
    Expression::new("#closed_at = :at").with(":at", seconds(closure.closed_at))
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
