//! Claiming seats of a slot: a pick among those that show free, written under conditions.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::RngExt;

use super::wish::{Held, HoldRefusal, HoldRequest, Visitor};
use super::{Ledger, LedgerError, group_messages, lapsed_at};
use crate::domain::booking::{Booking, SeatRef, Status, Times};
use crate::domain::code::BookingCode;
use crate::domain::day::Day;
use crate::domain::fair_use::FairUse;
use crate::domain::message::MessageKind;
use crate::domain::office::{Channel, Office};
use crate::domain::seating::seat_group;
use crate::domain::time::{SlotTime, end_of_day, local_date};
use crate::storage::{Attempt, Claim, ClaimConflict, HoldLimits, NewBooking, StoreError};

pub(super) type Wished = Result<Held, HoldRefusal>;

/// A day as it is known, and how many codes of the request were others'.
pub(super) type Known = (Arc<Day>, u32);

/// What looking for a seat on one day came to.
pub(super) enum Claimed {
    Done(Wished),
    /// Nothing is free there, as the day says.
    Full(Arc<Day>),
}

impl Ledger {
    /// Picks at random among the seats that show free, so that two people rarely meet on one.
    pub(super) async fn try_claim(
        &self,
        request: &HoldRequest<'_>,
        (day, code_attempt): Known,
        time: SlotTime,
        now: DateTime<Utc>,
    ) -> Result<Attempt<Known, Claimed>, LedgerError> {
        let (service, channels) = (request.service, request.channels());
        let seats = seat_group(&day, service, time, &channels, now, &mut rand::rng());
        let Some(seats) = seats else { return Ok(Attempt::Done(Claimed::Full(day))) };
        let bookings = self.new_bookings(request, day.date, &seats, code_attempt, now);
        let all: Vec<_> = bookings.iter().map(|new| &new.booking).collect();
        let messages = group_messages(&all, &[MessageKind::Hold], now);
        let limits = hold_limits(request.office, request.channel(), now);
        let account = request.account;
        let claim = Claim { account, bookings: &bookings, limits, messages: &messages };
        match self.make_claim(&claim, now).await? {
            Ok(()) => {
                for new in &bookings {
                    let (seat, code) = (&new.booking.seat, new.booking.code);
                    self.days.note_claim(seat, code, Some(new.seat_free_at)).await;
                }
                Ok(done(held(bookings.into_iter().map(|new| new.booking), false)?))
            }
            Err(conflict) => self.after(conflict, request, (day, code_attempt), now).await,
        }
    }

    /// What a claim that was not made comes to.
    async fn after(
        &self,
        conflict: ClaimConflict,
        request: &HoldRequest<'_>,
        (day, code_attempt): Known,
        now: DateTime<Utc>,
    ) -> Result<Attempt<Known, Claimed>, LedgerError> {
        let applicant = |nth: usize| request.visitors[nth].applicant.clone();
        let refusal = match conflict {
            ClaimConflict::CodeTaken(other) if is_replay(request, &other) => {
                return Ok(done(self.replay(request, *other).await?));
            }
            // Somebody else's code: one in 2^45.
            ClaimConflict::CodeTaken(_) => return Ok(Attempt::Conflict((day, code_attempt + 1))),
            ClaimConflict::SeatTaken => {
                let day = self.days.refresh(&request.office.id, day.date, now).await?;
                return Ok(Attempt::Conflict((day, code_attempt)));
            }
            ClaimConflict::PersonBusy(code) => HoldRefusal::AlreadyBooked(code),
            ClaimConflict::PersonElsewhere(nth) => {
                HoldRefusal::PersonNeedsConfirmation(applicant(nth))
            }
            ClaimConflict::PersonLimited(nth, limit) => {
                HoldRefusal::Limited(limit, Some(applicant(nth)))
            }
            ClaimConflict::AccountLimited(limit) => HoldRefusal::Limited(limit, None),
            ClaimConflict::AccountGone => HoldRefusal::AccountGone,
            ClaimConflict::PersonGone => HoldRefusal::PersonGone,
        };
        Ok(done(Err(refusal)))
    }

