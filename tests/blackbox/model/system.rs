//! The system under test beside the model: each step is carried out on both, and they must agree
//! about how it ended.

use antrian::domain::account::{Applicant, MAX_APPLICANTS, PersonDetails};
use antrian::domain::booking::{Booking, CancelReason, Clerk};
use antrian::domain::calendar::ClosedReason;
use antrian::domain::code::BookingCode;
use antrian::domain::ids::{AccountId, ServiceId};
use antrian::domain::language::{Locale, Text};
use antrian::domain::office::Office;
use antrian::domain::person::Category;
use antrian::domain::queue::{
    Counter, CounterAction, CounterSetup, QueueDay, QueueEntry, QueueNumber, TransferTo,
};
use antrian::domain::time::SlotTime;
use antrian::ledger::{
    self, CallRefusal, CallTarget, Caller, Decision, Held, HoldRefusal, HoldRequest, Housekeeping,
    Ledger, MoveRefusal, Outcome, Scanner, StepRefusal, Visitor,
};
use antrian::storage::ApplicantAdded;
use antrian_tests::app::{BEGIN, Setup};
use antrian_tests::person::nik;
use antrian_tests::{Person, TestApp, offices};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use super::answers::{change_end, free, place, why};
use super::rules::World;
use super::steps::Step;
use super::words::{self, Choice, DeskAct, HoldEnd, MoveEnd, Place, Request, State};

/// One office, and what should be so there.
pub(super) struct System {
    pub(super) app: TestApp,
    pub(super) world: World,
    pub(super) office: Office,
    pub(super) service: ServiceId,
    /// The model's accounts.
    pub(super) accounts: Vec<AccountId>,
    /// Who asks, by the way in.
    pub(super) people: Vec<Applicant>,
    /// By what the table knows each NIK.
    pub(super) hashes: Vec<String>,
    /// Codes of the model's bookings.
    pub(super) codes: Vec<BookingCode>,
    /// The last step had nothing to do.
    pub(super) idle: bool,
    work: Housekeeping,
}

/// The code under which a test closes a day.
pub(super) const CLOSED: &str = "office_closed";

/// The office is written once.
const REVISION: u32 = 1;

/// The instant that the model calls `time`.
pub(super) fn instant(time: i64) -> DateTime<Utc> {
    BEGIN.parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(time - words::BEGIN)
}

/// The date that the model calls `day`.
pub(super) fn date(day: usize) -> NaiveDate {
    BEGIN.parse::<DateTime<Utc>>().unwrap().date_naive() + Days::new(day.try_into().unwrap())
}

/// The start of a slot.
pub(super) fn time(place: Place) -> SlotTime {
    ["09:00", "10:00"][place.slot].parse().unwrap()
}

/// The counter that calls a booking's number, and nobody else's.
fn counter(index: usize) -> Counter {
    index.to_string().parse().unwrap()
}

/// A counter that people are sent to.
pub(super) fn idle_counter(nth: usize) -> Counter {
    ["X", "Y"][nth].parse().unwrap()
}

fn caller(counter: &Counter) -> Caller<'_> {
    Caller { counter, staff: "clerk", request: None }
}

/// Of so many things, the `nth` from the latest one back.
fn latest(nth: usize, count: usize) -> Option<usize> {
    (count > 0).then(|| count - 1 - nth % count)
}

/// The office that the model describes.
fn office() -> Office {
    let mut office = serde_json::to_value(offices::office(words::QUOTA)).unwrap();
    office["release"]["days_ahead"] = json!(1);
    office["sessions"][0]["days"] = json!(["mon", "tue", "wed"]);
    office["sessions"][0]["pools"] = json!([{
        "channel": "whatsapp", "seats": 1,
        "opens_to_all_minutes_before": words::POOL_OPENS_BEFORE / words::MINUTE,
    }]);
    office["policy"] = json!({
        "hold_minutes": words::HOLD / words::MINUTE,
        "cool_down_secs": [words::COOL_DOWN, words::COOL_DOWN],
        "early_minutes": words::CHECK_IN_OPENS_BEFORE / words::MINUTE,
        "late_minutes": words::CHECK_IN_CLOSES_AFTER / words::MINUTE,
        "book_minutes_before": words::BOOKING_CLOSES_BEFORE / words::MINUTE,
        "reschedule_days_before": 1,
        // How often is not what this model is about.
        "fair_use": {"holds_per_person": 0, "holds_per_account": 0, "missed_visits": 0},
    });
    serde_json::from_value(office).unwrap()
}

