//! Reading bookings. How they are changed: `changes.rs`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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

/// Some of the bookings that time can change, and where to go on.
#[derive(Debug, Clone)]
pub struct DuePage {
    pub bookings: Vec<Booking>,
    /// Absent: these were the last ones.
    pub next: Option<DuePlace>,
}

/// A place among the bookings of a shard: after the booking that stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuePlace {
    #[serde(with = "chrono::serde::ts_seconds")]
    due: DateTime<Utc>,
    code: BookingCode,
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

    /// Bookings that time may have changed, earliest first, from one shard of the index.
    pub async fn due_bookings(
        &self,
        shard: u8,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Booking>, StoreError> {
        Ok(self.due_page(shard, None, until, limit).await?.bookings)
    }

    /// The same from a place on. Items that cannot be read are logged and left out.
    pub async fn due_page(
        &self,
        shard: u8,
        after: Option<&DuePlace>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<DuePage, StoreError> {
        let kind = keys::due_bookings(shard);
        let condition = Expression::new("#due_kind = :kind AND #due <= :until")
            .with(":kind", text(kind.as_str()))
            .with(":until", seconds(until));
        let after = after.map(|place| {
            let mut key = keys::booking(place.code).attributes();
            key.extend([
                ("due_kind".to_owned(), text(kind.as_str())),
                ("due".to_owned(), seconds(place.due)),
            ]);
            key
        });
        let query = Query { index: Some(DUE_INDEX), condition, consistent: false, limit, after };
        let (items, last) = self.query_page(query).await?;
        Ok(DuePage {
            bookings: readable("booking", items),
            next: last.as_ref().map(due_place).transpose()?,
        })
    }
}

fn due_place(key: &Item) -> Result<DuePlace, StoreError> {
    let due = instant_of(key, "due");
    let code = text_of(key, "pk").and_then(keys::code_of_booking);
    let place = due.zip(code).map(|(due, code)| DuePlace { due, code });
    place.ok_or_else(|| StoreError::corrupt("place in the due index"))
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