    fn new_bookings(
        &self,
        request: &HoldRequest<'_>,
        date: NaiveDate,
        seats: &[(SlotTime, u16)],
        code_attempt: u32,
        now: DateTime<Utc>,
    ) -> Vec<NewBooking> {
        let code = |nth| self.code(request, nth, code_attempt);
        let codes: Vec<_> = (0..request.visitors.len()).map(code).collect();
        let group = if codes.len() > 1 { codes.clone() } else { vec![] };
        let visitors = request.visitors.iter().zip(codes).zip(seats);
        let new = |((visitor, code), &(time, number))| {
            let seat = SeatRef {
                office: request.office.id.clone(),
                service: request.service.clone(),
                date,
                time,
                number,
            };
            let booking = new_booking(request, visitor, code, seat, now);
            let booking = Booking { group: group.clone(), ..booking };
            NewBooking { seat_free_at: lapsed_at(request.office, &booking), booking }
        };
        visitors.map(new).collect()
    }

    /// The code of the nth booking of a request: with a key it follows from it.
    pub(super) fn code(&self, request: &HoldRequest<'_>, nth: usize, attempt: u32) -> BookingCode {
        let keyring = self.store.keyring();
        match (request.idempotency_key, nth) {
            (Some(key), 0) => keyring.booking_code(request.account, key, attempt),
            (Some(key), _) => {
                keyring.booking_code(request.account, &format!("{key}\n{nth}"), attempt)
            }
            (None, _) => BookingCode::from_bits(rand::rng().random()),
        }
    }

    /// The answer to a request whose first try made this booking.
    pub(super) async fn replay(
        &self,
        request: &HoldRequest<'_>,
        first: Booking,
    ) -> Result<Wished, LedgerError> {
        if first.request_hash != request.request_hash {
            return Ok(Err(HoldRefusal::Mismatch));
        }
        let others = self.others_of_group(&first).await?;
        held(std::iter::once(first).chain(others), true)
    }
}

impl HoldRequest<'_> {
    /// The channel that a refusal is counted for, and alternatives are looked for.
    pub(super) fn channel(&self) -> Channel {
        self.visitors.first().map_or(Channel::Web, |visitor| visitor.channel)
    }

    pub(super) fn channels(&self) -> Vec<Channel> {
        self.visitors.iter().map(|visitor| visitor.channel).collect()
    }
}

fn held(
    bookings: impl IntoIterator<Item = Booking>,
    replayed: bool,
) -> Result<Wished, LedgerError> {
    let mut bookings = bookings.into_iter();
    let first = bookings.next().ok_or_else(|| StoreError::corrupt("hold for nobody"))?;
    Ok(Ok(Held { booking: Box::new(first), others: bookings.collect(), replayed }))
}

fn done(wished: Wished) -> Attempt<Known, Claimed> {
    Attempt::Done(Claimed::Done(wished))
}

/// What may be held at an office today. Whoever stands at the desk holds nothing for somebody else.
pub(super) fn hold_limits(office: &Office, channel: Channel, now: DateTime<Utc>) -> HoldLimits {
    let today = local_date(now, office.timezone);
    let day_ends_at = end_of_day(today, office.timezone);
    let rule = if channel == Channel::WalkIn { FairUse::OFF } else { office.policy.fair_use };
    HoldLimits { today, day_ends_at, rule }
}

fn new_booking(
    request: &HoldRequest<'_>,
    visitor: &Visitor<'_>,
    code: BookingCode,
    seat: SeatRef,
    now: DateTime<Utc>,
) -> Booking {
    let office = request.office;
    Booking {
        code,
        status: Status::Held,
        version: 1,
        times: times_of(office, visitor.channel, &seat, now).reminding(&office.policy, code),
        seat,
        account: request.account.clone(),
        applicant: visitor.applicant.clone(),
        person: visitor.person.to_owned(),
        channel: visitor.channel,
        locale: request.locale,
        extensions: 0,
        hold_expires_at: Some(now + TimeDelta::minutes(office.policy.hold_minutes.into())),
        created_at: now,
        request_hash: request.request_hash.to_owned(),
        cancel_reason: None,
        check_in: None,
        documents: None,
        excused: false,
        nik_corrected: false,
        closed_visit: None,
        uncounted: 0,
        return_seat: None,
        moved_by_office: false,
        group: vec![],
    }
}

/// Whoever is booked for at the desk for today is there, whatever their hour.
fn times_of(office: &Office, channel: Channel, seat: &SeatRef, now: DateTime<Utc>) -> Times {
    let times = Times::of(office, seat.date, seat.time);
    if channel != Channel::WalkIn || seat.date != local_date(now, office.timezone) {
        return times;
    }
    Times { check_in_from: now, check_in_until: times.day_ends_at, ..times }
}

/// Whether a booking under this request's code can be its own.
fn is_replay(request: &HoldRequest<'_>, booking: &Booking) -> bool {
    booking.account == *request.account && request.idempotency_key.is_some()
}
