//! Conversations, from the webhook to the answer. The snapshots read like the chats that they are.

mod booking;
mod changes;
mod commands;
mod everyday;
mod flood;
mod identity;
mod offices;
mod order;
mod papers;
mod people;
mod repeated;
mod understood;
mod web;

use antrian::messaging::ReplyOptions;
use antrian_local::simulator::SentMessage;
use antrian_tests::phone::Phone;

const NUMBER: &str = "6280000000101";
/// A wish as the old format has it: a made-up NIK, and the date on which most tests book.
const WISH: &str = "#Budi Contoh#9971010101909001#02-12-2026";

/// Compares a chat with its snapshot.
fn assert_chat(name: &str, phone: &Phone<'_>) {
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    settings.bind(|| insta::assert_snapshot!(name, phone.transcript()));
}

/// The booking code in an answer.
pub(crate) fn code_in(bodies: &[SentMessage]) -> String {
    let text: String = bodies.iter().map(|kept| kept.text.clone() + "\n").collect();
    let code = text.split("*").find(|word| {
        word.len() == 11 && word.parse::<antrian::domain::code::BookingCode>().is_ok()
    });
    code.unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

/// Titles of what can be tapped below an answer.
fn titles(bodies: &[SentMessage]) -> Vec<String> {
    let choices = bodies.iter().find_map(|kept| kept.choices.as_ref());
    match choices {
        None => vec![],
        Some(ReplyOptions::Buttons(buttons)) => buttons.iter().map(|b| b.title.clone()).collect(),
        Some(ReplyOptions::List { sections, .. }) => {
            sections.iter().flat_map(|s| &s.rows).map(|row| row.title.clone()).collect()
        }
    }
}
