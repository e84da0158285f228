//! The one way to write: a transaction with its own token, repeated until its outcome is known.
//!
//! No write touches an item that only a later release understands: see `schema.rs`.
//!
//! A refused condition comes back by position with the item as it was (`ALL_OLD`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use rand::RngExt;

use super::apart::apart;
use super::error::{Failure, StoreError, classify};
use super::expression::{Expression, names, values};
use super::keys::Key;
use super::retention::{kept, kept_by};
use super::retry::RetryPolicy;
use super::schema::{if_understood, known, stamped, versioned};
use super::{Item, Store};

/// Items of one transaction.
pub(super) const MAX_WRITES: usize = 100;

/// One write of a transaction.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// Puts a whole item. What another had under its key is gone.
    Put(Item, Option<Expression>),
    /// Gives an item the second form instead of the first one: attributes that neither of them has
    /// were added by a later release, and stay.
    Replace(Item, Item, Expression),
    /// Changes an item by an update expression.
    Update(Key, Expression, Option<Expression>),
    /// Removes an item.
    Delete(Key, Option<Expression>),
    /// Changes nothing, but has to hold.
    Check(Key, Expression),
}

/// How a transaction ended, when that is known.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// All of it was written.
    Applied,
    /// Nothing was written; by position, the items whose conditions failed (empty if absent).
    Refused(Vec<Option<Item>>),
}

impl Outcome {
    /// Whether it was written.
    pub(crate) fn applied(&self) -> bool {
        matches!(self, Self::Applied)
    }
}

/// A conflict or a throttle, and an answer that was lost: the waits add up to three seconds at the
/// most, half of it in the middle.
const TRANSACTION: RetryPolicy =
    RetryPolicy { limit: 7, first_backoff_ms: 50, max_backoff_ms: 1_600 };
/// No try begins later than this: one takes a second and a half at the most, and a function has ten.
const LAST_TRY_AFTER: Duration = Duration::from_secs(5);

impl Store {
    /// Writes all of `writes` or nothing.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] only if the outcome stayed unknown through every repetition.
    pub(crate) async fn transact(&self, writes: Vec<Write>) -> Result<Outcome, StoreError> {
        let items = writes
            .into_iter()
            .map(|write| self.transact_item(write))
            .collect::<Result<Vec<_>, _>>()?;
        let token = format!("{:032x}", rand::rng().random::<u128>());
        let mut lost = None;
        let mut reason = String::new();
        let begun = Instant::now();
        for attempt in 0..TRANSACTION.limit {
            TRANSACTION.backoff(attempt).await;
            if begun.elapsed() > LAST_TRY_AFTER {
                break;
            }
            let call = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .client_request_token(&token)
                .customize()
                .config_override(one_try());
            let Err(error) = apart(call.send()).await else { return Ok(Outcome::Applied) };
            if let Some(reasons) = cancellation(&error) {
                match refused(reasons) {
                    Cancelled::Conditions(old) => {
                        old.iter().flatten().try_for_each(known)?;
                        return Ok(Outcome::Refused(old));
                    }
                    Cancelled::Busy(why) => reason = why,
                    Cancelled::Final(why) => return Err(ended(lost, why, error)),
                }
                continue;
            }
            let (fault, why) = classify(&error);
            match fault {
                Failure::Final => return Err(ended(lost, why, error)),
                Failure::Busy => {}
                Failure::Lost => lost = Some(error),
            }
            reason = why;
        }
        Err(match lost {
            Some(error) => StoreError::Unknown { reason, source: Some(Box::new(error)) },
            None => StoreError::not_applied(&reason),
        })
    }

    /// Writes all or nothing. Refused: of the conditions that failed the first in their order,
    /// with the item as it is (empty if it is absent).
    ///
    /// # Errors
    /// Those of [`Store::transact`].
    pub(crate) async fn transact_conditions<G: Ord + Copy>(
        &self,
        writes: Vec<(Option<G>, Write)>,
    ) -> Result<Result<(), (G, Item)>, StoreError> {
        let (conditions, writes): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        let old = match self.transact(writes).await? {
            Outcome::Applied => return Ok(Ok(())),
            Outcome::Refused(old) => old,
        };
        let failed = conditions
            .into_iter()
            .zip(old)
            .filter_map(|(condition, item)| Some((condition?, item?)));
        let first = failed.min_by_key(|(condition, _)| *condition);
        first.map(Err).ok_or_else(|| StoreError::corrupt("refusal"))
    }

    fn transact_item(&self, write: Write) -> Result<TransactWriteItem, StoreError> {
        let item = TransactWriteItem::builder();
        let built = match write {
            Write::Put(whole, condition) => self.put(whole, condition).map(|put| item.put(put)),
            Write::Replace(before, after, condition) => {
                let (key, update) = replacement(&before, after);
                self.update(key, update, condition).map(|update| item.update(update))
            }
            Write::Update(key, update, condition) => {
                let condition = condition.unwrap_or_default();
                let key = key.attributes();
                let update = kept_by(&key["pk"], versioned(update));
                let update = self.update(key, update, condition);
                update.map(|update| item.update(update))
            }
            Write::Delete(key, condition) => {
                self.delete(&key, condition).map(|delete| item.delete(delete))
            }
            Write::Check(key, condition) => {
                self.check(&key, condition).map(|check| item.condition_check(check))
            }
        };
        built.map(|item| item.build()).map_err(|error| StoreError::NotApplied {
            reason: "request could not be built".to_owned(),
            source: Some(Box::new(error)),
        })
    }

