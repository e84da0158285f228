//! Transitions: changes of bookings that stay on their seats, or give them back.

use chrono::{DateTime, NaiveDate, Utc};

use super::changes::{Asked, ByDesk, Conditional, event, messages};
use super::error::StoreError;
use super::fair_use::{self, Kept, MissedVisit};
use super::guards::{
    extend_person, forgive_person, hold_seat, keep_seat, release_seat, replace_booking,
    return_person, take_seat_back,
};
use super::items::from_item;
use super::left::left;
use super::queue::QueueChange;
use super::{Store, person_claims, return_seat};
use crate::domain::booking::{Booking, Clerk, DeskRelease, HandedIn};
use crate::domain::message::Message;
use crate::domain::person_claim::PersonClaim;

/// A booking that stays where it is, or gives its seat back.
#[derive(Debug)]
pub struct Transition<'a> {
    before: &'a Booking,
    after: &'a Booking,
    seat: Seat,
    person: Person,
    messages: &'a [Message],
    queue: Vec<QueueChange>,
    attendance: Attendance,
    /// The claim that it settles.
    claim: Option<&'a PersonClaim>,
    /// The clerk who makes it.
    by: ByDesk<'a>,
}

/// What is noted of the person's coming.
#[derive(Debug, Clone)]
enum Attendance {
    Untouched,
    /// The visit was missed.
    Missed(MissedVisit),
    /// A missed visit is taken back.
    Excused(Kept),
    /// The same of the account alone: the person's is in the guard, which changes anyway.
    Returned(Kept),
}

/// What happens to the seat.
#[derive(Debug, Clone, Copy)]
enum Seat {
    Untouched,
    /// Kept for good, if the booking still has it.
    Kept,
    /// Held until another instant, if the booking still has it.
    Held(DateTime<Utc>),
    /// Claimable again at the instant, if the booking still has it.
    Released(DateTime<Utc>),
    /// Kept for good again, if nobody has claimed it since it was released.
    TakenBack,
}

/// What happens to the person's uniqueness guard.
#[derive(Debug, Clone, Copy)]
enum Person {
    Untouched,
    /// Kept until another instant, if this booking has it.
    Extended(DateTime<Utc>),
    /// Free from now on, if this booking has it.
    Released,
    /// The same, and nothing counts against the person any more.
    Forgiven(NaiveDate),
    /// Kept until another instant, if this booking has it, and the visit was not missed.
    Returned(DateTime<Utc>),
}

/// Why a booking was not changed.
#[derive(Debug)]
pub enum TransitionConflict {
    /// It has another version by now: this is what it is.
    Version(Box<Booking>),
    /// Its seat or its person is not its own any more: its time ran out and another claimed it.
    Lost,
    /// What it touches beside the booking is not as it was found: a place in the queue, a counter, the
    /// account.
    Beside,
}

impl<'a> Transition<'a> {
    /// From `before` to `after`; nothing else is touched.
    pub fn new(before: &'a Booking, after: &'a Booking) -> Self {
        let (seat, person) = (Seat::Untouched, Person::Untouched);
        let (queue, attendance) = (vec![], Attendance::Untouched);
        let (claim, by) = (None, ByDesk::default());
        Self { before, after, seat, person, messages: &[], queue, attendance, claim, by }
    }

    /// The seat is the booking's for good.
    #[must_use]
    pub fn keeping_seat(self) -> Self {
        Self { seat: Seat::Kept, ..self }
    }

    /// The seat is held longer: others can claim it from `until` on.
    #[must_use]
    pub fn holding_seat(self, until: DateTime<Utc>) -> Self {
        Self { seat: Seat::Held(until), ..self }
    }

    /// The seat can be claimed from `at` on, and the person may book again.
    #[must_use]
    pub fn releasing_seat(self, at: DateTime<Utc>) -> Self {
        Self { seat: Seat::Released(at), person: Person::Released, ..self }
    }

    /// The seat can be claimed from `at` on; the person is free by time.
    #[must_use]
    pub fn vacating_seat(self, at: DateTime<Utc>) -> Self {
        Self { seat: Seat::Released(at), ..self }
    }

    /// The person is kept from another booking for as long as the booking says.
    #[must_use]
    pub fn keeping_person(self) -> Self {
        Self { person: Person::Extended(self.after.person_free_at()), ..self }
    }

    /// The person may book again.
    #[must_use]
    pub fn releasing_person(self) -> Self {
        Self { person: Person::Released, ..self }
    }

    /// Messages that tell of it.
    #[must_use]
    pub fn telling(self, messages: &'a [Message]) -> Self {
        Self { messages, ..self }
    }

    /// What it does to the queue.
    #[must_use]
    pub fn queueing(self, queue: Vec<QueueChange>) -> Self {
        Self { queue, ..self }
    }

    /// The visit was missed: person and account remember it.
    #[must_use]
    pub fn missing(self, missed: MissedVisit) -> Self {
        Self { attendance: Attendance::Missed(missed), ..self }
    }

