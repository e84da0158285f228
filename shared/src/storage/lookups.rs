//! What a clerk who sees a KTP finds by its NIK, and how often they may look.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::fair_use::{HoldLimits, forgiven};
use super::guards::{LiveBooking, is_busy, live_booking};
use super::transact::Write;
use super::values::{number, seconds, text_of};
use super::{Store, keys};
use crate::domain::code::BookingCode;
use crate::security::{Derive, tokens};

/// What keeps a person from booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing; the last booking, if there was one.
    Free(Option<BookingCode>),
    /// As many holds or missed visits as one may have.
    Closed,
    /// A live booking.
    Booked(LiveBooking),
}

/// A day's count is of use until the day is over in all zones.
const KEEP: TimeDelta = TimeDelta::days(2);

impl Store {
    /// Counts a look of a clerk, of which `most` are allowed in a day; 0: any number. `false`: no more
    /// are.
    pub async fn count_lookup(
        &self,
        clerk: &str,
        most: u32,
        today: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let hash = tokens::hex(&self.keyring().derive(Derive::Throttle, &["lookup", clerk]));
        let add = Expression::new("ADD #looked :one SET #ttl = :ttl")
            .with(":one", number(1))
            .with(":ttl", seconds(now + KEEP));
        let below = Expression::new("attribute_not_exists(#looked) OR #looked < :most");
        let below = below.with(":most", number(if most == 0 { u32::MAX } else { most }));
        let write = Write::Update(keys::lookups(&hash, today), add, Some(below));
        Ok(self.transact(vec![write]).await?.applied())
    }

    /// What keeps a person from booking, by these limits.
    pub async fn standing(
        &self,
        person: &str,
        limits: &HoldLimits,
        now: DateTime<Utc>,
    ) -> Result<Standing, StoreError> {
        let Some(guard) = self.get_item(&keys::person(person)).await? else {
            return Ok(Standing::Free(None));
        };
        Ok(match limits.bars(&guard, now) {
            _ if is_busy(&guard, now) => Standing::Booked(live_booking(&guard)?),
            true => Standing::Closed,
            false => Standing::Free(text_of(&guard, "code").and_then(|code| code.parse().ok())),
        })
    }

    /// Forgets what counts against a person. `false`: they have a live booking by now.
    pub async fn forgive(
        &self,
        person: &str,
        today: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let free = "attribute_exists(#pk) AND (attribute_not_exists(#free_at) OR #free_at <= :now)";
        let free = Expression::new(free).with(":now", seconds(now));
        let forgive = Expression::new(forgiven(today));
        let write = Write::Update(keys::person(person), forgive, Some(free));
        Ok(self.transact(vec![write]).await?.applied())
    }
}
