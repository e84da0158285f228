//! What closing days does to the people who have booked them: before it is done, and while it is. Codes and
//! counts, no names.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use super::LedgerError;
use super::calendar::DateState;
use crate::app::App;
use crate::domain::booking::{Booking, SeatRef, Status};
use crate::domain::code::BookingCode;
use crate::domain::day::Day;
use crate::domain::ids::ServiceId;
use crate::domain::language::Text;
use crate::domain::office::{Channel, Office};
use crate::domain::time::{SlotTime, local_date};

/// Dates that are read at the same time.
const AT_ONCE: usize = 8;
/// A preview may be a little old: it is a proposal.
const AGE: TimeDelta = TimeDelta::seconds(10);

/// What closing some dates would do. Nothing was changed.
#[derive(Debug)]
pub struct Preview {
    /// Every date of the range, in order.
    pub dates: Vec<PreviewDate>,
    /// Every booking that would leave its date, by date, hour and code.
    pub moves: Vec<Proposal>,
}

impl Preview {
    /// Bookings for which no other seat is free now.
    pub fn without_seat(&self) -> usize {
        self.moves.iter().filter(|one| one.to.is_none()).count()
    }
}

/// A date of a preview.
#[derive(Debug)]
pub struct PreviewDate {
    pub date: NaiveDate,
    pub state: DateState,
    /// Hours that would be taken away, in order; none unless the date is open.
    pub hours: Vec<PreviewHour>,
}

/// An hour of a date, all services together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewHour {
    pub time: SlotTime,
    /// Seats that would be taken away.
    pub seats: u32,
    /// Confirmed bookings.
    pub bookings: u32,
    /// Seats that somebody holds and has not confirmed: they would be given back.
    pub held: u32,
}

/// Where a booking would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub code: BookingCode,
    pub service: ServiceId,
    pub date: NaiveDate,
    pub time: SlotTime,
    /// Absent: no other seat is free now.
    pub to: Option<(NaiveDate, SlotTime)>,
}

/// How far the clearing of closed dates has come: bookings that were confirmed when it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Moved to another day by the office, or by themselves since.
    pub moved: u32,
    /// On their closed day until a seat is free.
    pub waiting: u32,
    /// Cancelled: by their owner since, or by the office for want of a seat.
    pub cancelled: u32,
    /// Not looked at yet.
    pub to_do: u32,
}

impl Progress {
    /// All of them.
    pub fn total(&self) -> u32 {
        self.moved + self.waiting + self.cancelled + self.to_do
    }

    fn add(&mut self, booking: &Booking, date: NaiveDate, now: DateTime<Utc>) {
        let status = booking.status_at(now);
        let is_here = booking.seat.date == date;
        let was_taken_back = booking.closed_visit.is_some_and(|visit| visit.date == date);
        match status {
            Status::Confirmed if is_here && booking.waits_for_seat() => self.waiting += 1,
            Status::Confirmed if is_here => self.to_do += 1,
            Status::Cancelled if was_taken_back => self.cancelled += 1,
            _ if was_taken_back && !is_here => self.moved += 1,
            _ => {}
        }
    }
}

/// A date that the office has closed by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComingClosure {
    pub date: NaiveDate,
    /// For the public.
    pub reason: Text,
}

/// What closing these dates would do.
///
/// # Errors
/// If the table does not answer.
pub async fn preview(
    app: &App,
    office: &Office,
    states: Vec<(NaiveDate, DateState)>,
) -> Result<Preview, LedgerError> {
    let now = app.clock.now();
    let looks = states.into_iter().map(|(date, state)| look_at(app, office, date, state, now));
    let looked: Vec<(PreviewDate, Vec<Booking>)> =
        iter(looks).buffered(AT_ONCE).try_collect().await?;
    let (dates, people): (Vec<_>, Vec<_>) = looked.into_iter().unzip();
    let people: Vec<Booking> = people.into_iter().flatten().collect();
    let closed: BTreeSet<_> = dates.iter().map(|date| date.date).collect();
    let seats = app.ledger.reseat(office, people.clone(), &closed, AGE, now).await?;
    let mut moves: Vec<_> = people.into_iter().map(|one| proposal(one, &seats)).collect();
    moves.sort_by_key(|one| (one.date, one.time, one.code));
    Ok(Preview { dates, moves })
}

