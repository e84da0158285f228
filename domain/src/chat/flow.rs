//! The machine: what a message means at this point of a conversation, and what is done next.

use super::pick::Pick;
use super::state::{Chat, Draft, Question};
use super::turn::{Act, Input, Purpose, Remark, World, one_office};
use super::words::{self, Command, Details, Misread, Said};
use crate::booking::{Booking, Status};
use crate::code::BookingCode;
use crate::ids::ServiceId;

/// Messages that are not understood are answered with help so often, and then with the contact.
const MAX_EXAMPLES: u8 = 2;

impl Chat {
    /// What a message makes of the conversation, and what is done next.
    pub fn hear(&mut self, input: &Input, world: &World<'_>) -> Act {
        let act = match input {
            Input::Opened => self.begin(),
            Input::Unreadable => Act::Say(Remark::OnlyWords),
            Input::Pick(pick) => self.pick(pick.clone(), world),
            Input::Text(text) => match words::understand(text, world.today(&self.draft)) {
                Said::Nothing => return Act::Nothing,
                said => self.said(text, said, world),
            },
        };
        let was_misread =
            matches!(act, Act::Say(Remark::Example | Remark::OnlyWords) | Act::AskDetails(Some(_)));
        self.misread = if was_misread { self.misread.saturating_add(1) } else { 0 };
        match self.misread {
            ..=MAX_EXAMPLES => act,
            n if n == MAX_EXAMPLES + 1 => Act::Say(Remark::Contact),
            // Whoever goes on is a machine, or has been told whom to ask.
            _ => Act::Nothing,
        }
    }

    fn begin(&mut self) -> Act {
        self.step = Question::Idle;
        self.draft = Draft::default();
        Act::Menu
    }

    fn said(&mut self, text: &str, said: Said, world: &World<'_>) -> Act {
        match said {
            Said::Command(command) => self.command(command, world),
            Said::Registration(codes) => Act::Verify(codes),
            Said::Code(_) => self.named(world),
            Said::MistypedCode => Act::Say(Remark::MistypedCode),
            Said::Wish(details) if self.step != Question::Details => self.wish(details),
            Said::Yes => match self.step {
                Question::Confirm(code) => Act::Confirm(code),
                Question::Cancel(code) => Act::Cancel(code),
                _ => Act::Nothing,
            },
            Said::No => match self.step {
                Question::Confirm(_) | Question::Cancel(_) => self.keep(),
                _ => Act::Nothing,
            },
            Said::Date(date) if self.step != Question::Details => {
                self.pick(Pick::Date(date), world)
            }
            Said::Time(time) if self.draft.date.is_some() => {
                self.draft.time = Some(time);
                self.next(world)
            }
            Said::Number(number) => self.offered(text, Some(number), world),
            _ => self.offered(text, None, world),
        }
    }

    /// Words or a number that may stand for something that was offered or asked for.
    fn offered(&mut self, text: &str, number: Option<u32>, world: &World<'_>) -> Act {
        if let Some(pick) = self.offered_as(text, number).and_then(|offer| offer.id.parse().ok()) {
            return self.pick(pick, world);
        }
        match self.step {
            Question::Details => self.wish(words::details(text, world.today(&self.draft))),
            Question::Office => match one_office(text, world) {
                Some(office) => self.pick(Pick::Office(office.id.clone()), world),
                None => Act::Say(Remark::Example),
            },
            _ => Act::Say(Remark::Example),
        }
    }

    fn wish(&mut self, details: Details) -> Act {
        if let Some(date) = details.date {
            self.draft.date = Some(date);
            self.draft.time = details.time;
            self.draft.any_hour = details.time.is_none();
        }
        let is_known = details.nik.is_some() || details.birth_date.is_some();
        if details.name.is_none() || !is_known || details.faults.contains(&Misread::Nik) {
            self.step = Question::Details;
            return Act::AskDetails(Some(
                details.faults.first().copied().unwrap_or(Misread::Unclear),
            ));
        }
        self.draft.moving = None;
        Act::Add(details)
    }

    fn command(&mut self, command: Command, world: &World<'_>) -> Act {
        match command {
            Command::Menu => self.begin(),
            Command::Book => self.pick(Pick::Book, world),
            Command::Show => Act::Show,
            Command::Help => Act::Say(Remark::Help),
            Command::Language(locale) => Act::Speak(locale),
            Command::Stop => {
                self.reminders_off = true;
                Act::Say(Remark::Stopped)
            }
            Command::Resume => {
                self.reminders_off = false;
                Act::Say(Remark::Resumed)
            }
            Command::Cancel(Some(_)) => self.cancel(world.named),
            Command::Move(Some(_)) => self.start_move(world.named, world),
            Command::Cancel(None) => self.cancel_any(world),
            Command::Move(None) => match world.bookings {
                [] => Act::Say(Remark::NoBooking),
                [only] => self.start_move(Some(only), world),
                _ => Act::AskBooking(Purpose::Move),
            },
        }
    }

    fn cancel_any(&mut self, world: &World<'_>) -> Act {
        match self.step {
            Question::Confirm(code) | Question::Cancel(code) => Act::Cancel(code),
            Question::Office
            | Question::Service
            | Question::Person
            | Question::Details
            | Question::Date
            | Question::Hour => {
                self.begin();
                Act::Say(Remark::Dropped)
            }
            Question::Idle => match world.bookings {
                [] => Act::Say(Remark::NoBooking),
                [only] => self.cancel(Some(only)),
                _ => Act::AskBooking(Purpose::Cancel),
            },
        }
    }

