//! The queue of a day: numbers from a sequence that only counts up, a place for each person who came,
//! and what each counter has. Everything is compare-and-set.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, readable, to_item};
use super::outbox::message_item;
use super::transact::Write;
use super::values::{number, text_of};
use super::{Item, Store, keys};
use crate::domain::message::Message;
use crate::domain::queue::{
    Counter, CounterSetup, QueueDay, QueueEntry, QueueEvent, QueueNumber, QueueState,
};

/// The number that a counter has, or had last. There is no such item before its first call of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtCounter {
    pub counter: Counter,
    pub number: QueueNumber,
    /// Called or serving; otherwise the counter is free.
    pub state: QueueState,
    /// When it was last called.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub called_at: DateTime<Utc>,
    pub calls: u32,
    /// Keyed hash of the request that called it, so that its repetition is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called_by: Option<String>,
    /// The last step that a request with a key made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_step: Option<KnownStep>,
}

/// A step that is known again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownStep {
    pub request: String,
    /// The number that it was about.
    pub number: QueueNumber,
}

impl AtCounter {
    /// Whether it has that number.
    pub fn is_busy(&self) -> bool {
        self.state.is_at_counter()
    }
}

/// What happens to the queue in a change.
#[derive(Debug, Clone)]
pub enum QueueChange {
    /// Somebody takes a new place, with the number after the last one.
    Join(QueueDay, Box<QueueEntry>),
    /// The number becomes the last one given, if the one before it still is. So a number is given with
    /// the place that has it, and whoever was not let in has taken none.
    Count(QueueDay, QueueNumber),
    /// A place changes from the first form to the second, if it was not changed since and its state and
    /// counter are still the first form's.
    Move(QueueDay, Box<QueueEntry>, Box<QueueEntry>),
    /// What the change of a place, in its form before, is written down as.
    Note(QueueDay, Box<QueueEntry>, Box<QueueEvent>),
    /// Nobody has closed the counter.
    Open(QueueDay, Counter),
    /// The counter has no number.
    Idle(QueueDay, Counter),
    /// The counter is as staff set it.
    Set(QueueDay, Box<CounterSetup>),
    /// A counter changes from the first form to the second, if its number and state are still the first
    /// form's. Absent: it has called nobody today.
    Turn(QueueDay, Option<Box<AtCounter>>, Box<AtCounter>),
}

#[derive(Deserialize)]
struct Sequence {
    last: u32,
}

/// An office serves a few hundred people a day.
const MAX_ENTRIES: usize = 5_000;
/// A number is called and sent on a few times.
const MAX_EVENTS: usize = 1_000;
/// A few for each place of a day.
const MAX_DAY_EVENTS: usize = 50_000;
/// The largest offices have a few dozen counters.
const MAX_COUNTERS: usize = 500;

impl QueueChange {
    /// Refused: somebody else has changed the place or the counter since it was read.
    pub(crate) fn write(&self) -> Result<Write, StoreError> {
        Ok(match self {
            Self::Join(day, entry) => {
                Write::Put(entry_item(day, entry)?, Some(super::days::absent()))
            }
            Self::Count(day, number) => count(day, *number),
            Self::Move(day, before, after) => {
                let after = QueueEntry { changes: before.changes + 1, ..*after.clone() };
                let (old, new) = (entry_item(day, before)?, entry_item(day, &after)?);
                let same = unchanged(&old, &["state", "counter", "changes"]);
                Write::Replace(old, new, same)
            }
            Self::Note(day, before, event) => {
                let key = keys::queue_event(day, before.queue_number(), before.changes + 1);
                Write::Put(to_item("queue event", &key, event)?, None)
            }
            Self::Open(day, counter) => {
                let open = "attribute_not_exists(#pk) OR #open = :yes";
                let open = Expression::new(open).with(":yes", AttributeValue::Bool(true));
                Write::Check(keys::counter_setup(day, counter), open)
            }
            Self::Idle(day, counter) => Write::Check(keys::counter(day, counter), idle()),
            Self::Set(day, setup) => {
                let key = keys::counter_setup(day, &setup.counter);
                Write::Put(to_item("counter setup", &key, setup)?, None)
            }
            Self::Turn(day, None, at) => {
                Write::Put(counter_item(day, at)?, Some(super::days::absent()))
            }
            Self::Turn(day, Some(before), after) => {
                let (old, new) = (counter_item(day, before)?, counter_item(day, after)?);
                let same = unchanged(&old, &["number", "state"]);
                Write::Replace(old, new, same)
            }
        })
    }
}

/// Refused: the counter has called somebody.
fn idle() -> Expression {
    let text = "attribute_not_exists(#pk) OR NOT (#state IN (:called, :serving))";
    let value = |state: &str| AttributeValue::S(state.to_owned());
    Expression::new(text).with(":called", value("called")).with(":serving", value("serving"))
}

/// Refused: somebody else was given the number.
fn count(day: &QueueDay, of: QueueNumber) -> Write {
    let unchanged = match of.number {
        1 => Expression::new("attribute_not_exists(#last)"),
        next => Expression::new("#last = :last").with(":last", number(next - 1)),
    };
    let set = Expression::new("SET #last = :next").with(":next", number(of.number));
    Write::Update(keys::queue_sequence(day, of.group), set, Some(unchanged))
}

