//! Scans that were made without a network, and are merged into a booking when they are handed in.
//!
//! A scan is judged as of the moment in which it was made: what the booking was then, and whether that was
//! the time to come. Of all good scans the first by time counts; of those of one second the one that was
//! made with a network, then the one whose key comes first. That order is the same whoever hands in first, so
//! that any order and any split of the same scans end in the same record.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::visit::may_come;
use super::{Booking, CheckIn, Event, Refusal, Status, Times};
use crate::ids::ScanKey;
use crate::office::Office;
use crate::reason::Reason;
use crate::time::{local_date, whole_seconds};

/// A scan that was made without a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfflineScan {
    pub key: ScanKey,
    /// When it was made, by our clock: of [`scan_time`].
    pub at: DateTime<Utc>,
    /// Where.
    pub gate: String,
}

/// Why a scan has no time that it could be judged as of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanTimeError {
    /// It is dated after it was sent.
    Future,
    /// It was made on another day than it is handed in.
    Late,
}

impl ScanTimeError {
    /// Its code.
    pub fn reason(self) -> Reason {
        match self {
            Self::Future => Reason::ScannedInFuture,
            Self::Late => Reason::HandedInLate,
        }
    }
}

/// As much as a slow network takes. Two clocks that differ by no more are taken to agree, so that the same
/// scan has the same time however long its sending takes.
const NETWORK: TimeDelta = TimeDelta::seconds(10);

/// When a scan was made by our clock, in whole seconds: what the scanner's clock said, corrected by what it
/// said when it sent the scan, which is `now`.
///
/// # Errors
/// If it was not made before it was sent, or not on today's date of the zone.
pub fn scan_time(
    scanned_at: DateTime<Utc>,
    sent_at: DateTime<Utc>,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<DateTime<Utc>, ScanTimeError> {
    if scanned_at > sent_at {
        return Err(ScanTimeError::Future);
    }
    let off = Some(now - sent_at).filter(|off| off.abs() > NETWORK).unwrap_or_default();
    let at = scanned_at.checked_add_signed(off).ok_or(ScanTimeError::Late)?.min(now);
    let is_today = local_date(at, zone) == local_date(now, zone);
    is_today.then(|| whole_seconds(at)).ok_or(ScanTimeError::Late)
}

/// What a scan that is handed in comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merge {
    /// Nobody has scanned the ticket: the person has come in with this scan.
    First,
    /// It is the scan that counts.
    Recorded,
    /// It was made before the one that counted: the booking with this one in its place.
    Earlier(Box<Booking>),
    /// The one that counts was made before it.
    Later,
    /// It was good, and the booking was changed since: somebody has to decide.
    Conflict(Conflict),
    /// Nobody had come in with it at the time.
    Refused(Refusal),
}

/// What was done to a booking between a scan and its handing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    pub change: Change,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Cancelled,
    /// It is for another hour or day now.
    Moved,
    /// A clerk undid a scan of it.
    Undone,
    /// It counted as missed, and its seat or its person is another booking's.
    GivenAway,
}

impl Change {
    /// Its code.
    pub fn reason(self) -> Reason {
        match self {
            Self::Cancelled => Reason::CancelledMeanwhile,
            Self::Moved => Reason::MovedMeanwhile,
            Self::Undone => Reason::UndoneMeanwhile,
            Self::GivenAway => Reason::GivenAway,
        }
    }
}

impl OfflineScan {
    fn precedes(&self, recorded: &CheckIn) -> bool {
        (self.at, Some(&self.key)) < (recorded.at, recorded.key.as_ref())
    }
}

impl Booking {
    /// What a scan comes to, by the booking's whole history, oldest first.
    pub fn merge(&self, history: &[Event], office: &Office, scan: &OfflineScan) -> Merge {
        let recorded = self.check_in.as_ref();
        if recorded.is_some_and(|recorded| recorded.key.as_ref() == Some(&scan.key)) {
            return Merge::Recorded;
        }
        let is_later = recorded.is_some_and(|recorded| !scan.precedes(recorded));
        if is_later && self.status != Status::Cancelled {
            return Merge::Later;
        }
        let then = history.iter().rev().find(|event| event.at <= scan.at);
        let Some(then) = then else { return Merge::Refused(Refusal::NotConfirmed) };
        if let Err(refusal) = self.was_good(then, office, scan.at) {
            return Merge::Refused(refusal);
        }
        match (changed_since(self, then, history, scan.at), recorded) {
            (Some(conflict), _) => Merge::Conflict(conflict),
            (None, Some(recorded)) => Merge::Earlier(Box::new(self.scanned_before(recorded, scan))),
            (None, None) => Merge::First,
        }
    }

    /// Whether somebody was in, or would have come in, with the booking as this event left it.
    fn was_good(&self, then: &Event, office: &Office, at: DateTime<Utc>) -> Result<(), Refusal> {
        use Status::{AwaitingDocuments, CheckedIn, Confirmed, NoShow};
        match then.status {
            Confirmed | NoShow | CheckedIn | AwaitingDocuments => {}
            Status::Held => return Err(Refusal::NotConfirmed),
            Status::Expired => return Err(Refusal::HoldExpired),
            Status::Lapsed => return Err(Refusal::DeadlinePassed),
            Status::Served | Status::Cancelled => return Err(Refusal::Ended),
        }
        let is_here = (self.seat.date, self.seat.time) == (then.date, then.time);
        let times = if is_here { self.times } else { Times::of(office, then.date, then.time) };
        may_come(office, then.date, &times, at)
    }

    /// The same visit with an earlier scan: the person keeps the number that they were told.
    fn scanned_before(&self, recorded: &CheckIn, scan: &OfflineScan) -> Self {
        let (key, gate) = (Some(scan.key.clone()), scan.gate.clone());
        let check_in = CheckIn { at: scan.at, gate, key, ..recorded.clone() };
        Self { check_in: Some(check_in), ..self.next(self.status) }
    }
}

/// What keeps the booking from being what it was `then`.
fn changed_since(
    booking: &Booking,
    then: &Event,
    history: &[Event],
    at: DateTime<Utc>,
) -> Option<Conflict> {
    let since = || history.iter().filter(|event| event.at > at);
    let is_elsewhere = |event: &&Event| (event.date, event.time) != (then.date, then.time);
    let undone = history.windows(2).find_map(|pair| match pair {
        [one, next] if one.status == Status::CheckedIn && next.status == Status::Confirmed => {
            Some(next.at).filter(|undone| *undone > at)
        }
        _ => None,
    });
    let conflict = |change, at| Some(Conflict { change, at });
    if booking.status == Status::Cancelled {
        let cancelled = since().find(|event| event.status == Status::Cancelled);
        return conflict(Change::Cancelled, cancelled.map_or(at, |event| event.at));
    }
    if (booking.seat.date, booking.seat.time) != (then.date, then.time) {
        let moved = since().find(is_elsewhere);
        return conflict(Change::Moved, moved.map_or(at, |event| event.at));
    }
    undone.and_then(|undone| conflict(Change::Undone, undone))
}

#[cfg(test)]
mod tests;
