//! What is counted of the ledger's work: changes once they are committed, refusals once they are given.

use chrono::{DateTime, NaiveDate, Utc};

use super::Ledger;
use crate::domain::booking::{Booking, Refusal, Status};
use crate::domain::ids::OfficeId;
use crate::domain::office::Channel;
use crate::domain::reason::Reason;
use crate::storage::QueueChange;
use crate::telemetry::Record;
use crate::telemetry::catalogue::{
    BOOKING, CANCELLATION, CHECK_IN, DOCUMENTS_BROUGHT, HOLD, HOLD_EXPIRED, LAPSED, MOVE, NO_SHOW,
    REFUSAL, SENT_BACK, SERVED,
};

/// A change that was made.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    /// The booking before; absent: it is new.
    pub(super) before: Option<&'a Booking>,
    pub(super) after: &'a Booking,
    /// What it did to the queue.
    pub(super) queue: &'a [QueueChange],
}

impl Ledger {
    /// Counts a change that was made.
    pub(super) fn count(&self, change: &Counted<'_>, now: DateTime<Utc>) {
        if let Some(record) = record(change, now) {
            let seat = &change.after.seat;
            self.metrics.send(record.at(&seat.office, seat.date), now);
        }
    }

    pub fn count_refusal(
        &self,
        reason: Reason,
        (office, date): (&OfficeId, Option<NaiveDate>),
        channel: Channel,
        now: DateTime<Utc>,
    ) {
        let record = Record::of(&REFUSAL, &[1]).by(reason.as_str()).at(office, date);
        self.metrics.send(record.with("channel", channel.as_str()), now);
    }

    /// Refuses to change a booking.
    pub(super) fn refuse(
        &self,
        booking: &Booking,
        refusal: Refusal,
        now: DateTime<Utc>,
    ) -> Refusal {
        let place = (&booking.seat.office, Some(booking.seat.date));
        self.count_refusal(refusal.reason(), place, booking.channel, now);
        refusal
    }
}

/// What a change is, if it is one that is counted.
fn record(change: &Counted<'_>, now: DateTime<Utc>) -> Option<Record> {
    let Counted { before, after, .. } = change;
    let by_channel = |definition| {
        let record = Record::of(definition, &[1]).by(after.channel.as_str());
        record.with("service", after.seat.service.as_str())
    };
    let is_uncounted = |before: &Booking| {
        let is_moved = before.seat != after.seat;
        let is_on = before.status == Status::Confirmed && after.status == Status::Confirmed;
        before.extensions < after.extensions
            || before.nik_corrected != after.nik_corrected
            // It waits for a seat, or waits no more.
            || is_on && !is_moved
            || is_scanned_before(before, after)
    };
    if before.is_some_and(is_uncounted) {
        return None;
    }
    Some(match (before.map(|before| before.status), after.status) {
        (None, _) => by_channel(&HOLD),
        (Some(Status::Held), Status::Confirmed) => by_channel(&BOOKING),
        // A scan that was undone.
        (Some(Status::CheckedIn), Status::Confirmed) => return None,
        (Some(_), Status::Held | Status::Confirmed) => Record::of(&MOVE, &[1]),
        (Some(_), Status::Cancelled) => Record::of(&CANCELLATION, &[1]),
        (Some(Status::AwaitingDocuments), Status::CheckedIn) => {
            Record::of(&DOCUMENTS_BROUGHT, &[1])
        }
        (Some(Status::CheckedIn), Status::CheckedIn) => return None,
        (Some(_), Status::CheckedIn) => {
            let came = after.check_in.as_ref().map_or(now, |scan| scan.at);
            let late = (came - after.times.starts_at).num_minutes();
            Record::of(&CHECK_IN, &[1]).with("minutes_after_slot", late)
        }
        (Some(_), Status::NoShow) => Record::of(&NO_SHOW, &[1]),
        (Some(_), Status::Expired) => Record::of(&HOLD_EXPIRED, &[1]),
        (Some(Status::AwaitingDocuments), Status::AwaitingDocuments) => return None,
        (Some(_), Status::AwaitingDocuments) => sent_back(after),
        (Some(_), Status::Served) => Record::of(&SERVED, &[1, service_secs(change, now)]),
        (Some(_), Status::Lapsed) => Record::of(&LAPSED, &[1]),
    })
}

/// Whether only another scan of the same visit counts.
fn is_scanned_before(before: &Booking, after: &Booking) -> bool {
    let (one, other) = (before.check_in.as_ref(), after.check_in.as_ref());
    let is_other = one.zip(other).is_some_and(|(one, other)| one.facts() != other.facts());
    before.status == after.status && is_other
}

/// A visit that has to wait for a document; which ones are ids of the checklist, not of the person.
fn sent_back(after: &Booking) -> Record {
    let missing = after.documents.as_ref().map(|check| check.missing.join(" "));
    Record::of(&SENT_BACK, &[1]).with("missing", missing.unwrap_or_default())
}

/// How long the counter was at it.
fn service_secs(change: &Counted<'_>, now: DateTime<Utc>) -> i64 {
    let places = change.queue.iter().filter_map(|place| match place {
        QueueChange::Move(_, before, _) => Some(before.service_time(now).num_seconds()),
        _ => None,
    });
    places.max().unwrap_or_default()
}