/// Somebody with this NIK.
pub(super) fn details(person: usize) -> PersonDetails {
    PersonDetails {
        name: "Contoh".parse().unwrap(),
        nik: Some(nik(person.try_into().unwrap()).parse().unwrap()),
        birth_date: "1990-01-01".parse().unwrap(),
        ktp_regency: None,
        category: Category::General,
    }
}

/// The people of [`words::WAYS`], each in the account that asks for them.
async fn people(app: &TestApp, accounts: &[AccountId]) -> Vec<Applicant> {
    let mut people = vec![];
    for (account, person) in words::WAYS {
        let details = details(person);
        let store = app.stack.app.ledger.store();
        let added = store.add_applicant(&accounts[account], &details, None, app.now()).await;
        let ApplicantAdded::Added(added) = added.unwrap() else { panic!("not added") };
        people.push(*added);
    }
    people
}

/// By what the table knows each NIK, as accounts learn it that do nothing else.
async fn hashes(app: &TestApp) -> Vec<String> {
    let mut hashes = vec![];
    let mut account: Option<AccountId> = None;
    for (at, number) in (words::ACCOUNTS..).take(words::NIKS).enumerate() {
        if at % MAX_APPLICANTS == 0 {
            let person = Person::register_only(app, number).await;
            account = Some(person.token.split_once('.').unwrap().0.parse().unwrap());
        }
        let store = app.stack.app.ledger.store();
        let account = account.as_ref().unwrap();
        let added = store.add_applicant(account, &details(at), None, app.now()).await;
        let ApplicantAdded::Added(added) = added.unwrap() else { panic!("not added") };
        hashes.push(added.person);
    }
    hashes
}

impl System {
    pub(super) async fn start() -> Self {
        let office = office();
        let setup = Setup { offices: vec![office.clone()], ..Setup::default() };
        let app = TestApp::start_with(setup).await;
        let mut accounts = vec![];
        for number in 0..words::ACCOUNTS {
            let person = Person::register_only(&app, number).await;
            accounts.push(person.token.split_once('.').unwrap().0.parse().unwrap());
        }
        let people = people(&app, &accounts).await;
        let hashes = hashes(&app).await;
        let work = Housekeeping::new(app.stack.app.ledger.clone());
        let service = offices::SERVICE.parse().unwrap();
        Self {
            app,
            world: World::new(),
            office,
            service,
            accounts,
            people,
            hashes,
            codes: vec![],
            idle: false,
            work,
        }
    }

    pub(super) async fn stop(self) {
        self.app.stack.stop().await;
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.app.stack.app.ledger
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        instant(self.world.now)
    }

    /// The model's name for a booking.
    fn index(&self, code: BookingCode) -> usize {
        self.codes.iter().position(|known| *known == code).unwrap()
    }

    pub(super) async fn booking(&self, index: usize) -> Booking {
        self.ledger().store().booking(self.codes[index]).await.unwrap().unwrap()
    }

