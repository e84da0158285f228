//! What is tapped, and the wishes that begin with a booking.

use super::pick::Pick;
use super::state::{Chat, Draft, Question};
use super::turn::{Act, PersonPurpose, Remark, World};
use crate::booking::{Booking, Status};

impl Chat {
    /// A tap may be on a message of last week: a pick says all that it needs, and what it does not say
    /// is taken from the draft, or asked for.
    pub(super) fn picked(&mut self, pick: Pick, world: &World<'_>) -> Act {
        match pick {
            // It is settled whose account it is.
            Pick::Menu | Pick::NewAccount => return self.begin(),
            Pick::Show => return Act::Show,
            Pick::Help => return Act::Say(Remark::Help),
            Pick::Language(locale) => return Act::Speak(Some(locale)),
            Pick::Keep if self.asks_whether() => return self.keep(),
            // An old message: what is so now is shown.
            Pick::Keep => return Act::Show,
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
            Pick::Papers(wish) => return self.papers(wish, world),
            Pick::Correct(id) => return self.person_chosen(PersonPurpose::Correct, id),
            Pick::Remove(id) => return self.person_chosen(PersonPurpose::Remove, id),
            Pick::RemoveSurely(id) => return Act::RemovePerson(id),
            Pick::Again(_) => return self.start_again(world),
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
                // A service holds where it is given; an hour at another office is another one.
                let before = std::mem::take(&mut self.draft);
                let is_first = before.office.as_ref().is_none_or(|office| *office == id);
                let time = before.time.filter(|_| is_first);
                self.draft = Draft { office: Some(id), time, moving: None, ..before };
            }
            Pick::Service(id) => self.draft.service = Some(id),
            Pick::Person(id) => self.draft.person = Some(id),
            Pick::Date(date) => {
                // An hour that was said with another date is that date's.
                let time = self.draft.time.filter(|_| self.draft.date.is_none());
                (self.draft.date, self.draft.relative) = (Some(date), None);
                (self.draft.time, self.draft.any_hour) = (time, false);
            }
            Pick::Slot(date, time) => {
                (self.draft.date, self.draft.time) = (Some(date), Some(time));
            }
        }
        self.next(world)
    }

    pub(super) fn start_move(&mut self, booking: Option<&Booking>, world: &World<'_>) -> Act {
        let Some(booking) = booking else { return Act::Say(Remark::UnknownCode) };
        self.draft = Draft {
            office: Some(booking.seat.office.clone()),
            service: Some(booking.seat.service.clone()),
            moving: Some(booking.code),
            ..Draft::default()
        };
        self.next(world)
    }

    /// The wish of a booking that lapsed once more: where, what and for whom it was.
    pub(super) fn start_again(&mut self, world: &World<'_>) -> Act {
        let Some(booking) = world.named else { return self.picked(Pick::Book, world) };
        self.draft = Draft {
            office: Some(booking.seat.office.clone()),
            service: Some(booking.seat.service.clone()),
            person: Some(booking.applicant.clone()),
            ..Draft::default()
        };
        self.next(world)
    }

    /// A code without a word: what is to be done with the booking follows from how it stands.
    pub(super) fn code_alone(&mut self, world: &World<'_>) -> Act {
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
}
