//! Refusals are counted before they are told: a rush has hundreds in a second, and a line for each
//! would cost more than the refusal itself.
//!
//! The first refusal of a kind is told at once, those that follow it within a second together: by the
//! next refusal of the kind or the next request, whichever comes first after that second. What an
//! instance counted in its last second of work is lost if it is frozen then and never asked again: it
//! answers one request at a time, each taking a millisecond at least, so that is under a thousand
//! refusals at the very most, once in the life of an instance. A refusal outside a rush is never lost.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};

use super::Record;
use super::catalogue::REFUSAL;
use crate::domain::ids::OfficeId;
use crate::domain::office::Channel;

/// What was refused.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// The problem's code.
    pub reason: &'static str,
    /// Where.
    pub office: &'a OfficeId,
    /// For which date; absent: for any.
    pub date: Option<NaiveDate>,
    /// Over which channel.
    pub channel: Channel,
}

/// Refusals of a kind are told at most once in so many milliseconds.
const EVERY_MS: i64 = 1_000;
/// Kinds remembered: a rush has a handful. More of them push out the ones told longest ago.
const MAX_KINDS: usize = 64;
/// Nothing waits to be told.
const NEVER: i64 = i64::MAX;

/// The counts.
#[derive(Debug)]
pub(super) struct Refusals {
    kinds: Mutex<Vec<Kind>>,
    /// When the next count is to be told.
    due_ms: AtomicI64,
}

#[derive(Debug)]
struct Kind {
    reason: &'static str,
    office: OfficeId,
    date: Option<NaiveDate>,
    channel: Channel,
    told_ms: i64,
    /// Not told yet.
    waiting: i64,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { kinds: Mutex::default(), due_ms: AtomicI64::new(NEVER) }
    }
}

impl Refusals {
    /// Counts a refusal; the record is to be sent now.
    pub(super) fn count(&self, refused: &Refused<'_>, now: DateTime<Utc>) -> Option<Record> {
        let now_ms = now.timestamp_millis();
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kind) = kinds.iter_mut().find(|kind| kind.is(refused)) {
            kind.waiting += 1;
            if kind.is_due(now_ms) {
                return kind.tell(now_ms);
            }
            self.due_ms.fetch_min(kind.told_ms + EVERY_MS, Ordering::Relaxed);
            return None;
        }
        let mut kind = Kind::new(refused);
        let first = kind.tell(now_ms);
        if kinds.len() < MAX_KINDS {
            kinds.push(kind);
        } else if let Some(oldest) = kinds.iter_mut().min_by_key(|k| (k.waiting > 0, k.told_ms)) {
            // One that waits is pushed out only if all wait: its count moves to the new kind's next
            // record rather than being lost, for the sum is what alarms look at.
            kind.waiting = oldest.waiting;
            *oldest = kind;
        }
        first
    }

    /// Counts that have waited for long enough.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Vec<Record> {
        let now_ms = now.timestamp_millis();
        if now_ms < self.due_ms.load(Ordering::Relaxed) {
            return vec![];
        }
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let due = kinds.iter_mut().filter(|kind| kind.waiting > 0 && kind.is_due(now_ms));
        let records = due.filter_map(|kind| kind.tell(now_ms)).collect();
        let waiting = kinds.iter().filter(|kind| kind.waiting > 0);
        let next = waiting.map(|kind| kind.told_ms + EVERY_MS).min().unwrap_or(NEVER);
        self.due_ms.store(next, Ordering::Relaxed);
        records
    }
}

impl Kind {
    fn new(refused: &Refused<'_>) -> Self {
        let Refused { reason, office, date, channel } = *refused;
        Self { reason, office: office.clone(), date, channel, told_ms: 0, waiting: 1 }
    }

    fn is(&self, refused: &Refused<'_>) -> bool {
        self.date == refused.date
            && self.channel == refused.channel
            && self.reason == refused.reason
            && self.office == *refused.office
    }

    fn is_due(&self, now_ms: i64) -> bool {
        now_ms >= self.told_ms + EVERY_MS
    }

    fn tell(&mut self, now_ms: i64) -> Option<Record> {
        self.told_ms = now_ms;
        let record = Record::of(&REFUSAL, &[std::mem::take(&mut self.waiting)]).by(self.reason);
        Some(record.at(&self.office, self.date).with("channel", self.channel.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::Value;

    use super::*;

    fn counted(records: impl IntoIterator<Item = Record>, now: DateTime<Utc>) -> Vec<i64> {
        let value = |record: Record| -> Value {
            serde_json::from_str(&record.line("dev", None, now)).unwrap()
        };
        records.into_iter().map(|record| value(record)["Refusals"].as_i64().unwrap()).collect()
    }

    #[test]
    fn the_first_is_told_at_once_and_a_second_of_a_rush_together() {
        let refusals = Refusals::default();
        let office: OfficeId = "uji".parse().unwrap();
        let refused =
            Refused { reason: "slot_full", office: &office, date: None, channel: Channel::Web };
        let begin: DateTime<Utc> = "2026-11-30T00:00:00Z".parse().unwrap();
        let at = |ms| begin + TimeDelta::milliseconds(ms);
        assert_eq!(counted(refusals.count(&refused, at(0)), begin), [1]);
        for ms in 1..=600 {
            assert!(refusals.count(&refused, at(ms)).is_none());
            assert!(refusals.due(at(ms)).is_empty());
        }
        assert!(refusals.due(at(999)).is_empty());
        assert_eq!(counted(refusals.due(at(1_000)), begin), [600]);
        assert!(refusals.due(at(9_000)).is_empty(), "nothing is told twice");
        assert_eq!(counted(refusals.count(&refused, at(9_000)), begin), [1]);
        assert!(refusals.count(&refused, at(9_500)).is_none());
        assert_eq!(counted(refusals.count(&refused, at(10_100)), begin), [2]);
    }

    #[test]
    fn kinds_are_told_apart_and_no_count_is_lost_among_too_many() {
        let refusals = Refusals::default();
        let begin: DateTime<Utc> = "2026-11-30T00:00:00Z".parse().unwrap();
        let mut told = vec![];
        for round in 0..3 {
            for number in 0..200 {
                let office = format!("uji-{number}").parse().unwrap();
                let refused = Refused {
                    reason: "slot_full",
                    office: &office,
                    date: None,
                    channel: Channel::Web,
                };
                let now = begin + TimeDelta::milliseconds(round * 100);
                told.extend(counted(refusals.count(&refused, now), now));
            }
        }
        let end = begin + TimeDelta::seconds(5);
        told.extend(counted(refusals.due(end), end));
        assert_eq!(told.iter().sum::<i64>(), 600);
        assert!(refusals.kinds.lock().unwrap().len() <= MAX_KINDS);
    }
}
