//! What people do with a booking that they have: look at it, confirm it, cancel it, get its ticket.

use antrian::domain::booking::{Booking, CancelReason, Refusal, Status};
use antrian::domain::chat::{Chat, Pick, Purpose, Remark};
use antrian::domain::code::BookingCode;
use antrian::domain::language::{clock, fill, time};
use antrian::domain::message::{Message, MessageKind};
use antrian::ledger::{Changed, Outcome, TurnAsked};
use antrian::messaging::compose::Reply;

use crate::context::TurnContext;
use crate::error::{TurnError, unless_busy};
use crate::remarks::remark;
use crate::texts::TEXTS;
use crate::{refusals, say};

/// The bookings that are on.
pub(crate) async fn show(context: &TurnContext<'_>) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let bookings = context.live().await?;
    let lines: Vec<_> = bookings.iter().map(|booking| lines(context, booking)).collect();
    let values = [("bookings", &*lines.join("\n\n"))];
    Ok(match bookings {
        [] => {
            let text = fill(locale, &TEXTS.show_none, &[]);
            say::with_buttons(text, locale, &[(Pick::Book, &TEXTS.menu_book)])
        }
        [only] => say::about_booking(locale, fill(locale, &TEXTS.show_one, &values), only),
        _ => say::plain(locale, &TEXTS.show_many, &values),
    })
}

fn lines(context: &TurnContext<'_>, booking: &Booking) -> String {
    context.office_of(booking).map_or_else(String::new, |office| {
        let who = context.who(booking);
        say::booking(context.account.locale, office, (booking, &who), context.now)
    })
}

/// Which of the bookings that are on is meant.
pub(crate) async fn ask_which(
    context: &TurnContext<'_>,
    purpose: Purpose,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let pick = |code| match purpose {
        Purpose::Cancel => Pick::Cancel(code),
        Purpose::Move => Pick::Move(code),
    };
    let row = |booking: &Booking| {
        let date = say::short_date(locale, booking.seat.date);
        let title = format!("{date} {}", clock(locale, booking.seat.time));
        let who = format!("{} – {}", context.who(booking), booking.code.spoken());
        say::row(&pick(booking.code), &title, &who)
    };
    let rows = context.live().await?.iter().map(row).collect();
    Ok(say::with_list(fill(locale, &TEXTS.ask_booking, &[]), locale, rows))
}

/// Whether a booking is really to be cancelled.
pub(crate) async fn ask_cancel(
    context: &TurnContext<'_>,
    code: BookingCode,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let Some(booking) = context.own(code).await? else {
        return Ok(remark(context, Remark::UnknownCode));
    };
    let text = fill(locale, &TEXTS.ask_cancel, &[("booking", &lines(context, &booking))]);
    let buttons = [(Pick::CancelSurely(code), &TEXTS.cancel_surely), (Pick::Keep, &TEXTS.keep)];
    Ok(say::with_buttons(text, locale, &buttons))
}

/// Confirms a held booking.
pub(crate) async fn confirm(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let Some(booking) = context.own(code).await? else {
        return Ok(Some(remark(context, Remark::UnknownCode)));
    };
    let changed = context.ledger.confirm(booking, context.now).await;
    chat.ended();
    answer_to(context, changed).await
}

/// What waits for its confirmation, with what can be done.
pub(crate) async fn held(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Reply, TurnError> {
    let own = context.own(code).await?;
    let own = own.filter(|booking| booking.status_at(context.now) == Status::Held);
    let Some(booking) = own else {
        chat.ended();
        return Ok(remark(context, Remark::HoldExpired));
    };
    let until = until(context, &booking);
    let values = [("until", &*until), ("booking", &*lines(context, &booking))];
    let text = fill(context.account.locale, &TEXTS.still_held, &values);
    Ok(say::about_booking(context.account.locale, text, &booking))
}

/// Holds a booking's seat for longer, and tells until when. The same message again extends nothing.
pub(crate) async fn extend(
    context: &TurnContext<'_>,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let Some(booking) = context.own(code).await? else {
        return Ok(Some(remark(context, Remark::UnknownCode)));
    };
    if context.ledger.store().was_caused_by(&booking, context.hash).await? {
        return Ok(Some(extended(context, &booking)));
    }
    let office = context.ledger.office_of(&booking, context.now).await?;
    let changed = context.ledger.extend(&office, booking, context.now).await;
    let Some(changed) = unless_busy(changed)? else {
        return Ok(Some(say::plain(context.account.locale, &TEXTS.busy, &[])));
    };
    match changed {
        Ok(changed) if changed.already => answer_to_repeated(context, &changed.booking).await,
        Ok(changed) => Ok(Some(extended(context, &changed.booking))),
        Err(refusal) => Ok(Some(refusals::unchanged(context, refusal))),
    }
}

