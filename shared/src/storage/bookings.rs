//! Reading bookings. How they are changed: `changes.rs`.

use chrono::{DateTime, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, readable, to_item};
use super::values::{instant_of, seconds, text, text_of};
use super::{DUE_INDEX, Item, Store, keys};
use crate::domain::booking::{Booking, Event};
use crate::domain::code::BookingCode;

/// A booking together with its history.
#[derive(Debug, Clone)]
pub struct BookingKept {
    pub booking: Booking,
    /// Its events, oldest first.
    pub events: Vec<Event>,
}

/// A booking makes a handful of transitions; moves can make a few dozen.
const MAX_EVENTS: usize = 1_000;

impl Store {
    /// A booking.
    pub async fn booking(&self, code: BookingCode) -> Result<Option<Booking>, StoreError> {
        self.get("booking", &keys::booking(code)).await
    }

    /// Whether the last change of a booking was caused by the message of this hash.
    pub async fn was_caused_by(&self, booking: &Booking, cause: &str) -> Result<bool, StoreError> {
        let key = keys::event(booking.code, booking.version);
        let event: Option<Event> = self.get("event", &key).await?;
        Ok(event.and_then(|event| event.cause).as_deref() == Some(cause))
    }

    /// A person's booking that is on, if there is one.
    pub async fn live_booking(
        &self,
        person: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Booking>, StoreError> {
        let guard = self.get_item(&keys::person(person)).await?;
        let on = |item: &Item| instant_of(item, "free_at").is_some_and(|at| at > now);
        let code = guard.filter(on).as_ref().and_then(|item| text_of(item, "code")?.parse().ok());
        let Some(code) = code else { return Ok(None) };
        let booking = self.booking(code).await?;
        Ok(booking.filter(|booking| booking.status_at(now).is_live()))
    }

    /// A booking with its history.
    pub async fn booking_with_history(
        &self,
        code: BookingCode,
    ) -> Result<Option<BookingKept>, StoreError> {
        let query = Query::partition(keys::booking(code).pk, MAX_EVENTS);
        let (mut booking, mut events) = (None, vec![]);
        for item in self.query(query).await? {
            if text_of(&item, "sk").is_some_and(|sk| sk.starts_with(keys::EVENT_PREFIX)) {
                events.push(from_item("event", item)?);
            } else {
                booking = Some(from_item("booking", item)?);
            }
        }
        Ok(booking.map(|booking| BookingKept { booking, events }))
    }

    /// Codes of bookings that time may have changed, earliest first, from one shard of the index.
    pub async fn due_bookings(
        &self,
        shard: u8,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        let condition = Expression::new("#due_kind = :kind AND #due <= :until")
            .with(":kind", text(keys::due_bookings(shard)))
            .with(":until", seconds(until));
        let query =
            Query { index: Some(DUE_INDEX), condition, consistent: false, limit, after: None };
        Ok(readable("booking", self.query(query).await?))
    }
}

/// The item of a booking: in the due index while time can change it.
pub(super) fn booking_item(booking: &Booking) -> Result<Item, StoreError> {
    let mut item = to_item("booking", &keys::booking(booking.code), booking)?;
    if let Some(due) = booking.due() {
        let shard = keys::shard(booking.code.as_str());
        item.insert("due_kind".to_owned(), text(keys::due_bookings(shard)));
        item.insert("due".to_owned(), seconds(due));
    }
    Ok(item)
}