fn proposal(booking: Booking, seats: &BTreeMap<BookingCode, SeatRef>) -> Proposal {
    let to = seats.get(&booking.code).map(|seat| (seat.date, seat.time));
    let SeatRef { service, date, time, .. } = booking.seat;
    Proposal { code: booking.code, service, date, time, to }
}

/// A date with the bookings that would leave it.
async fn look_at(
    app: &App,
    office: &Office,
    date: NaiveDate,
    state: DateState,
    now: DateTime<Utc>,
) -> Result<(PreviewDate, Vec<Booking>), LedgerError> {
    if state != DateState::Open {
        return Ok((PreviewDate { date, state, hours: vec![] }, vec![]));
    }
    let store = app.ledger.store();
    let day = app.ledger.days().get_within(&office.id, date, AGE, now).await?;
    let mut bookings = store.bookings_of(&office.id, date).await?;
    bookings.retain(|booking| booking.seat.date == date);
    let has = |booking: &Booking, status| booking.status_at(now) == status;
    let hours = hours(&day, &bookings, &has);
    bookings
        .retain(|booking| has(booking, Status::Confirmed) && booking.channel != Channel::WalkIn);
    Ok((PreviewDate { date, state, hours }, bookings))
}

fn hours(
    day: &Day,
    bookings: &[Booking],
    has: &impl Fn(&Booking, Status) -> bool,
) -> Vec<PreviewHour> {
    let mut hours: BTreeMap<SlotTime, PreviewHour> = BTreeMap::new();
    let none = |time| PreviewHour { time, seats: 0, bookings: 0, held: 0 };
    for slot in day.slots.iter().map(|seats| &seats.slot) {
        hours.entry(slot.time).or_insert(none(slot.time)).seats += u32::from(slot.quota);
    }
    for booking in bookings {
        let hour = hours.entry(booking.seat.time).or_insert(none(booking.seat.time));
        hour.bookings += u32::from(has(booking, Status::Confirmed));
        hour.held += u32::from(has(booking, Status::Held));
    }
    hours.into_values().collect()
}

/// How far the clearing of these dates has come, as far as they are closed.
///
/// # Errors
/// If the table does not answer.
pub async fn progress(
    app: &App,
    office: &Office,
    dates: impl Iterator<Item = NaiveDate>,
) -> Result<Progress, LedgerError> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let closed = dates.filter(|date| is_closed(office, *date));
    let read = closed
        .map(async |date| Ok::<_, LedgerError>((date, store.bookings_of(&office.id, date).await?)));
    let found: Vec<(NaiveDate, Vec<Booking>)> = iter(read).buffered(AT_ONCE).try_collect().await?;
    let mut progress = Progress::default();
    for (date, bookings) in found {
        bookings.iter().for_each(|booking| progress.add(booking, date, now));
    }
    Ok(progress)
}

/// The date at the office.
pub fn today(office: &Office, now: DateTime<Utc>) -> NaiveDate {
    local_date(now, office.timezone)
}

/// Dates from today on that the office has closed by itself.
pub fn coming(office: &Office, now: DateTime<Utc>) -> Vec<ComingClosure> {
    let today = today(office, now);
    let closed = office.exceptions.range(today..).filter(|(_, exception)| !exception.open);
    closed
        .map(|(date, exception)| ComingClosure { date: *date, reason: exception.reason.clone() })
        .collect()
}

fn is_closed(office: &Office, date: NaiveDate) -> bool {
    office.exceptions.get(&date).is_some_and(|exception| !exception.open)
}
