//! Changes of a booking that stays where it is: confirm, cancel, check in, settle. Papers and calling
//! have files of their own.
//!
//! Each reads the rule from the domain, writes one conditional transaction, and starts over with the
//! newer booking when somebody else was faster.

use chrono::{DateTime, Utc};

use super::{Ledger, LedgerError, cooled_down, messages};
use crate::domain::booking::{Actor, Booking, CancelReason, CheckIn, Refusal, Status};
use crate::domain::message::MessageKind;
use crate::domain::office::{Channel, Office};
use crate::domain::queue::{QueueDay, QueueEntry, QueueNumber, people_ahead};
use crate::domain::time::{local_date, whole_seconds};
use crate::storage::{Change, ChangeOutcome, PersonChange, QueueChange, SeatChange, StoreError};

/// How a change ended.
#[derive(Debug, Clone)]
pub enum Changed {
    /// It was made.
    Done(Box<Booking>),
    /// It had been made before.
    Already(Box<Booking>),
    /// The booking stays as it is.
    Refused(Refusal),
}

/// A person who is in.
#[derive(Debug, Clone)]
pub struct CheckedIn {
    /// The booking with its first scan.
    pub booking: Booking,
    /// How many wait before; absent: the person is in no line of today, or they could not be counted
    /// at this moment.
    pub people_ahead: Option<u32>,
    /// Whether the ticket had been scanned before.
    pub duplicate: bool,
}

/// A person who can't come in now.
#[derive(Debug, Clone)]
pub struct CheckInRefused {
    /// Why.
    pub refusal: Refusal,
    /// The booking as it is.
    pub booking: Booking,
}

/// Times a change starts over because somebody else was faster.
pub(super) const MAX_ROUNDS: u32 = 8;

impl Ledger {
    /// Confirms a held booking.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn confirm(
        &self,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Result<Changed, LedgerError> {
        let now = whole_seconds(now);
        let mut before = booking;
        for _ in 0..MAX_ROUNDS {
            if before.status_at(now) == Status::Confirmed {
                return Ok(Changed::Already(Box::new(before)));
            }
            let after = match before.confirm(now) {
                Ok(after) => after,
                Err(refusal) => return Ok(self.refuse(&before, refusal, now)),
            };
            let change = Change {
                before: Some(&before),
                after: &after,
                by: Actor::Applicant,
                seats: vec![SeatChange::Keep(after.seat.clone())],
                person: PersonChange::Extend(after.person_free_at()),
                messages: &messages(&after, &[MessageKind::Confirmed, MessageKind::Reminder], now),
                queue: vec![],
            };
            match self.commit(&change, now).await? {
                ChangeOutcome::Applied => {
                    self.days.note_claim(&after.seat, after.code, None).await;
                    return Ok(Changed::Done(Box::new(after)));
                }
                ChangeOutcome::VersionConflict(newer) => before = *newer,
                ChangeOutcome::SeatLost => {
                    return Ok(self.refuse(&before, Refusal::HoldExpired, now));
                }
                other => return Err(unexpected(&other)),
            }
        }
        Err(LedgerError::Contention)
    }

