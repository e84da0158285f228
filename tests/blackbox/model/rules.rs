//! The model: the rules of seats, written once more and as plainly as possible.
//!
//! Nothing here calls the code under test; statuses, refusals and channels are its words only.

use std::collections::BTreeMap;

use antrian::domain::booking::{Refusal, Status};
use antrian::domain::office::Channel;

use super::words::*;

/// Everything that is so at one moment.
#[derive(Debug)]
pub(super) struct World {
    pub(super) now: i64,
    pub(super) days: [Day; DAYS],
    /// Seats ever claimed: when they are free again, or never.
    pub(super) seats: BTreeMap<(Place, u16), Option<i64>>,
    pub(super) bookings: Vec<Booking>,
    /// Requests that had a key.
    pub(super) keyed: Vec<Request>,
    /// The NIK by which the person of each way in is known.
    pub(super) niks: [usize; WAYS.len()],
    /// The last booking under each NIK, unless its account has left the NIK since.
    pub(super) last: BTreeMap<usize, usize>,
    /// How often the person of each way in was told anew.
    pub(super) retold: [u32; WAYS.len()],
    /// NIKs told in each account after the first ones.
    pub(super) told: [u32; ACCOUNTS as usize],
    /// The last queue number of each day.
    pub(super) numbers: BTreeMap<i64, u32>,
}

impl World {
    pub(super) fn new() -> Self {
        let quotas = [QUOTA; SLOTS];
        let day = Day { closed: false, to_clear: None, looked_at: None, quotas };
        Self {
            now: BEGIN,
            days: [day; DAYS],
            seats: BTreeMap::new(),
            bookings: vec![],
            keyed: vec![],
            niks: WAYS.map(|(_, person)| person),
            last: BTreeMap::new(),
            retold: [0; WAYS.len()],
            told: [0; ACCOUNTS as usize],
            numbers: BTreeMap::new(),
        }
    }

    pub(super) fn today(&self) -> usize {
        usize::try_from(self.now / DAY).unwrap()
    }

    pub(super) fn status(&self, nth: usize) -> Status {
        self.bookings[nth].status(self.now)
    }

    /// Whether the booking is still on although its day was closed long ago.
    pub(super) fn is_overdue(&self, nth: usize) -> bool {
        let booking = &self.bookings[nth];
        let day = &self.days[booking.place.day];
        let waits = booking.waits() && self.now < booking.place.starts();
        matches!(self.status(nth), Status::Held | Status::Confirmed)
            && day.closed
            && !waits
            && day.to_clear.is_some_and(|at| self.now - at > OVERDUE_AFTER)
    }

    pub(super) fn is_taken(&self, place: Place, number: u16) -> bool {
        self.seats.get(&(place, number)).is_some_and(|free| free.is_none_or(|at| at > self.now))
    }

    fn claimable(&self, place: Place, channel: Channel) -> Vec<u16> {
        let pool_is_open =
            channel == Channel::Whatsapp || place.starts() - POOL_OPENS_BEFORE <= self.now;
        let quota = self.days[place.day].quotas[place.slot];
        let has_one = |&&(at, number): &&(Place, u16)| at == place && self.is_taken(at, number);
        let left = usize::from(quota).saturating_sub(self.seats.keys().filter(has_one).count());
        (1..=quota)
            .filter(|&number| !self.is_taken(place, number))
            .take(left)
            .filter(|&number| number != POOL || pool_is_open)
            .collect()
    }

    /// Seats of which one is chosen: the channel's own first.
    fn choosable(&self, place: Place, channel: Channel) -> Vec<u16> {
        let free = self.claimable(place, channel);
        if channel == Channel::Whatsapp && free.contains(&POOL) { vec![POOL] } else { free }
    }

    pub(super) fn look(&self, date: usize, channel: Channel) -> Look {
        let day = &self.days[date];
        if date < self.today() {
            return Err(Why::Past);
        }
        if day.closed {
            return Err(Why::Closed);
        }
        if date > self.today() + 1 {
            return Err(Why::NotReleased);
        }
        let places = Place::all().filter(|place| place.day == date);
        let slots: Vec<Free> = places
            .filter(|place| self.now < place.books_until())
            .map(|place| (place, u16::try_from(self.claimable(place, channel).len()).unwrap()))
            .collect();
        if slots.is_empty() { Err(Why::Past) } else { Ok(slots) }
    }

