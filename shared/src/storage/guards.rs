//! What a change of a booking writes to booking, person and seat, and what each write is refused for.

use chrono::{DateTime, Utc};

use super::bookings::booking_item;
use super::error::StoreError;
use super::expression::Expression;
use super::transact::Write;
use super::values::{number, seconds, text};
use super::{Item, keys};
use crate::domain::booking::{Booking, SeatRef};

/// Refused: the booking has another version by now.
pub(super) fn replace_booking(before: &Booking, after: &Booking) -> Result<Write, StoreError> {
    let unchanged = Expression::new("#version = :before").with(":before", number(before.version));
    Ok(Write::Replace(booking_item(before)?, booking_item(after)?, unchanged))
}

/// A seat or a person can be claimed if nobody ever did, or if what was claimed is free again.
fn claimable(now: DateTime<Utc>) -> Expression {
    Expression::new("attribute_not_exists(#pk) OR #free_at <= :now").with(":now", seconds(now))
}

/// Refused: the person has another live booking.
pub(super) fn claim_person(booking: &Booking, now: DateTime<Utc>) -> Write {
    let mut item = keys::person(&booking.person).attributes();
    item.insert("code".to_owned(), text(booking.code.as_str()));
    item.insert("account".to_owned(), text(booking.account.as_str()));
    item.insert("free_at".to_owned(), seconds(booking.person_free_at()));
    Write::Put(item, Some(claimable(now)))
}

/// Refused: the seat is somebody's.
pub(super) fn claim_seat(seat: &SeatRef, booking: &Booking, now: DateTime<Utc>) -> Write {
    let mut item = keys::seat(seat).attributes();
    item.insert("number".to_owned(), number(seat.number));
    item.insert("code".to_owned(), text(booking.code.as_str()));
    item.extend(booking.hold_expires_at.map(|at| ("free_at".to_owned(), seconds(at))));
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

/// Refused: the booking has lost its seat, or is about to.
pub(super) fn keep_seat(booking: &Booking, now: DateTime<Utc>) -> Write {
    let held = Expression::new("#code = :code AND #free_at > :now")
        .with(":code", text(booking.code.as_str()))
        .with(":now", seconds(now));
    Write::Update(keys::seat(&booking.seat), Expression::new("REMOVE #free_at"), Some(held))
}

/// Refused: the booking has lost its seat.
pub(super) fn release_seat(seat: &SeatRef, booking: &Booking, at: DateTime<Utc>) -> Write {
    let release = Expression::new("SET #free_at = :at").with(":at", seconds(at));
    Write::Update(keys::seat(seat), release, Some(own(booking)))
}

/// How an account finds its bookings.
pub(super) fn pointer(booking: &Booking) -> Item {
    let mut item = keys::booking_pointer(&booking.account, booking.code).attributes();
    item.insert("code".to_owned(), text(booking.code.as_str()));
    item
}
