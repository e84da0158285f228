//! What is to be seen of an office's dates: one item, written by whichever reader found it too old and got
//! the lease. A hint for people; the ledger decides by the days themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::days::absent;
use super::directory::{packed, unpacked};
use super::error::StoreError;
use super::expression::Expression;
use super::items::Query;
use super::schema::known;
use super::transact::Write;
use super::values::{instant_of, integer_of, number, seconds, text_of};
use super::{Item, Store, keys};
use crate::domain::day_summary::DaySummary;
use crate::domain::ids::OfficeId;

/// A date as somebody read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateView {
    #[serde(rename = "at", with = "chrono::serde::ts_milliseconds")]
    pub read_at: DateTime<Utc>,
    /// Whether it had changed since it was read before.
    #[serde(rename = "ch", default, skip_serializing_if = "std::ops::Not::not")]
    pub has_changed: bool,
    #[serde(flatten)]
    pub day: DaySummary,
}

/// An office's dates as they were read, each at its time.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// How often it was written.
    pub revision: u32,
    /// Until when somebody is about to write it.
    pub leased_until: Option<DateTime<Utc>>,
    pub dates: BTreeMap<NaiveDate, DateView>,
}

const CONTENT: &str = "content";
const REVISION: &str = "revision";
const UNTIL: &str = "until";

impl Store {
    /// What is to be seen of an office, perhaps as it was a second ago. A content that cannot be read is
    /// none: the next one is written over it.
    pub async fn view(&self, office: &OfficeId) -> Result<View, StoreError> {
        let mut query = Query::partition(keys::view_partition(office), 2);
        query.consistent = false;
        let mut view = View::default();
        for item in self.query(query).await? {
            if let Err(error) = known(&item) {
                tracing::warn!(%error, "a view of a later release");
            } else if text_of(&item, "sk") == Some(keys::VIEW_LEASE) {
                view.leased_until = instant_of(&item, UNTIL);
            } else {
                view.revision = integer_of(&item, REVISION).unwrap_or_default();
                view.dates = content(&item).unwrap_or_default();
            }
        }
        Ok(view)
    }

    /// Takes the lease to write the revision after `known`. `false`: somebody has it, or has written since.
    pub async fn lease_view(
        &self,
        office: &OfficeId,
        known: u32,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let lease = Expression::new("SET #until = :until").with(":until", seconds(until));
        let free = Expression::new(
            "(attribute_not_exists(#until) OR #until <= :now) \
             AND (attribute_not_exists(#revision) OR #revision = :known)",
        );
        let free = free.with(":now", seconds(now)).with(":known", number(known));
        let write = Write::Update(keys::view_lease(office), lease, Some(free));
        Ok(self.transact(vec![write]).await?.applied())
    }

    /// Writes what was read and gives the lease back. `false`: somebody else has written meanwhile.
    pub async fn put_view(&self, office: &OfficeId, view: &View) -> Result<bool, StoreError> {
        let mut item = keys::view_days(office).attributes();
        item.insert(REVISION.to_owned(), number(view.revision + 1));
        item.insert(CONTENT.to_owned(), packed(&view.dates)?);
        let same = match view.revision {
            0 => absent(),
            before => Expression::new("#revision = :before").with(":before", number(before)),
        };
        let back = Expression::new("SET #revision = :next REMOVE #until");
        let back = back.with(":next", number(view.revision + 1));
        let back = Write::Update(keys::view_lease(office), back, None);
        Ok(self.transact(vec![Write::Put(item, Some(same)), back]).await?.applied())
    }
}

fn content(item: &Item) -> Option<BTreeMap<NaiveDate, DateView>> {
    let read = unpacked(item.get(CONTENT)?);
    read.inspect_err(|error| tracing::warn!(%error, "a view cannot be read")).ok()
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveTime, TimeDelta};
    use rand::RngExt;

    use super::*;
    use crate::domain::code::BookingCode;
    use crate::domain::day::{Day, DayState, Pool, Seat, Slot, SlotSeats};
    use crate::domain::office::Channel;
    use crate::domain::time::SlotTime;

    /// 24 slots of 16 seats, some of them kept, some held.
    fn day(date: NaiveDate, kept: f64, held: f64, now: DateTime<Utc>) -> Day {
        let zero = date.and_time(NaiveTime::MIN).and_utc();
        let mut rng = rand::rng();
        let mut slot = |number: i64| {
            let starts_at = zero + TimeDelta::minutes(number * 15);
            let time: SlotTime =
                format!("{:02}:{:02}", 8 + number / 4, number % 4 * 15).parse().unwrap();
            let pool = Pool { channel: Channel::Priority, first: 1, last: 2, until: starts_at };
            let slot = Slot {
                service: "passport_new".parse().unwrap(),
                time,
                quota: 16,
                pools: vec![pool],
                book_until: starts_at,
                released_at: zero - TimeDelta::days(30),
                by_hand: false,
            };
            let mut seats = Vec::new();
            for number in 1..=16 {
                let (which, code) =
                    (rng.random_range(0.0..1.0), BookingCode::from_bits(rng.random()));
                let free_at = now + TimeDelta::seconds(rng.random_range(1..900));
                let free_at = (which >= kept).then_some(free_at);
                if which < kept + held {
                    seats.push(Seat { number, code, free_at });
                }
            }
            SlotSeats { slot, seats }
        };
        let slots = (0..24).map(&mut slot).collect();
        let state = DayState { opened_at: now, closed: None, closed_at: None };
        Day { date, state: Some(state), slots }
    }

    /// Bytes of a view of 62 dates.
    fn bytes_of_view(kept: f64, held: f64) -> usize {
        let now = DateTime::from_timestamp(1_796_169_600, 0).unwrap();
        let dates = (0..62).map(|ahead| {
            let date = now.date_naive() + Days::new(ahead);
            let day = day(date, kept, if ahead < 2 { held } else { 0.0 }, now);
            let day = DaySummary::of(&day, now);
            (date, DateView { read_at: now, has_changed: false, day })
        });
        let dates: BTreeMap<_, _> = dates.collect();
        let item = Item::from([(CONTENT.to_owned(), packed(&dates).unwrap())]);
        assert_eq!(content(&item).unwrap(), dates);
        item[CONTENT].as_b().unwrap().as_ref().len()
    }

    #[test]
    fn a_look_at_62_dates_is_one_read_unit() {
        for (kept, held) in [(0.0, 0.0), (0.5, 0.0), (0.5, 0.4), (0.95, 0.05), (1.0, 0.0)] {
            let bytes = bytes_of_view(kept, held);
            // An eventually consistent unit is 8 kB.
            assert!(bytes < 7_500, "{kept} {held}: {bytes}");
        }
    }
}