    /// Slots with free seats from a date on.
    fn alternatives(&self, from: usize, channel: Channel) -> Vec<Free> {
        (from..DAYS)
            .filter_map(|date| self.look(date, channel).ok())
            .flatten()
            .filter(|(_, free)| *free > 0)
            .take(MAX_ALTERNATIVES)
            .collect()
    }

    /// The booking that keeps its person from another one.
    pub(super) fn booking_of(&self, person: usize) -> Option<usize> {
        self.bookings
            .iter()
            .position(|booking| booking.person == person && booking.keeps_person_until() > self.now)
    }

    fn under_key(&self, request: &Request) -> Option<usize> {
        request.key?;
        self.bookings.iter().position(|booking| {
            booking.request.key == request.key && booking.request.account() == request.account()
        })
    }

    /// The wanted slots that can still be booked, and how many seats are free in each.
    fn wanted(&self, request: &Request) -> Look {
        let Request { choice, channel, .. } = *request;
        match choice {
            Choice::Earliest if (0..DAYS).all(|date| self.look(date, channel).is_err()) => {
                Err(Why::NotReleased)
            }
            Choice::Earliest => Ok(self.alternatives(0, channel)),
            Choice::Date(date) => self.look(date, channel),
            Choice::Slot(wanted) => {
                let mut slots = self.look(wanted.day, channel)?;
                slots.retain(|(place, _)| *place == wanted);
                if slots.is_empty() { Err(Why::Past) } else { Ok(slots) }
            }
        }
    }

    /// How a wish for a seat has to end.
    pub(super) fn hold(&self, request: &Request) -> HoldEnd {
        if let Some(known) = self.under_key(request) {
            let same = self.bookings[known].request == *request;
            return if same { HoldEnd::Repeated(known) } else { HoldEnd::Mismatch };
        }
        let wanted = match self.wanted(request) {
            Ok(wanted) => wanted,
            Err(why) => return HoldEnd::NotOffered(why),
        };
        let Some((place, _)) = wanted.into_iter().find(|(_, free)| *free > 0) else {
            return HoldEnd::Full(match request.choice {
                Choice::Earliest => vec![],
                Choice::Slot(Place { day, .. }) | Choice::Date(day) => {
                    self.alternatives(day, request.channel)
                }
            });
        };
        match self.booking_of(self.niks[request.way]) {
            Some(other) => {
                let own = self.bookings[other].request.account() == request.account();
                HoldEnd::AlreadyBooked(own.then_some(other))
            }
            None => HoldEnd::Held(place, self.choosable(place, request.channel)),
        }
    }

    /// How a confirmation has to end.
    pub(super) fn confirm(&self, nth: usize) -> ChangeEnd {
        match self.status(nth) {
            Status::Held => ChangeEnd::Done,
            Status::Confirmed => ChangeEnd::Already,
            other => ChangeEnd::Refused(over(other)),
        }
    }

    /// How a cancellation has to end.
    pub(super) fn cancel(&self, nth: usize) -> ChangeEnd {
        match self.status(nth) {
            Status::Held | Status::Confirmed | Status::AwaitingDocuments => ChangeEnd::Done,
            Status::Cancelled => ChangeEnd::Already,
            other => ChangeEnd::Refused(over(other)),
        }
    }

