//! Holding a seat and moving a booking. What comes of it the ledger tells the person itself; the answer
//! is only about what did not.

use antrian::domain::account::Applicant;
use antrian::domain::booking::Status;
use antrian::domain::chat::{Chat, Question, Remark};
use antrian::domain::code::BookingCode;
use antrian::domain::message::MessageKind;
use antrian::domain::office::{Channel, Office};
use antrian::domain::requirements::asks_for_regency;
use antrian::ledger::{Held, HoldRefusal, MoveRefusal, SlotChoice};
use antrian::messaging::compose::Reply;
use antrian::messaging::templates::buttons;
use antrian::use_cases;
use antrian::use_cases::bookings::HoldWish;

use crate::context::TurnContext;
use crate::error::{TurnError, unless_busy};
use crate::remarks::remark;
use crate::texts::TEXTS;
use crate::{bookings, refusals, say};

/// Holds a seat as the draft says.
pub(crate) async fn hold_seat(
    context: &TurnContext<'_>,
    chat: &mut Chat,
) -> Result<Option<Reply>, TurnError> {
    let locale = context.account.locale;
    let (Some(office), Some(person)) = (context.office(chat), context.person(chat)) else {
        return Ok(Some(say::menu(locale)));
    };
    let Some(service) = &chat.draft.service else { return Ok(Some(say::menu(locale))) };
    let choice = match (chat.draft.date, chat.draft.time) {
        (Some(date), Some(time)) => SlotChoice::Slot(date, time),
        (Some(date), None) => SlotChoice::Date(date),
        _ => SlotChoice::Earliest,
    };
    let wish = HoldWish {
        office,
        service,
        choice,
        account: &context.account.id,
        people: std::slice::from_ref(person),
        channel: Channel::Whatsapp,
        locale,
        // The same message holds the same seat, however often it is dealt with.
        idempotency_key: Some(context.hash),
        request_hash: context.hash,
    };
    let held = unless_busy(use_cases::bookings::hold(&context.ledger, &wish, context.now).await)?;
    answer_to_hold(context, chat, office, held).await
}

/// Whether the message of a hold asks which city or regency is on the person's KTP.
fn asks(office: &Office, person: &Applicant) -> bool {
    asks_for_regency(office, person.details.ktp_regency.as_deref())
}

async fn answer_to_hold(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    office: &Office,
    held: Option<Result<Held, HoldRefusal>>,
) -> Result<Option<Reply>, TurnError> {
    let refusal = match held {
        Some(Ok(held)) => {
            let code = held.booking.code;
            chat.subject = context
                .person(chat)
                .filter(|person| asks(office, person))
                .map(|person| person.id.clone());
            chat.held(code);
            chat.offered =
                say::offered(&buttons(MessageKind::Hold, context.account.locale, false, code));
            return Ok(None);
        }
        Some(Err(refusal)) => refusal,
        None => return Ok(Some(busy(context))),
    };
    Ok(Some(match refusal {
        HoldRefusal::Full(alternatives) => refusals::full(context, chat, &alternatives).await?,
        HoldRefusal::AlreadyBooked(code) => {
            chat.ended();
            refusals::already_booked(context, chat, code).await?
        }
        HoldRefusal::PersonNeedsConfirmation(_) => {
            let person = chat.draft.person.clone();
            chat.ended();
            refusals::needs_confirmation(context, person)
        }
        HoldRefusal::Limited(limit, _) => {
            chat.ended();
            refusals::limited(context, office, limit)
        }
        HoldRefusal::NotOffered(reason) => refusals::not_offered(context, chat, reason).await?,
        HoldRefusal::AccountGone => return Err(TurnError::AccountGone),
        HoldRefusal::Mismatch | HoldRefusal::PersonGone => busy(context),
    }))
}

/// Moves a booking as the draft says.
pub(crate) async fn move_booking(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let booking = context.own(code).await?;
    let (Some(booking), Some(date), Some(time)) = (booking, chat.draft.date, chat.draft.time)
    else {
        return Ok(Some(remark(context, Remark::UnknownCode)));
    };
    let office = context.ledger.offices().get(&booking.seat.office, context.now).await?;
    let Some(office) = office else { return Ok(Some(remark(context, Remark::Ended))) };
    let (is_held, person) = (booking.status == Status::Held, booking.applicant.clone());
    let moved = context.ledger.reschedule(&office, booking, (date, time), context.now).await;
    let changed = match unless_busy(moved)? {
        None => return Ok(Some(busy(context))),
        Some(Err(MoveRefusal::Full(alternatives))) => {
            return refusals::full(context, chat, &alternatives).await.map(Some);
        }
        Some(Err(MoveRefusal::NotOffered(reason))) => {
            return refusals::not_offered(context, chat, reason).await.map(Some);
        }
        Some(Err(MoveRefusal::AlreadyBooked(code))) => {
            chat.ended();
            return refusals::already_booked(context, chat, code).await.map(Some);
        }
        Some(Err(MoveRefusal::PersonNeedsConfirmation)) => {
            chat.ended();
            return Ok(Some(refusals::needs_confirmation(context, Some(person))));
        }
        Some(Err(MoveRefusal::Refused(refusal))) => Err(refusal),
        Some(Ok(changed)) => Ok(changed),
    };
    chat.ended();
    if is_held {
        chat.question = Question::Confirm(code);
    }
    bookings::answer_to(context, Ok(changed)).await
}

fn busy(context: &TurnContext<'_>) -> Reply {
    say::plain(context.account.locale, &TEXTS.busy, &[])
}
