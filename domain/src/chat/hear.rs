//! The machine: what a message means at this point of a conversation, and what is done next.

use chrono::NaiveDate;

use super::pick::Pick;
use super::state::{Chat, Draft, Question};
use super::turn::{Act, BookingsNeeded, Input, Purpose, Remark, World, one_office};
use super::words::{self, Command, Details, Misread, Said};
use crate::booking::{Booking, Status};

fn is_of_nik(misread: &Misread) -> bool {
    matches!(misread, Misread::Nik | Misread::TwoNiks)
}

/// So many messages in a row that are not understood get an example; the next one gets the contact.
const MAX_EXAMPLES: u8 = 2;

impl Chat {
    /// Which bookings [`Chat::hear`] has to find in its world. Most turns ask the next question of a
    /// wish and need none.
    pub fn bookings_needed(&self, input: &Input, world: &World<'_>) -> BookingsNeeded {
        let typed = |text, number| self.typed_pick(text, number).and_then(|pick| pick.booking());
        let code = match input {
            Input::Opened | Input::Unreadable => None,
            Input::Pick(pick) => pick.booking(),
            Input::Text(text) => match words::understand(text, self.today(world)) {
                Said::Command(Command::Cancel(None) | Command::Move(None)) => {
                    return BookingsNeeded::Live;
                }
                Said::Code(code)
                | Said::Command(Command::Cancel(Some(code)) | Command::Move(Some(code))) => {
                    Some(code)
                }
                Said::Number(number) => typed(text, Some(number)),
                _ => typed(text, None),
            },
        };
        code.map_or(BookingsNeeded::None, BookingsNeeded::Named)
    }

    /// What a message makes of the conversation, and what is done next. The caller carries the act out
    /// and keeps the conversation until the next message.
    ///
    /// ```
    /// use antrian_domain::chat::{Act, Chat, Input, Question, Remark, World};
    ///
    /// let now = chrono::DateTime::UNIX_EPOCH;
    /// let world = World { offices: &[], people: &[], bookings: &[], named: None, now };
    /// let text = |text: &str| Input::Text(text.to_owned());
    ///
    /// let mut chat = Chat::default();
    /// assert_eq!(chat.hear(&text("Selamat pagi, mau booking"), &world), Act::AskOffice(0));
    /// assert_eq!(chat.question, Question::Office);
    /// // In the midst of a wish `BATAL` drops it; afterwards it is about a booking.
    /// assert_eq!(chat.hear(&text("batal"), &world), Act::Say(Remark::Dropped));
    /// assert_eq!(chat.hear(&text("batal"), &world), Act::Say(Remark::NoBooking));
    /// ```
    pub fn hear(&mut self, input: &Input, world: &World<'_>) -> Act {
        let act = match input {
            Input::Opened => self.begin(),
            Input::Unreadable => Act::Say(Remark::OnlyWords),
            Input::Pick(pick) => self.picked(pick.clone(), world),
            Input::Text(text) => match words::understand(text, self.today(world)) {
                // A thumb up is no answer, and no mistake either.
                Said::Nothing => return Act::Nothing,
                said => self.said(text, said, world),
            },
        };
        let was_misread = matches!(
            act,
            Act::Say(Remark::Example | Remark::OnlyWords | Remark::SignInNumber)
                | Act::AskDetails(Some(_))
        );
        self.misread = if was_misread { self.misread.saturating_add(1) } else { 0 };
        match self.misread {
            ..=MAX_EXAMPLES => act,
            n if n == MAX_EXAMPLES + 1 => Act::Say(Remark::Contact),
            // Whoever goes on has been told whom to ask, or is a machine: two of them would answer each
            // other for ever.
            _ => Act::Nothing,
        }
    }

    /// The date where the visit will be, or as it is told.
    fn today(&self, world: &World<'_>) -> NaiveDate {
        world.today(&self.draft)
    }

    fn begin(&mut self) -> Act {
        self.question = Question::Idle;
        self.draft = Draft::default();
        Act::Menu
    }