    /// How a move by its owner or by a clerk has to end.
    pub(super) fn reschedule(&self, nth: usize, to: Place, by_clerk: bool) -> MoveEnd {
        let booking = &self.bookings[nth];
        let is_on = matches!(self.status(nth), Status::Held | Status::Confirmed);
        if is_on && booking.place == to {
            return MoveEnd::Already;
        }
        match self.status(nth) {
            Status::Held | Status::Confirmed | Status::NoShow if by_clerk => {}
            Status::Confirmed if booking.taken_from.is_some() => {}
            _ if is_on && booking.version - booking.uncounted >= MAX_VERSIONS => {
                return MoveEnd::Refused(Refusal::MovedTooOften);
            }
            Status::Held => {}
            Status::Confirmed if self.now < booking.place.midnight() => {}
            Status::Confirmed => return MoveEnd::Refused(Refusal::TooLateToMove),
            _ if booking.is_displaced() => {}
            other => return MoveEnd::Refused(over(other)),
        }
        let channel = booking.request.channel;
        match self.look(to.day, channel) {
            Err(why) => return MoveEnd::NotOffered(why),
            Ok(slots) if slots.iter().all(|(place, _)| *place != to) => {
                return MoveEnd::NotOffered(Why::Past);
            }
            Ok(_) => {}
        }
        let free = self.choosable(to, channel);
        if free.is_empty() {
            return MoveEnd::Full(self.alternatives(to.day, channel));
        }
        if self.is_over(nth) && self.booking_of(booking.person).is_some() {
            return MoveEnd::AlreadyBooked;
        }
        if self.is_over(nth) && self.person_is_gone(booking) {
            return MoveEnd::Refused(Refusal::Ended);
        }
        MoveEnd::Done(free)
    }

    /// It has given its seat and its person back, and is moved all the same.
    pub(super) fn is_over(&self, nth: usize) -> bool {
        self.bookings[nth].is_displaced() || self.status(nth) == Status::NoShow
    }

    /// Its person was removed since, or has another NIK.
    fn person_is_gone(&self, booking: &Booking) -> bool {
        let way = booking.request.way;
        (self.niks[way], self.retold[way]) != (booking.person, booking.retold)
    }

    /// Where somebody goes whose day is closed: the earliest later date with room, the nearest hour, one of
    /// these seats.
    pub(super) fn other_place(&self, nth: usize) -> Option<(Place, Vec<u16>)> {
        let booking = &self.bookings[nth];
        let channel = booking.request.channel;
        let later = (booking.place.day + 1..DAYS).filter_map(|day| self.look(day, channel).ok());
        later
            .filter_map(|slots| {
                let mut free: Vec<_> = slots.into_iter().filter(|(_, free)| *free > 0).collect();
                free.sort_by_key(|(place, _)| place.slot.abs_diff(booking.place.slot));
                free.first().map(|(place, _)| (*place, self.choosable(*place, channel)))
            })
            .next()
    }

    /// The next number of a day's queue.
    pub(super) fn next_in_line(&self, day: i64) -> InLine {
        InLine { day, number: self.numbers.get(&day).copied().unwrap_or_default() + 1 }
    }

    /// Who waits in the line of a day.
    fn waiting(&self, day: i64) -> impl Iterator<Item = &Booking> {
        self.bookings.iter().filter(move |booking| {
            let is_in = matches!(booking.state, State::CheckedIn { at, .. } if at.day == day);
            is_in && booking.standing.away.is_none()
        })
    }

    /// How many wait before this one: of those in the same line, or sent to the same counter, those with
    /// priority, then those who came earlier.
    pub(super) fn ahead(&self, own: &Booking) -> u32 {
        let at = own.in_line().unwrap();
        let is_ahead = |booking: &&Booking| {
            let (other, own_place) = (booking.standing, own.standing);
            let is_alike = match own_place.sent_to {
                Some(counter) => other.sent_to == Some(counter),
                None => other.sent_to.is_none() && other.letter() == own_place.letter(),
            };
            let is_first = booking.has_priority() && own_place.sent_to.is_none();
            let own_first = own.has_priority() && own_place.sent_to.is_none();
            is_alike && (!is_first, rank(booking)) < (!own_first, rank(own))
        };
        u32::try_from(self.waiting(at.day).filter(is_ahead).count()).unwrap()
    }

