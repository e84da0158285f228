//! Closed days are cleared: their bookings move to other seats, wait for one, or are cancelled; and on days
//! that were opened again those that waited are on again. What is done with each booking: `closing.rs`.

use std::collections::BTreeSet;
use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::closing::{Reseated, Settled};
use super::{Housekeeping, LedgerError};
use crate::domain::booking::{Booking, Status, Times};
use crate::domain::office::{Channel, Office};
use crate::storage::Closure;

/// No request lives longer: functions end after 10 seconds and the gateway after 30. What a request
/// may still write after a day was closed has been written by then.
pub const REQUEST_LIFE_SECS: i64 = 30;
/// A closed day is looked at in every tick until so long after it was closed, so that a straggler is found
/// too.
const CLOSURE_LOOKS_SECS: i64 = 3 * REQUEST_LIFE_SECS;
/// Seats for those who wait are looked for no more often: a look reads the two months that follow.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(2);
/// Bookings written at the same time.
const WRITES_AT_ONCE: usize = 4;
/// Seats are looked for as often as this in one go, when others take those that were found.
const MAX_SEARCHES: u32 = 3;

/// What a look at a closed day came to.
#[derive(Debug, Default)]
struct Look {
    /// Bookings that have left the day.
    left: u32,
    /// Bookings that are on it still.
    stay: u32,
}

impl Look {
    fn add(&mut self, settled: Settled) {
        match settled {
            Settled::Left => self.left += 1,
            Settled::Stays | Settled::SeatTaken => self.stay += 1,
            Settled::Nothing => {}
        }
    }
}

impl Housekeeping {
    /// Deals with the bookings of closed days, once no request that saw the day open can still write. Tells
    /// how many have left their day.
    pub async fn clear_closed_days(&self, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let (mut left, mut first) = (0, Ok(()));
        for closure in self.ledger.store.closures().await? {
            if !is_time_to_look(&closure, now) {
                continue;
            }
            match self.look_at(&closure, now).await {
                Ok(found) => left += found,
                Err(error) => first = first.and(Err(error)),
            }
        }
        first.map(|()| left)
    }

    async fn look_at(&self, closure: &Closure, now: DateTime<Utc>) -> Result<u32, LedgerError> {
        let found = self.clear_day(closure, now).await?;
        if now - closure.closed_at >= TimeDelta::seconds(CLOSURE_LOOKS_SECS) {
            match found {
                Look { left: 0, stay: 0 } => self.ledger.store.finish_closure(closure).await?,
                _ => self.ledger.store.note_look(closure, now).await?,
            }
        }
        Ok(found.left)
    }

    async fn clear_day(&self, closure: &Closure, now: DateTime<Utc>) -> Result<Look, LedgerError> {
        let (ledger, mut look) = (&self.ledger, Look::default());
        let Some(office) = ledger.offices.get(&closure.office, now).await? else { return Ok(look) };
        let state = ledger.store.day_state(&closure.office, closure.date).await?;
        let mut all = ledger.store.bookings_of(&closure.office, closure.date).await?;
        all.retain(|booking| is_on(booking, closure, now));
        if state.is_none_or(|state| state.closed.is_none()) {
            all.retain(Booking::waits_for_seat);
            let on = each(all, |booking| ledger.resume(booking, now)).await?;
            on.into_iter().for_each(|settled| look.add(settled));
            return Ok(look);
        }
        let (kept, given_back): (Vec<_>, Vec<_>) = all.into_iter().partition(is_kept);
        let cancel = |booking| ledger.cancel_off(&office, booking, now);
        each(given_back, cancel).await?.into_iter().for_each(|settled| look.add(settled));
        self.move_people(&office, closure, kept, &mut look, now).await?;
        Ok(look)
    }

    /// Moves people to seats that are found for them. Who finds none waits, or is told that it is over.
    async fn move_people(
        &self,
        office: &Office,
        closure: &Closure,
        mut people: Vec<Booking>,
        look: &mut Look,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let ledger = &self.ledger;
        for _ in 0..MAX_SEARCHES {
            let closed = BTreeSet::from([closure.date]);
            let seats =
                ledger.reseat(office, people.clone(), &closed, TimeDelta::zero(), now).await?;
            let (seated, others): (Vec<_>, Vec<_>) =
                people.into_iter().partition(|booking| seats.contains_key(&booking.code));
            let settled = each(others, |booking| self.without_seat(office, booking, now));
            settled.await?.into_iter().for_each(|settled| look.add(settled));
            people = self.move_to(office, seated, &seats, look, now).await?;
            if people.is_empty() {
                break;
            }
        }
        look.stay += u32::try_from(people.len()).unwrap_or(u32::MAX);
        Ok(())
    }

    /// Moves each to the seat that was found for it. Gives those back whose seat somebody else has taken.
    async fn move_to(
        &self,
        office: &Office,
        people: Vec<Booking>,
        seats: &Reseated,
        look: &mut Look,
        now: DateTime<Utc>,
    ) -> Result<Vec<Booking>, LedgerError> {
        let moved = each(people, |booking| async move {
            let Some(seat) = seats.get(&booking.code) else {
                return Ok((booking, Settled::Nothing));
            };
            let settled = self.ledger.move_off(office, booking.clone(), seat, now).await?;
            Ok((booking, settled))
        });
        let (taken, settled): (Vec<_>, Vec<_>) =
            moved.await?.into_iter().partition(|(_, settled)| *settled == Settled::SeatTaken);
        settled.into_iter().for_each(|(_, settled)| look.add(settled));
        Ok(taken.into_iter().map(|(booking, _)| booking).collect())
    }

    /// No seat was found: it waits until the day is near, when its person has to hear of it.
    async fn without_seat(
        &self,
        office: &Office,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Result<Settled, LedgerError> {
        let last = Times::of(office, booking.seat.date, booking.seat.time).reminder_at;
        if last <= now {
            return self.ledger.cancel_off(office, booking, now).await;
        }
        match booking.waits_for_seat() {
            true => Ok(Settled::Stays),
            false => self.ledger.keep_waiting(booking, now).await,
        }
    }
}

fn is_time_to_look(closure: &Closure, now: DateTime<Utc>) -> bool {
    let age = now - closure.closed_at;
    age >= TimeDelta::seconds(REQUEST_LIFE_SECS)
        && closure.looked_at.is_none_or(|at| now - at >= LOOK_AGAIN)
}

fn is_on(booking: &Booking, closure: &Closure, now: DateTime<Utc>) -> bool {
    booking.seat.date == closure.date
        && matches!(booking.status_at(now), Status::Held | Status::Confirmed)
}

/// Whether a booking keeps its person's place: it was confirmed, by somebody who can be told.
fn is_kept(booking: &Booking) -> bool {
    booking.status == Status::Confirmed && booking.channel != Channel::WalkIn
}

/// Does the same with each of them, some at a time.
async fn each<T, F>(
    bookings: Vec<Booking>,
    act: impl Fn(Booking) -> F,
) -> Result<Vec<T>, LedgerError>
where
    F: Future<Output = Result<T, LedgerError>>,
{
    iter(bookings).map(act).buffer_unordered(WRITES_AT_ONCE).try_collect().await
}