    /// Does the step in both worlds. A step about something that is not there does nothing.
    pub(super) async fn carry_out(&mut self, step: Step) {
        self.idle = false;
        match step {
            Step::Hold(request) => drop(self.hold(request).await),
            Step::Book(request) => {
                if let HoldEnd::Held(..) = self.hold(request).await {
                    self.confirm(self.codes.len() - 1).await;
                }
            }
            Step::Repeat(nth) => match latest(nth, self.world.keyed.len()) {
                Some(index) => drop(self.hold(self.world.keyed[index]).await),
                None => self.idle = true,
            },
            Step::Confirm(nth)
            | Step::Cancel(nth)
            | Step::Move(nth, _)
            | Step::MoveAtDesk(nth, _)
            | Step::CheckIn(nth)
            | Step::Arrive(nth, _)
            | Step::SendBack(nth, _)
            | Step::Complete(nth)
            | Step::Serve(nth)
            | Step::Desk(nth, _)
            | Step::BringBack(nth)
            | Step::CloseAndClear(nth) => match latest(nth, self.codes.len()) {
                Some(index) => self.change(step, index).await,
                None => self.idle = true,
            },
            Step::Correct(way, nik) => self.correct(way, nik).await,
            Step::Retell(way) => self.retell(way).await,
            Step::Wait(secs) => self.world.now += secs,
            Step::WaitFor(boundary, off) => match self.world.next(boundary) {
                Some(next) => self.world.now = self.world.now.max(next + off),
                None => self.idle = true,
            },
            Step::SetQuota(place, quota) => self.set_quota(place, quota).await,
            Step::Close(day) => self.close(day).await,
            Step::Reopen(day) => self.reopen(day).await,
            Step::MakeDays | Step::Settle | Step::ClearClosedDays => self.keep_house(step).await,
        }
    }

    async fn change(&mut self, step: Step, index: usize) {
        match step {
            Step::Confirm(_) => self.confirm(index).await,
            Step::Cancel(_) => self.cancel(index).await,
            Step::Move(_, to) => self.reschedule(index, to, false).await,
            Step::MoveAtDesk(_, to) => self.reschedule(index, to, true).await,
            Step::SendBack(_, secs) => {
                self.check_documents(index, Some(self.world.now + secs)).await;
            }
            Step::Complete(_) => self.check_documents(index, None).await,
            Step::Serve(_) => self.serve(index).await,
            Step::Desk(_, act) => self.at_desk(index, act).await,
            Step::BringBack(_) => self.bring_back(index).await,
            Step::CloseAndClear(_) => {
                self.close(self.world.bookings[index].place.day).await;
                self.world.now += words::CLEARED_AFTER;
                self.keep_house(Step::ClearClosedDays).await;
            }
            Step::Arrive(_, secs) => {
                let opens =
                    self.world.bookings[index].place.starts() - words::CHECK_IN_OPENS_BEFORE;
                self.world.now = self.world.now.max(opens + secs);
                self.check_in(index).await;
            }
            _ => self.check_in(index).await,
        }
    }

    async fn hold(&mut self, request: Request) -> HoldEnd {
        let expected = self.world.hold(&request);
        let outcome = self.ask(&request).await;
        let end = match &outcome {
            Ok(Held { booking, replayed: false, .. }) => {
                let HoldEnd::Held(place, seats) = &expected else {
                    panic!("{request:?}: held {:?}, not {expected:?}", booking.seat);
                };
                let (place, number) = (*place, booking.seat.number);
                assert!(seats.contains(&number), "{request:?}: seat {number} of {seats:?}");
                assert!(!self.codes.contains(&booking.code), "a code comes once");
                self.codes.push(booking.code);
                self.world.held(request, place, number);
                expected.clone()
            }
            Ok(Held { booking, replayed: true, .. }) => HoldEnd::Repeated(self.index(booking.code)),
            Err(HoldRefusal::Mismatch) => HoldEnd::Mismatch,
            Err(HoldRefusal::Full(alternatives)) => HoldEnd::Full(free(alternatives)),
            Err(HoldRefusal::AlreadyBooked(code)) => {
                HoldEnd::AlreadyBooked(Some(self.index(*code)))
            }
            Err(HoldRefusal::PersonNeedsConfirmation(_)) => HoldEnd::AlreadyBooked(None),
            Err(HoldRefusal::NotOffered(reason)) => HoldEnd::NotOffered(why(reason)),
            Err(refusal) => panic!("{request:?}: {refusal:?} does not happen here"),
        };
        assert_eq!(end, expected, "{request:?}");
        if request.key.is_some() {
            self.world.keyed.push(request);
        }
        end
    }