    /// Cancels a held or confirmed booking.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn cancel(
        &self,
        office: &Office,
        booking: Booking,
        reason: CancelReason,
        now: DateTime<Utc>,
    ) -> Result<Changed, LedgerError> {
        let now = whole_seconds(now);
        let mut before = booking;
        for _ in 0..MAX_ROUNDS {
            if before.status == Status::Cancelled {
                return Ok(Changed::Already(Box::new(before)));
            }
            let after = match before.cancel(reason, now) {
                Ok(after) => after,
                Err(refusal) => return Ok(self.refuse(&before, refusal, now)),
            };
            let (by, kinds): (_, &[MessageKind]) = match reason {
                CancelReason::Applicant => (Actor::Applicant, &[MessageKind::Cancelled]),
                CancelReason::OfficeClosed => (Actor::Office, &[MessageKind::OfficeClosed]),
                CancelReason::Erasure => (Actor::Applicant, &[]),
            };
            let change = Change {
                before: Some(&before),
                after: &after,
                by,
                seats: vec![SeatChange::Release(after.seat.clone(), cooled_down(office, now))],
                person: PersonChange::Release,
                messages: &messages(&after, kinds, now),
                queue: vec![],
            };
            match self.commit(&change, now).await? {
                ChangeOutcome::Applied => {
                    self.days.forget(&after.seat.office, after.seat.date).await;
                    return Ok(Changed::Done(Box::new(after)));
                }
                ChangeOutcome::VersionConflict(newer) => before = *newer,
                ChangeOutcome::SeatLost => {
                    return Ok(self.refuse(&before, lost(&before), now));
                }
                other => return Err(unexpected(&other)),
            }
        }
        Err(LedgerError::Contention)
    }

    /// Checks a person in. The first scan wins; every later one is told of it.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn check_in(
        &self,
        office: &Office,
        booking: Booking,
        gate: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<CheckedIn, CheckInRefused>, LedgerError> {
        let now = whole_seconds(now);
        let mut before = booking;
        let mut number = None;
        for _ in 0..MAX_ROUNDS {
            match before.may_check_in(office, now) {
                Ok(()) => {}
                Err(Refusal::CheckedIn) => {
                    return Ok(Ok(self.checked_in(office, before, true, now).await));
                }
                Err(refusal) => return Ok(Err(CheckInRefused { refusal, booking: before })),
            }
            let day = QueueDay { office: before.seat.office.clone(), date: before.seat.date };
            let taken = match number {
                Some(taken) => taken,
                None => {
                    let group = queue_group(office, &before);
                    *number.insert(self.store.next_number(&day, group).await?)
                }
            };
            let QueueNumber { group, number } = taken;
            let gate = gate.to_owned();
            let scan = CheckIn { at: now, gate, group, number, queue_date: None };
            let after = match before.check_in(office, scan, now) {
                Ok(after) => after,
                Err(refusal) => return Ok(Err(CheckInRefused { refusal, booking: before })),
            };
            let change = Change {
                before: Some(&before),
                after: &after,
                by: Actor::Office,
                seats: vec![],
                person: PersonChange::Extend(after.person_free_at()),
                messages: &[],
                queue: vec![joining(day, &after, taken, now)],
            };
            match self.commit(&change, now).await? {
                ChangeOutcome::Applied => {
                    return Ok(Ok(self.checked_in(office, after, false, now).await));
                }
                ChangeOutcome::VersionConflict(newer) => before = *newer,
                // The person booked anew in the very second in which this visit counted as missed.
                ChangeOutcome::SeatLost => {
                    return Ok(Err(CheckInRefused { refusal: Refusal::TooLate, booking: before }));
                }
                other => return Err(unexpected(&other)),
            }
        }
        Err(LedgerError::Contention)
    }

    /// The person is in whatever can still be read: an error here would make of the first scan a
    /// duplicate when it is repeated.
    async fn checked_in(
        &self,
        office: &Office,
        booking: Booking,
        duplicate: bool,
        now: DateTime<Utc>,
    ) -> CheckedIn {
        let today = local_date(now, office.timezone);
        let people_ahead = match booking.queue_place().filter(|(day, _)| day.date == today) {
            Some((day, number)) => {
                let entries = self.store.queue_entries(&day).await;
                let entries =
                    entries.inspect_err(|error| tracing::warn!(%error, "queue not counted"));
                entries.ok().map(|entries| people_ahead(&entries, number))
            }
            None => None,
        };
        CheckedIn { booking, people_ahead, duplicate }
    }

    /// Writes down what time has changed. `false`: nothing, or somebody else did.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn apply_expiry(
        &self,
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let now = whole_seconds(now);
        let Ok(after) = booking.apply_expiry(now) else { return Ok(false) };
        let change = Change {
            before: Some(booking),
            after: &after,
            by: Actor::System,
            seats: vec![],
            person: PersonChange::Leave,
            messages: &[],
            queue: vec![],
        };
        Ok(matches!(self.commit(&change, now).await?, ChangeOutcome::Applied))
    }
}

/// What it means that a booking does not have its seat or person any more: its time has just passed.
pub(super) fn lost(booking: &Booking) -> Refusal {
    if booking.status == Status::Held { Refusal::HoldExpired } else { Refusal::Ended }
}

/// A place at the end of a day's queue, for who has just come in or is back on another day.
pub(super) fn joining(
    day: QueueDay,
    booking: &Booking,
    number: QueueNumber,
    now: DateTime<Utc>,
) -> QueueChange {
    let priority = booking.channel == Channel::Priority;
    let service = booking.seat.service.clone();
    let entry = QueueEntry::waiting(number, booking.code, service, priority, now);
    QueueChange::Join(day, Box::new(entry))
}

/// The letter of the queue that a booking's service waits in.
pub(super) fn queue_group(office: &Office, booking: &Booking) -> char {
    let service = office.services.iter().find(|service| service.id == booking.seat.service);
    service.map_or('A', |service| service.queue_group)
}

/// An outcome that this change's conditions can't have: the table disagrees with itself.
pub(super) fn unexpected(outcome: &ChangeOutcome) -> LedgerError {
    let kind = match outcome {
        ChangeOutcome::SeatTaken => "seat taken by a change that claims none",
        ChangeOutcome::PersonBusy { .. } => "person busy in a change that claims none",
        ChangeOutcome::QueueConflict => "queue refused a new place",
        _ => "guard lost by a live booking",
    };
    LedgerError::Store(StoreError::Corrupt { kind, source: None })
}
