//! Whether an answer is given: a number that has had all of an hour is told so once. What changes
//! something is carried out all the same, and tells of itself.

use antrian::domain::chat::{Act, Answering, Answers, Chat};
use antrian::messaging::compose::Reply;
use antrian::storage::ChatKept;
use antrian::telemetry::Record;
use antrian::telemetry::catalogue::ANSWER_WITHHELD;

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::texts::TEXTS;
use crate::{act, say};

/// Carries out an act; what is answered, and the answers of the hour after it.
pub(crate) async fn answer(
    context: &mut TurnContext<'_>,
    before: &ChatKept,
    chat: &mut Chat,
    act: Act,
) -> Result<(Option<Reply>, Answers), TurnError> {
    let (answers, now) = (before.answers, context.now);
    if act == Act::Nothing {
        return Ok((None, answers));
    }
    let limit = context.app.sending.answers_per_hour;
    // Whoever may get no code has this way in, and nobody shuts it by writing a lot before.
    let is_way_in = matches!(act, Act::AskSignIn(_)) && within_twice(answers.at(now), limit);
    let next = if is_way_in { Answering::Given } else { answers.next(limit, now) };
    let is_ticket = matches!(act, Act::Ticket(_));
    let mut reply = None;
    if next == Answering::Given || is_carried_out(&act, answers.at(now), limit) {
        reply = Box::pin(act::perform(context, chat, act)).await?;
        if reply.is_none() {
            // A ticket that was asked for is an answer too.
            return Ok((None, if is_ticket { answers.counted(now) } else { answers }));
        }
    } else {
        // The conversation stays where the person has seen it: a `ya` means what it meant there.
        let reminders_off = chat.reminders_off;
        *chat = Chat { reminders_off, ..before.chat.clone().at(now) };
    }
    Ok(match next {
        Answering::Given => {
            chat.offered = reply.as_ref().map_or_else(Vec::new, say::offers);
            (reply, answers.counted(now))
        }
        Answering::Notice { minutes } => (Some(notice(context, limit, minutes)), answers.told(now)),
        Answering::Silent => {
            context.app.metrics.send(Record::of(&ANSWER_WITHHELD, &[1]), now);
            (None, answers)
        }
    })
}

/// Whether an act is carried out whose answer is not given: one that changes something. A ticket that is
/// asked for again is sent until twice the limit.
fn is_carried_out(act: &Act, answers: Answers, limit: u32) -> bool {
    match act {
        Act::Ticket(_) => within_twice(answers, limit),
        Act::Speak(_)
        | Act::RefuseSignIn(_)
        | Act::KeepClaimed(_)
        | Act::CorrectPerson(..)
        | Act::RemovePerson(_) => true,
        act => act::sends_by_itself(act),
    }
}

fn within_twice(answers: Answers, limit: u32) -> bool {
    answers.count < limit.saturating_mul(2)
}

fn notice(context: &TurnContext<'_>, limit: u32, minutes: i64) -> Reply {
    let values = [("limit", &*limit.to_string()), ("minutes", &*minutes.to_string())];
    say::plain(context.account.locale, &TEXTS.answers_paused, &values)
}
