//! Members of staff whose tokens are not taken. They stand beside the offices; instances read a document that
//! names those who are denied (`directory.rs`).

use std::collections::BTreeSet;

use super::directory::{Denied, denied_writes};
use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, readable, to_item};
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::values::{number, text_of};
use super::{Item, Store, keys};
use crate::domain::denial::{Denial, DenialChange, StaffSubject};

/// Members of staff who are or were denied; more are refused, for what every instance reads is bounded.
pub(super) const MAX_DENIALS: usize = 500;

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DenialChanged {
    /// So it is now, or it was before.
    Done(Denial),
    /// Nobody has ever denied them: there is nothing to take back.
    Unknown,
    /// The list is full.
    Full,
}

impl Store {
    /// Denies a member of staff, or readmits them. What is so already stays as it is.
    pub async fn change_denial(
        &self,
        subject: &StaffSubject,
        change: &DenialChange,
    ) -> Result<DenialChanged, StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_change_denial(subject, change)).await
    }

    async fn try_change_denial(
        &self,
        subject: &StaffSubject,
        change: &DenialChange,
    ) -> Result<Attempt<(), DenialChanged>, StoreError> {
        let key = keys::denial(subject);
        // Before the item: whoever is changed meanwhile is in the next try's document.
        let mut all = self.denied().await?;
        let item = self.get_item(&key).await?;
        let revision = item.as_ref().and_then(|item| item.get("revision")?.as_n().ok());
        let revision: u32 = revision.and_then(|revision| revision.parse().ok()).unwrap_or(0);
        let known = match item {
            Some(item) => from_item("denial", item)?,
            None if change.reason.is_none() => return Ok(Attempt::Done(DenialChanged::Unknown)),
            None if self.denials().await?.len() >= MAX_DENIALS => {
                return Ok(Attempt::Done(DenialChanged::Full));
            }
            None => Denial::none(subject.clone()),
        };
        let Some(next) = known.changed(change.clone()) else {
            return Ok(Attempt::Done(DenialChanged::Done(known)));
        };
        let mut item = to_item("denial", &key, &next)?;
        item.insert("revision".to_owned(), number(revision + 1));
        let same = Expression::new("#revision = :before").with(":before", number(revision));
        let mut writes = vec![match revision {
            0 => Write::Put(item, Some(super::days::absent())),
            // Every attribute is always there: none has to go.
            _ => Write::Replace(Item::new(), item, same),
        }];
        if next.is_denied {
            all.value.insert(subject.to_string())
        } else {
            all.value.remove(subject.as_str())
        };
        writes.extend(denied_writes(all.revision.as_deref(), &all.value)?);
        if !self.transact(writes).await?.applied() {
            return Ok(Attempt::Conflict(()));
        }
        tracing::info!(%subject, by = change.by, is_denied = next.is_denied, "staff denial changed");
        Ok(Attempt::Done(DenialChanged::Done(next)))
    }

    /// Whom the items themselves deny.
    pub(super) async fn denied_one_by_one(&self) -> Result<Denied, StoreError> {
        let (pk, prefix) = (keys::OFFICES.to_owned(), keys::STAFF_PREFIX.to_owned());
        Ok(denied_by(&self.query(Query::prefix(pk, prefix, MAX_DENIALS)).await?))
    }

    /// Everybody who is or was denied. Items that cannot be read are logged and left out.
    pub async fn denials(&self) -> Result<Vec<Denial>, StoreError> {
        let (pk, prefix) = (keys::OFFICES.to_owned(), keys::STAFF_PREFIX.to_owned());
        Ok(readable("denial", self.query(Query::prefix(pk, prefix, MAX_DENIALS)).await?))
    }
}

/// Whether this item beside the offices is about a member of staff.
pub(super) fn is_about_staff(item: &Item) -> bool {
    text_of(item, "sk").is_some_and(|sk| sk.starts_with(keys::STAFF_PREFIX))
}

/// Whom these items deny. One that is not understood denies all the same.
pub(super) fn denied_by(items: &[Item]) -> BTreeSet<String> {
    let flag = |item: &Item| item.get("is_denied").and_then(|value| value.as_bool().ok().copied());
    let denied = items.iter().filter(|item| flag(item) != Some(false));
    let subject = |item| text_of(item, "sk")?.strip_prefix(keys::STAFF_PREFIX);
    denied.filter_map(subject).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    #[test]
    fn what_is_not_understood_denies_too() {
        let item = |who: &str, is_denied: Option<AttributeValue>| {
            let sk = AttributeValue::S(format!("STAFF#{who}"));
            let flag = is_denied.map(|value| ("is_denied".to_owned(), value));
            HashMap::from_iter([("sk".to_owned(), sk)].into_iter().chain(flag))
        };
        let items = [
            item("denied", Some(AttributeValue::Bool(true))),
            item("readmitted", Some(AttributeValue::Bool(false))),
            item("odd", Some(AttributeValue::S("no".to_owned()))),
            item("bare", None),
        ];
        let denied: Vec<_> = denied_by(&items).into_iter().collect();
        assert_eq!(denied, ["bare", "denied", "odd"]);
    }
}