    async fn ask(&self, request: &Request) -> Result<Held, HoldRefusal> {
        let applicant = &self.people[request.way];
        let key = request.key.map(|key| format!("key-{key}"));
        let choice = match request.choice {
            Choice::Slot(place) => ledger::SlotChoice::Slot(date(place.day), time(place)),
            Choice::Date(day) => ledger::SlotChoice::Date(date(day)),
            Choice::Earliest => ledger::SlotChoice::Earliest,
        };
        let request = HoldRequest {
            office: &self.office,
            service: &self.service,
            choice,
            account: &self.accounts[request.account()],
            visitors: &[Visitor {
                applicant: &applicant.id,
                person: &applicant.person,
                channel: request.channel,
            }],
            locale: Locale::Id,
            idempotency_key: key.as_deref(),
            request_hash: &format!("{request:?}"),
        };
        self.ledger().hold(&request, self.now()).await.unwrap()
    }

    async fn confirm(&mut self, index: usize) {
        let expected = self.world.confirm(index);
        let booking = self.booking(index).await;
        let end = change_end(&self.ledger().confirm(booking, self.now()).await.unwrap());
        assert_eq!(end, expected);
        if end == words::ChangeEnd::Done {
            self.world.confirmed(index);
        }
    }

    async fn cancel(&mut self, index: usize) {
        let expected = self.world.cancel(index);
        let (booking, now) = (self.booking(index).await, self.now());
        let reason = CancelReason::Applicant;
        let changed = self.ledger().cancel(&self.office, booking, reason, now).await.unwrap();
        let end = change_end(&changed);
        assert_eq!(end, expected);
        if end == words::ChangeEnd::Done {
            self.world.cancelled(index, false);
        }
    }

    async fn reschedule(&mut self, index: usize, to: Place, by_clerk: bool) {
        if by_clerk {
            self.world.write_down_if_missed(index);
        }
        let expected = self.world.reschedule(index, to, by_clerk);
        let (booking, now) = (self.booking(index).await, self.now());
        let (office, at) = (&self.office, (date(to.day), time(to)));
        let clerk = Clerk { staff: "clerk".to_owned(), reason: None };
        let moved = match by_clerk {
            true => self.ledger().reschedule_at_desk(office, booking, at, &clerk, now).await,
            false => self.ledger().reschedule(office, booking, at, now).await,
        };
        let moved = moved.unwrap();
        let end = match &moved {
            Ok(changed) if changed.already => MoveEnd::Already,
            Ok(changed) => {
                let after = &changed.booking;
                let MoveEnd::Done(seats) = &expected else {
                    panic!("moved to {:?}, not {expected:?}", after.seat);
                };
                assert!(seats.contains(&after.seat.number), "{:?} of {seats:?}", after.seat);
                self.world.moved(index, to, after.seat.number, by_clerk);
                expected.clone()
            }
            Err(MoveRefusal::Refused(refusal)) => MoveEnd::Refused(*refusal),
            Err(MoveRefusal::Full(alternatives)) => MoveEnd::Full(free(alternatives)),
            Err(MoveRefusal::NotOffered(reason)) => MoveEnd::NotOffered(why(reason)),
            Err(MoveRefusal::AlreadyBooked(_) | MoveRefusal::PersonNeedsConfirmation) => {
                MoveEnd::AlreadyBooked
            }
        };
        assert_eq!(end, expected);
    }

    async fn check_in(&mut self, index: usize) {
        let expected = self.world.check_in(index);
        let (booking, now) = (self.booking(index).await, self.now());
        let scanner = Scanner { gate: "Gerbang 1", likeness: None, priority: None, key: None };
        let scanned = self.ledger().check_in(&self.office, booking, None, &scanner, now).await;
        let end = match scanned.unwrap() {
            Ok(scanned) => {
                let number = scanned.booking.check_in.as_ref().unwrap().number;
                Ok((number, scanned.duplicate, scanned.people_ahead))
            }
            Err(refused) => Err(refused.refusal),
        };
        if let Ok((_, false)) = expected {
            self.world.checked_in(index);
        }
        let with_those_ahead = |(number, duplicate)| {
            let booking = self.world.bookings[index];
            let at = booking.in_line().unwrap();
            let ahead = self.world.ahead(&booking);
            (number, duplicate, (at.day == self.world.now / words::DAY).then_some(ahead))
        };
        assert_eq!(end, expected.map(with_those_ahead));
    }

