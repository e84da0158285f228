//! What a change of a booking writes to booking, person and seat, and what each write is refused for.

use chrono::{DateTime, NaiveDate, Utc};

use super::bookings::booking_item;
use super::error::StoreError;
use super::expression::Expression;
use super::fair_use::{HoldLimits, counted, counted_by, forgiven, not_missed};
use super::freed::seat_freed;
use super::transact::Write;
use super::values::{instant_of, number, seconds, text, text_of};
use super::{Item, keys};
use crate::domain::booking::{Booking, SeatRef};
use crate::domain::code::BookingCode;
use crate::domain::fair_use::Whose;
use crate::domain::ids::AccountId;

/// Refused: the booking has another version by now.
pub(super) fn replace_booking(before: &Booking, after: &Booking) -> Result<Write, StoreError> {
    let unchanged = Expression::new("#version = :before").with(":before", number(before.version));
    Ok(Write::Replace(booking_item(before)?, booking_item(after)?, unchanged))
}

/// A seat can be claimed if nobody ever did, or if it is free again.
fn claimable(now: DateTime<Utc>) -> Expression {
    Expression::new("attribute_not_exists(#pk) OR #free_at <= :now").with(":now", seconds(now))
}

/// Refused: the person has another live booking, or may hold no more seats. The item keeps what is known
/// of the person beside it; one that was left to expire is wanted again.
pub(super) fn claim_person(
    booking: &Booking,
    limits: Option<&HoldLimits>,
    now: DateTime<Utc>,
) -> Write {
    const CLAIM: &str = "SET #code = :code, #account = :account, #free_at = :free_at";
    const FREE: &str = "attribute_not_exists(#free_at) OR #free_at <= :now";
    let condition = match limits {
        Some(limits) => limits.allow(Whose::Person, 1, FREE, now),
        None => Expression::new(FREE).with(":now", seconds(now)),
    };
    let update = match limits {
        Some(limits) => {
            counted(Expression::new(format!("{CLAIM}, {} REMOVE #ttl", limits.count())))
        }
        None => Expression::new(format!("{CLAIM} REMOVE #ttl")),
    };
    let update = update
        .with(":code", text(booking.code.as_str()))
        .with(":account", text(booking.account.as_str()))
        .with(":free_at", seconds(booking.person_free_at()));
    Write::Update(keys::person(&booking.person), update, Some(condition))
}

/// Refused: the account was erased meanwhile, or may hold no more seats.
pub(super) fn count_holds(
    account: &AccountId,
    seats: u32,
    limits: &HoldLimits,
    now: DateTime<Utc>,
) -> Write {
    let count = Expression::new(format!("SET {}, #active_at = :now", limits.count()));
    let count = counted_by(count, seats);
    let allowed = limits.allow(Whose::Account, seats, "attribute_exists(#pk)", now);
    Write::Update(keys::profile(account), count, Some(allowed))
}

/// Claimable from `free_at` on; absent: never. Refused: the seat is somebody's.
pub(super) fn claim_seat(
    seat: &SeatRef,
    code: BookingCode,
    free_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Write {
    let mut item = keys::seat(seat).attributes();
    item.insert("number".to_owned(), number(seat.number));
    item.insert("code".to_owned(), text(code.as_str()));
    item.extend(free_at.map(|at| ("free_at".to_owned(), seconds(at))));
    Write::Put(item, Some(claimable(now)))
}

fn own(booking: &Booking) -> Expression {
    Expression::new("#code = :code").with(":code", text(booking.code.as_str()))
}

/// Refused: the booking has lost its person, which happens only when its time ran out.
pub(super) fn extend_person(booking: &Booking, until: DateTime<Utc>) -> Write {
    let extend = Expression::new("SET #free_at = :at").with(":at", seconds(until));
    Write::Update(keys::person(&booking.person), extend, Some(own(booking)))
}

/// Frees the person, and forgets what was counted against them. Refused: as above.
pub(super) fn forgive_person(booking: &Booking, today: NaiveDate) -> Write {
    let free = Expression::new(format!("SET #free_at = :at {}", forgiven(today)))
        .with(":at", seconds(DateTime::UNIX_EPOCH));
    Write::Update(keys::person(&booking.person), free, Some(own(booking)))
}

/// Extends the person, whose missed visit was none. Refused: as above.
pub(super) fn return_person(booking: &Booking, until: DateTime<Utc>) -> Write {
    let extend = not_missed("SET #free_at = :at", booking).with(":at", seconds(until));
    Write::Update(keys::person(&booking.person), extend, Some(own(booking)))
}

/// The seat is still this booking's, and nobody else may have it yet.
fn still_held(booking: &Booking, now: DateTime<Utc>) -> Expression {
    Expression::new("#code = :code AND #free_at > :now")
        .with(":code", text(booking.code.as_str()))
        .with(":now", seconds(now))
}

/// Refused: the booking has lost its seat, or is about to.
pub(super) fn keep_seat(booking: &Booking, now: DateTime<Utc>) -> Write {
    let keep = Expression::new("REMOVE #free_at");
    Write::Update(keys::seat(&booking.seat), keep, Some(still_held(booking, now)))
}

/// Refused: the booking has lost its seat, or is about to.
pub(super) fn hold_seat(booking: &Booking, until: DateTime<Utc>, now: DateTime<Utc>) -> Write {
    extend_seat(&booking.seat, booking, until, now)
}

/// The same of another seat of the booking.
pub(super) fn extend_seat(
    seat: &SeatRef,
    booking: &Booking,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Write {
    let extend = Expression::new("SET #free_at = :at").with(":at", seconds(until));
    Write::Update(keys::seat(seat), extend, Some(still_held(booking, now)))
}

/// Refused: somebody has claimed the seat since the booking gave it back.
pub(super) fn take_seat_back(booking: &Booking) -> Write {
    let keep = Expression::new("REMOVE #free_at");
    Write::Update(keys::seat(&booking.seat), keep, Some(own(booking)))
}

/// Refused: the booking has lost its seat. Beside it stands that its date is to be looked at.
pub(super) fn release_seat(seat: &SeatRef, booking: &Booking, at: DateTime<Utc>) -> [Write; 2] {
    let release = Expression::new("SET #free_at = :at").with(":at", seconds(at));
    let release = Write::Update(keys::seat(seat), release, Some(own(booking)));
    [release, seat_freed(seat, booking)]
}

/// How an account finds its bookings.
pub(super) fn pointer(booking: &Booking) -> Item {
    let mut item = keys::booking_pointer(&booking.account, booking.code).attributes();
    item.insert("code".to_owned(), text(booking.code.as_str()));
    item
}

/// The booking that keeps a person from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveBooking {
    pub code: BookingCode,
    /// Its owner.
    pub account: AccountId,
    /// When the person is free unless something changes.
    pub until: DateTime<Utc>,
}

/// Whether a live booking has the person of this guard.
pub(super) fn is_busy(person: &Item, now: DateTime<Utc>) -> bool {
    instant_of(person, "free_at").is_some_and(|until| now < until)
}

/// The booking that this guard is claimed for.
pub(super) fn live_booking(item: &Item) -> Result<LiveBooking, StoreError> {
    let code = text_of(item, "code").and_then(|code| code.parse().ok());
    let account = text_of(item, "account").and_then(|account| account.parse().ok());
    match (code, account, instant_of(item, "free_at")) {
        (Some(code), Some(account), Some(until)) => Ok(LiveBooking { code, account, until }),
        _ => Err(StoreError::corrupt("person")),
    }
}
