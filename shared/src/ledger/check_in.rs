//! Coming in: the first scan of a ticket wins, every later one is told of it.

use chrono::{DateTime, Utc};

use super::commit::Made;
use super::{Ledger, LedgerError, Outcome};
use crate::domain::booking::{Actor, Booking, CheckIn, Refusal};
use crate::domain::ids::ScanKey;
use crate::domain::office::Office;
use crate::domain::queue::{Line, PersonRef, QueueDay, QueueEntry, QueueNumber, look_alike};
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
    /// The number of somebody else in the line with the same name and birth date.
    pub look_alike: Option<QueueNumber>,
}

/// Where a ticket is scanned, and whose it is.
#[derive(Debug, Clone, Copy)]
pub struct Scanner<'a> {
    pub gate: &'a str,
    /// Keyed hash of the person's name and birth date; absent: the account was erased.
    pub likeness: Option<&'a str>,
    /// Whether a clerk has seen that the person goes before others; absent: as was booked.
    pub priority: Option<bool>,
    /// Which scan of which scanner it is, so that it is known if it is handed in once more; absent: it is
    /// not handed in.
    pub key: Option<&'a ScanKey>,
}

impl Scanner<'_> {
    /// A scan at `at` that gives somebody this number.
    pub(super) fn first_scan(&self, number: QueueNumber, at: DateTime<Utc>) -> CheckIn {
        let QueueNumber { group, number } = number;
        let (gate, priority, key) = (self.gate.to_owned(), self.priority, self.key.cloned());
        CheckIn { at, gate, group, number, queue_date: None, priority, key }
    }

    /// The place in the queue of whoever came at `at`.
    pub(super) fn place(
        &self,
        after: &Booking,
        number: QueueNumber,
        at: DateTime<Utc>,
    ) -> QueueEntry {
        let likeness = self.likeness.map(str::to_owned);
        QueueEntry { likeness, ..waiting(after, number, at) }
    }
}

/// A person who can't come in now.
#[derive(Debug, Clone)]
pub struct CheckInRefusal {
    /// Why.
    pub refusal: Refusal,
    /// The booking as it is.
    pub booking: Booking,
}

/// A scan that is tried: the booking as it was last read, and the number that was next.
type Scanned = (Booking, Option<QueueNumber>);

type Try = Result<Attempt<Scanned, Result<CheckedIn, CheckInRefusal>>, LedgerError>;

impl Ledger {
    /// The number that somebody who may come in now would get: read ahead for [`Ledger::check_in`],
    /// beside what else is to be read.
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

    /// Checks a person in at a gate, with the number that was next, if it still is.
    pub async fn check_in(
        &self,
        office: &Office,
        booking: Booking,
        number: Option<QueueNumber>,
        scanner: &Scanner<'_>,
        now: DateTime<Utc>,
    ) -> Outcome<CheckedIn, CheckInRefusal> {
        let now = whole_seconds(now);
        let attempt = |scanned| self.try_check_in(office, scanned, scanner, now);
        compare_and_set(CONTENTION, (booking, number), attempt).await
    }

    async fn try_check_in(
        &self,
        office: &Office,
        (before, next): Scanned,
        scanner: &Scanner<'_>,
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
        let next = match next {
            Some(next) => next,
            None => self.store.next_number(&day, queue_group(office, &before)).await?,
        };
        let after = match before.check_in(office, scanner.first_scan(next, now), now) {
            Ok(after) => after,
            Err(refusal) => return refused(refusal, before),
        };
        let entry = scanner.place(&after, next, now);
        let joining = joining(&day, &entry);
        let change = Transition::new(&before, &after).keeping_person().queueing(joining);
        // Together: a clerk waits for the slower of the two, not for both.
        let (made, entries) = tokio::join!(
            self.make_transition(&change, Actor::Office, now),
            self.store.queue_entries(&day)
        );
        match made? {
            Made::Yes => {
                Ok(Attempt::Done(Ok(in_line(office, after, readable(entries), &entry, false))))
            }
            Made::Conflict(newer) => Ok(Attempt::Conflict((*newer, None))),
            // The person booked anew in the very second in which this visit counted as missed.
            Made::Lost => refused(Refusal::TooLate, before),
        }
    }

    /// A person who was in, with their place in the line of today.
    pub(super) async fn duplicate(
        &self,
        office: &Office,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> CheckedIn {
        let today = local_date(now, office.timezone);
        let place = booking.queue_place().filter(|(day, _)| day.date == today);
        let entries = match &place {
            Some((day, _)) => readable(self.store.queue_entries(day).await),
            None => None,
        };
        let number = place.map(|(_, number)| number);
        let own = entries.iter().flatten().find(|entry| Some(entry.queue_number()) == number);
        match own.cloned() {
            Some(own) => in_line(office, booking, entries, &own, true),
            None => {
                let people_ahead = entries.map(|_| 0);
                CheckedIn { booking, people_ahead, duplicate: true, look_alike: None }
            }
        }
    }
}

/// A person who is in, with what the line tells of their place; absent: it could not be read.
pub(super) fn in_line(
    office: &Office,
    booking: Booking,
    entries: Option<Vec<QueueEntry>>,
    own: &QueueEntry,
    duplicate: bool,
) -> CheckedIn {
    let like = entries.as_ref().and_then(|all| look_alike(all, own));
    let look_alike = like.map(QueueEntry::queue_number);
    let one_in = office.policy.priority_one_in;
    let people_ahead = entries.as_ref().map(|all| Line::of(all, one_in).ahead(own));
    CheckedIn { booking, people_ahead, duplicate, look_alike }
}

/// The person is in whatever can still be read: an error here would make a duplicate of the first scan
/// when it is repeated.
pub(super) fn readable(entries: Result<Vec<QueueEntry>, StoreError>) -> Option<Vec<QueueEntry>> {
    entries.inspect_err(|error| tracing::warn!(%error, "queue not counted")).ok()
}

/// The queue that a visit waits in.
pub(super) fn day_of(booking: &Booking) -> QueueDay {
    QueueDay { office: booking.seat.office.clone(), date: booking.seat.date }
}

/// A place at the end of a day's queue, for who has just come in or is back on another day.
pub(super) fn waiting(booking: &Booking, number: QueueNumber, now: DateTime<Utc>) -> QueueEntry {
    let service = booking.seat.service.clone();
    let (account, applicant) = (booking.account.clone(), booking.applicant.clone());
    let person = Some(PersonRef { account, applicant });
    QueueEntry {
        person,
        ..QueueEntry::waiting(number, booking.code, service, booking.has_priority(), now)
    }
}

/// A new place with its number.
pub(super) fn joining(day: &QueueDay, entry: &QueueEntry) -> Vec<QueueChange> {
    let count = QueueChange::Count(day.clone(), entry.queue_number());
    vec![QueueChange::Join(day.clone(), Box::new(entry.clone())), count]
}

/// The letter of the queue that a booking's service waits in.
pub(super) fn queue_group(office: &Office, booking: &Booking) -> char {
    let service = office.service(&booking.seat.service);
    service.map_or('A', |service| service.queue_group)
}
