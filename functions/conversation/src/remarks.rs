//! What is said without asking anything.

use antrian::domain::chat::{Pick, Remark};
use antrian::domain::language::fill;
use antrian::domain::time::local_date;
use antrian::messaging::compose::Reply;
use chrono::Days;
use chrono_tz::Asia::Jakarta;

use crate::context::TurnContext;
use crate::say;
use crate::texts::TEXTS;

/// The words of a remark. Where a booking is over or missing, a new one is a tap away.
pub(crate) fn remark(context: &TurnContext<'_>, remark: Remark) -> Reply {
    let locale = context.account.locale;
    let text = match remark {
        Remark::Help => &TEXTS.help,
        Remark::Stopped => &TEXTS.stopped,
        Remark::Resumed => &TEXTS.resumed,
        Remark::Kept => &TEXTS.kept,
        Remark::Stays => &TEXTS.stays,
        Remark::Dropped => &TEXTS.dropped,
        Remark::NoPeople => &TEXTS.no_people,
        Remark::NoBooking => &TEXTS.no_booking,
        Remark::UnknownCode => &TEXTS.unknown_code,
        Remark::MistypedCode => &TEXTS.mistyped_code,
        Remark::HoldExpired => &TEXTS.hold_expired,
        Remark::Ended => &TEXTS.ended,
        Remark::Example => &TEXTS.misread,
        Remark::OnlyWords => &TEXTS.only_words,
        Remark::OwnerProved => &TEXTS.owner_proved,
        Remark::NewAccount => &TEXTS.account_begun,
        Remark::SignInNumber => &TEXTS.sign_in_number,
        Remark::SignInOver => &TEXTS.sign_in_over,
        Remark::Contact => &TEXTS.contact,
    };
    let days = context.app.account_rest.num_days().to_string();
    let contact = match remark {
        Remark::Contact => context.contacts(),
        _ => context.contact(),
    };
    let values = [("example", &*example(context)), ("contact", &*contact), ("days", &*days)];
    let text = fill(locale, text, &values);
    match remark {
        Remark::HoldExpired | Remark::Ended | Remark::NoBooking | Remark::NoPeople => {
            say::with_buttons(text, locale, &[(Pick::Book, &TEXTS.menu_book)])
        }
        Remark::OwnerProved | Remark::NewAccount | Remark::Contact => {
            Reply { text, ..say::menu(locale) }
        }
        _ => Reply { text, options: None },
    }
}

/// A wish that can be sent as it stands, for a week ahead.
fn example(context: &TurnContext<'_>) -> String {
    let zone = context.offices.first().map_or(Jakarta, |office| office.timezone);
    let date = local_date(context.now, zone) + Days::new(7);
    let date = date.format("%d-%m-%Y").to_string();
    fill(context.account.locale, &TEXTS.example_wish, &[("date", &date)])
}
