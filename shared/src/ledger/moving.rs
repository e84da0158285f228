//! Moving a booking: its old seat is given back and the new one claimed together, or neither.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::hold::offered;
use super::{
    Alternative, Changed, Ledger, LedgerError, NotOffered, Outcome, cooled_down, lapsed_at,
    messages,
};
use crate::domain::booking::{Actor, Booking, Clerk, Mover, Refusal, SeatRef, Status, Times};
use crate::domain::code::BookingCode;
use crate::domain::day::Day;
use crate::domain::message::MessageKind;
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use crate::domain::time::{SlotTime, whole_seconds};
use crate::storage::{
    Attempt, CONTENTION, Relocation, RelocationConflict, StoreError, compare_and_set,
};

/// Why a booking keeps its seat.
#[derive(Debug, Clone)]
pub enum MoveRefusal {
    /// It may not be moved.
    Refused(Refusal),
    /// The slot is full.
    Full(Vec<Alternative>),
    /// There is no such slot to move to.
    NotOffered(NotOffered),
    /// The person has another live booking of this account meanwhile.
    AlreadyBooked(BookingCode),
    /// The person has booked anew from another account.
    PersonNeedsConfirmation,
}

impl MoveRefusal {
    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Refused(refusal) => refusal.reason(),
            Self::Full(_) => Reason::SlotFull,
            Self::NotOffered(why) => why.reason(),
            Self::AlreadyBooked(_) => Reason::AlreadyBooked,
            Self::PersonNeedsConfirmation => Reason::PersonNeedsConfirmation,
        }
    }
}

type Moved = Result<Changed, MoveRefusal>;

/// What is known at a try: the booking and the day that it is to be moved to.
type Known = (Booking, Arc<Day>);

/// Who moves a booking, and to which hour of the day.
struct Wish<'a> {
    office: &'a Office,
    time: SlotTime,
    /// The clerk who moves it; absent: its owner does.
    clerk: Option<&'a Clerk>,
}

impl Wish<'_> {
    fn mover(&self) -> Mover<'_> {
        self.clerk.map_or(Mover::Owner, |clerk| Mover::Desk(&self.office.policy, clerk.reason))
    }
}

impl Ledger {
    /// Moves a booking to another slot of its office and service, for its owner.
    ///
    /// # Errors
    /// If the table does not answer, or everybody meets on the same seats.
    pub async fn reschedule(
        &self,
        office: &Office,
        booking: Booking,
        (date, time): (NaiveDate, SlotTime),
        now: DateTime<Utc>,
    ) -> Outcome<Changed, MoveRefusal> {
        let wish = Wish { office, time, clerk: None };
        self.move_booking(&wish, booking, date, whole_seconds(now)).await
    }

