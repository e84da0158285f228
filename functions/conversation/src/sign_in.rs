//! Signing in on the web: the chat asks which number the page shows.

use antrian::domain::chat::{Chat, Pick, sign_in_picks};
use antrian::domain::ids::RegistrationId;
use antrian::domain::language::{Locale, fill, in_language, time};
use antrian::messaging::ReplyOption;
use antrian::messaging::compose::Reply;
use antrian::use_cases::sign_in::{self, Answered, CodeSent, Refused, SignIn};
use chrono_tz::Asia::Jakarta;

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::say::{self, row};
use crate::texts::TEXTS;

/// Asks who has sent the code of a page which number it shows. Absent: they have signed in by it.
pub(crate) async fn ask(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    codes: &[String],
) -> Result<Option<Reply>, TurnError> {
    let account = &context.account.id;
    Ok(match sign_in::by_code(context.app, account, codes, context.now).await? {
        CodeSent::Ask(sign_in) => {
            chat.asked_sign_in(sign_in.registration.clone());
            Some(question(context, &sign_in))
        }
        CodeSent::Before => None,
        CodeSent::Unknown => {
            Some(say::plain(context.account.locale, &TEXTS.registration_unknown, &[]))
        }
    })
}

/// What is at stake differs: an account that has people shows them to whoever signs in.
fn question(context: &TurnContext<'_>, sign_in: &SignIn) -> Reply {
    let (locale, text) = match &*context.people {
        [] => (sign_in.locale, &TEXTS.sign_in_new),
        _ => (context.account.locale, &TEXTS.sign_in_known),
    };
    let zone = match &*context.offices {
        [only] => only.timezone,
        _ => Jakarta,
    };
    let device = sign_in.device.in_words(locale);
    let values = [("device", &*device), ("time", &*time(locale, sign_in.began_at, zone))];
    let picks = sign_in_picks(&sign_in.registration, &sign_in.numbers);
    let rows = picks.iter().map(|pick| answer_row(locale, pick)).collect();
    say::with_list(fill(locale, text, &values), locale, rows)
}

fn answer_row(locale: Locale, pick: &Pick) -> ReplyOption {
    match pick {
        Pick::SignIn(_, number) => row(pick, &number.to_string(), ""),
        _ => row(pick, in_language(locale, &TEXTS.not_me), ""),
    }
}

/// Carries an answer out. Absent: it was right, which has a message of its own.
pub(crate) async fn answer(
    context: &TurnContext<'_>,
    id: &RegistrationId,
    number: u8,
) -> Result<Option<Reply>, TurnError> {
    let (app, account) = (context.app, &context.account.id);
    let text = match sign_in::answer(app, account, id, number, context.hash, context.now).await? {
        Answered::SignedIn => return Ok(None),
        Answered::WrongNumber => &TEXTS.sign_in_wrong,
        Answered::Over => &TEXTS.sign_in_over,
    };
    Ok(Some(say::plain(context.account.locale, text, &[])))
}

/// Ends what somebody else began.
pub(crate) async fn refuse(
    context: &TurnContext<'_>,
    id: &RegistrationId,
) -> Result<Reply, TurnError> {
    let text = match sign_in::refuse(context.app, &context.account.id, id, context.now).await? {
        Refused::Closed => &TEXTS.sign_in_refused,
        Refused::SignedOut => &TEXTS.sign_in_undone,
        Refused::Over => &TEXTS.sign_in_over,
    };
    Ok(say::plain(context.account.locale, text, &[]))
}
