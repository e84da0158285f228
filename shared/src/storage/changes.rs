//! Changes of bookings: each is one transaction over booking, event, seat, person, messages and queue.
//!
//! There are three kinds, with what each can be refused for: a [`Claim`] makes bookings, a
//! [`Transition`](super::Transition) leaves one on its seat or takes the seat away, a [`Relocation`] moves
//! it to another.
//! When several conditions fail at once the first in the order of the refusals counts: the booking's
//! own, which tells that this very request was here before, then the person's, then the seat's.

use chrono::{DateTime, Utc};

use super::accounts::{account_exists, is_of_account};
use super::bookings::booking_item;
use super::error::StoreError;
use super::fair_use::HoldLimits;
use super::guards::{
    claim_person, claim_seat, count_holds, extend_person, is_busy, live_booking, pointer,
    release_seat, replace_booking,
};
use super::items::{from_item, to_item};
use super::left::left;
use super::outbox::message_item;
use super::transact::Write;
use super::values::text_of;
use super::{Item, Store, keys};
use crate::domain::booking::{Actor, Booking, Clerk, DeskRelease, Event, HandedIn};
use crate::domain::code::BookingCode;
use crate::domain::fair_use::{Limit, Whose};
use crate::domain::ids::AccountId;
use crate::domain::message::Message;

/// Who asks for a change, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub by: Actor,
    /// Keyed hash of the message that asks for it, if one does.
    pub cause: Option<&'a str>,
    /// The member of staff who makes it, if one does.
    pub staff: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

/// New bookings of one account, each on a seat that is claimed for it: all of them are made, or none.
#[derive(Debug)]
pub struct Claim<'a> {
    pub account: &'a AccountId,
    pub bookings: &'a [NewBooking],
    /// What their people and their account may hold.
    pub limits: HoldLimits,
    /// Messages that tell of them.
    pub messages: &'a [Message],
}

/// One of the bookings of a [`Claim`].
#[derive(Debug)]
pub struct NewBooking {
    pub booking: Booking,
    /// When the seat can be claimed by others if the booking is never confirmed.
    pub seat_free_at: DateTime<Utc>,
}

/// Why seats could not be claimed. Persons are told by their place among the bookings.
#[derive(Debug)]
pub enum ClaimConflict {
    /// There is a booking of this code.
    CodeTaken(Box<Booking>),
    /// A person has a live booking of this very account.
    PersonBusy(BookingCode),
    /// A person may not be booked for, and the last booking was not this account's: why is told to
    /// nobody else.
    PersonElsewhere(usize),
    /// A person may hold no more seats.
    PersonLimited(usize, Limit),
    /// The account may hold no more seats.
    AccountLimited(Limit),
    /// The seat is somebody else's.
    SeatTaken,
    /// The account was erased meanwhile.
    AccountGone,
    /// The person was removed from the account meanwhile, or has another NIK since.
    PersonGone,
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
    /// The clerk who moves it, and why.
    pub clerk: Option<&'a Clerk>,
}

/// Why a booking was not moved.
#[derive(Debug)]
pub enum RelocationConflict {
    /// It has another version by now: this is what it is.
    Version(Box<Booking>),
    /// The person has a live booking: this one was over, and they have booked again. Its code, if
    /// it is this account's.
    PersonBusy(Option<BookingCode>),
    /// The old seat or the person is not its own any more: its hold ran out.
    Lost,
    /// The new seat is somebody else's.
    SeatTaken,
    /// The account was erased meanwhile.
    AccountGone,
    /// The booking was over, and its person was removed since or has another NIK.
    PersonGone,
}

/// Whose conditions a claim has, in the order in which they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ClaimCondition {
    Booking,
    Applicant,
    Person,
    Seat,
    Account,
}

/// The same of a relocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum RelocationCondition {
    Booking,
    NewPerson,
    Own,
    NewSeat,
    Account,
    Applicant,
}