    async fn check_documents(&mut self, index: usize, until: Option<i64>) {
        let expected = self.world.check_documents(index, until);
        let (booking, now) = (self.booking(index).await, self.now());
        let decision = match until {
            None => Decision::Complete,
            Some(until) => {
                Decision::Incomplete { missing: vec!["kk".to_owned()], deadline: instant(until) }
            }
        };
        let checked = self.ledger().check_documents(&self.office, booking, &decision, now).await;
        let end = change_end(&checked.unwrap());
        assert_eq!(end, expected);
        if end == words::ChangeEnd::Done {
            let allowed = until.map(|until| self.world.seats_to_return_to(index, until));
            self.world.documents_checked(index, until);
            self.note_return_seat(index, until, allowed).await;
        }
    }

    /// The seat that is kept for somebody is one of those that may be, and if one may be, there is one.
    async fn note_return_seat(
        &mut self,
        index: usize,
        until: Option<i64>,
        allowed: Option<Option<Vec<(Place, u16)>>>,
    ) {
        let kept = self.booking(index).await.return_seat;
        match allowed {
            Some(Some(allowed)) => {
                let kept = kept.map(|seat| (place(seat.date, seat.time), seat.number));
                assert!(
                    kept.map_or(allowed.is_empty(), |seat| allowed.contains(&seat)),
                    "{kept:?} of {allowed:?}"
                );
                self.world.returns_to(index, kept, until);
            }
            Some(None) => self.world.returns_to(index, None, None),
            // Back: what is not of today is given back.
            None => {
                let today = self.world.today();
                let used =
                    self.world.bookings[index].returns_to.filter(|(place, _)| place.day == today);
                assert_eq!(
                    kept.map(|seat| seat.date).is_some_and(|of| of == date(today)),
                    used.is_some()
                );
                self.world.returns_to(index, used, None);
            }
        }
    }

    /// Calls the number of who is in the line of today to a counter of its own. Absent: refused, as it
    /// has to be for whoever is in no line.
    async fn call(&mut self, index: usize) -> Option<(QueueDay, QueueNumber)> {
        let Some((day, number)) = self.booking(index).await.queue_place() else {
            self.idle = true;
            return None;
        };
        let target = CallTarget::Number(number);
        let counter = counter(index);
        let call = self.ledger().call(&self.office, &day, caller(&counter), &target, self.now());
        let (called, state) = (call.await.unwrap(), self.world.bookings[index].state);
        let is_in = matches!(state, State::CheckedIn { .. });
        assert_eq!(called.is_ok(), is_in, "{state:?}: {called:?}");
        let refused = matches!(called, Err(CallRefusal::NotWaiting(Some(_))));
        assert!(is_in || refused, "{state:?}: {called:?}");
        is_in.then_some((day, number))
    }

    /// Calls a number and finishes the visit.
    async fn serve(&mut self, index: usize) {
        let Some((day, number)) = self.call(index).await else { return };
        let (counter, finish) = (counter(index), CounterAction::Finish);
        let by = caller(&counter);
        let finished = self.ledger().step(&day, by, Some(number), finish, self.now()).await;
        assert!(matches!(finished, Ok(Ok(_))), "{finished:?}");
        self.world.served(index);
    }

    /// Calls a number and does something else with it.
    async fn at_desk(&mut self, index: usize, act: DeskAct) {
        let Some((day, number)) = self.call(index).await else { return };
        let (counter, now, ledger) = (counter(index), self.now(), self.ledger());
        let (by, number) = (caller(&counter), Some(number));
        let done = match act {
            DeskAct::Skip => ledger.step(&day, by, number, CounterAction::Skip, now).await,
            DeskAct::Park => ledger.step(&day, by, number, CounterAction::Park, now).await,
            DeskAct::PassBack => ledger.step(&day, by, number, CounterAction::PassBack, now).await,
            DeskAct::ToLetter => {
                let to = TransferTo::Letter(words::LETTERS[1]);
                ledger.transfer(&day, by, number, &to, now).await
            }
            DeskAct::ToCounter(nth) => self.send_to(&day, by, number, &idle_counter(nth)).await,
        };
        assert!(matches!(done, Ok(Ok(_))), "{act:?}: {done:?}");
        self.world.at_desk(index, act);
    }

