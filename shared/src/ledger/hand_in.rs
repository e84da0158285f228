//! Scans that were made without a network: each is merged into its booking when it is handed in, as
//! [`crate::domain::booking::Merge`] says. The booking's version is the condition, so that two scanners that
//! hand in the same ticket at once are told the same truth.

use chrono::{DateTime, Utc};

use super::check_in::{day_of, in_line, joining, queue_group, readable};
use super::commit::Made;
use super::{CheckInRefusal, CheckedIn, Ledger, LedgerError, Scanner};
use crate::domain::booking::{
    Actor, Booking, Change, CheckIn, Conflict, HandedIn, Merge, OfflineScan, ScanFacts, Status,
};
use crate::domain::code::BookingCode;
use crate::domain::office::Office;
use crate::domain::queue::QueueEntry;
use crate::domain::time::whole_seconds;
use crate::storage::{
    Attempt, BookingKept, CONTENTION, QueueChange, StoreError, Transition, compare_and_set,
};

/// What a scan that was handed in came to.
#[derive(Debug, Clone)]
pub enum HandInOutcome {
    /// It is the scan that counts, from now on or since it was handed in before.
    Accepted(CheckedIn),
    /// The scan that counts was made before it.
    Duplicate(CheckedIn),
    /// It was good, and the booking was changed before it was handed in. Nothing was changed by it.
    Conflict(Box<Booking>, Conflict),
    /// Nobody had come in with it at the time.
    Refused(CheckInRefusal),
}

type Try = Result<Attempt<(), HandInOutcome>, LedgerError>;

impl Ledger {
    /// Hands a scan in.
    ///
    /// # Errors
    /// If the table does not answer, or the booking is changed again and again.
    pub async fn hand_in(
        &self,
        office: &Office,
        code: BookingCode,
        scan: &OfflineScan,
        scanner: &Scanner<'_>,
        now: DateTime<Utc>,
    ) -> Result<HandInOutcome, LedgerError> {
        let now = whole_seconds(now);
        let attempt = |()| self.try_hand_in(office, code, (scan, scanner), now);
        compare_and_set(CONTENTION, (), attempt).await
    }

    async fn try_hand_in(
        &self,
        office: &Office,
        code: BookingCode,
        scanned: (&OfflineScan, &Scanner<'_>),
        now: DateTime<Utc>,
    ) -> Try {
        let kept = self.store.booking_with_history(code).await?;
        let BookingKept { booking, events } = kept.ok_or_else(|| StoreError::corrupt("booking"))?;
        let done = |outcome| Ok(Attempt::Done(outcome));
        match booking.merge(&events, office, scanned.0) {
            Merge::First => self.come_in(office, booking, scanned, now).await,
            Merge::Earlier(after) => self.replace_scan(office, (&booking, &after), now).await,
            Merge::Recorded => done(self.counting(office, booking, now).await),
            Merge::Later => {
                done(HandInOutcome::Duplicate(self.duplicate(office, booking, now).await))
            }
            Merge::Conflict(conflict) => done(HandInOutcome::Conflict(Box::new(booking), conflict)),
            Merge::Refused(refusal) => {
                done(HandInOutcome::Refused(CheckInRefusal { refusal, booking }))
            }
        }
    }

    /// The visit whose scan that counts is this one.
    async fn counting(
        &self,
        office: &Office,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> HandInOutcome {
        let came = self.duplicate(office, booking, now).await;
        HandInOutcome::Accepted(CheckedIn { duplicate: false, ..came })
    }

    /// The person came in with this scan, and gets the number that is next now.
    async fn come_in(
        &self,
        office: &Office,
        before: Booking,
        (scan, scanner): (&OfflineScan, &Scanner<'_>),
        now: DateTime<Utc>,
    ) -> Try {
        let day = day_of(&before);
        let next = self.store.next_number(&day, queue_group(office, &before)).await?;
        let first = scanner.first_scan(next, scan.at);
        let handed_in = HandedIn { scan: first.facts(), instead_of: None };
        let after = match before.check_in(office, first, scan.at) {
            Ok(after) => after,
            Err(refusal) => {
                let refused = CheckInRefusal { refusal, booking: before };
                return Ok(Attempt::Done(HandInOutcome::Refused(refused)));
            }
        };
        let entry = scanner.place(&after, next, scan.at);
        let change = Transition::new(&before, &after).queueing(joining(&day, &entry));
        let is_missed = before.status == Status::NoShow;
        let change = match is_missed {
            true => change.returning(self.store.kept_of(&before).await?),
            false => change.keeping_person(),
        };
        match self.make_transition(&change.handing_in(&handed_in), Actor::Office, now).await? {
            Made::Yes => {}
            Made::Conflict(_) => return Ok(Attempt::Conflict(())),
            Made::Lost => {
                let at = before.times.check_in_until;
                let conflict = Conflict { change: Change::GivenAway, at };
                return Ok(Attempt::Done(HandInOutcome::Conflict(Box::new(before), conflict)));
            }
        }
        if is_missed {
            self.days.forget(&before.seat.office, before.seat.date).await;
        }
        let entries = readable(self.store.queue_entries(&day).await);
        let came = in_line(office, after, entries, &entry, false);
        Ok(Attempt::Done(HandInOutcome::Accepted(came)))
    }

    /// A scan that was made before the one that counted takes its place.
    async fn replace_scan(
        &self,
        office: &Office,
        (before, after): (&Booking, &Booking),
        now: DateTime<Utc>,
    ) -> Try {
        let (day, entry) = self.place(before).await?;
        let (scan, instead_of) = (facts(after)?, Some(facts(before)?));
        let moved = QueueEntry { since: scan.at, ..entry.clone() };
        let queue = vec![QueueChange::Move(day, Box::new(entry), Box::new(moved))];
        let handed_in = HandedIn { scan, instead_of };
        let change = Transition::new(before, after).queueing(queue).handing_in(&handed_in);
        match self.make_transition(&change, Actor::Office, now).await? {
            Made::Yes => Ok(Attempt::Done(self.counting(office, after.clone(), now).await)),
            Made::Conflict(_) | Made::Lost => Ok(Attempt::Conflict(())),
        }
    }
}

fn facts(booking: &Booking) -> Result<ScanFacts, StoreError> {
    let scan = booking.check_in.as_ref().map(CheckIn::facts);
    scan.ok_or_else(|| StoreError::corrupt("check-in"))
}
