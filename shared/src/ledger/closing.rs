//! Bookings of a closed day: where each could go, and what is done with each of them. When that is done:
//! `housekeeping.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::future::try_join_all;

use super::availability::{own_closure, search_dates};
use super::commit::Made;
use super::group::Group;
use super::search::is_beyond;
use super::views::growing;
use super::{Changed, Ledger, LedgerError, cooled_down, messages};
use crate::domain::booking::{Actor, Booking, CancelReason, SeatRef, Times};
use crate::domain::code::BookingCode;
use crate::domain::day::Day;
use crate::domain::message::MessageKind;
use crate::domain::office::Office;
use crate::domain::reseating::Reseating;
use crate::domain::time::whole_seconds;
use crate::storage::{
    Attempt, CONTENTION, Relocation, RelocationConflict, Transition, compare_and_set,
};

/// Dates that are read first; then twice as many each time.
const FIRST_DATES: usize = 4;

/// The seat that was found for each booking, by its code. Nobody has it yet.
pub type Reseated = BTreeMap<BookingCode, SeatRef>;

/// What became of a booking of a closed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// It has left the day: moved, or cancelled.
    Left,
    /// It waits for a seat, or is on again.
    Stays,
    /// The seat that was found for it is somebody else's by now.
    SeatTaken,
    /// Nothing was to be done any more: its owner was faster.
    Nothing,
}

impl Ledger {
    /// A free seat for each of these bookings, as far as there are any: on a later date that is not among
    /// `closed`, by the rules of each one's channel, no two on one seat. Days may be as old as `age`.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn reseat(
        &self,
        office: &Office,
        bookings: Vec<Booking>,
        closed: &BTreeSet<NaiveDate>,
        age: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Reseated, LedgerError> {
        let Some(first) = bookings.iter().map(|booking| booking.seat.date).min() else {
            return Ok(Reseated::new());
        };
        let is_open =
            |date: &NaiveDate| !closed.contains(date) && own_closure(office, *date).is_none();
        let later = search_dates(first).skip(1).filter(is_open);
        let mut reseating = Reseating::new(bookings);
        'search: for dates in growing(later, FIRST_DATES) {
            for day in self.days_of(office, &dates, age, now).await? {
                if reseating.is_done() || is_beyond(office, &day, now) {
                    break 'search;
                }
                reseating.offer(Day::clone(&day), now, &mut rand::rng());
            }
        }
        Ok(reseating.apart(now, &mut rand::rng()).found().clone())
    }

    async fn days_of(
        &self,
        office: &Office,
        dates: &[NaiveDate],
        age: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Vec<Arc<Day>>, LedgerError> {
        let read = async |date: &NaiveDate| match age > TimeDelta::zero() {
            true => self.days.get_within(&office.id, *date, age, now).await,
            false => self.days.refresh(&office.id, *date, now).await,
        };
        Ok(try_join_all(dates.iter().map(read)).await?)
    }

    /// Moves a confirmed booking off its closed day, to this seat, and tells its person.
    pub(super) async fn move_off(
        &self,
        office: &Office,
        booking: Booking,
        to: &SeatRef,
        now: DateTime<Utc>,
    ) -> Result<Settled, LedgerError> {
        let (now, date) = (whole_seconds(now), booking.seat.date);
        let attempt = async |before: Booking| {
            let times = Times::of(office, to.date, to.time).reminding(&office.policy, before.code);
            let Ok(after) = before.move_off(date, to.clone(), times, now) else {
                return Ok(Attempt::Done(Settled::Nothing));
            };
            let messages =
                messages(&after, &[MessageKind::ClosedMoved, MessageKind::Reminder], now);
            let relocation = Relocation {
                before: &before,
                after: &after,
                released_at: cooled_down(office, &before, now),
                seat_free_at: None,
                messages: &messages,
                clerk: None,
            };
            Ok::<_, LedgerError>(
                match self.make_relocation(&relocation, Actor::System, now).await? {
                    Ok(()) => {
                        self.days.forget(&office.id, date).await;
                        self.days.note_claim(&after.seat, after.code, None).await;
                        Attempt::Done(Settled::Left)
                    }
                    Err(RelocationConflict::Version(newer)) => Attempt::Conflict(*newer),
                    Err(RelocationConflict::SeatTaken) => {
                        self.days.forget(&office.id, to.date).await;
                        Attempt::Done(Settled::SeatTaken)
                    }
                    Err(_) => Attempt::Done(Settled::Nothing),
                },
            )
        };
        compare_and_set(CONTENTION, booking, attempt).await
    }

    /// Keeps a confirmed booking on its closed day until a seat is free somewhere, and tells its person,
    /// once.
    pub(super) async fn keep_waiting(
        &self,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Result<Settled, LedgerError> {
        let date = booking.seat.date;
        let waits = |before: &Booking| before.wait_for_seat(date, now).ok();
        self.settle_in_place(booking, waits, &[MessageKind::ClosedWaiting], now).await
    }

    /// A booking that waited is on again: its day was opened again.
    pub(super) async fn resume(
        &self,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Result<Settled, LedgerError> {
        let on = |before: &Booking| before.resume(now).ok();
        let kinds = [MessageKind::Confirmed, MessageKind::Reminder];
        self.settle_in_place(booking, on, &kinds, now).await
    }

    async fn settle_in_place(
        &self,
        booking: Booking,
        next: impl Fn(&Booking) -> Option<Booking>,
        kinds: &[MessageKind],
        now: DateTime<Utc>,
    ) -> Result<Settled, LedgerError> {
        let now = whole_seconds(now);
        let attempt = async |before: Booking| {
            let Some(after) = next(&before) else { return Ok(Attempt::Done(Settled::Nothing)) };
            let messages = messages(&after, kinds, now);
            let change = Transition::new(&before, &after).telling(&messages);
            Ok::<_, LedgerError>(match self.make_transition(&change, Actor::System, now).await? {
                Made::Yes => Attempt::Done(Settled::Stays),
                Made::Conflict(newer) => Attempt::Conflict(*newer),
                Made::Lost => Attempt::Done(Settled::Nothing),
            })
        };
        compare_and_set(CONTENTION, booking, attempt).await
    }

    /// Cancels a booking of a closed day and tells its person, who may move it free of charge. One that
    /// was moved meanwhile stays; a held one that was confirmed meanwhile is looked at again, to be moved.
    pub(super) async fn cancel_off(
        &self,
        office: &Office,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Result<Settled, LedgerError> {
        let (now, date, was) = (whole_seconds(now), booking.seat.date, booking.status);
        let attempt = async |before: Group| {
            if (before.booking.seat.date, before.booking.status) != (date, was) {
                return Ok(Attempt::Done(Ok(Changed::before(before.booking))));
            }
            self.try_cancel(office, before, (CancelReason::OfficeClosed, None), now).await
        };
        let made = compare_and_set(CONTENTION, Group::alone(booking), attempt).await?;
        let is_on = |booking: &Booking| booking.seat.date == date && booking.status.is_live();
        Ok(match made {
            Ok(changed) if !changed.already => Settled::Left,
            Ok(changed) if is_on(&changed.booking) => Settled::Stays,
            _ => Settled::Nothing,
        })
    }
}