    /// The same by a clerk of its office, also later than its owner could, and after a visit that was missed.
    ///
    /// # Errors
    /// As above.
    pub async fn reschedule_at_desk(
        &self,
        office: &Office,
        booking: Booking,
        (date, time): (NaiveDate, SlotTime),
        clerk: &Clerk,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, MoveRefusal> {
        let now = whole_seconds(now);
        let wish = Wish { office, time, clerk: Some(clerk) };
        self.move_booking(&wish, self.with_miss_written(booking, now).await?, date, now).await
    }

    /// A missed visit counts, and gives its seat and person back, once it is written down.
    async fn with_miss_written(
        &self,
        booking: Booking,
        now: DateTime<Utc>,
    ) -> Result<Booking, LedgerError> {
        if booking.status == Status::NoShow || booking.status_at(now) != Status::NoShow {
            return Ok(booking);
        }
        self.apply_expiry(&booking, now).await?;
        Ok(self.store.booking(booking.code).await?.unwrap_or(booking))
    }

    async fn move_booking(
        &self,
        wish: &Wish<'_>,
        booking: Booking,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Outcome<Changed, MoveRefusal> {
        let (channel, office) = (booking.channel, &wish.office.id);
        let day = self.days.get(office, date, now).await?;
        let attempt = |known| self.try_move(wish, known, now);
        let moved = compare_and_set(CONTENTION, (booking, day), attempt).await?;
        if let Err(refusal) = &moved {
            self.count_refusal(refusal.reason(), (office, Some(date)), channel, now);
        }
        Ok(moved)
    }

    async fn try_move(
        &self,
        wish: &Wish<'_>,
        (before, day): Known,
        now: DateTime<Utc>,
    ) -> Result<Attempt<Known, Moved>, LedgerError> {
        let office = wish.office;
        let after = match moved_to(wish, &before, &day, now) {
            Target::Seat(after) => *after,
            Target::Full => {
                let moved = self.full(office, &before, day.date, now).await?;
                return Ok(Attempt::Done(moved));
            }
            Target::None(moved) => return Ok(Attempt::Done(moved)),
        };
        let free_at = (after.status == Status::Held).then(|| lapsed_at(office, &after));
        let refusal = match self.make_move(wish, (&before, &after), free_at, now).await? {
            Ok(()) => {
                self.days.forget(&office.id, before.seat.date).await;
                self.days.note_claim(&after.seat, after.code, free_at).await;
                return Ok(Attempt::Done(Ok(Changed::now(after))));
            }
            Err(RelocationConflict::Version(newer)) => return Ok(Attempt::Conflict((*newer, day))),
            Err(RelocationConflict::SeatTaken) => {
                let day = self.days.refresh(&office.id, day.date, now).await?;
                return Ok(Attempt::Conflict((before, day)));
            }
            Err(RelocationConflict::Lost) => MoveRefusal::Refused(Refusal::HoldExpired),
            Err(RelocationConflict::AccountGone | RelocationConflict::PersonGone) => {
                MoveRefusal::Refused(Refusal::Ended)
            }
            Err(RelocationConflict::PersonBusy(Some(code))) => MoveRefusal::AlreadyBooked(code),
            Err(RelocationConflict::PersonBusy(None)) => MoveRefusal::PersonNeedsConfirmation,
        };
        Ok(Attempt::Done(Err(refusal)))
    }

    async fn full(
        &self,
        office: &Office,
        booking: &Booking,
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Moved, LedgerError> {
        let (service, channel) = (&booking.seat.service, booking.channel);
        let found = self.alternatives(office, service, date, (channel, 1), now).await?;
        Ok(Err(MoveRefusal::Full(found)))
    }

    async fn make_move(
        &self,
        wish: &Wish<'_>,
        (before, after): (&Booking, &Booking),
        seat_free_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Result<(), RelocationConflict>, StoreError> {
        let kinds: &[MessageKind] = match after.status {
            Status::Held => &[MessageKind::Hold],
            _ => &[MessageKind::Moved, MessageKind::Reminder],
        };
        let messages = messages(after, kinds, now);
        let released_at = cooled_down(wish.office, before, now);
        let clerk = wish.clerk;
        let relocation =
            Relocation { before, after, released_at, seat_free_at, messages: &messages, clerk };
        self.make_relocation(&relocation, Actor::Applicant, now).await
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

fn refused(refusal: Refusal) -> Target {
    Target::None(Err(MoveRefusal::Refused(refusal)))
}

fn moved_to(wish: &Wish<'_>, before: &Booking, day: &Arc<Day>, now: DateTime<Utc>) -> Target {
    let (office, time) = (wish.office, wish.time);
    let (service, date) = (before.seat.service.clone(), day.date);
    let is_on = matches!(before.status_at(now), Status::Held | Status::Confirmed);
    if is_on && before.seat.date == date && before.seat.time == time {
        return Target::None(Ok(Changed::before(before.clone())));
    }
    if let Err(refusal) = before.may_move(wish.mover(), now) {
        return refused(refusal);
    }
    if let Err(reason) = offered(office, &service, before.channel, day, Some(time), now) {
        return Target::None(Err(MoveRefusal::NotOffered(reason)));
    }
    let slot = day.slot(&service, time);
    let picked = slot.and_then(|slot| slot.pick(before.channel, now, &mut rand::rng()));
    let Some(number) = picked else { return Target::Full };
    let seat = SeatRef { office: office.id.clone(), service, date, time, number };
    let times = Times::of(office, date, time).reminding(&office.policy, before.code);
    match before.reschedule(seat, times, wish.mover(), now) {
        Ok(after) => Target::Seat(Box::new(after)),
        Err(refusal) => refused(refusal),
    }
}
