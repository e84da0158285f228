//! The visit itself: coming in, documents, the queue, being served.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::records::{CheckIn, DocumentCheck};
use super::{Booking, Refusal, Status, Times};
use crate::office::{Channel, Office};
use crate::queue::{QueueDay, QueueNumber};
use crate::time::{end_of_day, local_date};

/// Whether somebody comes on the day and in the time of a visit.
pub(super) fn may_come(
    office: &Office,
    date: NaiveDate,
    times: &Times,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if local_date(now, office.timezone) != date {
        Err(Refusal::WrongDay)
    } else if now < times.check_in_from {
        Err(Refusal::TooEarly)
    } else if now >= times.check_in_until {
        Err(Refusal::TooLate)
    } else {
        Ok(())
    }
}

impl Booking {
    /// Until when missing documents may be brought; only while they are awaited.
    pub fn documents_deadline(&self) -> Option<DateTime<Utc>> {
        let deadline = self.documents.as_ref().and_then(|check| check.deadline);
        let is_awaited = self.status == Status::AwaitingDocuments;
        is_awaited.then(|| deadline.unwrap_or(self.times.day_ends_at))
    }

    /// The queue that the person is in, and the number there; absent: never came.
    pub fn queue_place(&self) -> Option<(QueueDay, QueueNumber)> {
        let scan = self.check_in.as_ref()?;
        let date = scan.queue_date.unwrap_or(self.seat.date);
        Some((QueueDay { office: self.seat.office.clone(), date }, scan.queue_number()))
    }

    /// Whether the person may come in at `now`.
    pub fn may_check_in(&self, office: &Office, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.status_at(now) {
            Status::Confirmed | Status::NoShow => {}
            Status::CheckedIn | Status::AwaitingDocuments => return Err(Refusal::CheckedIn),
            Status::Held => return Err(Refusal::NotConfirmed),
            Status::Expired => return Err(Refusal::HoldExpired),
            Status::Lapsed => return Err(Refusal::DeadlinePassed),
            _ => return Err(Refusal::Ended),
        }
        may_come(office, self.seat.date, &self.times, now)
    }

    /// Confirmed → checked in.
    pub fn check_in(
        &self,
        office: &Office,
        scan: CheckIn,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.may_check_in(office, now)?;
        Ok(Self { check_in: Some(scan), ..self.next(Status::CheckedIn) })
    }

    /// Checked in → confirmed: somebody else's ticket was scanned. The visit is as it was before the scan,
    /// also if it counts as missed by now.
    pub fn undo_check_in(&self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status_at(now) {
            Status::CheckedIn if now >= self.times.day_ends_at => Err(Refusal::Ended),
            Status::CheckedIn if self.documents.is_some() => Err(Refusal::Called),
            Status::CheckedIn => Ok(Self { check_in: None, ..self.next(Status::Confirmed) }),
            Status::AwaitingDocuments => Err(Refusal::Called),
            Status::Held | Status::Confirmed | Status::NoShow => Err(Refusal::NotCheckedIn),
            _ => Err(Refusal::Ended),
        }
    }

    /// Checked in → awaiting documents; what was missing before may be another document now.
    pub fn documents_incomplete(
        &self,
        missing: &[String],
        deadline: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        self.may_check_documents(now)?;
        let (missing, deadline) = (missing.to_vec(), Some(deadline));
        let check = DocumentCheck { missing, deadline, missed: self.missed() };
        Ok(Self { documents: Some(check), ..self.next(Status::AwaitingDocuments) })
    }

    /// Checked in or awaiting documents → checked in: all documents are there.
    pub fn documents_complete(&self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.may_check_documents(now)?;
        let check = DocumentCheck { missing: vec![], deadline: None, missed: self.missed() };
        Ok(Self { documents: Some(check), ..self.next(Status::CheckedIn) })
    }

    /// Whether the documents were found complete and nothing has changed since.
    pub fn has_documents(&self) -> bool {
        let is_complete = |check: &DocumentCheck| check.missing.is_empty();
        self.status == Status::CheckedIn && self.documents.as_ref().is_some_and(is_complete)
    }

    /// Documents that were missing at any look, each once.
    pub fn missed_documents(&self) -> impl Iterator<Item = &str> {
        let check = self.documents.iter();
        let ids = check.flat_map(|check| check.missed.iter().chain(&check.missing));
        ids.map(String::as_str).collect::<BTreeSet<_>>().into_iter()
    }

    fn missed(&self) -> Vec<String> {
        self.missed_documents().map(str::to_owned).collect()
    }

    fn may_check_documents(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.status_at(now) {
            Status::CheckedIn if now < self.times.day_ends_at => Ok(()),
            Status::AwaitingDocuments => Ok(()),
            Status::Held | Status::Confirmed => Err(Refusal::NotCheckedIn),
            Status::Lapsed => Err(Refusal::DeadlinePassed),
            _ => Err(Refusal::Ended),
        }
    }

    /// In the queue of `today` with a new number: the documents came on another day than the visit's.
    #[must_use]
    pub fn queued_on(&self, office: &Office, today: NaiveDate, number: QueueNumber) -> Self {
        let QueueNumber { group, number } = number;
        let check_in = self.check_in.clone();
        let check_in =
            check_in.map(|scan| CheckIn { group, number, queue_date: Some(today), ..scan });
        let times = Times { day_ends_at: end_of_day(today, office.timezone), ..self.times };
        Self { check_in, times, ..self.clone() }
    }

    /// Missed → missed, and it does not count.
    pub fn excuse(&self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status_at(now) {
            Status::NoShow => Ok(Self { excused: true, ..self.next(Status::NoShow) }),
            _ => Err(Refusal::NotMissed),
        }
    }

    /// Checked in → checked in, before others or not: a clerk has seen who has a right to it.
    pub fn with_priority(&self, priority: bool, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status_at(now) {
            Status::CheckedIn if now < self.times.day_ends_at => {}
            Status::Held | Status::Confirmed => return Err(Refusal::NotCheckedIn),
            _ => return Err(Refusal::Ended),
        }
        let check_in = self.check_in.clone();
        let check_in = check_in.map(|scan| CheckIn { priority: Some(priority), ..scan });
        Ok(Self { check_in, ..self.next(Status::CheckedIn) })
    }

    /// Whether the person goes before others: as a clerk has seen, or else as was booked.
    pub fn has_priority(&self) -> bool {
        let corrected = self.check_in.as_ref().and_then(|scan| scan.priority);
        corrected.unwrap_or(self.channel == Channel::Priority)
    }

    /// Checked in → served.
    pub fn serve(&self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        match self.status_at(now) {
            Status::CheckedIn => Ok(self.next(Status::Served)),
            Status::Lapsed => Err(Refusal::DeadlinePassed),
            Status::Held | Status::Confirmed => Err(Refusal::NotCheckedIn),
            _ => Err(Refusal::Ended),
        }
    }
}
