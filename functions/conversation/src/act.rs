//! Carrying out what the machine has decided.

use antrian::domain::chat::words::Details;
use antrian::domain::chat::{Act, Chat, Question, Remark};
use antrian::domain::ids::OfficeId;
use antrian::domain::language::{Locale, clip, fill, in_language};
use antrian::messaging::compose::Reply;

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::remarks::remark;
use crate::texts::TEXTS;
use crate::{
    ask, bookings, claims, corrections, hold, owner, papers, people, refusals, say, sign_in,
};

/// Whether an act sends a message of its own before the turn is written.
pub(crate) fn sends_by_itself(act: &Act) -> bool {
    matches!(
        act,
        Act::SignIn(..)
            | Act::Add(_)
            | Act::Hold
            | Act::Move(_)
            | Act::Confirm(_)
            | Act::Cancel(_)
            | Act::GiveUp(_)
            | Act::Ticket(_)
    )
}

/// Carries out an act. Absent: nothing is to be answered, for a message of its own tells of it.
pub(crate) async fn perform(
    context: &mut TurnContext<'_>,
    chat: &mut Chat,
    act: Act,
) -> Result<Option<Reply>, TurnError> {
    let locale = context.account.locale;
    Ok(match act {
        Act::Nothing => None,
        Act::Menu => Some(say::menu(locale)),
        Act::Say(Remark::Contact) => Some(contact_and_what_waits(context, chat).await?),
        Act::Say(what) => Some(remark(context, what)),
        Act::AskOffice(from) => Some(ask::office(context, from)),
        Act::NotOnline(id) => Some(ask::not_online(context, &id)),
        Act::Again(question) => again(context, chat, *question).await?,
        Act::Held(code) => Some(bookings::held(context, chat, code).await?),
        Act::AskService => Some(ask::service(context, chat)),
        Act::AskPerson => Some(ask::person(context)),
        Act::AskDetails(misread) => Some(ask::details(locale, misread, chat)),
        Act::AskDate(from) => Some(ask::date(context, chat, from).await?),
        Act::AskHour(date, from) => Some(refusals::hour(context, chat, date, from).await?),
        Act::AskBooking(purpose) => Some(bookings::ask_which(context, purpose).await?),
        Act::AskCancel(code) => Some(bookings::ask_cancel(context, code).await?),
        Act::TellTurn => Some(bookings::tell_turn(context).await?),
        Act::Show => Some(bookings::show(context).await?),
        Act::AskOwner { left, was_wrong } => Some(owner::ask(context, left, was_wrong)),
        Act::AskSignIn(codes) => sign_in::ask(context, chat, &codes).await?,
        Act::SignIn(id, number) => sign_in::answer(context, &id, number).await?,
        Act::RefuseSignIn(id) => Some(sign_in::refuse(context, &id).await?),
        Act::Add(details) => add_and_go_on(context, chat, details).await?,
        Act::Hold => hold::hold_seat(context, chat).await?,
        Act::Move(code) => hold::move_booking(context, chat, code).await?,
        Act::Confirm(code) => bookings::confirm(context, chat, code).await?,
        Act::Extend(code) => bookings::extend(context, code).await?,
        Act::Cancel(code) => bookings::cancel(context, chat, code).await?,
        Act::Contact(id) => Some(contact(context, id.as_ref())),
        Act::AskPapersService(wish) => Some(papers::ask_service(context, &wish)),
        Act::AskPapersKind(wish) => Some(papers::ask_kind(locale, &wish)),
        Act::Papers(service, kind, office) => {
            Some(papers::list(context, &service, kind, office.as_ref()))
        }
        Act::AskWhom(purpose) => Some(corrections::ask_whom(context, purpose)),
        Act::AskCorrection(id, misread) => Some(corrections::ask_correction(context, &id, misread)),
        Act::AskRemoval(id) => Some(corrections::ask_removal(context, &id)),
        Act::CorrectPerson(id, details) => {
            let corrected = corrections::correct(context, chat, &id, &details).await?;
            match chat.question {
                // It was told in the midst of a wish, which goes on.
                Question::Date | Question::Hour => {
                    let next = chat.next(&context.world());
                    let next = Box::pin(perform(context, chat, next)).await?;
                    next.map(|next| say::before(corrected.text, next))
                }
                _ => Some(corrected),
            }
        }
        Act::RemovePerson(id) => Some(corrections::remove(context, chat, &id).await?),
        Act::Claim(id) => Some(claims::claim(context, &id).await?),
        Act::GiveUp(code) => claims::give_up(context, code).await?,
        Act::KeepClaimed(code) => Some(claims::keep(context, code).await?),
        Act::Ticket(code) => bookings::ticket(context, code).await?,
        Act::Speak(locale) => Some(speak(context, locale).await?),
    })
}

