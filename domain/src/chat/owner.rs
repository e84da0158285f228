//! What is heard while it is not known who writes: see [`crate::owner`].

use super::pick::Pick;
use super::state::Chat;
use super::turn::{Input, World};
use super::words::{self, Command, Said};
use crate::owner::NikDigits;

/// What somebody says who was asked whether an account is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnerHeard {
    /// The last digits of a NIK.
    Digits(NikDigits),
    /// That it is not.
    NewAccount,
    /// Something else: they are asked again.
    Other,
}

impl Chat {
    /// What a message says to the question whose an account is. `was_asked`: it was put before; digits
    /// and a no in a message that came before it are about something else.
    pub fn owner_heard(&self, input: &Input, was_asked: bool, world: &World<'_>) -> OwnerHeard {
        match input {
            Input::Pick(Pick::NewAccount) => OwnerHeard::NewAccount,
            Input::Text(text) if was_asked => match text.parse() {
                Ok(digits) => OwnerHeard::Digits(digits),
                Err(_) if self.is_no(text, world) => OwnerHeard::NewAccount,
                Err(_) => OwnerHeard::Other,
            },
            _ => OwnerHeard::Other,
        }
    }

    /// The button by its number or in words, or a no.
    fn is_no(&self, text: &str, world: &World<'_>) -> bool {
        let said = words::understand(text, world.today(&self.draft));
        let number = match said {
            Said::Number(number) => Some(number),
            _ => None,
        };
        let picked = self.offered_as(text, number).map(|offer| offer.id.parse());
        matches!(said, Said::No | Said::Command(Command::Cancel(None)))
            || picked == Some(Ok(Pick::NewAccount))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::chat::{Act, Offer};

    fn world() -> World<'static> {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        World { offices: &[], offline: &[], people: &[], bookings: &[], named: None, now }
    }

    fn heard(text: &str, was_asked: bool) -> OwnerHeard {
        let title = "Nomor baru saya".to_owned();
        let offered = vec![Offer { id: Pick::NewAccount.to_string(), title, other_title: None }];
        let chat = Chat { offered, ..Chat::default() };
        chat.owner_heard(&Input::Text(text.to_owned()), was_asked, &world())
    }

    #[test]
    fn a_no_in_any_words_begins_anew_and_other_words_do_not() {
        for text in ["bukan", "Bukan saya", "tidak", "1", "nomor baru saya", "Nomor baru"] {
            assert_eq!(heard(text, true), OwnerHeard::NewAccount, "{text}");
        }
        for text in ["jadwal", "menu", "ya", "batal 7KQ4MM2XR9", "2", "02-12-2026", "👍"] {
            assert_eq!(heard(text, true), OwnerHeard::Other, "{text}");
        }
        let digits = "01909001".parse().unwrap();
        assert_eq!(heard("0190 9001", true), OwnerHeard::Digits(digits));
    }

    #[test]
    fn what_is_said_before_the_question_is_no_answer_and_a_tap_always_is() {
        for text in ["01909001", "batal", "bukan"] {
            assert_eq!(heard(text, false), OwnerHeard::Other, "{text}");
        }
        let tap = Input::Pick(Pick::NewAccount);
        assert_eq!(Chat::default().owner_heard(&tap, false, &world()), OwnerHeard::NewAccount);
        // Once it is settled, a tap on the old question does no harm.
        assert_eq!(Chat::default().hear(&tap, &world()), Act::Menu);
    }
}
