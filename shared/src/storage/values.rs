//! Attribute values: made, and read from items.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::Item;

/// An instant as the table compares it: whole seconds.
pub(crate) fn seconds(at: DateTime<Utc>) -> AttributeValue {
    AttributeValue::N(at.timestamp().to_string())
}

/// A text attribute.
pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(crate) fn number(value: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A text attribute of an item.
pub(crate) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

pub(crate) fn instant_of(item: &Item, name: &str) -> Option<DateTime<Utc>> {
    let secs = item.get(name)?.as_n().ok()?.parse().ok()?;
    DateTime::from_timestamp(secs, 0)
}

/// A number attribute of an item.
pub(super) fn integer_of(item: &Item, name: &str) -> Option<u32> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// A set of texts, which must not be empty.
pub(super) fn texts(all: Vec<String>) -> AttributeValue {
    AttributeValue::Ss(all)
}
