//! The way through a wish: what is asked next, and how it ends.

use chrono::NaiveDate;

use super::state::{Chat, Draft, Question};
use super::turn::{Act, World};
use crate::code::BookingCode;
use crate::ids::{ApplicantId, ServiceId};

impl Chat {
    /// The next thing that is not known yet; when all is known, the wish itself.
    pub fn next(&mut self, world: &World<'_>) -> Act {
        if world.office(&self.draft).is_none() {
            let [only] = world.offices else {
                self.question = Question::Office;
                return Act::AskOffice(0);
            };
            self.draft.office = Some(only.id.clone());
        }
        if let Some(relative) = self.draft.relative.take() {
            self.draft.date = Some(relative.on(world.today(&self.draft)));
        }
        let Some(office) = world.office(&self.draft) else { return Act::AskOffice(0) };
        let offers = |id: &ServiceId| office.service(id).is_some();
        if !self.draft.service.as_ref().is_some_and(offers) {
            let [only] = &*office.services else {
                self.question = Question::Service;
                return Act::AskService;
            };
            self.draft.service = Some(only.id.clone());
        }
        self.next_person(world).unwrap_or_else(|| self.next_slot(world))
    }

    fn next_person(&mut self, world: &World<'_>) -> Option<Act> {
        let is_own = |id: &ApplicantId| world.people.iter().any(|person| person.id == *id);
        // A booking that is moved has its person.
        if self.draft.person.as_ref().is_some_and(is_own) || self.draft.moving.is_some() {
            return None;
        }
        let (question, act) = match world.people {
            [] => (Question::Details, Act::AskDetails(None)),
            _ => (Question::Person, Act::AskPerson),
        };
        self.question = question;
        Some(act)
    }

    fn next_slot(&mut self, world: &World<'_>) -> Act {
        let Some(date) = self.draft.date else {
            self.question = Question::Date;
            return Act::AskDate(self.first_date(world));
        };
        // Whoever names a date in a form gets its first free hour; whoever moves a booking chooses.
        if self.draft.time.is_none() && (!self.draft.any_hour || self.draft.moving.is_some()) {
            self.question = Question::Hour;
            return Act::AskHour(date, None);
        }
        self.draft.moving.map_or(Act::Hold, Act::Move)
    }

    /// The first date that is offered.
    pub(super) fn first_date(&self, world: &World<'_>) -> NaiveDate {
        self.draft.earliest.unwrap_or_else(|| self.today(world))
    }

    /// A seat is held: it waits for its confirmation.
    pub fn held(&mut self, code: BookingCode) {
        (self.draft, self.pending) = (Draft::default(), None);
        self.question = Question::Confirm(code);
    }

    /// The wish has come to its end.
    pub fn ended(&mut self) {
        (self.draft, self.pending) = (Draft::default(), None);
        self.question = Question::Idle;
        self.corrects_name = false;
    }
}
