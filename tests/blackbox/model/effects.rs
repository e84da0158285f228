//! What a step changes in the model.

use antrian::domain::booking::Status;

use super::rules::World;
use super::words::{
    BOOKING_CLOSES_BEFORE, Booking, Boundary, CHECK_IN_CLOSES_AFTER, CHECK_IN_OPENS_BEFORE,
    CLEARED_AFTER, COOL_DOWN, DAY, DeskAct, FORGOTTEN_AFTER, HOLD, InLine, LOOK_AGAIN,
    POOL_OPENS_BEFORE, Place, Request, Standing, State,
};

/// How long a seat rests that is given back: a tenth if it was never confirmed.
fn rest(before: State) -> i64 {
    if let State::Held { .. } = before { COOL_DOWN / 10 } else { COOL_DOWN }
}

impl World {
    pub(super) fn held(&mut self, request: Request, place: Place, number: u16) {
        let until = self.now + HOLD;
        let state = State::Held { until };
        self.seats.insert((place, number), Some(until + COOL_DOWN));
        let person = self.niks[request.way];
        self.last.insert(person, self.bookings.len());
        let (retold, corrected) = (self.retold[request.way], false);
        self.bookings.push(Booking {
            request,
            person,
            retold,
            corrected,
            place,
            number,
            state,
            version: 1,
            standing: Standing::default(),
            settled: false,
            taken_from: None,
            uncounted: 0,
            returns_to: None,
        });
    }

    pub(super) fn change(&mut self, nth: usize, state: State) -> &mut Booking {
        let booking = &mut self.bookings[nth];
        booking.state = state;
        booking.version += 1;
        booking.settled = false;
        booking
    }

    pub(super) fn confirmed(&mut self, nth: usize) {
        let booking = self.change(nth, State::Confirmed);
        let seat = (booking.place, booking.number);
        self.seats.insert(seat, None);
    }

    pub(super) fn cancelled(&mut self, nth: usize, by_office: bool) {
        let before = self.bookings[nth].state;
        if by_office && before == State::Confirmed {
            self.taken_back(nth);
        }
        let rest = rest(before);
        let booking = self.change(nth, State::Cancelled { by_office });
        let seat = (booking.place, booking.number);
        self.seats.insert(seat, Some(self.now + rest));
        self.returns_to(nth, None, None);
    }

    /// Its owner or a clerk moves it.
    pub(super) fn moved(&mut self, nth: usize, place: Place, number: u16, by_clerk: bool) {
        let booking = &mut self.bookings[nth];
        booking.uncounted += u32::from(booking.taken_from.take().is_some() || by_clerk);
        self.put(nth, place, number);
    }

    fn put(&mut self, nth: usize, place: Place, number: u16) {
        let before = self.bookings[nth];
        if self.is_over(nth) {
            self.last.insert(before.person, nth);
        } else {
            let rest = rest(before.state);
            self.seats.insert((before.place, before.number), Some(self.now + rest));
        }
        let (state, free) = match before.state {
            State::Held { until } => (before.state, Some(until + COOL_DOWN)),
            _ => (State::Confirmed, None),
        };
        let booking = self.change(nth, state);
        (booking.place, booking.number) = (place, number);
        self.seats.insert((place, number), free);
    }

    pub(super) fn checked_in(&mut self, nth: usize) {
        let at = self.join();
        self.bookings[nth].standing = self.comes();
        self.change(nth, State::CheckedIn { at, complete: false });
    }

    /// Somebody who comes now.
    fn comes(&self) -> Standing {
        Standing { came: self.now, ..Standing::default() }
    }

    /// Was called, and the counter did this.
    pub(super) fn at_desk(&mut self, nth: usize, act: DeskAct) {
        let before = self.bookings[nth].standing;
        let called = Standing { sent_to: None, away: None, turn: None, ..before };
        self.bookings[nth].standing = match act {
            DeskAct::PassBack => before,
            DeskAct::Skip | DeskAct::Park => Standing { away: Some(act), ..called },
            DeskAct::ToLetter => Standing { is_sent: true, ..called },
            DeskAct::ToCounter(counter) => Standing { sent_to: Some(counter), ..called },
        };
    }

    pub(super) fn brought_back(&mut self, nth: usize) {
        let turn = Some(self.turn(&self.bookings[nth]));
        let before = self.bookings[nth].standing;
        self.bookings[nth].standing = Standing { away: None, turn, ..before };
    }

