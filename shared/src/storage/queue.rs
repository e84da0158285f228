//! The queue of a day: numbers by atomic increment, one entry for each person who came.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::error::{StoreError, fault};
use super::items::{Ask, apart, number, to_item};
use super::schema::{guarded, versioned};
use super::transact::{Expression, Write, names, values};
use super::{Store, keys};
use crate::domain::booking::Booking;
use crate::domain::code::BookingCode;
use crate::domain::ids::OfficeId;

/// A place in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    /// The queue's letter.
    pub group: char,
    /// The number.
    pub number: u32,
    /// Whose it is.
    pub code: BookingCode,
    /// `waiting` until a counter calls it.
    pub state: String,
    /// Since when.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub since: DateTime<Utc>,
}

impl QueueEntry {
    /// A person who waits.
    pub fn waiting(group: char, number: u32, code: BookingCode, since: DateTime<Utc>) -> Self {
        Self { group, number, code, state: WAITING.to_owned(), since }
    }

    pub(crate) fn write(&self, booking: &Booking) -> Result<Write, StoreError> {
        let key =
            keys::queue_entry(&booking.seat.office, booking.seat.date, self.group, self.number);
        Ok(Write::Put(to_item("queue entry", &key, self)?, Some(super::days::absent())))
    }
}

const WAITING: &str = "waiting";
/// An office serves a few hundred people a day.
const MOST_ENTRIES: usize = 5_000;

impl Store {
    /// The next number of a queue. A number that is taken and not used leaves a gap, never a pair.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn next_number(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        group: char,
    ) -> Result<u32, StoreError> {
        let add = versioned(Expression::new("ADD #last :one").with(":one", number(1)));
        let understood = guarded(Expression::default());
        let key = keys::queue_counter(office, date, group);
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .update_expression(add.text.as_ref())
            .condition_expression(understood.text.as_ref())
            .set_expression_attribute_names(names(&[&add.text, &understood.text]))
            .set_expression_attribute_values(values(&[&add, &understood]))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::UpdatedNew);
        let sent = apart(call.send()).await;
        if refused(&sent) {
            // Reading it tells why.
            self.get_item(&key).await?;
        }
        let updated = sent.map_err(fault)?;
        let last = updated
            .attributes
            .as_ref()
            .and_then(|item| item.get("last")?.as_n().ok()?.parse().ok());
        last.ok_or_else(|| StoreError::corrupt("queue counter"))
    }

    /// How many people wait before `number` in its queue.
    ///
    /// # Errors
    /// If the table does not answer or an item is corrupt.
    pub async fn people_ahead(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        group: char,
        number: u32,
    ) -> Result<u32, StoreError> {
        let first = keys::queue_entry(office, date, group, 0);
        let prefix = first.sk.trim_end_matches('0').to_owned();
        let items = self.query(Ask::prefix(first.pk, prefix, MOST_ENTRIES)).await?;
        let ahead = items
            .into_iter()
            .filter_map(|item| super::items::from_item::<QueueEntry>("queue entry", item).ok());
        let count = ahead.filter(|entry| entry.number < number && entry.state == WAITING).count();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// Whether a number was not given because of the counter's version.
fn refused<T, R>(sent: &Result<T, SdkError<UpdateItemError, R>>) -> bool {
    let error = sent.as_ref().err().and_then(SdkError::as_service_error);
    error.is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}
