//! Changes of bookings: each is one transaction over booking, event, seat, person, messages and queue.
//!
//! There are three kinds, with what each can be refused for: a [`Claim`] makes a booking, a
//! [`Transition`] leaves it on its seat or takes the seat away, a [`Relocation`] moves it to another.
//! When several conditions fail at once the first in the order of the refusals counts: the booking's
//! own, which tells that this very request was here before, then the person's, then the seat's.

use chrono::{DateTime, NaiveDate, Utc};

use super::accounts::account_exists;
use super::bookings::booking_item;
use super::error::StoreError;
use super::fair_use::{self, HoldLimits, Kept, MissedVisit};
use super::guards::{
    claim_person, claim_seat, count_hold, extend_person, forgive_person, hold_seat, is_busy,
    keep_seat, live_booking, pointer, release_seat, replace_booking,
};
use super::items::{from_item, to_item};
use super::outbox::message_item;
use super::queue::QueueChange;
use super::transact::Write;
use super::values::text_of;
use super::{Item, Store, keys, person_claims};
use crate::domain::booking::{Actor, Booking, DeskRelease, Event};
use crate::domain::code::BookingCode;
use crate::domain::fair_use::{Limit, Whose};
use crate::domain::message::Message;
use crate::domain::person_claim::PersonClaim;

/// Who asks for a change, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub by: Actor,
    /// Keyed hash of the message that asks for it, if one does.
    pub cause: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A new booking on a seat that is claimed for it.
#[derive(Debug)]
pub struct Claim<'a> {
    pub booking: &'a Booking,
    /// When the seat can be claimed by others if the booking is never confirmed.
    pub seat_free_at: DateTime<Utc>,
    /// What its person and its account may hold.
    pub limits: HoldLimits,
    /// Messages that tell of it.
    pub messages: &'a [Message],
}

/// Why a seat could not be claimed.
#[derive(Debug)]
pub enum ClaimConflict {
    /// There is a booking of this code.
    CodeTaken(Box<Booking>),
    /// The person has a live booking of this very account.
    PersonBusy(BookingCode),
    /// The person may not be booked for, and the last booking was not this account's: why is told to
    /// nobody else.
    PersonElsewhere,
    /// The person or the account may hold no more seats.
    Limited(Limit),
    /// The seat is somebody else's.
    SeatTaken,
    /// The account was erased meanwhile.
    AccountGone,
}

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
    /// The clerk who releases its person.
    released: Option<&'a DeskRelease>,
}

/// What is noted of the person's coming.
#[derive(Debug, Clone)]
enum Attendance {
    Untouched,
    /// The visit was missed.
    Missed(MissedVisit),
    /// A missed visit is taken back.
    Excused(Kept),
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
        let (claim, released) = (None, None);
        Self { before, after, seat, person, messages: &[], queue, attendance, claim, released }
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

    /// It answers a claim of its person.
    #[must_use]
    pub fn settling(self, claim: &'a PersonClaim) -> Self {
        Self { claim: Some(claim), ..self }
    }

    /// A clerk has released its person: what was counted against the person until `today` at the
    /// office counts no more, for others may have made it.
    #[must_use]
    pub fn released(self, by: &'a DeskRelease, today: NaiveDate) -> Self {
        Self { person: Person::Forgiven(today), released: Some(by), ..self }
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
}

/// A booking that moves to another seat. One that was displaced has given its seat and its person back
/// already, and claims both anew.
#[derive(Debug)]
pub struct Relocation<'a> {
    /// The booking on its old seat.
    pub before: &'a Booking,
    /// The booking on its new seat.
    pub after: &'a Booking,
    /// When the old seat can be claimed again.
    pub released_at: DateTime<Utc>,
    /// When the new seat can be claimed by others if the booking is never confirmed; absent: it is.
    pub seat_free_at: Option<DateTime<Utc>>,
    /// Messages that tell of it.
    pub messages: &'a [Message],
}

/// Why a booking was not moved.
#[derive(Debug)]
pub enum RelocationConflict {
    /// It has another version by now: this is what it is.
    Version(Box<Booking>),
    /// The person has a live booking: this one was displaced, and they have booked again. Its code, if
    /// it is this account's.
    PersonBusy(Option<BookingCode>),
    /// The old seat or the person is not its own any more: its hold ran out.
    Lost,
    /// The new seat is somebody else's.
    SeatTaken,
    /// The account was erased meanwhile.
    AccountGone,
}

/// Whose conditions a claim has, in the order in which they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ClaimCondition {
    Booking,
    Person,
    Seat,
    Account,
}

/// The same of a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TransitionCondition {
    Booking,
    Own,
    Beside,
}

/// The same of a relocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RelocationCondition {
    Booking,
    NewPerson,
    Own,
    NewSeat,
    Account,
}

/// Writes, each with whose condition it carries; without one it cannot be refused.
type Conditional<G> = Vec<(Option<G>, Write)>;

