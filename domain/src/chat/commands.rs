//! What a command does, at any point of a conversation.

use super::open::held;
use super::pick::Pick;
use super::state::{Chat, Offer, Question};
use super::turn::{Act, PersonPurpose, Purpose, Remark, World};
use super::words::Command;
use crate::booking::{Booking, Status};
use crate::code::BookingCode;

impl Chat {
    pub(super) fn command(&mut self, command: Command, text: &str, world: &World<'_>) -> Act {
        match command {
            Command::Menu => self.begin(),
            Command::Book => self.picked(Pick::Book, world),
            Command::Correct => self.choose_person(PersonPurpose::Correct, text, world),
            Command::Remove => self.choose_person(PersonPurpose::Remove, text, world),
            Command::Again => self.start_again(world),
            Command::Show => Act::Show,
            Command::Extend => self.extend(world),
            Command::TellTurn => Act::TellTurn,
            Command::Help => Act::Say(Remark::Help),
            Command::Contact => Act::Contact(self.contact_of("", world)),
            Command::Papers => self.papers_said("", world),
            Command::Language(locale) => Act::Speak(locale),
            Command::Stop => {
                self.reminders_off = true;
                Act::Say(Remark::Stopped)
            }
            Command::Resume => {
                self.reminders_off = false;
                Act::Say(Remark::Resumed)
            }
            Command::Cancel(Some(code)) if world.named.is_some() => self.ask_cancel(code),
            Command::Cancel(Some(_)) => Act::Say(Remark::UnknownCode),
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
    pub(super) fn cancel_any(&mut self, world: &World<'_>) -> Act {
        match self.question {
            Question::Confirm(code) => self.ask_cancel(code),
            Question::Cancel(code) => Act::Cancel(code),
            _ if self.draft.moving.is_some() => {
                self.ended();
                Act::Say(Remark::Stays)
            }
            Question::Office
            | Question::Service
            | Question::Person
            | Question::Details
            | Question::Date
            | Question::Hour => {
                self.begin();
                Act::Say(Remark::Dropped)
            }
            Question::Correct | Question::Remove => self.keep(),
            Question::Idle if self.offers_moves() => {
                self.offered.clear();
                Act::Say(Remark::Stays)
            }
            Question::Idle | Question::SignIn => match world.bookings {
                [] => Act::Say(Remark::NoBooking),
                [only] => self.cancel(Some(only)),
                _ => Act::AskBooking(Purpose::Cancel),
            },
        }
    }

    /// Whether it was asked which of several visits is to be moved.
    fn offers_moves(&self) -> bool {
        self.offers_several(|pick| matches!(pick, Pick::Move(_)))
    }

    /// Whether it was asked which of several visits is to be cancelled or moved.
    pub(super) fn offers_visits(&self) -> bool {
        self.offers_moves() || self.offers_several(|pick| matches!(pick, Pick::Cancel(_)))
    }

    fn offers_several(&self, is_such: impl Fn(&Pick) -> bool) -> bool {
        let is_it = |offer: &Offer| offer.id.parse().is_ok_and(|pick| is_such(&pick));
        self.offered.len() > 1 && self.offered.iter().all(is_it)
    }

    /// A word is sooner said than a button tapped, and a seat that is given back may be gone.
    pub(super) fn ask_cancel(&mut self, code: BookingCode) -> Act {
        self.question = Question::Cancel(code);
        Act::AskCancel(code)
    }

    /// A tap gives a hold back at once; of a confirmed visit it is asked first whether that is meant.
    pub(super) fn cancel(&mut self, booking: Option<&Booking>) -> Act {
        match booking {
            None => Act::Say(Remark::UnknownCode),
            Some(booking) if booking.status == Status::Confirmed => self.ask_cancel(booking.code),
            Some(booking) => Act::Cancel(booking.code),
        }
    }

    /// More time is for what waits for its confirmation: what was spoken of last, or else the first one.
    fn extend(&self, world: &World<'_>) -> Act {
        let held = held(world).next().map(|booking| booking.code);
        match (self.question, held) {
            (Question::Confirm(code), _) | (_, Some(code)) => Act::Extend(code),
            // What is confirmed needs no more time.
            _ if !world.bookings.is_empty() => Act::Show,
            _ => Act::Say(Remark::NoBooking),
        }
    }

    pub(super) fn keep(&mut self) -> Act {
        self.question = Question::Idle;
        Act::Say(Remark::Kept)
    }
}
