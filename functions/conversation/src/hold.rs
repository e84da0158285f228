//! Holding and moving: what the ledger answers, and what is offered instead.

use antrian::domain::chat::{Chat, Pick, Question};
use antrian::domain::code::BookingCode;
use antrian::domain::language::{date, date_time, fill, in_language};
use antrian::domain::office::Office;
use antrian::domain::reason::Reason;
use antrian::domain::time::SlotTime;
use antrian::ledger::{
    Alternative, Held, HoldRefusal, HoldRequest, LedgerError, MoveRefusal, NotOffered, Outcome,
    SlotChoice,
};
use antrian::messaging::compose::Reply;
use chrono::NaiveDate;

use crate::act::{changed_reply, contact, own};
use crate::say::{plain, row, short_date, with_list};
use crate::texts::TEXTS;
use crate::turn::TurnContext;
use crate::{TurnError, ask, say};

/// Holds a seat as the draft says. The hold's own message is the answer.
pub(crate) async fn hold(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
) -> Result<Option<Reply>, TurnError> {
    let draft = chat.draft.clone();
    let person = turn.people.iter().find(|person| Some(&person.id) == draft.person.as_ref());
    let (Some(office), Some(service), Some(person)) =
        (ask::chosen(turn, chat), &draft.service, person)
    else {
        return Ok(Some(say::menu(turn.account.locale)));
    };
    let choice = match (draft.date, draft.time) {
        (Some(date), Some(time)) => SlotChoice::Slot(date, time),
        (Some(date), None) => SlotChoice::Date(date),
        _ => SlotChoice::Earliest,
    };
    let request = HoldRequest {
        office,
        service,
        choice,
        account: &turn.account.id,
        applicant: &person.id,
        person: &person.person,
        channel: ask::channel(turn, chat),
        locale: turn.account.locale,
        // The same message holds the same seat, however often it is dealt with.
        idempotency_key: Some(turn.hash),
        request_hash: turn.hash,
    };
    let outcome = turn.ledger.hold(&request, turn.now).await;
    answered(turn, chat, outcome).await
}

async fn answered(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
    outcome: Outcome<Held, HoldRefusal>,
) -> Result<Option<Reply>, TurnError> {
    let locale = turn.account.locale;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(LedgerError::Contention) => return Ok(Some(plain(locale, &TEXTS.busy, &[]))),
        Err(LedgerError::Store(error)) => return Err(error.into()),
    };
    Ok(Some(match outcome {
        Ok(held) => {
            chat.held(held.booking.code);
            return Ok(None);
        }
        Err(HoldRefusal::Full(alternatives)) => full(turn, chat, &alternatives),
        Err(HoldRefusal::AlreadyBooked(code)) => {
            chat.ended();
            already_booked(turn, code)
        }
        Err(HoldRefusal::NotOffered(reason)) => not_offered(turn, chat, reason).await?,
        Err(HoldRefusal::AccountGone) => return Err(TurnError::Contention),
        Err(HoldRefusal::Mismatch) => plain(locale, &TEXTS.busy, &[]),
    }))
}

/// Moves a booking as the draft says. The move's own message is the answer.
pub(crate) async fn relocate(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let locale = turn.account.locale;
    let booking = own(turn, code).await?;
    let (Some(booking), Some(date), Some(time)) = (booking, chat.draft.date, chat.draft.time)
    else {
        return Ok(Some(plain(locale, &TEXTS.unknown_code, &[])));
    };
    let office = turn.ledger.offices().get(&booking.seat.office, turn.now).await?;
    let Some(office) = office else { return Ok(Some(plain(locale, &TEXTS.ended, &[]))) };
    let is_held = booking.status == antrian::domain::booking::Status::Held;
    let changed = match turn.ledger.reschedule(&office, booking, date, time, turn.now).await {
        Ok(Ok(changed)) => Ok(changed),
        Ok(Err(MoveRefusal::Refused(refusal))) => Err(refusal),
        Ok(Err(MoveRefusal::Full(alternatives))) => {
            return Ok(Some(full(turn, chat, &alternatives)));
        }
        Ok(Err(MoveRefusal::NotOffered(reason))) => {
            return Ok(Some(not_offered(turn, chat, reason).await?));
        }
        Ok(Err(MoveRefusal::AlreadyBooked)) => {
            chat.ended();
            return Ok(Some(already_booked(turn, None)));
        }
        Err(LedgerError::Contention) => return Ok(Some(plain(locale, &TEXTS.busy, &[]))),
        Err(LedgerError::Store(error)) => return Err(error.into()),
    };
    chat.ended();
    if is_held {
        chat.step = Question::Confirm(code);
    }
    changed_reply(turn, Ok(changed)).await
}

/// `Rabu, 2 Desember 2026, 09.00 WITA`: what was wanted.
fn wanted(
    turn: &TurnContext<'_>,
    office: &Office,
    day: NaiveDate,
    time: Option<SlotTime>,
) -> String {
    let locale = turn.account.locale;
    let day = date(locale, day);
    time.map_or(day.clone(), |time| format!("{day}, {}", ask::hour_of(locale, time, office)))
}

