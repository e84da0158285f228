//! What is counted of the ledger's work: changes once they are committed, refusals once they are given.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Changed, HoldOutcome, Ledger, Moved, NotOffered};
use crate::domain::booking::{Booking, Refusal, Status};
use crate::domain::ids::OfficeId;
use crate::domain::office::Channel;
use crate::storage::{Change, QueueChange};
use crate::telemetry::catalogue::{
    BOOKING, CANCELLATION, CHECK_IN, DOCUMENTS_BROUGHT, HOLD, HOLD_EXPIRED, LAPSED, MOVE, NO_SHOW,
    SENT_BACK, SERVED,
};
use crate::telemetry::{Record, Refused};

impl Ledger {
    /// Counts a change that was made.
    pub(super) fn count(&self, change: &Change<'_>, now: DateTime<Utc>) {
        if let Some(record) = record(change, now) {
            let seat = &change.after.seat;
            self.metrics.send(record.at(&seat.office, seat.date), now);
        }
    }

    /// Counts a refusal, by the code of its problem.
    pub fn count_refusal(
        &self,
        reason: &'static str,
        (office, date): (&OfficeId, Option<NaiveDate>),
        channel: Channel,
        now: DateTime<Utc>,
    ) {
        self.metrics.refused(&Refused { reason, office, date, channel }, now);
    }

    /// Refuses to change a booking.
    pub(super) fn refuse(
        &self,
        booking: &Booking,
        refusal: Refusal,
        now: DateTime<Utc>,
    ) -> Changed {
        let place = (&booking.seat.office, Some(booking.seat.date));
        self.count_refusal(refusal.code(), place, booking.channel, now);
        Changed::Refused(refusal)
    }
}

/// What a change is, if it is one that is counted.
fn record(change: &Change<'_>, now: DateTime<Utc>) -> Option<Record> {
    let Change { before, after, .. } = change;
    let by_channel = |definition| {
        let record = Record::of(definition, &[1]).by(after.channel.as_str());
        record.with("service", after.seat.service.as_str())
    };
    Some(match (before.map(|before| before.status), after.status) {
        (None, _) => by_channel(&HOLD),
        (Some(Status::Held), Status::Confirmed) => by_channel(&BOOKING),
        (Some(_), Status::Held | Status::Confirmed) => Record::of(&MOVE, &[1]),
        (Some(_), Status::Cancelled) => Record::of(&CANCELLATION, &[1]),
        (Some(Status::AwaitingDocuments), Status::CheckedIn) => {
            Record::of(&DOCUMENTS_BROUGHT, &[1])
        }
        (Some(Status::CheckedIn), Status::CheckedIn) => return None,
        (Some(_), Status::CheckedIn) => {
            let late = (now - after.times.starts_at).num_minutes();
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

/// A visit that has to wait for a paper; which ones are ids of the checklist, not of the person.
fn sent_back(after: &Booking) -> Record {
    let missing = after.documents.as_ref().map(|check| check.missing.join(" "));
    Record::of(&SENT_BACK, &[1]).with("missing", missing.unwrap_or_default())
}

/// How long the counter was at it.
fn service_secs(change: &Change<'_>, now: DateTime<Utc>) -> i64 {
    let places = change.queue.iter().filter_map(|place| match place {
        QueueChange::Move(_, before, _) => Some(before.service_time(now).num_seconds()),
        _ => None,
    });
    places.max().unwrap_or_default()
}

impl NotOffered {
    /// The code of its problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Service | Self::Slot => "invalid_request",
            Self::Offline => "not_online",
            Self::Closed(_) => "office_closed",
            Self::NotReleased(_) => "not_released",
        }
    }
}

impl HoldOutcome {
    /// The code of its problem, if it is a refusal.
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::Held(_) | Self::Repeated(_) => None,
            Self::Mismatch => Some("idempotency_mismatch"),
            Self::Full(_) => Some("slot_full"),
            Self::AlreadyBooked(_) => Some("already_booked"),
            Self::NotOffered(reason) => Some(reason.code()),
            Self::AccountGone => Some("unauthenticated"),
        }
    }
}

impl Moved {
    /// The code of its problem, if it is a refusal.
    pub fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::Changed(Changed::Refused(refusal)) => Some(refusal.code()),
            Self::Changed(_) => None,
            Self::Full(_) => Some("slot_full"),
            Self::NotOffered(reason) => Some(reason.code()),
            Self::AlreadyBooked => Some("already_booked"),
        }
    }
}
