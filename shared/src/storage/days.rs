//! Days, slots and seats: opening, reading, quotas, closing. How seats are claimed: `changes.rs`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, key_of, to_item};
use super::transact::{Outcome, Write};
use super::values::{number, seconds, text};
use super::{Item, Store, keys};
use crate::domain::calendar::{ClosedReason, PlannedSlot};
use crate::domain::day::{Day, DayState, Seat, Slot, SlotSeats};
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::office::Office;
use crate::domain::time::SlotTime;

/// Whether opening a day made its slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOpened {
    /// The slots are there now.
    Opened,
    /// Somebody had opened it before; nothing was touched.
    Already,
}

/// Slots with up to 999 seats each would fill many pages; a large office has a few hundred seats.
const MAX_DAY_ITEMS: usize = 20_000;

pub(crate) fn absent() -> Expression {
    Expression::new("attribute_not_exists(#pk)")
}

fn present() -> Expression {
    Expression::new("attribute_exists(#pk)")
}

/// Refused: somebody has changed the office since it had this revision.
fn unchanged(office: &Office, revision: u32) -> Write {
    let same = Expression::new("#revision = :revision").with(":revision", number(revision));
    Write::Check(keys::office(&office.id), same)
}

impl Store {
    /// Makes the day's slots, all or none, once: one transaction, of at most 100 items, for at most the
    /// 99 slots that an office's description may plan for a day.
    pub async fn open_day(
        &self,
        office: &Office,
        date: NaiveDate,
        planned: &[PlannedSlot],
        now: DateTime<Utc>,
    ) -> Result<DayOpened, StoreError> {
        let state = DayState { opened_at: now, closed: None, closed_at: None };
        let day_key = keys::day(&office.id, date);
        let mut writes = vec![Write::Put(to_item("day", &day_key, &state)?, Some(absent()))];
        for plan in planned {
            let slot = Slot::open(plan, office, date, now);
            let key = keys::slot(&office.id, date, &slot.service, slot.time);
            writes.push(Write::Put(to_item("slot", &key, &slot)?, None));
        }
        Ok(match self.transact(writes).await? {
            Outcome::Applied => DayOpened::Opened,
            Outcome::Refused(_) => DayOpened::Already,
        })
    }

    /// Adds slots to a day that is open; slots that are there stay as they are.
    pub async fn add_slots(
        &self,
        office: &Office,
        date: NaiveDate,
        planned: &[PlannedSlot],
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let mut added = 0;
        for plan in planned {
            let slot = Slot::open(plan, office, date, now);
            let key = keys::slot(&office.id, date, &slot.service, slot.time);
            let put = Write::Put(to_item("slot", &key, &slot)?, Some(absent()));
            added += usize::from(self.transact(vec![put]).await?.applied());
        }
        Ok(added)
    }

    /// The day with all its slots and seats, as of now.
    pub async fn day(&self, office: &OfficeId, date: NaiveDate) -> Result<Day, StoreError> {
        let items =
            self.query(Query::partition(keys::day_partition(office, date), MAX_DAY_ITEMS)).await?;
        assemble(date, items)
    }

    /// Whether and how the day was opened or closed, without its slots.
    pub async fn day_state(
        &self,
        office: &OfficeId,
        date: NaiveDate,
    ) -> Result<Option<DayState>, StoreError> {
        self.get("day", &keys::day(office, date)).await
    }

    /// Sets a slot's quota. `false`: there is no such slot.
    ///
    /// Seats above a lowered quota stay with who has them; no new claim is made above it.
    pub async fn set_quota(
        &self,
        office: &Office,
        date: NaiveDate,
        service: &ServiceId,
        time: SlotTime,
        quota: u16,
    ) -> Result<bool, StoreError> {
        let key = keys::slot(&office.id, date, service, time);
        let update = Expression::new("SET #quota = :quota").with(":quota", number(quota));
        let outcome = self.transact(vec![Write::Update(key, update, Some(present()))]).await?;
        Ok(outcome.applied())
    }

    /// Marks an opened day as closed and leaves its bookings to the scheduler. `false`: the day was
    /// never opened, so that nobody has to be told; or the office has another revision by now.
    pub async fn close_day(
        &self,
        (office, revision): (&Office, u32),
        date: NaiveDate,
        reason: &ClosedReason,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let reason = serde_dynamo::to_attribute_value(reason)
            .map_err(|error| StoreError::Corrupt { kind: "day", source: Some(Box::new(error)) })?;
        let close = Expression::new("SET #closed = :closed, #closed_at = :now")
            .with(":closed", reason)
            .with(":now", seconds(now));
        let closure = keys::closure(&office.id, date);
        let mut task: Item = closure.attributes();
        task.insert("office".to_owned(), text(office.id.as_str()));
        task.insert("date".to_owned(), text(date.to_string()));
        task.insert("closed_at".to_owned(), seconds(now));
        let writes = vec![
            Write::Update(keys::day(&office.id, date), close, Some(present())),
            Write::Put(task, None),
            unchanged(office, revision),
        ];
        Ok(self.transact(writes).await?.applied())
    }

    /// Takes the mark off a closed day. `false`: it has none, or the office has another revision by
    /// now.
    pub async fn reopen_day(
        &self,
        (office, revision): (&Office, u32),
        date: NaiveDate,
    ) -> Result<bool, StoreError> {
        let reopen = Expression::new("REMOVE #closed, #closed_at");
        let condition = Expression::new("attribute_exists(#closed)");
        let writes = vec![
            Write::Update(keys::day(&office.id, date), reopen, Some(condition)),
            Write::Delete(keys::closure(&office.id, date), None),
            unchanged(office, revision),
        ];
        Ok(self.transact(writes).await?.applied())
    }
}

/// Puts a day together from its items. Sort keys: `DAY`, `hhmm#service`, `hhmm#service#nnn`.
fn assemble(date: NaiveDate, items: Vec<Item>) -> Result<Day, StoreError> {
    let mut state = None;
    let mut slots: BTreeMap<(SlotTime, ServiceId), SlotSeats> = BTreeMap::new();
    for item in items {
        let sk = key_of(&item)?.sk;
        let mut parts = sk.split('#');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(keys::DAY), None, None) => state = Some(from_item::<DayState>("day", item)?),
            (Some(_), Some(_), None) => {
                let slot: Slot = from_item("slot", item)?;
                let key = (slot.time, slot.service.clone());
                slots.insert(key, SlotSeats { slot, seats: vec![] });
            }
            (Some(time), Some(service), Some(_)) => {
                let key = seat_owner(time, service)?;
                let seat: Seat = from_item("seat", item)?;
                // A slot's item sorts before its seats'.
                slots
                    .get_mut(&key)
                    .ok_or_else(|| StoreError::corrupt("seat without slot"))?
                    .seats
                    .push(seat);
            }
            _ => return Err(StoreError::corrupt("day")),
        }
    }
    Ok(Day { date, state, slots: slots.into_values().collect() })
}

fn seat_owner(time: &str, service: &str) -> Result<(SlotTime, ServiceId), StoreError> {
    let time = SlotTime::from_compact(time).map_err(|_| StoreError::corrupt("seat"))?;
    let service = service.parse().map_err(|_| StoreError::corrupt("seat"))?;
    Ok((time, service))
}