/// Until when a seat is held now, with what can be done.
fn extended(context: &TurnContext<'_>, booking: &Booking) -> Reply {
    let locale = context.account.locale;
    let until = until(context, booking);
    let values = [("until", &*until), ("booking", &*lines(context, booking))];
    say::about_booking(locale, fill(locale, &TEXTS.extended, &values), booking)
}

/// Until when a seat is held.
fn until(context: &TurnContext<'_>, booking: &Booking) -> String {
    let office = context.office_of(booking);
    let zone = office.map_or(chrono_tz::Asia::Jakarta, |office| office.timezone);
    let until = booking.hold_expires_at.map(|at| time(context.account.locale, at, zone));
    until.unwrap_or_default()
}

/// Cancels a booking.
pub(crate) async fn cancel(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let Some(booking) = context.own(code).await? else {
        return Ok(Some(remark(context, Remark::UnknownCode)));
    };
    let office = context.ledger.offices().get(&booking.seat.office, context.now).await?;
    let Some(office) = office else { return Ok(Some(remark(context, Remark::Ended))) };
    let (reason, now) = (CancelReason::Applicant, context.now);
    let changed = context.ledger.cancel(&office, booking, reason, now).await;
    chat.ended();
    answer_to(context, changed).await
}

/// What is answered to a change. One that was made has a message of its own.
pub(crate) async fn answer_to(
    context: &TurnContext<'_>,
    changed: Outcome<Changed, Refusal>,
) -> Result<Option<Reply>, TurnError> {
    let Some(changed) = unless_busy(changed)? else {
        return Ok(Some(say::plain(context.account.locale, &TEXTS.busy, &[])));
    };
    match changed {
        Ok(changed) if changed.already => answer_to_repeated(context, &changed.booking).await,
        Ok(_) => Ok(None),
        Err(refusal) => Ok(Some(refusals::unchanged(context, refusal))),
    }
}

/// The change had been made before: by this very message, which is answered already, or by an earlier
/// one.
async fn answer_to_repeated(
    context: &TurnContext<'_>,
    booking: &Booking,
) -> Result<Option<Reply>, TurnError> {
    if context.ledger.store().was_caused_by(booking, context.hash).await? {
        return Ok(None);
    }
    if booking.status_at(context.now) == Status::Confirmed {
        send_ticket(context, booking).await?;
        return Ok(None);
    }
    Ok(Some(remark(context, Remark::Ended)))
}

/// Where whoever is at the office stands in the line; they are told when their turn is near.
pub(crate) async fn tell_turn(context: &TurnContext<'_>) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let mut said = Vec::new();
    for booking in context.live().await?.iter().filter(|b| b.status == Status::CheckedIn) {
        let Some(office) = context.office_of(booking) else { continue };
        let asked = unless_busy(context.ledger.request_turn_notice(office, booking).await)?;
        let (text, ahead) = match asked {
            None => return Ok(say::plain(locale, &TEXTS.busy, &[])),
            Some(TurnAsked::Later(ahead)) => (&TEXTS.turn_later, ahead),
            Some(TurnAsked::Near(ahead)) => (&TEXTS.turn_near, ahead),
            Some(TurnAsked::NotInLine) => continue,
        };
        let number = booking.queue_place().map(|(_, number)| number.to_string());
        let values = [
            ("number", &*number.unwrap_or_default()),
            ("who", &*context.who(booking)),
            ("ahead", &*ahead.to_string()),
        ];
        said.push(fill(locale, text, &values));
    }
    if said.is_empty() {
        return Ok(say::plain(locale, &TEXTS.turn_none, &[]));
    }
    Ok(Reply { text: said.join("\n"), options: None })
}

/// The ticket once more, as a message of its own.
pub(crate) async fn ticket(
    context: &TurnContext<'_>,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let Some(booking) = context.own(code).await? else {
        return Ok(Some(remark(context, Remark::UnknownCode)));
    };
    send_ticket(context, &booking).await?;
    Ok(None)
}

async fn send_ticket(context: &TurnContext<'_>, booking: &Booking) -> Result<(), TurnError> {
    // Whoever is fetching a document has the ticket, and needs to know which document and until when.
    let kind = match booking.status_at(context.now) {
        Status::AwaitingDocuments => MessageKind::DocumentsMissing,
        // Nobody is to come on the day that the ticket names.
        _ if booking.waits_for_seat() => MessageKind::ClosedWaiting,
        _ => MessageKind::Ticket,
    };
    let message = Message::about(booking, kind, context.account.locale, context.now);
    let (id, request_id) = (context.answer_id("ticket")?, Some(context.hash.to_owned()));
    let message = Message { id, request_id, ..message };
    context.ledger.store().put_message(&message).await?;
    context.app.queue.enqueue_answers([&message]).await;
    Ok(())
}
