//! The machine: what a message means at this point of a conversation, and what is done next.

use chrono::NaiveDate;

use super::open::held;
use super::pending::Pending;
use super::pick::Pick;
use super::state::{Chat, Question};
use super::turn::{Act, BookingsNeeded, Input, Remark, World};
use super::words::{self, Command, Details, Misread, Said};
use crate::code::BookingCode;

fn is_of_nik(misread: &Misread) -> bool {
    matches!(misread, Misread::Nik(_) | Misread::TwoNiks)
}

/// So many messages in a row that are not understood get an example; the next one gets the contact.
const MAX_EXAMPLES: u8 = 2;

impl Chat {
    /// Which bookings [`Chat::hear`] has to find in its world. Most turns ask the next question of a
    /// wish and need none.
    pub fn bookings_needed(&self, input: &Input, world: &World<'_>) -> BookingsNeeded {
        let code = match input {
            Input::Opened | Input::Unreadable => None,
            Input::Pick(pick) => pick.booking(),
            Input::Text(text) => match (self.titled_pick(text), self.understood(text, world)) {
                (Some(pick), _) => pick.booking(),
                (None, said) if self.needs_live(&said) => return BookingsNeeded::Live,
                (None, said) => self.code_in(text, &said),
            },
        };
        code.map_or(BookingsNeeded::None, BookingsNeeded::Named)
    }

    /// Whether words are about whichever bookings there are.
    fn needs_live(&self, said: &Said) -> bool {
        let is_asked = matches!(self.question, Question::Confirm(_) | Question::Cancel(_));
        match said {
            Said::Command(Command::Cancel(None) | Command::Move(None)) => true,
            Said::Confirm | Said::Command(Command::Extend) => !is_asked,
            Said::Yes => !is_asked,
            _ => false,
        }
    }

    /// The code of the booking that words are about, if they name one.
    fn code_in(&self, text: &str, said: &Said) -> Option<BookingCode> {
        let typed = |number| self.typed_pick(text, number).and_then(|pick| pick.booking());
        match (said, self.question) {
            (Said::Command(Command::Again), Question::Confirm(code)) => return Some(code),
            (Said::Command(Command::Again), _) => return None,
            _ => {}
        }
        match said {
            Said::Code(code)
            | Said::Command(Command::Cancel(Some(code)) | Command::Move(Some(code))) => Some(*code),
            Said::Number(number) => typed(Some(*number)),
            Said::Command(_) | Said::Wish(_) => words::code_within(text),
            _ => typed(None).or_else(|| words::code_within(text)),
        }
    }

    fn understood(&self, text: &str, world: &World<'_>) -> Said {
        words::understand(text, self.today(world))
    }

