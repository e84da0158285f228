//! Moving a booking: its old seat is given back and the new one claimed together, or neither.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::change::{MAX_ROUNDS, unexpected};
use super::hold::{MAX_CLAIMS, offered};
use super::{Alternative, Changed, Ledger, LedgerError, NotOffered, cooled_down, messages};
use crate::domain::booking::{Actor, Booking, Refusal, SeatRef, Status, Times};
use crate::domain::day::Day;
use crate::domain::message::MessageKind;
use crate::domain::office::Office;
use crate::domain::time::{SlotTime, whole_seconds};
use crate::storage::{Change, ChangeOutcome, PersonChange, SeatChange};

/// How a move ended.
#[derive(Debug, Clone)]
pub enum Moved {
    /// It was made, had been made before, or may not be made.
    Changed(Changed),
    /// The slot is full; the booking keeps its seat.
    Full(Vec<Alternative>),
    /// There is no such slot to move to.
    NotOffered(NotOffered),
    /// The person has another live booking meanwhile.
    AlreadyBooked,
}

impl Ledger {
    /// Moves a booking to another slot of its office and service.
    ///
    /// # Errors
    /// If the table does not answer, or everybody meets on the same seats.
    pub async fn reschedule(
        &self,
        office: &Office,
        booking: Booking,
        date: NaiveDate,
        time: SlotTime,
        now: DateTime<Utc>,
    ) -> Result<Moved, LedgerError> {
        let now = whole_seconds(now);
        let channel = booking.channel;
        let moved = self.try_move(office, booking, date, time, now).await?;
        if let Some(reason) = moved.refusal() {
            self.count_refusal(reason, (&office.id, Some(date)), channel, now);
        }
        Ok(moved)
    }

    async fn try_move(
        &self,
        office: &Office,
        booking: Booking,
        date: NaiveDate,
        time: SlotTime,
        now: DateTime<Utc>,
    ) -> Result<Moved, LedgerError> {
        let mut before = booking;
        let mut day = self.days.get(&office.id, date, now).await?;
        let (mut rounds, mut claims) = (0, 0);
        while rounds < MAX_ROUNDS && claims < MAX_CLAIMS {
            let after = match moved_to(office, &before, &day, time, now) {
                Target::Seat(after) => after,
                Target::Full => return self.full(office, &before, date, now).await,
                Target::None(moved) => return Ok(moved),
            };
            match self.make_move(office, &before, &after, now).await? {
                ChangeOutcome::Applied => {
                    self.days.forget(&office.id, before.seat.date).await;
                    self.days.note_claim(&after.seat, after.code, after.hold_expires_at).await;
                    return Ok(Moved::Changed(Changed::Done(after)));
                }
                ChangeOutcome::VersionConflict(newer) => {
                    rounds += 1;
                    before = *newer;
                }
                ChangeOutcome::SeatTaken => {
                    claims += 1;
                    day = self.days.refresh(&office.id, date, now).await?;
                }
                ChangeOutcome::SeatLost => return Ok(refused(Refusal::HoldExpired)),
                ChangeOutcome::AccountGone => return Ok(refused(Refusal::Ended)),
                ChangeOutcome::PersonBusy { .. } => return Ok(Moved::AlreadyBooked),
                other @ ChangeOutcome::QueueConflict => return Err(unexpected(&other)),
            }
        }
        Err(LedgerError::Contention)
    }

    async fn full(
        &self,
        office: &Office,
        booking: &Booking,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Moved, LedgerError> {
        let (service, channel) = (&booking.seat.service, booking.channel);
        Ok(Moved::Full(self.alternatives(office, service, date, channel, now).await?))
    }

    /// A displaced booking has given its seat and its person back already; it claims both anew.
    async fn make_move(
        &self,
        office: &Office,
        before: &Booking,
        after: &Booking,
        now: DateTime<Utc>,
    ) -> Result<ChangeOutcome, LedgerError> {
        let claim = SeatChange::Claim(after.seat.clone(), after.hold_expires_at);
        let free_at = after.person_free_at();
        let (seats, person) = if before.is_displaced() {
            (vec![claim], PersonChange::Claim(free_at))
        } else {
            let release = SeatChange::Release(before.seat.clone(), cooled_down(office, now));
            (vec![release, claim], PersonChange::Extend(free_at))
        };
        let kinds: &[MessageKind] = match after.status {
            Status::Held => &[MessageKind::Hold],
            _ => &[MessageKind::Moved, MessageKind::Reminder],
        };
        let messages = messages(after, kinds, now);
        let change = Change {
            before: Some(before),
            after,
            by: Actor::Applicant,
            seats,
            person,
            messages: &messages,
            queue: vec![],
        };
        self.commit(&change, now).await
    }
}

/// What a move would make of a booking.
enum Target {
    /// The booking on a seat that shows free.
    Seat(Box<Booking>),
    /// The slot shows no free seat.
    Full,
    /// The move does not take place.
    None(Moved),
}

fn refused(refusal: Refusal) -> Moved {
    Moved::Changed(Changed::Refused(refusal))
}

fn moved_to(
    office: &Office,
    before: &Booking,
    day: &Arc<Day>,
    time: SlotTime,
    now: DateTime<Utc>,
) -> Target {
    let (service, date) = (before.seat.service.clone(), day.date);
    let is_on = matches!(before.status_at(now), Status::Held | Status::Confirmed);
    if is_on && before.seat.date == date && before.seat.time == time {
        return Target::None(Moved::Changed(Changed::Already(Box::new(before.clone()))));
    }
    if let Err(refusal) = before.may_move(now) {
        return Target::None(refused(refusal));
    }
    if let Err(reason) = offered(office, &service, before.channel, day, Some(time), now) {
        return Target::None(Moved::NotOffered(reason));
    }
    let slot = day.slot(&service, time);
    let picked = slot.and_then(|slot| slot.pick(before.channel, now, &mut rand::rng()));
    let Some(number) = picked else { return Target::Full };
    let seat = SeatRef { office: office.id.clone(), service, date, time, number };
    match before.reschedule(seat, Times::of(office, date, time), now) {
        Ok(after) => Target::Seat(Box::new(after)),
        Err(refusal) => Target::None(refused(refusal)),
    }
}