impl Store {
    /// Makes a booking, whole or not at all.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn claim(
        &self,
        claim: &Claim<'_>,
        asked: &Asked<'_>,
    ) -> Result<Result<(), ClaimConflict>, StoreError> {
        use ClaimCondition::{Account, Booking, Person, Seat};
        let new = claim.booking;
        let put = Write::Put(booking_item(new)?, Some(super::days::absent()));
        let mut writes: Conditional<ClaimCondition> = vec![
            (Some(Booking), put),
            (Some(Person), claim_person(new, Some(&claim.limits), asked.at)),
            (Some(Seat), claim_seat(&new.seat, new.code, Some(claim.seat_free_at), asked.at)),
            (None, Write::Put(pointer(new), None)),
            (Some(Account), count_hold(&new.account, &claim.limits, asked.at)),
        ];
        writes.extend(record(new, asked, None, claim.messages)?.map(|write| (None, write)));
        let Err((condition, item)) = self.transact_conditions(writes).await? else {
            return Ok(Ok(()));
        };
        Ok(Err(match condition {
            Booking => ClaimConflict::CodeTaken(Box::new(from_item("booking", item)?)),
            Person => person_conflict(claim, &item, asked.at)?,
            Seat => ClaimConflict::SeatTaken,
            Account if item.is_empty() => ClaimConflict::AccountGone,
            Account => {
                ClaimConflict::Limited(claim.limits.reached(&item, Whose::Account, asked.at))
            }
        }))
    }

    /// Changes a booking, whole or not at all.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn transition(
        &self,
        change: &Transition<'_>,
        asked: &Asked<'_>,
    ) -> Result<Result<(), TransitionConflict>, StoreError> {
        use TransitionCondition::{Beside, Booking, Own};
        let (before, after) = (change.before, change.after);
        let mut writes = vec![(Some(Booking), replace_booking(before, after)?)];
        let seat = match change.seat {
            Seat::Untouched => None,
            Seat::Kept => Some(keep_seat(after, asked.at)),
            Seat::Held(until) => Some(hold_seat(after, until, asked.at)),
            Seat::Released(at) => Some(release_seat(&after.seat, after, at)),
        };
        let person = match change.person {
            Person::Untouched => None,
            Person::Extended(until) => Some(extend_person(after, until)),
            // Free whatever another instance's clock says.
            Person::Released => Some(extend_person(after, DateTime::UNIX_EPOCH)),
            Person::Forgiven(today) => Some(forgive_person(after, today)),
        };
        writes.extend(person.into_iter().chain(seat).map(|write| (Some(Own), write)));
        for place in &change.queue {
            writes.push((Some(Beside), place.write()?));
        }
        let attendance = match &change.attendance {
            Attendance::Untouched => vec![],
            Attendance::Missed(missed) => missed.writes(after),
            Attendance::Excused(kept) => fair_use::excuse(after, kept),
        };
        writes.extend(attendance.into_iter().map(|write| (Some(Beside), write)));
        let settled = change.claim.map(|claim| person_claims::settle(&after.person, claim));
        writes.extend(settled.map(|write| (Some(Beside), write)));
        let by = change.released;
        writes.extend(record(after, asked, by, change.messages)?.map(|write| (None, write)));
        let Err((condition, item)) = self.transact_conditions(writes).await? else {
            return Ok(Ok(()));
        };
        Ok(Err(match condition {
            Booking => TransitionConflict::Version(Box::new(from_item("booking", item)?)),
            Own => TransitionConflict::Lost,
            Beside => TransitionConflict::Beside,
        }))
    }

    /// Moves a booking to another seat, whole or not at all.
    ///
    /// # Errors
    /// If the table does not answer, or its answer stayed unknown.
    pub async fn relocate(
        &self,
        relocation: &Relocation<'_>,
        asked: &Asked<'_>,
    ) -> Result<Result<(), RelocationConflict>, StoreError> {
        use RelocationCondition::{Account, Booking, NewPerson, NewSeat, Own};
        let (before, after) = (relocation.before, relocation.after);
        let mut writes = vec![(Some(Booking), replace_booking(before, after)?)];
        if before.is_displaced() {
            writes.push((Some(NewPerson), claim_person(after, None, asked.at)));
            writes.push((Some(Account), account_exists(&after.account)));
        } else {
            let released = release_seat(&before.seat, after, relocation.released_at);
            writes.push((Some(Own), extend_person(after, after.person_free_at())));
            writes.push((Some(Own), released));
        }
        let claimed = claim_seat(&after.seat, after.code, relocation.seat_free_at, asked.at);
        writes.push((Some(NewSeat), claimed));
        writes.extend(record(after, asked, None, relocation.messages)?.map(|write| (None, write)));
        let Err((condition, item)) = self.transact_conditions(writes).await? else {
            return Ok(Ok(()));
        };
        Ok(Err(match condition {
            Booking => RelocationConflict::Version(Box::new(from_item("booking", item)?)),
            NewPerson => {
                let live = live_booking(&item)?;
                let own = (live.account == after.account).then_some(live.code);
                RelocationConflict::PersonBusy(own)
            }
            Own => RelocationConflict::Lost,
            NewSeat => RelocationConflict::SeatTaken,
            Account => RelocationConflict::AccountGone,
        }))
    }
}

/// Why the uniqueness guard refuses a claim.
fn person_conflict(
    claim: &Claim<'_>,
    guard: &Item,
    now: DateTime<Utc>,
) -> Result<ClaimConflict, StoreError> {
    Ok(if text_of(guard, "account") != Some(claim.booking.account.as_str()) {
        ClaimConflict::PersonElsewhere
    } else if is_busy(guard, now) {
        ClaimConflict::PersonBusy(live_booking(guard)?.code)
    } else {
        ClaimConflict::Limited(claim.limits.reached(guard, Whose::Person, now))
    })
}

/// What every change leaves behind: its event, and the messages that tell of it.
fn record(
    after: &Booking,
    asked: &Asked<'_>,
    released: Option<&DeskRelease>,
    messages: &[Message],
) -> Result<impl Iterator<Item = Write> + use<>, StoreError> {
    let cause = asked.cause.map(str::to_owned);
    let event = Event { cause, released: released.cloned(), ..after.event(asked.at, asked.by) };
    let event = to_item("event", &keys::event(after.code, after.version), &event)?;
    let mut writes = vec![Write::Put(event, None)];
    for message in messages {
        writes.push(Write::Put(message_item(message)?, None));
    }
    Ok(writes.into_iter())
}