    /// A hold is given back at once; a confirmed visit only when that is surely meant.
    fn cancel(&mut self, booking: Option<&Booking>) -> Act {
        match booking {
            None => Act::Say(Remark::UnknownCode),
            Some(booking) if booking.status == Status::Confirmed => {
                self.step = Question::Cancel(booking.code);
                Act::AskCancel(booking.code)
            }
            Some(booking) => Act::Cancel(booking.code),
        }
    }

    fn keep(&mut self) -> Act {
        self.step = Question::Idle;
        Act::Say(Remark::Kept)
    }

    fn start_move(&mut self, booking: Option<&Booking>, world: &World<'_>) -> Act {
        let Some(booking) = booking else { return Act::Say(Remark::UnknownCode) };
        self.draft = Draft {
            office: Some(booking.seat.office.clone()),
            service: Some(booking.seat.service.clone()),
            moving: Some(booking.code),
            ..Draft::default()
        };
        self.next(world)
    }

    /// A code was sent, and nothing else: what is meant follows from the booking.
    fn named(&mut self, world: &World<'_>) -> Act {
        let Some(booking) = world.named else { return Act::Say(Remark::UnknownCode) };
        match booking.status_at(world.now) {
            Status::Held => Act::Confirm(booking.code),
            Status::Confirmed | Status::CheckedIn | Status::AwaitingDocuments => {
                Act::Ticket(booking.code)
            }
            Status::Expired => Act::Say(Remark::HoldExpired),
            _ => Act::Say(Remark::Ended),
        }
    }

    fn pick(&mut self, pick: Pick, world: &World<'_>) -> Act {
        match pick {
            Pick::Menu => return self.begin(),
            Pick::Show => return Act::Show,
            Pick::Help => return Act::Say(Remark::Help),
            Pick::Language(locale) => return Act::Speak(Some(locale)),
            Pick::Keep => return self.keep(),
            Pick::NewPerson => {
                self.step = Question::Details;
                return Act::AskDetails(None);
            }
            Pick::Offices(from) => {
                self.step = Question::Office;
                return Act::AskOffice(from);
            }
            Pick::Dates(from) if self.draft.service.is_some() => {
                self.step = Question::Date;
                return Act::AskDate(from);
            }
            Pick::Hours(date, from) if self.draft.service.is_some() => {
                self.step = Question::Hour;
                return Act::AskHour(date, Some(from));
            }
            Pick::Confirm(_) | Pick::Ticket(_) => return self.named(world),
            Pick::Cancel(_) => return self.cancel(world.named),
            Pick::CancelSurely(code) => {
                return world.named.map_or(Act::Say(Remark::UnknownCode), |_| Act::Cancel(code));
            }
            Pick::Move(_) => return self.start_move(world.named, world),
            Pick::Dates(_) | Pick::Hours(..) => {}
            Pick::Book => self.draft = Draft::default(),
            Pick::Office(id) => {
                let (date, any_hour) = (self.draft.date, self.draft.any_hour);
                let person = self.draft.person.take();
                self.draft = Draft { office: Some(id), person, date, any_hour, ..Draft::default() };
            }
            Pick::Service(id) => self.draft.service = Some(id),
            Pick::Person(id) => self.draft.person = Some(id),
            Pick::Date(date) => {
                self.draft.date = Some(date);
                (self.draft.time, self.draft.any_hour) = (None, false);
            }
            Pick::Slot(date, time) => {
                (self.draft.date, self.draft.time) = (Some(date), Some(time));
            }
        }
        self.next(world)
    }

    /// The next thing that is not known yet; when all is known, the wish itself.
    pub fn next(&mut self, world: &World<'_>) -> Act {
        if world.office(&self.draft).is_none() {
            let [only] = world.offices else {
                self.step = Question::Office;
                return Act::AskOffice(0);
            };
            self.draft.office = Some(only.id.clone());
        }
        let Some(office) = world.office(&self.draft) else { return Act::AskOffice(0) };
        let offers = |id: &ServiceId| office.services.iter().any(|service| service.id == *id);
        if !self.draft.service.as_ref().is_some_and(offers) {
            let [only] = &*office.services else {
                self.step = Question::Service;
                return Act::AskService;
            };
            self.draft.service = Some(only.id.clone());
        }
        self.next_person(world).unwrap_or_else(|| self.next_slot(world))
    }

    fn next_person(&mut self, world: &World<'_>) -> Option<Act> {
        let is_known = self.draft.person.as_ref().is_some_and(|id| world.people.contains(id));
        if is_known || self.draft.moving.is_some() {
            return None;
        }
        let (step, act) = match world.people {
            [] => (Question::Details, Act::AskDetails(None)),
            _ => (Question::Person, Act::AskPerson),
        };
        self.step = step;
        Some(act)
    }

    fn next_slot(&mut self, world: &World<'_>) -> Act {
        let Some(date) = self.draft.date else {
            self.step = Question::Date;
            return Act::AskDate(world.today(&self.draft));
        };
        if self.draft.time.is_none() && (!self.draft.any_hour || self.draft.moving.is_some()) {
            self.step = Question::Hour;
            return Act::AskHour(date, None);
        }
        self.draft.moving.map_or(Act::Hold, Act::Move)
    }

    /// A seat is held: it waits for its confirmation.
    pub fn held(&mut self, code: BookingCode) {
        self.draft = Draft::default();
        self.step = Question::Confirm(code);
    }

    /// The wish has come to its end.
    pub fn ended(&mut self) {
        self.draft = Draft::default();
        self.step = Question::Idle;
    }
}
