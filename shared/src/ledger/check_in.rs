//! Coming in: the first scan of a ticket wins, every later one is told of it.

use chrono::{DateTime, Utc};

use super::commit::Made;
use super::{Ledger, LedgerError, Outcome};
use crate::domain::booking::{Actor, Booking, CheckIn, Refusal};
use crate::domain::office::{Channel, Office};
use crate::domain::queue::{PersonRef, QueueDay, QueueEntry, QueueNumber, people_ahead};
use crate::domain::time::{local_date, whole_seconds};
use crate::storage::{Attempt, CONTENTION, QueueChange, StoreError, Transition, compare_and_set};

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
pub struct CheckInRefusal {
    /// Why.
    pub refusal: Refusal,
    /// The booking as it is.
    pub booking: Booking,
}

/// A scan that is tried: the booking as it was last read, and the number that was taken for it.
type Scanned = (Booking, Option<QueueNumber>);

type Try = Result<Attempt<Scanned, Result<CheckedIn, CheckInRefusal>>, LedgerError>;

impl Ledger {
    /// The number for somebody who may come in now, for [`Ledger::check_in`]: taken ahead, beside what
    /// else is to be read.
    pub async fn number_for(
        &self,
        office: &Office,
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Result<Option<QueueNumber>, StoreError> {
        if booking.may_check_in(office, whole_seconds(now)).is_err() {
            return Ok(None);
        }
        let (day, group) = (day_of(booking), queue_group(office, booking));
        self.store.next_number(&day, group).await.map(Some)
    }

    /// Checks a person in at a gate, with the number that was taken for them, if one was.
    pub async fn check_in(
        &self,
        office: &Office,
        booking: Booking,
        number: Option<QueueNumber>,
        gate: &str,
        now: DateTime<Utc>,
    ) -> Outcome<CheckedIn, CheckInRefusal> {
        let now = whole_seconds(now);
        let attempt = |scanned| self.try_check_in(office, scanned, gate, now);
        compare_and_set(CONTENTION, (booking, number), attempt).await
    }

    async fn try_check_in(
        &self,
        office: &Office,
        (before, taken): Scanned,
        gate: &str,
        now: DateTime<Utc>,
    ) -> Try {
        let refused =
            |refusal, booking| Ok(Attempt::Done(Err(CheckInRefusal { refusal, booking })));
        match before.may_check_in(office, now) {
            Ok(()) => {}
            Err(Refusal::CheckedIn) => {
                return Ok(Attempt::Done(Ok(self.duplicate(office, before, now).await)));
            }
            Err(refusal) => return refused(refusal, before),
        }
        let day = day_of(&before);
        // A number that was taken is kept through every try: each one left unused is a gap.
        let taken = match taken {
            Some(taken) => taken,
            None => self.store.next_number(&day, queue_group(office, &before)).await?,
        };
        let QueueNumber { group, number } = taken;
        let scan = CheckIn { at: now, gate: gate.to_owned(), group, number, queue_date: None };
        let after = match before.check_in(office, scan, now) {
            Ok(after) => after,
            Err(refusal) => return refused(refusal, before),
        };
        let entry = waiting(&after, taken, now);
        let joining = QueueChange::Join(day.clone(), Box::new(entry.clone()));
        let change = Transition::new(&before, &after).keeping_person().queueing(vec![joining]);
        // Together: a clerk waits for the slower of the two, not for both.
        let (made, entries) = tokio::join!(
            self.make_transition(&change, Actor::Office, now),
            self.store.queue_entries(&day)
        );
        match made? {
            Made::Yes => {
                let people_ahead = readable(entries).map(|all| people_ahead(&all, &entry));
                Ok(Attempt::Done(Ok(CheckedIn { booking: after, people_ahead, duplicate: false })))
            }
            Made::Conflict(newer) => Ok(Attempt::Conflict((*newer, Some(taken)))),
            // The person booked anew in the very second in which this visit counted as missed.
            Made::Lost => refused(Refusal::TooLate, before),
        }
    }

    async fn duplicate(&self, office: &Office, booking: Booking, now: DateTime<Utc>) -> CheckedIn {
        let today = local_date(now, office.timezone);
        let place = booking.queue_place().filter(|(day, _)| day.date == today);
        let people_ahead = match place {
            Some((day, number)) => self.people_before(&day, number).await,
            None => None,
        };
        CheckedIn { booking, people_ahead, duplicate: true }
    }

    async fn people_before(&self, day: &QueueDay, number: QueueNumber) -> Option<u32> {
        let entries = readable(self.store.queue_entries(day).await)?;
        let own = entries.iter().find(|entry| entry.queue_number() == number);
        Some(own.map_or(0, |own| people_ahead(&entries, own)))
    }
}

/// The person is in whatever can still be read: an error here would make a duplicate of the first scan
/// when it is repeated.
fn readable(entries: Result<Vec<QueueEntry>, StoreError>) -> Option<Vec<QueueEntry>> {
    entries.inspect_err(|error| tracing::warn!(%error, "queue not counted")).ok()
}

/// The queue that a visit waits in.
fn day_of(booking: &Booking) -> QueueDay {
    QueueDay { office: booking.seat.office.clone(), date: booking.seat.date }
}

/// A place at the end of a day's queue, for who has just come in or is back on another day.
pub(super) fn waiting(booking: &Booking, number: QueueNumber, now: DateTime<Utc>) -> QueueEntry {
    let priority = booking.channel == Channel::Priority;
    let service = booking.seat.service.clone();
    let (account, applicant) = (booking.account.clone(), booking.applicant.clone());
    let person = Some(PersonRef { account, applicant });
    QueueEntry { person, ..QueueEntry::waiting(number, booking.code, service, priority, now) }
}

/// The letter of the queue that a booking's service waits in.
pub(super) fn queue_group(office: &Office, booking: &Booking) -> char {
    let service = office.services.iter().find(|service| service.id == booking.seat.service);
    service.map_or('A', |service| service.queue_group)
}