    /// The missed visit counts no more, and person and account may book again.
    #[must_use]
    pub fn excusing(self, kept: Kept) -> Self {
        Self { attendance: Attendance::Excused(kept), ..self }
    }

    /// The visit that had been written down as missed was not: it has its seat and its person again, if
    /// nobody else has, and counts against nobody.
    #[must_use]
    pub fn returning(self, kept: Kept) -> Self {
        let person = Person::Returned(self.after.person_free_at());
        Self { seat: Seat::TakenBack, person, attendance: Attendance::Returned(kept), ..self }
    }

    /// It hands a scan in.
    #[must_use]
    pub fn handing_in(self, scan: &'a HandedIn) -> Self {
        Self { by: ByDesk { handed_in: Some(scan), ..self.by }, ..self }
    }

    /// It answers a claim of its person.
    #[must_use]
    pub fn settling(self, claim: &'a PersonClaim) -> Self {
        Self { claim: Some(claim), ..self }
    }

    /// A clerk has released its person: what was counted against the person until `today` at the
    /// office counts no more, for others may have made it.
    #[must_use]
    pub fn released(self, by: &'a DeskRelease, today: NaiveDate) -> Self {
        let by = ByDesk { released: Some(by), ..self.by };
        Self { person: Person::Forgiven(today), by, ..self }
    }

    /// This clerk makes it.
    #[must_use]
    pub fn by_clerk(self, clerk: Option<&'a Clerk>) -> Self {
        Self { by: ByDesk { clerk, ..self.by }, ..self }
    }

    /// The booking before it.
    pub fn before(&self) -> &Booking {
        self.before
    }

    /// The booking after it.
    pub fn after(&self) -> &Booking {
        self.after
    }

    /// Messages that tell of it.
    pub fn messages(&self) -> &[Message] {
        self.messages
    }

    /// What it does to the queue.
    pub fn queue(&self) -> &[QueueChange] {
        &self.queue
    }

    /// What it writes, with what is refused for it.
    fn writes(&self, asked: &Asked<'_>) -> Result<Conditional<TransitionCondition>, StoreError> {
        use TransitionCondition::{Beside, Booking, Own};
        let (before, after) = (self.before, self.after);
        let mut writes = vec![(Some(Booking), replace_booking(before, after)?)];
        let seat = match self.seat {
            Seat::Untouched => vec![],
            Seat::Kept => vec![keep_seat(after, asked.at)],
            Seat::Held(until) => vec![hold_seat(after, until, asked.at)],
            Seat::Released(at) => release_seat(&after.seat, after, at).to_vec(),
            Seat::TakenBack => vec![take_seat_back(after)],
        };
        let leaving = matches!(self.seat, Seat::Released(_)).then(|| left(before, after)).flatten();
        writes.extend(leaving.map(|write| (None, write)));
        let person = match self.person {
            Person::Untouched => None,
            Person::Extended(until) => Some(extend_person(after, until)),
            // Free whatever another instance's clock says.
            Person::Released => Some(extend_person(after, DateTime::UNIX_EPOCH)),
            Person::Forgiven(today) => Some(forgive_person(after, today)),
            Person::Returned(until) => Some(return_person(after, until)),
        };
        writes.extend(person.into_iter().chain(seat).map(|write| (Some(Own), write)));
        let returning = return_seat::writes(before, after, asked.at);
        // What of it marks the date as freed has no condition.
        writes.extend(returning.into_iter().map(|write| (Some(Beside), write)));
        for place in &self.queue {
            writes.push((Some(Beside), place.write()?));
        }
        let attendance = match &self.attendance {
            Attendance::Untouched => vec![],
            Attendance::Missed(missed) => missed.writes(after),
            Attendance::Excused(kept) => fair_use::excuse(after, kept),
            Attendance::Returned(kept) => fair_use::excuse(after, &kept.account_alone()),
        };
        writes.extend(attendance.into_iter().map(|write| (Some(Beside), write)));
        let settled = self.claim.map(|claim| person_claims::settle(&after.person, claim));
        writes.extend(settled.map(|write| (Some(Beside), write)));
        writes.push((None, event(after, asked, self.by)?));
        writes.extend(messages(self.messages)?);
        Ok(writes)
    }
}

/// Whose conditions a transition has, in the order in which they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TransitionCondition {
    Booking,
    Own,
    Beside,
}

impl Store {
    /// Changes bookings, all of them or none.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn transition(
        &self,
        changes: &[Transition<'_>],
        asked: &Asked<'_>,
    ) -> Result<Result<(), TransitionConflict>, StoreError> {
        use TransitionCondition::{Beside, Booking, Own};
        let mut writes = vec![];
        for change in changes {
            writes.extend(change.writes(asked)?);
        }
        let Err((condition, item)) = self.transact_conditions(writes).await? else {
            return Ok(Ok(()));
        };
        Ok(Err(match condition {
            Booking => TransitionConflict::Version(Box::new(from_item("booking", item)?)),
            Own => TransitionConflict::Lost,
            Beside => TransitionConflict::Beside,
        }))
    }
}
