//! The seat that somebody returns to who fetches a document: what a change of the booking does to it.

use chrono::{DateTime, Utc};

use super::guards::{claim_seat, extend_seat, release_seat};
use super::transact::Write;
use crate::domain::booking::Booking;

/// Claims the seat, keeps it for longer or shorter, or gives it back. Refused: it is somebody's.
pub(super) fn writes(before: &Booking, after: &Booking, now: DateTime<Utc>) -> Vec<Write> {
    let (had, has) = (&before.return_seat, &after.return_seat);
    let until = after.documents_deadline();
    let mut writes = vec![];
    if let Some(seat) = had.as_ref().filter(|_| had != has) {
        writes.extend(release_seat(seat, before, now));
    }
    match has {
        Some(seat) if had != has => writes.push(claim_seat(seat, after.code, until, now)),
        Some(seat) if until.is_some() && until != before.documents_deadline() => {
            writes.extend(until.map(|until| extend_seat(seat, after, until, now)));
        }
        _ => {}
    }
    writes
}