/// A full date or hour is answered with free ones.
fn full(turn: &TurnContext<'_>, chat: &mut Chat, alternatives: &[Alternative]) -> Reply {
    let locale = turn.account.locale;
    let (Some(office), Some(day)) = (ask::chosen(turn, chat), chat.draft.date) else {
        return plain(locale, &TEXTS.not_now, &[]);
    };
    let wanted = wanted(turn, office, day, chat.draft.time);
    (chat.draft.time, chat.draft.any_hour) = (None, false);
    chat.step = Question::Date;
    if alternatives.is_empty() {
        let (opens_at, _) = office.release.next_release(turn.now, office.timezone);
        let when = date_time(locale, opens_at, office.timezone);
        return plain(locale, &TEXTS.full_none, &[("wanted", &wanted), ("when", &when)]);
    }
    let mut rows: Vec<_> = alternatives
        .iter()
        .map(|free| {
            let title = format!("{} {}", short_date(locale, free.date), free.time);
            let seats = ask::seats_left(locale, free.seats_free.into());
            row(&Pick::Slot(free.date, free.time), &title, &seats)
        })
        .collect();
    let more = in_language(locale, &TEXTS.more_dates);
    rows.push(row(&Pick::Dates(day), more, ""));
    with_list(fill(locale, &TEXTS.full, &[("wanted", &wanted)]), locale, rows)
}

fn already_booked(turn: &TurnContext<'_>, code: Option<BookingCode>) -> Reply {
    let locale = turn.account.locale;
    let own = turn.bookings.iter().find(|booking| Some(booking.code) == code);
    let office =
        own.and_then(|booking| turn.offices.iter().find(|office| office.id == booking.seat.office));
    let (Some(booking), Some(office)) = (own, office) else {
        let contact = contact(turn);
        return plain(locale, &TEXTS.already_booked_elsewhere, &[("contact", &contact)]);
    };
    let lines = say::booking(locale, office, booking, turn.now);
    let text = fill(locale, &TEXTS.already_booked, &[("booking", &lines)]);
    say::about_booking(locale, text, booking)
}

/// Nothing on this date for want of seats: what the ledger would say, without asking it.
pub(crate) async fn no_seat_on(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
    day: NaiveDate,
    time: Option<SlotTime>,
) -> Result<Reply, TurnError> {
    let (Some(office), Some(service)) = (ask::chosen(turn, chat), chat.draft.service.clone())
    else {
        return Ok(say::menu(turn.account.locale));
    };
    let channel = ask::channel(turn, chat);
    let days = turn.ledger.availability(office, &service, day, day, channel, turn.now).await;
    let status = days.map_err(TurnError::ledger)?.into_iter().next().map(|found| found.status);
    chat.draft.date = Some(day);
    chat.draft.time = time;
    use antrian::ledger::DayStatus;
    let reason = match &status {
        Some(DayStatus::Closed(_)) => Reason::OfficeClosed,
        Some(DayStatus::NotReleased(_)) => Reason::NotReleased,
        _ => Reason::SlotFull,
    };
    turn.ledger.count_refusal(reason, (&office.id, Some(day)), channel, turn.now);
    match status {
        Some(DayStatus::Closed(reason)) => {
            not_offered(turn, chat, NotOffered::Closed(reason)).await
        }
        Some(DayStatus::NotReleased(at)) => {
            not_offered(turn, chat, NotOffered::NotReleased(at)).await
        }
        _ => {
            let found = turn.ledger.alternatives(office, &service, day, channel, turn.now).await;
            Ok(full(turn, chat, &found.map_err(TurnError::ledger)?))
        }
    }
}

/// Why nothing is offered there, and what is.
async fn not_offered(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
    reason: NotOffered,
) -> Result<Reply, TurnError> {
    let locale = turn.account.locale;
    let (Some(office), Some(day)) = (ask::chosen(turn, chat), chat.draft.date) else {
        return Ok(ask::office(turn, 0));
    };
    let wanted = wanted(turn, office, day, None);
    let why = match reason {
        NotOffered::Service => return Ok(ask::service(turn, chat)),
        NotOffered::Offline => {
            let values =
                [("office", &*office.name), ("contact", in_language(locale, &office.contact))];
            return Ok(plain(locale, &TEXTS.offline, &values));
        }
        NotOffered::Slot => {
            chat.draft.time = None;
            let question = Box::pin(ask::hour(turn, chat, day, None)).await?;
            return Ok(after(fill(locale, &TEXTS.no_slot, &[]), question));
        }
        NotOffered::Closed(reason) => {
            let values = [("wanted", &*wanted), ("reason", in_language(locale, &reason.text))];
            fill(locale, &TEXTS.closed, &values)
        }
        NotOffered::NotReleased(at) => {
            let when = date_time(locale, at, office.timezone);
            fill(locale, &TEXTS.not_released, &[("wanted", &wanted), ("when", &when)])
        }
    };
    (chat.draft.date, chat.draft.time, chat.draft.any_hour) = (None, None, false);
    chat.step = Question::Date;
    Ok(after(why, ask::date(turn, chat, day).await?))
}

fn after(first: String, question: Reply) -> Reply {
    Reply { text: format!("{first}\n\n{}", question.text), ..question }
}