    /// What is said counts before what was asked: a command, a code or a wish means the same at any
    /// time. Only the rest is an answer to the question.
    fn said(&mut self, text: &str, said: Said, world: &World<'_>) -> Act {
        if let Some(act) = self.sign_in_answered(text, &said) {
            return act;
        }
        // Who was asked for details answers with a wish or a birth date: either is read as details.
        let asks_details = self.question == Question::Details;
        match said {
            Said::Command(command) => self.command(command, world),
            Said::Registration(codes) => Act::AskSignIn(codes),
            Said::Code(_) => self.code_alone(world),
            Said::MistypedCode => Act::Say(Remark::MistypedCode),
            Said::Wish(details) if !asks_details => self.wish(details),
            Said::Yes => match self.question {
                Question::Confirm(code) => Act::Confirm(code),
                Question::Cancel(code) => Act::Cancel(code),
                // A polite `ok` after an answer.
                _ => Act::Nothing,
            },
            Said::No => match self.question {
                Question::Confirm(_) | Question::Cancel(_) => self.keep(),
                _ => Act::Nothing,
            },
            Said::Date(date) if !asks_details => self.picked(Pick::Date(date), world),
            Said::Day(relative) if !asks_details => {
                self.draft.relative = Some(relative);
                let date = relative.on(self.today(world));
                (self.draft.date, self.draft.time, self.draft.any_hour) = (Some(date), None, false);
                self.next(world)
            }
            Said::Time(time) if self.draft.date.is_some() => {
                self.draft.time = Some(time);
                self.next(world)
            }
            Said::Number(number) => self.typed(text, Some(number), world),
            _ => self.typed(text, None, world),
        }
    }

    /// What was offered in the row of this number or under these words.
    fn typed_pick(&self, text: &str, number: Option<u32>) -> Option<Pick> {
        // What an earlier version of the system has offered may say nothing to this one.
        self.offered_as(text, number)?.id.parse().ok()
    }

    /// A number or words instead of a tap, or the answer to a question that offers nothing to tap.
    fn typed(&mut self, text: &str, number: Option<u32>, world: &World<'_>) -> Act {
        if let Some(pick) = self.typed_pick(text, number) {
            return self.picked(pick, world);
        }
        match self.question {
            Question::Details => self.wish(words::details(text, self.today(world))),
            Question::Office => match one_office(text, world) {
                Some(office) => self.picked(Pick::Office(office.id.clone()), world),
                None => Act::Say(Remark::Example),
            },
            _ => Act::Say(Remark::Example),
        }
    }

    fn wish(&mut self, details: Details) -> Act {
        if let Some(date) = details.date {
            (self.draft.date, self.draft.relative) = (Some(date), details.relative);
            self.draft.time = details.time;
            self.draft.any_hour = details.time.is_none();
        }
        // Nobody is recognised by a name alone. A date of visit that was misread can be asked for again
        // by itself, a NIK cannot: it tells who the person is.
        let is_somebody =
            details.name.is_some() && (details.nik.is_some() || details.birth_date.is_some());
        if !is_somebody || details.misread.iter().any(is_of_nik) {
            self.question = Question::Details;
            let misread = details.misread.first().copied();
            return Act::AskDetails(Some(misread.unwrap_or(Misread::Unclear)));
        }
        self.draft.moving = None;
        Act::Add(details)
    }