fn entry_item(day: &QueueDay, entry: &QueueEntry) -> Result<Item, StoreError> {
    to_item("queue entry", &keys::queue_entry(day, entry.queue_number()), entry)
}

fn counter_item(day: &QueueDay, at: &AtCounter) -> Result<Item, StoreError> {
    to_item("counter", &keys::counter(day, &at.counter), at)
}

/// These attributes are what they are in `item`.
fn unchanged(item: &Item, attributes: &[&'static str]) -> Expression {
    let mut all = Expression::default();
    let mut parts = Vec::new();
    for name in attributes {
        match item.get(*name) {
            Some(value) => {
                parts.push(format!("#{name} = :was_{name}"));
                all = all.with(format!(":was_{name}"), value.clone());
            }
            None => parts.push(format!("attribute_not_exists(#{name})")),
        }
    }
    Expression { text: parts.join(" AND ").into(), ..all }
}

impl Store {
    /// The number after the last one of a queue; it is given by the change that joins and counts it.
    pub async fn next_number(
        &self,
        day: &QueueDay,
        group: char,
    ) -> Result<QueueNumber, StoreError> {
        let sequence: Option<Sequence> =
            self.get("queue sequence", &keys::queue_sequence(day, group)).await?;
        let last = sequence.map_or(0, |sequence| sequence.last);
        Ok(QueueNumber { group, number: last + 1 })
    }

    /// Makes changes of the queue alone, all of them or none. `false`: a place or a counter is not as
    /// it was found.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn change_queue(&self, changes: &[QueueChange]) -> Result<bool, StoreError> {
        let writes = changes.iter().map(QueueChange::write).collect::<Result<_, _>>()?;
        Ok(self.transact(writes).await?.applied())
    }

    /// Makes a change of the queue together with the message that tells of it. `false`: the place is not as it
    /// was found.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn tell_in_queue(
        &self,
        change: &QueueChange,
        message: &Message,
    ) -> Result<bool, StoreError> {
        let writes = vec![change.write()?, Write::Put(message_item(message)?, None)];
        Ok(self.transact(writes).await?.applied())
    }

    /// # Errors
    /// If the table does not answer or the item is corrupt.
    pub async fn queue_entry(
        &self,
        day: &QueueDay,
        number: QueueNumber,
    ) -> Result<Option<QueueEntry>, StoreError> {
        self.get("queue entry", &keys::queue_entry(day, number)).await
    }

    /// All places of a day, by letter and number.
    pub async fn queue_entries(&self, day: &QueueDay) -> Result<Vec<QueueEntry>, StoreError> {
        let prefix = keys::QUEUE_ENTRY_PREFIX.to_owned();
        let query = Query::prefix(keys::queue_partition(day), prefix, MAX_ENTRIES);
        Ok(readable("queue entry", self.query(query).await?))
    }

    /// What a counter has, or had last.
    pub async fn at_counter(
        &self,
        day: &QueueDay,
        counter: &Counter,
    ) -> Result<Option<AtCounter>, StoreError> {
        self.get("counter", &keys::counter(day, counter)).await
    }

    /// What the counters of a day have or had last, by their names.
    pub async fn at_counters(&self, day: &QueueDay) -> Result<Vec<AtCounter>, StoreError> {
        let prefix = keys::COUNTER_PREFIX.to_owned();
        let query = Query::prefix(keys::queue_partition(day), prefix, MAX_COUNTERS);
        Ok(readable("counter", self.query(query).await?))
    }

    /// A counter as staff have set it.
    pub async fn counter_setup(
        &self,
        day: &QueueDay,
        counter: &Counter,
    ) -> Result<Option<CounterSetup>, StoreError> {
        self.get("counter setup", &keys::counter_setup(day, counter)).await
    }

    /// The counters that staff have set, by their names.
    pub async fn counter_setups(&self, day: &QueueDay) -> Result<Vec<CounterSetup>, StoreError> {
        let prefix = keys::COUNTER_SETUP_PREFIX.to_owned();
        let query = Query::prefix(keys::queue_partition(day), prefix, MAX_COUNTERS);
        Ok(readable("counter setup", self.query(query).await?))
    }

    /// What was done to a place, in its order.
    pub async fn queue_events(
        &self,
        day: &QueueDay,
        number: QueueNumber,
    ) -> Result<Vec<QueueEvent>, StoreError> {
        let prefix = keys::queue_event_prefix(number);
        let query = Query::prefix(keys::queue_partition(day), prefix, MAX_EVENTS);
        Ok(readable("queue event", self.query(query).await?))
    }

    /// What was done to all places of a day: of each in its order.
    pub async fn all_queue_events(
        &self,
        day: &QueueDay,
    ) -> Result<BTreeMap<QueueNumber, Vec<QueueEvent>>, StoreError> {
        let prefix = keys::QUEUE_EVENT_PREFIX.to_owned();
        let query = Query::prefix(keys::queue_partition(day), prefix, MAX_DAY_EVENTS);
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for item in self.query(query).await? {
            let number = text_of(&item, "sk").and_then(keys::queue_number_of_event);
            let event = readable("queue event", vec![item]).pop();
            if let Some((number, event)) = number.zip(event) {
                all.entry(number).or_default().push(event);
            }
        }
        Ok(all)
    }
}
