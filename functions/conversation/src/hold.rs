//! Holding a seat and moving a booking. What comes of it the ledger tells the person itself; the answer
//! is only about what did not.

use antrian::domain::booking::Status;
use antrian::domain::chat::{Chat, Question, Remark};
use antrian::domain::code::BookingCode;
use antrian::ledger::{HoldOutcome, HoldRequest, Moved, SlotChoice};
use antrian::messaging::compose::Reply;

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
    let request = HoldRequest {
        office,
        service,
        choice,
        account: &context.account.id,
        applicant: &person.id,
        person: &person.person,
        channel: context.channel(chat),
        locale,
        // The same message holds the same seat, however often it is dealt with.
        idempotency_key: Some(context.hash),
        request_hash: context.hash,
    };
    let outcome = unless_busy(context.ledger.hold(&request, context.now).await)?;
    answer_to_hold(context, chat, outcome).await
}

async fn answer_to_hold(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    outcome: Option<HoldOutcome>,
) -> Result<Option<Reply>, TurnError> {
    Ok(Some(match outcome {
        Some(HoldOutcome::Held(booking) | HoldOutcome::Repeated(booking)) => {
            chat.held(booking.code);
            return Ok(None);
        }
        Some(HoldOutcome::Full(alternatives)) => refusals::full(context, chat, &alternatives),
        Some(HoldOutcome::AlreadyBooked(code)) => {
            chat.ended();
            refusals::already_booked(context, code).await?
        }
        Some(HoldOutcome::NotOffered(reason)) => {
            refusals::not_offered(context, chat, reason).await?
        }
        Some(HoldOutcome::AccountGone) => return Err(TurnError::AccountGone),
        Some(HoldOutcome::Mismatch) | None => busy(context),
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
    let is_held = booking.status == Status::Held;
    let moved = context.ledger.reschedule(&office, booking, date, time, context.now).await;
    Ok(Some(match unless_busy(moved)? {
        Some(Moved::Changed(changed)) => {
            chat.ended();
            if is_held {
                chat.question = Question::Confirm(code);
            }
            return bookings::answer_to(context, Ok(changed)).await;
        }
        Some(Moved::Full(alternatives)) => refusals::full(context, chat, &alternatives),
        Some(Moved::NotOffered(reason)) => refusals::not_offered(context, chat, reason).await?,
        Some(Moved::AlreadyBooked) => {
            chat.ended();
            refusals::already_booked(context, None).await?
        }
        None => busy(context),
    }))
}

fn busy(context: &TurnContext<'_>) -> Reply {
    say::plain(context.account.locale, &TEXTS.busy, &[])
}