/// Writes, each with whose condition it carries; without one it cannot be refused.
pub(super) type Conditional<G> = Vec<(Option<G>, Write)>;

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
        use ClaimCondition::{Account, Applicant, Booking, Person, Seat};
        let seats = u32::try_from(claim.bookings.len()).unwrap_or(u32::MAX);
        let count = count_holds(claim.account, seats, &claim.limits, asked.at);
        let mut writes: Conditional<_> = vec![(Some((Account, 0)), count)];
        for (nth, NewBooking { booking, seat_free_at }) in claim.bookings.iter().enumerate() {
            let put = Write::Put(booking_item(booking)?, Some(super::days::absent()));
            let person = claim_person(booking, Some(&claim.limits), asked.at);
            let seat = claim_seat(&booking.seat, booking.code, Some(*seat_free_at), asked.at);
            writes.extend([
                (Some((Booking, nth)), put),
                (Some((Person, nth)), person),
                (Some((Seat, nth)), seat),
                (Some((Applicant, nth)), is_of_account(booking)),
                (None, Write::Put(pointer(booking), None)),
                (None, event(booking, asked, ByDesk::default())?),
            ]);
        }
        writes.extend(messages(claim.messages)?);
        let Err(((condition, nth), item)) = self.transact_conditions(writes).await? else {
            return Ok(Ok(()));
        };
        Ok(Err(match condition {
            Booking => ClaimConflict::CodeTaken(Box::new(from_item("booking", item)?)),
            Applicant => ClaimConflict::PersonGone,
            Person => person_conflict(claim, nth, &item, asked.at)?,
            Seat => ClaimConflict::SeatTaken,
            Account if item.is_empty() => ClaimConflict::AccountGone,
            Account => {
                ClaimConflict::AccountLimited(claim.limits.reached(&item, Whose::Account, asked.at))
            }
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
        use RelocationCondition::{Account, Applicant, Booking, NewPerson, NewSeat, Own};
        let (before, after) = (relocation.before, relocation.after);
        let by = ByDesk { clerk: relocation.clerk, ..ByDesk::default() };
        let mut writes = vec![(Some(Booking), replace_booking(before, after)?)];
        if !before.status.is_live() {
            writes.push((Some(NewPerson), claim_person(after, None, asked.at)));
            writes.push((Some(Account), account_exists(&after.account)));
            writes.push((Some(Applicant), is_of_account(after)));
        } else {
            let released = release_seat(&before.seat, after, relocation.released_at);
            writes.push((Some(Own), extend_person(after, after.person_free_at())));
            writes.extend(released.map(|write| (Some(Own), write)));
            writes.extend(left(before, after).map(|write| (None, write)));
        }
        let claimed = claim_seat(&after.seat, after.code, relocation.seat_free_at, asked.at);
        writes.push((Some(NewSeat), claimed));
        writes.push((None, event(after, asked, by)?));
        writes.extend(messages(relocation.messages)?);
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
            Applicant => RelocationConflict::PersonGone,
        }))
    }
}

/// Why the uniqueness guard refuses a claim.
fn person_conflict(
    claim: &Claim<'_>,
    nth: usize,
    guard: &Item,
    now: DateTime<Utc>,
) -> Result<ClaimConflict, StoreError> {
    Ok(if text_of(guard, "account") != Some(claim.account.as_str()) {
        ClaimConflict::PersonElsewhere(nth)
    } else if is_busy(guard, now) {
        ClaimConflict::PersonBusy(live_booking(guard)?.code)
    } else {
        ClaimConflict::PersonLimited(nth, claim.limits.reached(guard, Whose::Person, now))
    })
}

/// What the event keeps of the clerk who makes a change, and of what the change does.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ByDesk<'a> {
    pub(super) released: Option<&'a DeskRelease>,
    pub(super) clerk: Option<&'a Clerk>,
    /// The scan that is handed in by it.
    pub(super) handed_in: Option<&'a HandedIn>,
    /// What is known of the person is corrected by it.
    pub(super) corrected: bool,
}

/// The event that a change leaves behind.
pub(super) fn event(
    after: &Booking,
    asked: &Asked<'_>,
    by: ByDesk<'_>,
) -> Result<Write, StoreError> {
    let cause = asked.cause.map(str::to_owned);
    let staff = |staff: &str| Clerk { staff: staff.to_owned(), reason: None };
    let (released, clerk) = (by.released.cloned(), by.clerk.cloned());
    let clerk = clerk.or_else(|| asked.staff.map(staff));
    let (handed_in, corrected) = (by.handed_in.cloned(), by.corrected);
    let made = after.event(asked.at, asked.by);
    let event = Event { cause, released, clerk, handed_in, corrected, ..made };
    Ok(Write::Put(to_item("event", &keys::event(after.code, after.version), &event)?, None))
}

/// The messages that tell of a change.
pub(super) fn messages<G>(messages: &[Message]) -> Result<Conditional<G>, StoreError> {
    messages.iter().map(|message| Ok((None, Write::Put(message_item(message)?, None)))).collect()
}