    /// To a counter where nobody sits until it is opened.
    async fn send_to(
        &self,
        day: &QueueDay,
        by: Caller<'_>,
        number: Option<QueueNumber>,
        counter: &Counter,
    ) -> Outcome<QueueEntry, StepRefusal> {
        let (ledger, now, to) = (self.ledger(), self.now(), TransferTo::Counter(counter.clone()));
        if ledger.store().counter_setup(day, counter).await.unwrap().is_none() {
            let refused = ledger.transfer(day, by, number, &to, now).await;
            assert!(matches!(refused, Ok(Err(StepRefusal::Nobody(..)))), "{refused:?}");
            let (counter, staff) = (counter.clone(), "clerk".to_owned());
            let setup = CounterSetup { counter, open: true, letters: vec![], since: now, staff };
            assert!(matches!(ledger.set_counter(day, &setup).await, Ok(Ok(_))));
        }
        ledger.transfer(day, by, number, &to, now).await
    }

    async fn bring_back(&mut self, index: usize) {
        let Some((day, number)) = self.booking(index).await.queue_place() else {
            self.idle = true;
            return;
        };
        let back = self.ledger().bring_back(&self.office, &day, number, "clerk", self.now()).await;
        let booking = &self.world.bookings[index];
        let is_in = matches!(booking.state, State::CheckedIn { .. });
        let (away, turn) = (booking.standing.away, booking.standing.turn);
        assert_eq!(back.unwrap().is_ok(), is_in && (away.is_some() || turn.is_some()));
        if is_in && away.is_some() {
            self.world.brought_back(index);
        }
    }

    /// What staff change of a day is seen at once: the handlers forget the day, and so does the test.
    async fn set_quota(&mut self, place: Place, quota: u16) {
        let (day, slot) = (date(place.day), time(place));
        let store = self.ledger().store();
        let set = store.set_quota(&self.office, day, &self.service, slot, quota).await.unwrap();
        self.ledger().days().forget(&self.office.id, day).await;
        assert!(set);
        self.world.set_quota(place, quota);
    }

    async fn close(&mut self, day: usize) {
        let text = Text { id: "Tutup".to_owned(), en: "Closed".to_owned() };
        let reason = ClosedReason { code: CLOSED.to_owned(), text };
        let (store, on) = (self.ledger().store(), date(day));
        let closed =
            store.close_day((&self.office, REVISION), on, &reason, self.now()).await.unwrap();
        self.ledger().days().forget(&self.office.id, on).await;
        assert!(closed);
        self.world.close(day);
    }

    async fn reopen(&mut self, day: usize) {
        let (on, now) = (date(day), self.now());
        let reopened =
            self.ledger().store().reopen_day((&self.office, REVISION), on, now).await.unwrap();
        self.ledger().days().forget(&self.office.id, on).await;
        assert_eq!(reopened, self.world.reopen(day));
    }

    /// Where every booking is.
    async fn seen(&self) -> Vec<(Place, u16)> {
        let mut all = vec![];
        for nth in 0..self.codes.len() {
            let seat = self.booking(nth).await.seat;
            let is_there =
                |place: &Place| (date(place.day), time(*place)) == (seat.date, seat.time);
            all.push((Place::all().find(is_there).unwrap(), seat.number));
        }
        all
    }

    async fn keep_house(&mut self, step: Step) {
        let now = self.now();
        let (done, expected) = match step {
            // All were made at the start, a day before they open.
            Step::MakeDays => (self.work.make_days(now).await, 0),
            Step::Settle => (self.work.apply_expiry(now).await, self.world.settle()),
            _ => {
                let left = self.work.clear_closed_days(now).await;
                let seen = self.seen().await;
                (left, self.world.clear_closed_days(&self.codes, &seen))
            }
        };
        assert_eq!(done.unwrap(), expected, "{step:?}");
    }
}