    /// Takes the next number of today.
    fn join(&mut self) -> InLine {
        let at = self.next_in_line(self.now / DAY);
        self.numbers.insert(at.day, at.number);
        at
    }

    /// Some papers are missing until then, or none.
    pub(super) fn documents_checked(&mut self, nth: usize, until: Option<i64>) {
        let before = self.bookings[nth];
        let at = before.in_line().unwrap();
        let waited = matches!(before.state, State::AwaitingDocuments { .. });
        let is_another_day = at.day != self.now / DAY;
        let state = match until {
            Some(until) => State::AwaitingDocuments { at, until },
            None if waited && is_another_day => {
                State::CheckedIn { at: self.join(), complete: true }
            }
            None => State::CheckedIn { at, complete: true },
        };
        if waited && until.is_none() {
            let again = Standing { away: None, ..before.standing };
            self.bookings[nth].standing = if is_another_day { self.comes() } else { again };
        }
        self.change(nth, state);
    }

    /// The seat that is kept for somebody, and until when; the one before is given back.
    pub(super) fn returns_to(
        &mut self,
        nth: usize,
        seat: Option<(Place, u16)>,
        until: Option<i64>,
    ) {
        let before = std::mem::replace(&mut self.bookings[nth].returns_to, seat);
        if let Some(before) = before.filter(|_| before != seat) {
            self.seats.insert(before, Some(self.now));
        }
        if let (Some(seat), Some(until)) = (seat, until) {
            self.seats.insert(seat, Some(until));
        }
    }

    pub(super) fn served(&mut self, nth: usize) {
        let at = self.bookings[nth].in_line().unwrap();
        self.change(nth, State::Served { at });
    }

    pub(super) fn set_quota(&mut self, place: Place, quota: u16) {
        self.days[place.day].quotas[place.slot] = quota;
    }

    pub(super) fn close(&mut self, date: usize) {
        self.days[date].closed = true;
        self.days[date].to_clear = Some(self.now);
        self.days[date].looked_at = None;
    }

    /// Takes the closing of a day back, if it is closed.
    pub(super) fn reopen(&mut self, date: usize) -> bool {
        let day = &mut self.days[date];
        let was_closed = std::mem::replace(&mut day.closed, false);
        if was_closed {
            day.to_clear = Some(self.now);
            day.looked_at = None;
        }
        was_closed
    }

    /// Writes down what time has changed. Tells how many bookings.
    pub(super) fn settle(&mut self) -> u32 {
        let mut count = 0;
        for nth in 0..self.bookings.len() {
            let is_over =
                matches!(self.status(nth), Status::Expired | Status::NoShow | Status::Lapsed);
            if is_over && !self.bookings[nth].settled {
                self.settle_one(nth);
                count += 1;
            }
        }
        count
    }

    /// The same of one booking. A visit that was missed gives its seat back.
    pub(super) fn settle_one(&mut self, nth: usize) {
        let is_missed = self.status(nth) == Status::NoShow;
        let booking = &mut self.bookings[nth];
        booking.settled = true;
        booking.version += 1;
        if is_missed {
            let seat = (booking.place, booking.number);
            self.seats.insert(seat, Some(self.now));
        }
    }

    pub(super) fn write_down_if_missed(&mut self, nth: usize) {
        if self.status(nth) == Status::NoShow && !self.bookings[nth].settled {
            self.settle_one(nth);
        }
    }

    /// Deals with what stands on days that were closed, or opened again, long enough ago. `order` are the
    /// codes of bookings, `seen` is where each is by now. Tells how many have left their day.
    pub(super) fn clear_closed_days<C: Ord>(&mut self, order: &[C], seen: &[(Place, u16)]) -> u32 {
        (0..self.days.len()).map(|date| self.clear_day(date, order, seen)).sum()
    }

