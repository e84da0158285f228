//! Confirmed bookings that have left a date: missed, cancelled, moved. Their seats may be others' by now;
//! with those that are on seats they are all that the date had.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Store;
use super::error::StoreError;
use super::items::Query;
use super::keys;
use super::transact::Write;
use super::values::{integer_of, number, text, text_of};
use crate::domain::booking::{Booking, SeatRef, Status};
use crate::domain::code::BookingCode;
use crate::domain::day_report::LeftVisit;
use crate::domain::ids::OfficeId;

/// More than an office's largest day, however often people move.
const MAX_LEFT: usize = 5_000;
/// The slot's start.
const TIME: &str = "time";
/// The seat's number, if the visit was missed.
const MISSED: &str = "missed";

/// Notes that a booking leaves the date of its seat, if it was ever confirmed.
pub(super) fn left(before: &Booking, after: &Booking) -> Option<Write> {
    let SeatRef { office, date, .. } = &before.seat;
    let mut item = keys::left(office, *date, before.code).attributes();
    item.insert("code".to_owned(), text(before.code.as_str()));
    item.insert(TIME.to_owned(), text(before.seat.time.to_string()));
    if after.status == Status::NoShow {
        item.insert(MISSED.to_owned(), number(before.seat.number));
    }
    (before.status != Status::Held).then(|| Write::Put(item, None))
}

impl Store {
    /// Bookings that have left a date, and what they left.
    pub(super) async fn left(
        &self,
        office: &OfficeId,
        date: NaiveDate,
    ) -> Result<BTreeMap<BookingCode, LeftVisit>, StoreError> {
        let items =
            self.query(Query::partition(keys::left_partition(office, date), MAX_LEFT)).await?;
        let read = |item| {
            let code = text_of(item, "code")?.parse().ok()?;
            let time = text_of(item, TIME).and_then(|time| time.parse().ok());
            let missed = integer_of(item, MISSED).and_then(|seat| u16::try_from(seat).ok());
            Some((code, LeftVisit { time, missed }))
        };
        Ok(items.iter().filter_map(read).collect())
    }
}