    /// As if come when is somebody who is brought back.
    pub(super) fn turn(&self, own: &Booking) -> i64 {
        let at = own.in_line().unwrap();
        let is_alike = |booking: &&Booking| {
            let place = booking.standing;
            place.sent_to.is_none()
                && place.letter() == own.standing.letter()
                && booking.has_priority() == own.has_priority()
        };
        let mut ranks: Vec<_> = self.waiting(at.day).filter(is_alike).map(rank).collect();
        ranks.sort_unstable();
        ranks.get(BEHIND - 1).map_or(self.now, |(came, ..)| *came)
    }

    /// How a look at the papers has to end; `until`: some are missing until then.
    pub(super) fn check_documents(&self, nth: usize, until: Option<i64>) -> ChangeEnd {
        match (self.bookings[nth].state, self.status(nth), until) {
            (State::CheckedIn { complete: true, .. }, _, None) => ChangeEnd::Already,
            (State::AwaitingDocuments { until: known, .. }, Status::AwaitingDocuments, new)
                if new == Some(known) =>
            {
                ChangeEnd::Already
            }
            (State::CheckedIn { at, .. }, ..) if self.now < (at.day + 1) * DAY => ChangeEnd::Done,
            (_, Status::AwaitingDocuments, _) => ChangeEnd::Done,
            (_, Status::Held | Status::Confirmed, _) => ChangeEnd::Refused(Refusal::NotCheckedIn),
            (_, Status::Lapsed, _) => ChangeEnd::Refused(Refusal::DeadlinePassed),
            _ => ChangeEnd::Refused(Refusal::Ended),
        }
    }

    /// Which seats may be kept for somebody whose documents are awaited until then; none: no seat may be.
    /// `None`: what the model does not know of.
    pub(super) fn seats_to_return_to(&self, nth: usize, until: i64) -> Option<Vec<(Place, u16)>> {
        let booking = &self.bookings[nth];
        let day = usize::try_from(until / DAY).unwrap();
        if day >= DAYS {
            return None;
        }
        if day <= self.today() {
            return Some(vec![]);
        }
        let is_good = |place: &Place| place.day == day && place.starts() < until;
        if let Some(kept) = booking.returns_to.filter(|(place, _)| is_good(place)) {
            return Some(vec![kept]);
        }
        if self.days[day].closed || day > self.today() + 1 {
            return Some(vec![]);
        }
        let mut places: Vec<_> = Place::all().filter(is_good).collect();
        places.sort_by_key(|place| place.slot.abs_diff(booking.place.slot));
        let found = places.into_iter().find_map(|place| {
            let seats = self.choosable(place, Channel::WalkIn);
            (!seats.is_empty()).then(|| seats.into_iter().map(|number| (place, number)).collect())
        });
        Some(found.unwrap_or_default())
    }

    /// How a scan has to end: with a queue number, and whether it had been given before.
    pub(super) fn check_in(&self, nth: usize) -> Result<(u32, bool), Refusal> {
        let booking = &self.bookings[nth];
        match self.status(nth) {
            Status::CheckedIn | Status::AwaitingDocuments => {
                return Ok((booking.in_line().unwrap().number, true));
            }
            Status::Lapsed => return Err(Refusal::DeadlinePassed),
            Status::Held => return Err(Refusal::NotConfirmed),
            Status::Confirmed | Status::NoShow => {}
            other => return Err(over(other)),
        }
        if self.today() != booking.place.day {
            Err(Refusal::WrongDay)
        } else if self.now < booking.place.starts() - CHECK_IN_OPENS_BEFORE {
            Err(Refusal::TooEarly)
        } else if self.now >= booking.place.missed_from() {
            Err(Refusal::TooLate)
        } else {
            Ok((self.next_in_line(self.now / DAY).number, false))
        }
    }
}

/// The order among people of one kind.
fn rank(booking: &Booking) -> (i64, bool, u32) {
    let place = booking.standing;
    let number = booking.in_line().unwrap().number;
    (place.turn.unwrap_or(place.came), place.turn.is_some(), number)
}

/// Why nothing can be done to a booking any more.
fn over(status: Status) -> Refusal {
    match status {
        Status::Expired => Refusal::HoldExpired,
        Status::CheckedIn | Status::AwaitingDocuments => Refusal::CheckedIn,
        _ => Refusal::Ended,
    }
}