    fn put(&self, item: Item, condition: Option<Expression>) -> Result<Put, BuildError> {
        let condition = if_understood(condition.unwrap_or_default());
        Put::builder()
            .table_name(&self.table)
            .set_item(Some(kept(stamped(item))))
            .condition_expression(condition.text.as_ref())
            .set_expression_attribute_names(names(&[&condition.text]))
            .set_expression_attribute_values(values(&[&condition]))
            .return_values_on_condition_check_failure(ALL_OLD)
            .build()
    }

    fn update(
        &self,
        key: Item,
        update: Expression,
        condition: Expression,
    ) -> Result<Update, BuildError> {
        let condition = if_understood(condition);
        Update::builder()
            .table_name(&self.table)
            .set_key(Some(key))
            .update_expression(update.text.as_ref())
            .condition_expression(condition.text.as_ref())
            .set_expression_attribute_names(names(&[&update.text, &condition.text]))
            .set_expression_attribute_values(values(&[&update, &condition]))
            .return_values_on_condition_check_failure(ALL_OLD)
            .build()
    }

    fn delete(&self, key: &Key, condition: Option<Expression>) -> Result<Delete, BuildError> {
        let condition = if_understood(condition.unwrap_or_default());
        Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition.text.as_ref())
            .set_expression_attribute_names(names(&[&condition.text]))
            .set_expression_attribute_values(values(&[&condition]))
            .return_values_on_condition_check_failure(ALL_OLD)
            .build()
    }

    fn check(&self, key: &Key, condition: Expression) -> Result<ConditionCheck, BuildError> {
        let condition = if_understood(condition);
        ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(condition.text.as_ref())
            .set_expression_attribute_names(names(&[&condition.text]))
            .set_expression_attribute_values(values(&[&condition]))
            .return_values_on_condition_check_failure(ALL_OLD)
            .build()
    }
}

/// A refused condition tells what stands in its way.
const ALL_OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// The key of an item, and the update that gives it its form after, in order of its attributes.
fn replacement(before: &Item, after: Item) -> (Item, Expression) {
    let is_key = |name: &str| matches!(name, "pk" | "sk");
    let gone: BTreeSet<_> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    let gone: Vec<_> = gone.iter().map(|name| format!("#{name}")).collect();
    let after = kept(stamped(after));
    let (key, after): (Item, Item) = after.into_iter().partition(|(n, _)| is_key(n));
    let after = BTreeMap::from_iter(after);
    let sets: Vec<_> = after.keys().map(|name| format!("#{name} = :new_{name}")).collect();
    let mut text = format!("SET {}", sets.join(", "));
    if !gone.is_empty() {
        text = format!("{text} REMOVE {}", gone.join(", "));
    }
    let values = after.into_iter().map(|(name, value)| (format!(":new_{name}").into(), value));
    (key, Expression { text: text.into(), values: values.collect() })
}

/// The SDK sends once: only the loop above sees every answer, and so knows whether one was lost.
fn one_try() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}

type SdkError = SdkFailure<HttpResponse>;

/// A try that cannot succeed any more says nothing about an earlier one whose answer was lost.
fn ended(lost: Option<SdkError>, reason: String, error: SdkError) -> StoreError {
    match lost {
        Some(lost) => StoreError::Unknown { reason, source: Some(Box::new(lost)) },
        None => StoreError::NotApplied { reason, source: Some(Box::new(error)) },
    }
}

type SdkFailure<R> = aws_sdk_dynamodb::error::SdkError<TransactWriteItemsError, R>;

fn cancellation<R>(error: &SdkFailure<R>) -> Option<&[CancellationReason]> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            Some(cancelled.cancellation_reasons())
        }
        _ => None,
    }
}

enum Cancelled {
    Conditions(Vec<Option<Item>>),
    Busy(String),
    Final(String),
}

/// A conflict or a throttle says nothing about the conditions beside it, but a failed condition is
/// an answer whatever stands beside it.
fn refused(reasons: &[CancellationReason]) -> Cancelled {
    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
    let failed = |reason: &CancellationReason| {
        (code(reason) == "ConditionalCheckFailed")
            .then(|| reason.item().cloned().unwrap_or_default())
    };
    let old: Vec<_> = reasons.iter().map(failed).collect();
    if old.iter().any(Option::is_some) {
        return Cancelled::Conditions(old);
    }
    let codes: Vec<_> = reasons.iter().map(code).filter(|code| code != "None").collect();
    match codes.iter().find(|code| !is_busy(code)) {
        Some(other) => Cancelled::Final(other.clone()),
        None => Cancelled::Busy(codes.into_iter().next().unwrap_or_default()),
    }
}

fn is_busy(code: &str) -> bool {
    matches!(code, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::replacement;
    use crate::storage::values::{number, text};

    #[test]
    fn a_replacement_sets_what_is_there_and_removes_what_is_not_any_more() {
        let item = |all: &[&str]| -> HashMap<_, _> {
            all.iter().map(|name| ((*name).to_owned(), text(*name))).collect()
        };
        let (key, update) =
            replacement(&item(&["pk", "sk", "a", "old"]), item(&["pk", "sk", "a", "b"]));
        assert_eq!(key, item(&["pk", "sk"]));
        assert_eq!(update.text, "SET #a = :new_a, #b = :new_b, #v = :new_v REMOVE #old");
        assert_eq!(update.values[2], (":new_v".into(), number(1)));
        let (_, update) = replacement(&item(&["a"]), item(&["pk", "sk", "a"]));
        assert_eq!(update.text, "SET #a = :new_a, #v = :new_v");
    }
}
