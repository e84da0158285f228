//! Days, slots and seats: making, reading, quotas, closing. How seats are claimed: `changes.rs`.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::freed::seats_added;
use super::items::{Query, from_item, key_of, to_item};
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::{MAX_WRITES, Write};
use super::values::{number, seconds, text};
use super::{Item, Store, keys};
use crate::domain::calendar::ClosedReason;
use crate::domain::day::{Day, DayState, Seat, Slot, SlotChange, SlotSeats};
use crate::domain::ids::{OfficeId, ServiceId};
use crate::domain::office::Office;
use crate::domain::time::SlotTime;

/// What a release did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotsReleased {
    /// Slots that are open now and were not before.
    pub slots: usize,
    /// Whether others of the date were open before.
    pub was_open: bool,
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
    /// Makes a day with its slots, all or none, once: one transaction, of at most 100 items, for at most
    /// the 99 slots that an office's description may plan for a day. `false`: it was there; nothing was
    /// touched.
    pub async fn make_day(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        slots: &[Slot],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut writes = vec![day_put(office, date, now)?];
        for slot in slots {
            writes.push(Write::Put(slot_item(office, date, slot)?, None));
        }
        Ok(self.transact(writes).await?.applied())
    }

    /// Changes slots of a day that are not released before `settled`. `false`: some are by now.
    pub async fn replan_day(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        changes: &[SlotChange],
        settled: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut all = true;
        for some in changes.chunks(MAX_WRITES) {
            let writes = some.iter().map(|change| slot_change(office, date, change, settled));
            let writes = writes.collect::<Result<Vec<_>, _>>()?;
            all &= self.transact(writes).await?.applied();
        }
        Ok(all)
    }

    /// Releases slots of a date at `now`: what is not there is made, what would be released later is
    /// released now.
    pub async fn release_slots(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        slots: &[Slot],
        now: DateTime<Utc>,
    ) -> Result<SlotsReleased, StoreError> {
        let attempt = |()| self.try_release(office, date, slots, now);
        let released = compare_and_set(CONTENTION, (), attempt).await?;
        if released.slots > 0 {
            self.transact(vec![seats_added(office, date)]).await?;
        }
        Ok(released)
    }

    async fn try_release(
        &self,
        office: &OfficeId,
        date: NaiveDate,
        slots: &[Slot],
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), SlotsReleased>, StoreError> {
        let day = self.day(office, date).await?;
        let mut writes = Vec::new();
        for slot in slots {
            let known = day.slot(&slot.service, slot.time).map(|known| &known.slot);
            writes.extend(slot_release(office, date, slot, known, now)?);
        }
        let released = SlotsReleased { slots: writes.len(), was_open: day.is_released(now) };
        if writes.is_empty() {
            return Ok(Attempt::Done(released));
        }
        if day.state.is_none() {
            writes.push(day_put(office, date, now)?);
        }
        let is_done = self.transact(writes).await?.applied();
        Ok(if is_done { Attempt::Done(released) } else { Attempt::Conflict(()) })
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
    /// Seats above a lowered quota stay with who has them; no new claim is made above it, nor while as many as the quota have a seat.
    pub async fn set_quota(
        &self,
        office: &Office,
        date: NaiveDate,
        service: &ServiceId,
        time: SlotTime,
        quota: u16,
    ) -> Result<bool, StoreError> {
        let key = keys::slot(&office.id, date, service, time);
        let update = Expression::new("SET #quota = :quota, #by_hand = :by_hand")
            .with(":quota", number(quota))
            .with(":by_hand", AttributeValue::Bool(true));
        let set = Write::Update(key, update, Some(present()));
        Ok(self.transact(vec![set, seats_added(&office.id, date)]).await?.applied())
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
        let writes = vec![
            Write::Update(keys::day(&office.id, date), close, Some(present())),
            closure_put(&office.id, date, now),
            unchanged(office, revision),
        ];
        Ok(self.transact(writes).await?.applied())
    }

    /// Takes the mark off a closed day, and has the scheduler look at the office's days again and at the
    /// bookings that waited for another day. `false`: it has none, or the office has another revision by now.
    pub async fn reopen_day(
        &self,
        (office, revision): (&Office, u32),
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let reopen = Expression::new("REMOVE #closed, #closed_at");
        let condition = Expression::new("attribute_exists(#closed)");
        let writes = vec![
            Write::Update(keys::day(&office.id, date), reopen, Some(condition)),
            closure_put(&office.id, date, now),
            Write::Delete(keys::plan(&office.id), None),
            seats_added(&office.id, date),
            unchanged(office, revision),
        ];
        Ok(self.transact(writes).await?.applied())
    }
}

/// What has the scheduler deal with the bookings of a day that is closed, or opened again.
fn closure_put(office: &OfficeId, date: NaiveDate, now: DateTime<Utc>) -> Write {
    let mut task: Item = keys::closure(office, date).attributes();
    task.insert("office".to_owned(), text(office.as_str()));
    task.insert("date".to_owned(), text(date.to_string()));
    task.insert("closed_at".to_owned(), seconds(now));
    Write::Put(task, None)
}

/// Refused: the day is there.
fn day_put(office: &OfficeId, date: NaiveDate, now: DateTime<Utc>) -> Result<Write, StoreError> {
    let state = DayState { opened_at: now, closed: None, closed_at: None };
    Ok(Write::Put(to_item("day", &keys::day(office, date), &state)?, Some(absent())))
}

/// What releases a slot at `now`, if it is not released: refused if it is no longer as it is `known`.
fn slot_release(
    office: &OfficeId,
    date: NaiveDate,
    slot: &Slot,
    known: Option<&Slot>,
    now: DateTime<Utc>,
) -> Result<Option<Write>, StoreError> {
    Ok(match known {
        None => Some(Write::Put(slot_item(office, date, slot)?, Some(absent()))),
        Some(known) if known.is_released(now) => None,
        Some(_) => {
            let key = keys::slot(office, date, &slot.service, slot.time);
            let release = Expression::new("SET #released_at = :now").with(":now", seconds(now));
            Some(Write::Update(key, release, Some(released_after(now))))
        }
    })
}

fn slot_item(office: &OfficeId, date: NaiveDate, slot: &Slot) -> Result<Item, StoreError> {
    to_item("slot", &keys::slot(office, date, &slot.service, slot.time), slot)
}

/// Refused: it is released at `instant` or before.
fn released_after(instant: DateTime<Utc>) -> Expression {
    Expression::new("#released_at > :settled").with(":settled", seconds(instant))
}

fn slot_change(
    office: &OfficeId,
    date: NaiveDate,
    change: &SlotChange,
    settled: DateTime<Utc>,
) -> Result<Write, StoreError> {
    Ok(match change {
        SlotChange::Put(slot) => {
            let open = Expression::new("attribute_not_exists(#pk) OR #released_at > :settled");
            let open = open.with(":settled", seconds(settled));
            Write::Put(slot_item(office, date, slot)?, Some(open))
        }
        SlotChange::Remove(slot) => {
            let key = keys::slot(office, date, &slot.service, slot.time);
            Write::Delete(key, Some(released_after(settled)))
        }
    })
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
