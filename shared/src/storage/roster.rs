//! All bookings of an office's date, and whose they are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use futures_util::future::try_join_all;

use super::error::StoreError;
use super::items::from_item;
use super::keys::Key;
use super::{Item, Store, keys};
use crate::domain::account::Applicant;
use crate::domain::booking::Booking;
use crate::domain::code::BookingCode;
use crate::domain::day::Day;
use crate::domain::day_report::{DayVisits, LeftVisit};
use crate::domain::ids::OfficeId;
use crate::domain::queue::QueueDay;

/// Items of one call.
const BATCH: usize = 100;

impl Store {
    /// Every booking that is or was for this date: on a seat, or noted as having left one.
    pub async fn bookings_of(
        &self,
        office: &OfficeId,
        date: NaiveDate,
    ) -> Result<Vec<Booking>, StoreError> {
        let (day, left) = tokio::try_join!(self.day(office, date), self.left(office, date))?;
        self.bookings_among(office, &day, &left).await
    }

    /// Everything that tells how a day went.
    pub async fn day_visits(&self, of: &QueueDay) -> Result<DayVisits, StoreError> {
        let (day, left, entries, events) = tokio::try_join!(
            self.day(&of.office, of.date),
            self.left(&of.office, of.date),
            self.queue_entries(of),
            self.all_queue_events(of),
        )?;
        let bookings = self.bookings_among(&of.office, &day, &left).await?;
        Ok(DayVisits { day, bookings, left, entries, events })
    }

    async fn bookings_among(
        &self,
        office: &OfficeId,
        day: &Day,
        left: &BTreeMap<BookingCode, LeftVisit>,
    ) -> Result<Vec<Booking>, StoreError> {
        let seated = day.slots.iter().flat_map(|slot| slot.seats.iter().map(|seat| seat.code));
        let codes: BTreeSet<_> = seated.chain(left.keys().copied()).collect();
        let wanted: Vec<_> = codes.into_iter().map(keys::booking).collect();
        let found = self.get_many(&wanted).await?.into_iter().flatten();
        let bookings = found.map(|item| from_item::<Booking>("booking", item));
        bookings.filter(|read| read.as_ref().map_or(true, |b| b.seat.office == *office)).collect()
    }

    /// Whose these bookings are, in their order. Absent: removed or erased.
    pub async fn applicants_of(
        &self,
        bookings: &[&Booking],
    ) -> Result<Vec<Option<Applicant>>, StoreError> {
        let key = |of: &&Booking| keys::applicant(&of.account, &of.applicant);
        let wanted: BTreeSet<Key> = bookings.iter().map(key).collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let found = self.get_many(&wanted).await?;
        let open = |of: &&Booking| {
            let at = wanted.binary_search(&key(of)).ok()?;
            found[at].clone().map(|item| self.open_applicant(&of.account, item))
        };
        bookings.iter().map(|of| open(of).transpose()).collect()
    }

    async fn get_many(&self, wanted: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let batches = wanted.chunks(BATCH).map(|some| self.get_some(some));
        Ok(try_join_all(batches).await?.into_iter().flatten().collect())
    }
}
