//! The version of an item's form. Functions of two releases share the table for the time of a
//! deployment, so each item says by which version it was written (`v`; without it, version 1).
//!
//! New attributes are no new version: a release that does not know them passes them over and leaves them
//! alone. (What is new inside an attribute it passes over too, and loses when it writes that attribute.)
//! An item of a version that this code does not understand is neither read nor written. See
//! docs/adr/0011.

use aws_sdk_dynamodb::types::AttributeValue;

use super::Item;
use super::error::StoreError;
use super::expression::Expression;
use super::values::{number, text_of};

/// The version that is written. A release that raises it comes after one that raises [`UNDERSTOOD`].
const WRITTEN: u32 = 1;
/// The newest version that is read and changed.
const UNDERSTOOD: u32 = 1;
/// Items without a version are of the first one.
const FIRST: u32 = 1;
const VERSION: &str = "v";

/// Refuses an item that only a later release understands.
pub(crate) fn known(item: &Item) -> Result<(), StoreError> {
    let version = match item.get(VERSION) {
        None => FIRST,
        Some(value) => version_of(value).ok_or_else(|| StoreError::corrupt("version"))?,
    };
    if version <= UNDERSTOOD {
        return Ok(());
    }
    // The key begins with it; what follows may be a person's.
    let kind = text_of(item, "pk").and_then(|pk| pk.split('#').next()).unwrap_or("?").to_owned();
    Err(StoreError::Newer { kind, version, understood: UNDERSTOOD })
}

fn version_of(value: &AttributeValue) -> Option<u32> {
    value.as_n().ok()?.parse().ok()
}

/// An item as it is put: with the version that is written.
pub(crate) fn stamped(mut item: Item) -> Item {
    item.insert(VERSION.to_owned(), number(WRITTEN));
    item
}

/// A condition that also keeps the write from items that only a later release understands; absent
/// items are none of those.
pub(crate) fn if_understood(condition: Expression) -> Expression {
    const UNDERSTANDS: &str = "(attribute_not_exists(#v) OR #v <= :understood)";
    let text = match condition.text.as_ref() {
        "" => UNDERSTANDS.to_owned(),
        own => format!("({own}) AND {UNDERSTANDS}"),
    };
    Expression { text: text.into(), ..condition }.with(":understood", number(UNDERSTOOD))
}

/// An update that also gives a version to an item that has none: it may be made by this update.
pub(crate) fn versioned(update: Expression) -> Expression {
    update.setting("#v = if_not_exists(#v, :written)").with(":written", number(WRITTEN))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::storage::values::text;

    fn item(version: Option<AttributeValue>) -> Item {
        let mut item = HashMap::from([("pk".to_owned(), text("BOOKING#7KQ4MM2XR9"))]);
        item.extend(version.map(|version| (VERSION.to_owned(), version)));
        item
    }

    #[test]
    fn items_of_this_and_earlier_versions_are_known() {
        assert!(known(&item(None)).is_ok());
        assert!(known(&stamped(item(None))).is_ok());
        assert!(known(&item(Some(number(UNDERSTOOD)))).is_ok());
    }

    #[test]
    fn an_item_of_a_later_version_is_refused_by_its_kind_alone() {
        let error = known(&item(Some(number(UNDERSTOOD + 1)))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "an item of kind BOOKING has version 2, and this release understands versions up to 1"
        );
        let odd = known(&item(Some(text("2")))).unwrap_err();
        assert!(matches!(odd, StoreError::Corrupt { .. }));
    }

    #[test]
    fn conditions_and_updates_keep_what_they_say() {
        let own = Expression::new("attribute_exists(#pk) OR #a = :a");
        let text = if_understood(own).text;
        assert_eq!(
            text,
            "(attribute_exists(#pk) OR #a = :a) AND (attribute_not_exists(#v) OR #v <= :understood)"
        );
        let update = |text| versioned(Expression::new(text)).text;
        let stamp = "SET #v = if_not_exists(#v, :written)";
        assert_eq!(update("SET #a = :a REMOVE #b"), format!("{stamp}, #a = :a REMOVE #b"));
        assert_eq!(update("ADD #n :one SET #a = :a"), format!("ADD #n :one {stamp}, #a = :a"));
        assert_eq!(update("REMOVE #b"), format!("{stamp} REMOVE #b"));
    }
}
