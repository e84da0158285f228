//! Somebody wants to sign in on the web: the page shows a number that only who looks at it knows. A code
//! can be forwarded, and a link that sends it tapped without a thought; the number has to be chosen.

use super::pick::Pick;
use super::state::{Chat, Question};
use super::turn::{Act, Remark};
use super::words::{Command, Said};
use crate::ids::RegistrationId;

/// Numbers of two digits that do not begin with a zero: no row of a list has one of them.
pub const SIGN_IN_NUMBERS: std::ops::Range<u8> = 10..100;

impl Chat {
    /// It is asked which number the page of this registration shows. Of several registrations the last
    /// one counts; an earlier one is asked about again when its code comes again.
    pub fn asked_sign_in(&mut self, registration: RegistrationId) {
        self.question = Question::SignIn;
        self.registration = Some(registration);
    }

    /// The registration that was asked about last, if nothing else was asked since.
    fn signing_in(&self) -> Option<&RegistrationId> {
        self.registration.as_ref().filter(|_| self.question == Question::SignIn)
    }

    /// What an answer to that question leads to. Absent: the words are not about it.
    pub(super) fn sign_in_answered(&mut self, text: &str, said: &Said) -> Option<Act> {
        let id = self.signing_in()?.clone();
        let offered = |number| self.offered_as(text, number).is_some();
        match *said {
            Said::Number(number) => match u8::try_from(number) {
                Ok(number) if SIGN_IN_NUMBERS.contains(&number) => {
                    Some(self.sign_in_picked(id, number))
                }
                // Where nothing can be tapped, rows are typed by their numbers.
                _ if offered(Some(number)) => None,
                _ => Some(Act::Say(Remark::SignInNumber)),
            },
            Said::No | Said::NeverMind | Said::Command(Command::Cancel(None)) => {
                Some(self.refuse_sign_in(id))
            }
            Said::Other if offered(None) => None,
            // Agreement alone tells nothing of the page.
            Said::Yes | Said::Confirm | Said::Other => Some(Act::Say(Remark::SignInNumber)),
            _ => None,
        }
    }

    pub(super) fn sign_in_picked(&mut self, id: RegistrationId, number: u8) -> Act {
        if self.signing_in() != Some(&id) {
            return Act::Say(Remark::SignInOver);
        }
        self.end_sign_in();
        Act::SignIn(id, number)
    }

    /// A no counts at any time.
    pub(super) fn refuse_sign_in(&mut self, id: RegistrationId) -> Act {
        if self.signing_in() == Some(&id) {
            self.end_sign_in();
        }
        Act::RefuseSignIn(id)
    }

    fn end_sign_in(&mut self) {
        self.question = Question::Idle;
        self.registration = None;
    }
}

/// What can be tapped as an answer, in the order of the numbers.
pub fn sign_in_picks(id: &RegistrationId, numbers: &[u8]) -> Vec<Pick> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    let picks = numbers.into_iter().map(|number| Pick::SignIn(id.clone(), number));
    picks.chain([Pick::NotMe(id.clone())]).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::chat::{Input, Offer, World};

    fn id(letter: &str) -> RegistrationId {
        letter.repeat(32).parse().unwrap()
    }

    /// A chat that was asked about the registration `a`.
    fn asked() -> Chat {
        let title = |pick: &Pick| match pick {
            Pick::SignIn(_, number) => number.to_string(),
            _ => "Bukan saya".to_owned(),
        };
        let picks = sign_in_picks(&id("a"), &[47, 12, 80, 33]);
        let offer =
            |pick: &Pick| Offer { id: pick.to_string(), title: title(pick), other_title: None };
        let mut chat = Chat { offered: picks.iter().map(offer).collect(), ..Chat::default() };
        chat.asked_sign_in(id("a"));
        chat
    }

    fn hears(chat: &mut Chat, input: &Input) -> Act {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let world =
            World { offices: &[], offline: &[], people: &[], bookings: &[], named: None, now };
        chat.hear(input, &world)
    }

    fn says(chat: &mut Chat, text: &str) -> Act {
        hears(chat, &Input::Text(text.to_owned()))
    }

    #[test]
    fn a_number_is_typed_or_tapped_and_answers_once() {
        for (text, number) in [("47", 47), ("47.", 47), ("no 12", 12), ("99", 99), ("2", 33)] {
            let mut chat = asked();
            assert_eq!(says(&mut chat, text), Act::SignIn(id("a"), number), "{text}");
            assert_ne!(says(&mut chat, text), Act::SignIn(id("a"), number), "{text} again");
        }
        let tap = Input::Pick(Pick::SignIn(id("a"), 80));
        let mut chat = asked();
        assert_eq!(hears(&mut chat, &tap), Act::SignIn(id("a"), 80));
        assert_eq!(hears(&mut chat, &tap), Act::Say(Remark::SignInOver));
    }

    #[test]
    fn a_no_in_any_words_refuses() {
        for text in ["bukan", "Bukan saya", "tidak", "batal", "5"] {
            assert_eq!(says(&mut asked(), text), Act::RefuseSignIn(id("a")), "{text}");
        }
        let tap = Input::Pick(Pick::NotMe(id("b")));
        let mut chat = asked();
        assert_eq!(hears(&mut chat, &tap), Act::RefuseSignIn(id("b")), "an older question's");
        assert_eq!(says(&mut chat, "47"), Act::SignIn(id("a"), 47), "this one is still open");
    }

    #[test]
    fn agreement_and_other_words_are_not_enough() {
        for text in ["ya", "ok", "iya itu saya", "6", "7", "100", "470"] {
            assert_eq!(says(&mut asked(), text), Act::Say(Remark::SignInNumber), "{text}");
        }
    }

    #[test]
    fn the_last_question_counts_and_another_wish_drops_it() {
        let mut chat = asked();
        chat.asked_sign_in(id("b"));
        let older = Input::Pick(Pick::SignIn(id("a"), 47));
        assert_eq!(hears(&mut chat, &older), Act::Say(Remark::SignInOver));
        assert_eq!(says(&mut chat, "menu"), Act::Menu);
        assert!(!matches!(says(&mut chat, "47"), Act::SignIn(..)));
        let code = Act::AskSignIn(vec!["7KQ4MM2X".to_owned()]);
        assert_eq!(says(&mut asked(), "DAFTAR 7KQ4MM2X"), code);
    }
}
