//! The look at a person's documents: all there, or some missing with a deadline instead of a lost morning.

use chrono::{DateTime, Utc};

use super::change::{Changed, Try};
use super::check_in::{joining, queue_group, waiting};
use super::{Ledger, LedgerError, Outcome, messages};
use crate::domain::booking::{Booking, Refusal, SeatRef, Status};
use crate::domain::message::MessageKind;
use crate::domain::office::Office;
use crate::domain::queue::{QueueDay, QueueEntry, QueueState};
use crate::domain::time::{local_date, whole_seconds};
use crate::storage::{
    AtCounter, Attempt, CONTENTION, QueueChange, StoreError, Transition, compare_and_set,
};

/// What a clerk has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// All documents are there.
    Complete,
    /// Some are missing.
    Incomplete {
        /// Their ids.
        missing: Vec<String>,
        /// Until when they may be brought.
        deadline: DateTime<Utc>,
    },
}

impl Decision {
    /// Whether the booking says so already.
    fn is_known(&self, booking: &Booking) -> bool {
        match self {
            Self::Complete => booking.has_documents(),
            Self::Incomplete { missing, deadline } => {
                booking.status == Status::AwaitingDocuments
                    && booking.documents.as_ref().is_some_and(|check| {
                        check.missing == *missing && check.deadline == Some(*deadline)
                    })
            }
        }
    }

    fn apply(&self, booking: &Booking, now: DateTime<Utc>) -> Result<Booking, Refusal> {
        match self {
            Self::Complete => booking.documents_complete(now),
            Self::Incomplete { missing, deadline } => {
                booking.documents_incomplete(missing, *deadline, now)
            }
        }
    }

    fn tells(&self) -> &'static [MessageKind] {
        match self {
            Self::Complete => &[],
            Self::Incomplete { .. } => &[MessageKind::DocumentsMissing],
        }
    }
}

impl Ledger {
    /// Writes down what a clerk found. Whose documents are missing leaves the line, and the counter if
    /// one was at it; who brings them is back at the same place, or on another day at the end of
    /// that day's line.
    pub async fn check_documents(
        &self,
        office: &Office,
        booking: Booking,
        decision: &Decision,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, Refusal> {
        let now = whole_seconds(now);
        let attempt = |before| self.try_documents(office, before, decision, now);
        compare_and_set(CONTENTION, booking, attempt).await
    }

    async fn try_documents(
        &self,
        office: &Office,
        before: Booking,
        decision: &Decision,
        now: DateTime<Utc>,
    ) -> Try {
        if decision.is_known(&before) && before.status_at(now) == before.status {
            return Ok(Attempt::Done(Ok(Changed::before(before))));
        }
        let after = match decision.apply(&before, now) {
            Ok(after) => after,
            Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
        };
        let after = self.with_return_seat(office, &before, after, now).await?;
        let (after, queue) = self.requeue(office, &before, after, now).await?;
        let messages = messages(&after, decision.tells(), now);
        let change = Transition::new(&before, &after);
        let change = change.keeping_person().telling(&messages).queueing(queue);
        let made = self.made_by_office(&change, now).await?;
        for seat in [&before.return_seat, &after.return_seat].into_iter().flatten() {
            self.days.forget(&seat.office, seat.date).await;
        }
        Ok(made)
    }

    /// Whoever may bring a document on a later day has a seat there, if one is free: the one that they had, or
    /// one of the desk's. Whoever is back uses that of today and gives another one back.
    async fn with_return_seat(
        &self,
        office: &Office,
        before: &Booking,
        after: Booking,
        now: DateTime<Utc>,
    ) -> Result<Booking, LedgerError> {
        let today = local_date(now, office.timezone);
        let Some(deadline) = after.documents_deadline() else { return Ok(after.back_on(today)) };
        let date = local_date(deadline, office.timezone);
        if date <= today {
            return Ok(after.returning_to(None));
        }
        let is_good =
            |seat: &&SeatRef| seat.date == date && seat.starts_at(office.timezone) < deadline;
        if let Some(seat) = before.return_seat.as_ref().filter(is_good) {
            return Ok(after.returning_to(Some(seat.clone())));
        }
        let day = self.days.refresh(&office.id, date, now).await?;
        let seat = after.seat_to_return_to(office, &day, now, &mut rand::rng());
        Ok(after.returning_to(seat))
    }

    /// What the decision does to the person's place, and the booking with that place.
    async fn requeue(
        &self,
        office: &Office,
        before: &Booking,
        after: Booking,
        now: DateTime<Utc>,
    ) -> Result<(Booking, Vec<QueueChange>), LedgerError> {
        if after.status == before.status {
            return Ok((after, vec![]));
        }
        let (day, entry) = self.place(before).await?;
        if after.status == Status::AwaitingDocuments {
            return Ok((after, self.leaving(day, entry, now).await?));
        }
        let today = QueueDay { date: local_date(now, office.timezone), ..day.clone() };
        if today == day {
            let back = Box::new(entry.back(now));
            return Ok((after, vec![QueueChange::Move(day, Box::new(entry), back)]));
        }
        let number = self.store.next_number(&today, queue_group(office, before)).await?;
        let after = after.queued_on(office, today.date, number);
        let likeness = entry.likeness;
        let entry = QueueEntry { likeness, ..waiting(&after, number, now) };
        let joining = joining(&today, &entry);
        Ok((after, joining))
    }

    /// The place of a person who is in.
    pub(super) async fn place(
        &self,
        booking: &Booking,
    ) -> Result<(QueueDay, QueueEntry), LedgerError> {
        let missing = || StoreError::corrupt("queue entry");
        let (day, number) = booking.queue_place().ok_or_else(missing)?;
        let entry = self.store.queue_entry(&day, number).await?.ok_or_else(missing)?;
        Ok((day, entry))
    }

    /// Whoever fetches a document leaves the line; a counter that was at it is free.
    async fn leaving(
        &self,
        day: QueueDay,
        entry: QueueEntry,
        now: DateTime<Utc>,
    ) -> Result<Vec<QueueChange>, StoreError> {
        let away = Box::new(entry.away(QueueState::AwaitingDocuments, now));
        let mut changes = Vec::new();
        if let Some(counter) = entry.counter.as_ref().filter(|_| entry.state.is_at_counter()) {
            let at = self.store.at_counter(&day, counter).await?;
            let at = at.filter(|at| at.number == entry.queue_number()).map(Box::new);
            let free = at.clone().map(|at| Box::new(AtCounter { state: away.state, ..*at }));
            changes.extend(free.map(|free| QueueChange::Turn(day.clone(), at, free)));
        }
        changes.push(QueueChange::Move(day, Box::new(entry), away));
        Ok(changes)
    }
}
