//! Reading and writing items as Rust values.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::apart::apart;
use super::error::{StoreError, fault};
use super::expression::{Expression, names, values};
use super::keys::Key;
use super::schema::known;
use super::values::{text, text_of};
use super::{Item, Store};

/// The item of `value` under `key`.
pub(crate) fn to_item<T: Serialize>(
    kind: &'static str,
    key: &Key,
    value: &T,
) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(value)
        .map_err(|error| StoreError::Corrupt { kind, source: Some(Box::new(error)) })?;
    item.extend(key.attributes());
    Ok(item)
}

pub(crate) fn from_item<T: DeserializeOwned>(
    kind: &'static str,
    item: Item,
) -> Result<T, StoreError> {
    known(&item)?;
    serde_dynamo::from_item(item)
        .map_err(|error| StoreError::Corrupt { kind, source: Some(Box::new(error)) })
}

/// The values of items of a list. One that cannot be read is logged by its key and passed over, so that
/// it does not hide the others: functions of several versions share the table.
pub(crate) fn readable<T: DeserializeOwned>(kind: &'static str, items: Vec<Item>) -> Vec<T> {
    let read = |item: Item| {
        let [pk, sk] = ["pk", "sk"].map(|name| text_of(&item, name).map(str::to_owned));
        let log = |error: &_| tracing::error!(kind, pk, sk, %error, "an item cannot be read");
        from_item(kind, item).inspect_err(log).ok()
    };
    items.into_iter().filter_map(read).collect()
}

/// The key of an item that the table gave, which always has one.
pub(crate) fn key_of(item: &Item) -> Result<Key, StoreError> {
    match (text_of(item, "pk"), text_of(item, "sk")) {
        (Some(pk), Some(sk)) => Ok(Key { pk: pk.to_owned(), sk: sk.to_owned() }),
        _ => Err(StoreError::corrupt("key")),
    }
}

/// A bounded query.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) index: Option<&'static str>,
    pub(crate) condition: Expression,
    pub(crate) consistent: bool,
    /// No more items are read.
    pub(crate) limit: usize,
    pub(crate) after: Option<HashMap<String, AttributeValue>>,
}

impl Query {
    /// A strongly consistent query of the table.
    pub(crate) fn table(condition: Expression, limit: usize) -> Self {
        Self { index: None, condition, consistent: true, limit, after: None }
    }

    /// All items of a partition.
    pub(crate) fn partition(pk: String, limit: usize) -> Self {
        Self::table(Expression::new("#pk = :pk").with(":pk", text(pk)), limit)
    }

    /// Items of a partition whose sort key begins with `prefix`.
    pub(crate) fn prefix(pk: String, prefix: String, limit: usize) -> Self {
        let condition = Expression::new("#pk = :pk AND begins_with(#sk, :sk)");
        Self::table(condition.with(":pk", text(pk)).with(":sk", text(prefix)), limit)
    }
}

/// Takes the item of this key out of an answer, whose order is any.
fn take(items: &mut Vec<Item>, key: &Key) -> Option<Item> {
    let is_it =
        |item: &Item| text_of(item, "pk") == Some(&key.pk) && text_of(item, "sk") == Some(&key.sk);
    let at = items.iter().position(is_it)?;
    Some(items.swap_remove(at))
}

/// One item, strongly consistent.
pub(super) async fn get_item(
    client: &Client,
    table: &str,
    key: &Key,
) -> Result<Option<Item>, StoreError> {
    let key = Some(key.attributes());
    let call = client.get_item().table_name(table).set_key(key).consistent_read(true);
    let got = apart(call.send()).await.map_err(fault)?;
    got.item.iter().try_for_each(known)?;
    Ok(got.item)
}

impl Store {
    /// One item as it is or was a second ago, for half the price.
    pub(crate) async fn get_item_eventually(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let key = Some(key.attributes());
        let call = self.client.get_item().table_name(&self.table).set_key(key);
        let got = apart(call.send()).await.map_err(fault)?;
        got.item.iter().try_for_each(known)?;
        Ok(got.item)
    }

    /// One item, strongly consistent.
    pub(crate) async fn get_item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        get_item(&self.client, &self.table, key).await
    }

    /// Items by their keys, strongly consistent, by one call.
    pub(crate) async fn get_items<const N: usize>(
        &self,
        wanted: &[Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        let mut items = self.get_some(wanted).await?.into_iter();
        Ok(std::array::from_fn(|_| items.next().flatten()))
    }

    /// Items by their keys, which are all different and a hundred at most, strongly consistent, by one call,
    /// in their order. What the table leaves out of its answer for the moment is read by itself.
    pub(super) async fn get_some(&self, wanted: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let keys = wanted.iter().map(Key::attributes).collect();
        let asked = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        let asked = asked.build().map_err(|error| StoreError::NotApplied {
            reason: "request could not be built".to_owned(),
            source: Some(Box::new(error)),
        })?;
        let call = self.client.batch_get_item().request_items(&self.table, asked);
        let answer = apart(call.send()).await.map_err(fault)?;
        let left_out = answer.unprocessed_keys.is_some_and(|keys| !keys.is_empty());
        let mut found = answer.responses.and_then(|mut all| all.remove(&self.table));
        found.iter().flatten().try_for_each(known)?;
        let mut items = Vec::with_capacity(wanted.len());
        for key in wanted {
            let found = found.as_mut().and_then(|found| take(found, key));
            items.push(match found {
                None if left_out => self.get_item(key).await?,
                found => found,
            });
        }
        Ok(items)
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        key: &Key,
    ) -> Result<Option<T>, StoreError> {
        self.get_item(key).await?.map(|item| from_item(kind, item)).transpose()
    }

    /// A page of the whole table, and where to go on: for an operator's commands only.
    pub(super) async fn scan(
        &self,
        after: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let scan = self.client.scan().table_name(&self.table).consistent_read(true);
        let page = apart(scan.set_exclusive_start_key(after).send()).await.map_err(fault)?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key))
    }

    /// The items of a query, page after page, up to its bound.
    pub(crate) async fn query(&self, query: Query) -> Result<Vec<Item>, StoreError> {
        Ok(self.query_page(query).await?.0)
    }

    /// The items of a query and, if its bound was reached, where to go on.
    pub(crate) async fn query_page(
        &self,
        query: Query,
    ) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let mut items = Vec::new();
        let mut after = query.after;
        loop {
            let left = i32::try_from(query.limit.saturating_sub(items.len())).unwrap_or(i32::MAX);
            let call = self
                .client
                .query()
                .table_name(&self.table)
                .set_index_name(query.index.map(str::to_owned))
                .key_condition_expression(query.condition.text.as_ref())
                .set_expression_attribute_names(names(&[&query.condition.text]))
                .set_expression_attribute_values(values(&[&query.condition]))
                .set_consistent_read(query.index.is_none().then_some(query.consistent))
                .set_exclusive_start_key(after)
                .limit(left);
            let page = apart(call.send()).await.map_err(fault)?;
            items.extend(page.items.unwrap_or_default());
            after = page.last_evaluated_key;
            if after.is_none() || items.len() >= query.limit {
                return Ok((items, after));
            }
        }
    }
}
