//! Dates on which more seats are free than the scheduler knows: it passes over dates that it saw full.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::items::{Query, readable};
use super::transact::{MAX_WRITES, Write};
use super::values::text;
use super::{Store, keys};
use crate::domain::booking::Booking;
use crate::domain::booking::SeatRef;
use crate::domain::ids::OfficeId;

/// A date with seats that were given back or added since it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    pub office: OfficeId,
    pub date: NaiveDate,
    /// The booking that gave one back, or staff.
    by: String,
}

const STAFF: &str = "STAFF";
/// Those that are left wait for the next tick.
const MAX_FREED: usize = 2_000;

/// A booking gives its seat back.
pub(super) fn seat_freed(seat: &SeatRef, booking: &Booking) -> Write {
    marker(&seat.office, seat.date, booking.code.as_str())
}

/// Staff add seats to a date.
pub(super) fn seats_added(office: &OfficeId, date: NaiveDate) -> Write {
    marker(office, date, STAFF)
}

fn marker(office: &OfficeId, date: NaiveDate, by: &str) -> Write {
    let mut item = keys::freed(office, date, by).attributes();
    item.insert("office".to_owned(), text(office.as_str()));
    item.insert("date".to_owned(), text(date.to_string()));
    item.insert("by".to_owned(), text(by));
    Write::Put(item, None)
}

impl Store {
    /// Dates on which more seats are free since they were last looked at.
    pub async fn freed(&self) -> Result<Vec<Freed>, StoreError> {
        let items = self.query(Query::partition(keys::FREED.to_owned(), MAX_FREED)).await?;
        Ok(readable("freed seat", items))
    }

    /// Forgets those that were looked at after they were read.
    pub async fn forget_freed(&self, freed: &[Freed]) -> Result<(), StoreError> {
        for some in freed.chunks(MAX_WRITES) {
            let key = |one: &Freed| keys::freed(&one.office, one.date, &one.by);
            let writes = some.iter().map(|one| Write::Delete(key(one), None)).collect();
            self.transact(writes).await?;
        }
        Ok(())
    }
}