    /// What a message makes of the conversation, and what is done next. The caller carries the act out
    /// and keeps the conversation until the next message.
    ///
    /// ```
    /// use antrian_domain::chat::{Act, Chat, Input, Question, Remark, World};
    ///
    /// let now = chrono::DateTime::UNIX_EPOCH;
    /// let world = World { offices: &[], offline: &[], people: &[], bookings: &[], named: None, now };
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
            Input::Text(text) => match (self.titled_pick(text), self.understood(text, world)) {
                (Some(pick), _) => self.picked(pick, world),
                // Punctuation and pictures are no answer, and no mistake either where nothing waits for one.
                (None, Said::Nothing) if !self.waits() => return Act::Nothing,
                (None, said) => match (said, self.question) {
                    (Said::Nothing, Question::Confirm(code)) => Act::Held(code),
                    (said, _) => self.said(text, said, world),
                },
            },
        };
        if let Act::Confirm(code) = act {
            // Said once more it is about another seat that waits.
            let done = Pick::Confirm(code).to_string();
            self.offered.retain(|offer| offer.id != done);
        }
        let was_misread = matches!(
            act,
            Act::Say(Remark::Example | Remark::OnlyWords | Remark::SignInNumber)
                | Act::AskDetails(Some(_))
                | Act::AskCorrection(_, Some(_))
                | Act::Again(_)
        );
        self.misread = if was_misread { self.misread.saturating_add(1) } else { 0 };
        match self.misread {
            ..=MAX_EXAMPLES => act,
            n if n == MAX_EXAMPLES + 1 => Act::Say(Remark::Contact),
            // Words are answered while something waits for an answer. Where nothing does, whoever goes on
            // has been told whom to ask, or is a machine: two of them would answer each other for ever.
            _ if self.question != Question::Idle => act,
            _ => Act::Nothing,
        }
    }

    /// The date where the visit will be, or as it is told.
    pub(super) fn today(&self, world: &World<'_>) -> NaiveDate {
        world.today(&self.draft)
    }

    pub(super) fn begin(&mut self) -> Act {
        self.ended();
        self.subject = None;
        Act::Menu
    }

    /// What is said counts before what was asked: a command, a code or a wish means the same at any
    /// time. Only the rest is an answer to the question.
    fn said(&mut self, text: &str, said: Said, world: &World<'_>) -> Act {
        if let Some(act) = self.sign_in_answered(text, &said) {
            return act;
        }
        // Our own message sent back, or a long one about a booking: the code says which.
        if let Some(booking) = world.named
            && words::code_within(text) == Some(booking.code)
            && !matches!(said, Said::Command(Command::Cancel(Some(_)) | Command::Move(Some(_))))
        {
            return self.code_alone(world);
        }
        if let Some(act) = self.person_answered(text, &said, world) {
            return act;
        }
        // A greeting leaves what waits as it is.
        if let (Said::Command(Command::Menu), Question::Confirm(code)) = (&said, self.question)
            && !words::asks_for_menu(text)
        {
            return Act::Held(code);
        }
        // Who was asked for details answers with a wish or a birth date: either is read as details.
        let asks_details = self.question == Question::Details;
        match said {
            // `paspor` is what a service is called, and `siang` a part of the day.
            Said::Command(Command::Book) if self.question == Question::Service => {
                self.typed(text, None, world)
            }
            Said::Command(Command::Menu)
                if self.asks_of_wish() && words::says_part_of_day(text) =>
            {
                self.typed(text, None, world)
            }
            Said::Command(Command::Contact) => Act::Contact(self.contact_of(text, world)),
            Said::Command(Command::Papers) => self.papers_said(text, world),
            Said::Command(command) => {
                let act = self.command(command, text, world);
                match command {
                    Command::Book => self.begun_at(text, world).unwrap_or(act),
                    _ => act,
                }
            }
            Said::Registration(codes) => Act::AskSignIn(codes),
            Said::Code(_) => self.code_alone(world),
            Said::MistypedCode => Act::Say(Remark::MistypedCode),
            Said::Wish(details) if !asks_details => {
                if details.name.is_none() && details.nik.is_none() {
                    self.note_place(text, world);
                } else {
                    self.note_marked_place(text, world);
                }
                self.wish(details, world)
            }
            Said::Yes | Said::Confirm => match self.question {
                Question::Confirm(code) => Act::Confirm(code),
                Question::Cancel(code) if said == Said::Yes => Act::Cancel(code),
                Question::Idle => self.agreed(said == Said::Confirm, world),
                // A seat that waits is not forgotten over another question.
                _ if said == Said::Confirm || held(world).next().is_some() => {
                    self.agreed(said == Said::Confirm, world)
                }
                _ => self.again(world),
            },
            Said::No => match self.question {
                Question::Confirm(code) => self.ask_cancel(code),
                Question::Cancel(_) => self.keep(),
                Question::Idle if self.offers_visits() => {
                    self.offered.clear();
                    self.keep()
                }
                Question::Idle => Act::Nothing,
                _ => self.again(world),
            },
            Said::Thanks if !self.waits() => Act::Nothing,
            Said::NeverMind => match self.question {
                Question::Cancel(_) => self.keep(),
                Question::Idle => Act::Show,
                _ => self.cancel_any(world),
            },
            Said::Date(date) if !asks_details => {
                self.note_place(text, world);
                self.picked(Pick::Date(date), world)
            }
            Said::Day(relative) if !asks_details => {
                self.note_place(text, world);
                self.draft.relative = Some(relative);
                let date = relative.on(self.today(world));
                (self.draft.date, self.draft.time, self.draft.any_hour) = (Some(date), None, false);
                self.next(world)
            }
            Said::Time(time) if self.draft.date.is_some() => {
                self.note_place(text, world);
                self.draft.time = Some(time);
                self.next(world)
            }
            // The hour before the date.
            Said::Time(time) if self.question == Question::Date => {
                self.draft.time = Some(time);
                self.next(world)
            }
            Said::Number(number) => self.typed(text, Some(number), world),
            _ => self.typed(text, None, world),
        }
    }

    pub(super) fn wish(&mut self, details: Details, world: &World<'_>) -> Act {
        let details = match &self.pending {
            Some(pending) if self.question == Question::Details => pending.complete(details),
            _ => details,
        };
        if let Some(date) = details.date {
            (self.draft.date, self.draft.relative) = (Some(date), details.relative);
            self.draft.time = details.time;
            self.draft.any_hour = details.time.is_none();
        }
        if details.asks_hour {
            (self.draft.time, self.draft.any_hour) = (None, false);
        }
        // Nobody is recognised by a name alone. A date of visit that was misread can be asked for again
        // by itself, a NIK cannot: it tells who the person is.
        let is_somebody =
            details.name.is_some() && (details.nik.is_some() || details.birth_date.is_some());
        let is_visit_only =
            details.date.is_some() && details.nik.is_none() && details.name.is_none();
        if is_visit_only && details.misread.is_empty() && details.birth_date.is_none() {
            return self.next(world);
        }
        if !is_somebody || details.misread.iter().any(is_of_nik) {
            self.question = Question::Details;
            let before = self.pending.replace(Pending::of(&details));
            let of_nik = details.misread.iter().find(|misread| is_of_nik(misread));
            let misread = of_nik.or(details.misread.first()).copied();
            // What was told is kept, and is no mistake for not being all.
            let is_news = self.pending != before && self.pending != Some(Pending::default());
            return Act::AskDetails(misread.or((!is_news).then_some(Misread::Unclear)));
        }
        (self.draft.moving, self.pending) = (None, None);
        Act::Add(details)
    }

    /// Whether something waits for an answer.
    fn waits(&self) -> bool {
        !matches!(self.question, Question::Idle | Question::SignIn)
    }

    /// Whether it is asked if something is really to be changed.
    pub(super) fn asks_whether(&self) -> bool {
        matches!(self.question, Question::Cancel(_) | Question::Correct | Question::Remove)
    }
}