    fn clear_day<C: Ord>(&mut self, date: usize, order: &[C], seen: &[(Place, u16)]) -> u32 {
        let Some(closed_at) = self.days[date].to_clear else { return 0 };
        let is_rested = self.days[date].looked_at.is_none_or(|at| self.now - at >= LOOK_AGAIN);
        if self.now - closed_at < CLEARED_AFTER || !is_rested {
            return 0;
        }
        let mut standing: Vec<usize> = (0..self.bookings.len())
            .filter(|&nth| self.bookings[nth].place.day == date)
            .filter(|&nth| matches!(self.status(nth), Status::Held | Status::Confirmed))
            .collect();
        standing.sort_by_key(|&nth| (self.bookings[nth].place.slot, &order[nth]));
        let (mut left, mut stay) = (0, 0);
        for nth in standing {
            match self.days[date].closed {
                false if self.bookings[nth].waits() => self.resumed(nth),
                false => continue,
                true => self.clear(nth, seen[nth]),
            }
            let is_here = self.bookings[nth].place.day == date;
            let is_on = matches!(self.status(nth), Status::Confirmed);
            *if is_here && is_on { &mut stay } else { &mut left } += 1;
        }
        let day = &mut self.days[date];
        if self.now - closed_at >= FORGOTTEN_AFTER {
            day.looked_at = Some(self.now);
            day.to_clear = day.to_clear.filter(|_| left + stay > 0);
        }
        left
    }

    /// What becomes of one booking of a closed day.
    fn clear(&mut self, nth: usize, seen: (Place, u16)) {
        if self.bookings[nth].state != State::Confirmed {
            return self.cancelled(nth, true);
        }
        match self.other_place(nth) {
            Some((place, seats)) => {
                assert!(
                    seen.0 == place && seats.contains(&seen.1),
                    "{seen:?} of {place:?} {seats:?}"
                );
                self.taken_back(nth);
                self.put(nth, place, seen.1);
            }
            None if self.bookings[nth].place.search_ends() <= self.now => self.cancelled(nth, true),
            None if self.bookings[nth].waits() => {}
            None => {
                self.taken_back(nth);
                self.change(nth, State::Confirmed);
            }
        }
    }

    fn taken_back(&mut self, nth: usize) {
        let booking = &mut self.bookings[nth];
        booking.taken_from = Some(booking.place.day);
        booking.uncounted += 1;
    }

    /// The day of somebody who waited was opened again.
    fn resumed(&mut self, nth: usize) {
        let booking = self.change(nth, State::Confirmed);
        booking.taken_from = None;
        booking.uncounted += 1;
    }

    /// The next boundary of a kind, if one is ahead.
    pub(super) fn next(&self, boundary: Boundary) -> Option<i64> {
        let slots = |off: i64| Place::all().map(move |place| place.starts() + off).collect();
        let closures = |off: i64| {
            self.days.iter().filter_map(|day| day.to_clear).map(move |at| at + off).collect()
        };
        let instants: Vec<i64> = match boundary {
            Boundary::HoldRunsOut => self.holds_run_out(),
            Boundary::SeatCools => self.seats.values().copied().flatten().collect(),
            Boundary::PoolOpens => slots(-POOL_OPENS_BEFORE),
            Boundary::BookingCloses => slots(-BOOKING_CLOSES_BEFORE),
            Boundary::CheckInOpens => slots(-CHECK_IN_OPENS_BEFORE),
            Boundary::SlotStarts => slots(0),
            Boundary::CheckInCloses => slots(CHECK_IN_CLOSES_AFTER),
            Boundary::DeadlinePasses => self.deadlines(),
            Boundary::Midnight => (1..=3).map(|date| date * DAY).collect(),
            Boundary::ClosureCleared => closures(CLEARED_AFTER),
            Boundary::ClosureForgotten => closures(FORGOTTEN_AFTER),
            Boundary::ClosureSeenAgain => {
                self.days.iter().filter_map(|day| day.looked_at).map(|at| at + LOOK_AGAIN).collect()
            }
            Boundary::SearchEnds => Place::all().map(Place::search_ends).collect(),
        };
        instants.into_iter().filter(|instant| *instant > self.now).min()
    }

    fn deadlines(&self) -> Vec<i64> {
        let until = |booking: &Booking| match booking.state {
            State::AwaitingDocuments { until, .. } => Some(until),
            _ => None,
        };
        self.bookings.iter().filter_map(until).collect()
    }

    fn holds_run_out(&self) -> Vec<i64> {
        let until = |booking: &Booking| match booking.state {
            State::Held { until } => Some(until),
            _ => None,
        };
        self.bookings.iter().filter_map(until).collect()
    }
}