/// Adds a person, then carries out what comes next of their wish. What could not be read of the visit
/// is told before the question for it.
async fn add_and_go_on(
    context: &mut TurnContext<'_>,
    chat: &mut Chat,
    details: Details,
) -> Result<Option<Reply>, TurnError> {
    let misread = details.misread.first().copied();
    if let Some(refusal) = people::add(context, chat, details).await? {
        return Ok(Some(refusal));
    }
    let next = chat.next(&context.world());
    let reply = Box::pin(perform(context, chat, next)).await?;
    let locale = context.account.locale;
    Ok(match (reply, misread) {
        (Some(reply), Some(misread)) => Some(ask::after_misread(locale, misread, reply)),
        (reply, _) => reply,
    })
}

/// Whom to ask; a seat that waits for its confirmation is not forgotten over it.
async fn contact_and_what_waits(
    context: &TurnContext<'_>,
    chat: &mut Chat,
) -> Result<Reply, TurnError> {
    let contact = remark(context, Remark::Contact);
    let Question::Confirm(code) = chat.question else { return Ok(contact) };
    let held = bookings::held(context, chat, code).await?;
    Ok(say::before(contact.text, held))
}

/// How to reach the people of an office.
fn contact(context: &TurnContext<'_>, id: Option<&OfficeId>) -> Reply {
    let locale = context.account.locale;
    let Some(office) = id.and_then(|id| context.known_office(id)) else {
        return Reply { text: context.contact(), options: None };
    };
    let contact = in_language(locale, &office.contact);
    let values = [("office", &*office.name), ("address", &*office.address), ("contact", contact)];
    say::plain(locale, &TEXTS.office_contact, &values)
}

/// What was said is no answer: that, and the question again.
async fn again(
    context: &mut TurnContext<'_>,
    chat: &mut Chat,
    question: Act,
) -> Result<Option<Reply>, TurnError> {
    let why = match question {
        Act::Held(_) if chat.subject.is_some() => &TEXTS.not_understood_regency,
        Act::Held(_) | Act::AskCancel(_) | Act::AskCorrection(..) | Act::AskRemoval(_) => {
            &TEXTS.not_understood
        }
        _ => &TEXTS.not_found,
    };
    let said = quoted(context);
    let why = fill(context.account.locale, why, &[("said", &said)]);
    let question = Box::pin(perform(context, chat, question)).await?;
    Ok(question.map(|question| say::before(why, question)))
}

/// Longest part of a message that is said back.
const QUOTED_CHARS: usize = 40;
/// A date has no more.
const MAX_QUOTED_DIGITS: usize = 8;

/// What was said, on one line; not what holds a number as long as a NIK or a telephone's.
fn quoted(context: &TurnContext<'_>) -> String {
    let said = context.words.unwrap_or_default();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let digits = said.chars().filter(char::is_ascii_digit).count();
    if said.is_empty() || digits > MAX_QUOTED_DIGITS {
        return in_language(context.account.locale, &TEXTS.that).to_owned();
    }
    format!("“{}”", clip(&said, QUOTED_CHARS))
}

async fn speak(context: &mut TurnContext<'_>, locale: Option<Locale>) -> Result<Reply, TurnError> {
    let other = match context.account.locale {
        Locale::Id => Locale::En,
        Locale::En => Locale::Id,
    };
    let locale = locale.unwrap_or(other);
    context.ledger.store().set_locale(&context.account.id, locale).await?;
    context.account.locale = locale;
    Ok(say::plain(locale, &TEXTS.language, &[]))
}