    fn command(&mut self, command: Command, world: &World<'_>) -> Act {
        match command {
            Command::Menu => self.begin(),
            Command::Book => self.picked(Pick::Book, world),
            Command::Show => Act::Show,
            Command::Extend => self.extend(world),
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

    /// `BATAL` alone is about what was spoken of last: a booking, a wish, or else any booking.
    fn cancel_any(&mut self, world: &World<'_>) -> Act {
        match self.question {
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
            Question::Idle | Question::SignIn => match world.bookings {
                [] => Act::Say(Remark::NoBooking),
                [only] => self.cancel(Some(only)),
                _ => Act::AskBooking(Purpose::Cancel),
            },
        }
    }

    /// A hold is given back at once; of a confirmed visit it is asked first whether that is meant.
    fn cancel(&mut self, booking: Option<&Booking>) -> Act {
        match booking {
            None => Act::Say(Remark::UnknownCode),
            Some(booking) if booking.status == Status::Confirmed => {
                self.question = Question::Cancel(booking.code);
                Act::AskCancel(booking.code)
            }
            Some(booking) => Act::Cancel(booking.code),
        }
    }

    /// More time is for what waits for its confirmation: what was spoken of last, or else the first one.
    fn extend(&self, world: &World<'_>) -> Act {
        let is_held = |booking: &&Booking| booking.status_at(world.now) == Status::Held;
        let held = world.bookings.iter().find(is_held).map(|booking| booking.code);
        match (self.question, held) {
            (Question::Confirm(code), _) | (_, Some(code)) => Act::Extend(code),
            _ => Act::Say(Remark::NoBooking),
        }
    }

    fn keep(&mut self) -> Act {
        self.question = Question::Idle;
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

    /// A code without a word: what is to be done with the booking follows from how it stands.
    fn code_alone(&mut self, world: &World<'_>) -> Act {
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

    /// A tap may be on a message of last week: a pick says all that it needs, and what it does not say
    /// is taken from the draft, or asked for.
    fn picked(&mut self, pick: Pick, world: &World<'_>) -> Act {
        match pick {
            // It is settled whose account it is.
            Pick::Menu | Pick::NewAccount => return self.begin(),
            Pick::Show => return Act::Show,
            Pick::Help => return Act::Say(Remark::Help),
            Pick::Language(locale) => return Act::Speak(Some(locale)),
            Pick::Keep => return self.keep(),
            Pick::NewPerson => {
                self.question = Question::Details;
                return Act::AskDetails(None);
            }
            Pick::Offices(from) => {
                self.question = Question::Office;
                return Act::AskOffice(from);
            }
            Pick::Dates(from) if self.draft.service.is_some() => {
                self.question = Question::Date;
                return Act::AskDate(from);
            }
            Pick::Hours(date, from) if self.draft.service.is_some() => {
                self.question = Question::Hour;
                return Act::AskHour(date, Some(from));
            }
            Pick::Confirm(_) | Pick::Ticket(_) => return self.code_alone(world),
            Pick::Cancel(_) => return self.cancel(world.named),
            Pick::CancelSurely(code) => {
                return world.named.map_or(Act::Say(Remark::UnknownCode), |_| Act::Cancel(code));
            }
            Pick::Move(_) => return self.start_move(world.named, world),
            Pick::GiveUp(code) => {
                return world.named.map_or(Act::Say(Remark::UnknownCode), |_| Act::GiveUp(code));
            }
            Pick::KeepClaimed(code) => {
                return world
                    .named
                    .map_or(Act::Say(Remark::UnknownCode), |_| Act::KeepClaimed(code));
            }
            Pick::Claim(id) => return Act::Claim(id),
            Pick::SignIn(id, number) => return self.sign_in_picked(id, number),
            Pick::NotMe(id) => return self.refuse_sign_in(id),
            Pick::Dates(_) | Pick::Hours(..) => {}
            Pick::Book => self.draft = Draft::default(),
            Pick::Office(id) => {
                // Date and person hold at any office, a service and an hour do not.
                let before = std::mem::take(&mut self.draft);
                let Draft { person, date, relative, any_hour, .. } = before;
                let draft = Draft { office: Some(id), person, date, relative, any_hour, ..before };
                self.draft = Draft { service: None, time: None, moving: None, ..draft };
            }
            Pick::Service(id) => self.draft.service = Some(id),
            Pick::Person(id) => self.draft.person = Some(id),
            Pick::Date(date) => {
                (self.draft.date, self.draft.relative) = (Some(date), None);
                (self.draft.time, self.draft.any_hour) = (None, false);
            }
            Pick::Slot(date, time) => {
                (self.draft.date, self.draft.time) = (Some(date), Some(time));
            }
        }
        self.next(world)
    }
}
