//! Holding and moving: what the ledger answers, and what is offered instead.

use antrian::domain::chat::{Chat, Pick, Step};
use antrian::domain::code::BookingCode;
use antrian::domain::office::Office;
use antrian::domain::time::SlotTime;
use antrian::ledger::{
    Alternative, Choice, HoldOutcome, HoldRequest, LedgerError, Moved, NotOffered,
};
use antrian::messaging::compose::Reply;
use antrian::messaging::texts::{date, date_time, in_language};
use chrono::NaiveDate;

use crate::act::{contact, own, settled};
use crate::say::{plain, row, short_date, with_list};
use crate::texts::{TEXTS, fill};
use crate::turn::Session;
use crate::{Fault, ask, say};

/// Holds a seat as the draft says. The hold's own message is the answer.
pub(crate) async fn hold(session: &Session<'_>, chat: &mut Chat) -> Result<Option<Reply>, Fault> {
    let draft = chat.draft.clone();
    let person = session.people.iter().find(|person| Some(&person.id) == draft.person.as_ref());
    let (Some(office), Some(service), Some(person)) =
        (ask::chosen(session, chat), &draft.service, person)
    else {
        return Ok(Some(say::menu(session.account.locale)));
    };
    let choice = match (draft.date, draft.time) {
        (Some(date), Some(time)) => Choice::Slot(date, time),
        (Some(date), None) => Choice::Date(date),
        _ => Choice::Earliest,
    };
    let request = HoldRequest {
        office,
        service,
        choice,
        account: &session.account.id,
        applicant: &person.id,
        person: &person.person,
        channel: ask::channel(session, chat),
        locale: session.account.locale,
        // The same message holds the same seat, however often it is dealt with.
        idempotency_key: Some(session.hash),
        request_hash: session.hash,
    };
    let outcome = session.ledger.hold(&request, session.now).await;
    answered(session, chat, outcome).await
}

async fn answered(
    session: &Session<'_>,
    chat: &mut Chat,
    outcome: Result<HoldOutcome, LedgerError>,
) -> Result<Option<Reply>, Fault> {
    let locale = session.account.locale;
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(LedgerError::Crowded) => return Ok(Some(plain(locale, &TEXTS.busy, &[]))),
        Err(LedgerError::Store(error)) => return Err(error.into()),
    };
    Ok(Some(match outcome {
        HoldOutcome::Held(booking) | HoldOutcome::Repeated(booking) => {
            chat.held(booking.code);
            return Ok(None);
        }
        HoldOutcome::Full(alternatives) => full(session, chat, &alternatives),
        HoldOutcome::AlreadyBooked(code) => {
            chat.ended();
            already_booked(session, code)
        }
        HoldOutcome::NotOffered(reason) => not_offered(session, chat, reason).await?,
        HoldOutcome::AccountGone => return Err(Fault::Crowded),
        HoldOutcome::Mismatch => plain(locale, &TEXTS.busy, &[]),
    }))
}

/// Moves a booking as the draft says. The move's own message is the answer.
pub(crate) async fn relocate(
    session: &Session<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, Fault> {
    let locale = session.account.locale;
    let booking = own(session, code).await?;
    let (Some(booking), Some(date), Some(time)) = (booking, chat.draft.date, chat.draft.time)
    else {
        return Ok(Some(plain(locale, &TEXTS.unknown_code, &[])));
    };
    let office = session.ledger.offices().get(&booking.seat.office, session.now).await?;
    let Some(office) = office else { return Ok(Some(plain(locale, &TEXTS.ended, &[]))) };
    let is_held = booking.status == antrian::domain::booking::Status::Held;
    match session.ledger.reschedule(&office, booking, date, time, session.now).await {
        Ok(Moved::Changed(changed)) => {
            chat.ended();
            if is_held {
                chat.step = Step::Confirm(code);
            }
            settled(session, Ok(changed)).await
        }
        Ok(Moved::Full(alternatives)) => Ok(Some(full(session, chat, &alternatives))),
        Ok(Moved::NotOffered(reason)) => Ok(Some(not_offered(session, chat, reason).await?)),
        Ok(Moved::AlreadyBooked) => {
            chat.ended();
            Ok(Some(already_booked(session, None)))
        }
        Err(LedgerError::Crowded) => Ok(Some(plain(locale, &TEXTS.busy, &[]))),
        Err(LedgerError::Store(error)) => Err(error.into()),
    }
}

/// `Rabu, 2 Desember 2026, 09.00 WITA`: what was wanted.
fn wanted(
    session: &Session<'_>,
    office: &Office,
    day: NaiveDate,
    time: Option<SlotTime>,
) -> String {
    let locale = session.account.locale;
    let day = date(locale, day);
    time.map_or(day.clone(), |time| format!("{day}, {}", ask::hour_of(locale, time, office)))
}

/// A full date or hour is answered with free ones.
fn full(session: &Session<'_>, chat: &mut Chat, alternatives: &[Alternative]) -> Reply {
    let locale = session.account.locale;
    let (Some(office), Some(day)) = (ask::chosen(session, chat), chat.draft.date) else {
        return plain(locale, &TEXTS.not_now, &[]);
    };
    let wanted = wanted(session, office, day, chat.draft.time);
    (chat.draft.time, chat.draft.any_hour) = (None, false);
    chat.step = Step::Date;
    if alternatives.is_empty() {
        let (opens_at, _) = office.release.next_release(session.now, office.timezone);
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

fn already_booked(session: &Session<'_>, code: Option<BookingCode>) -> Reply {
    let locale = session.account.locale;
    let own = session.bookings.iter().find(|booking| Some(booking.code) == code);
    let office = own
        .and_then(|booking| session.offices.iter().find(|office| office.id == booking.seat.office));
    let (Some(booking), Some(office)) = (own, office) else {
        let contact = contact(session);
        return plain(locale, &TEXTS.already_booked_elsewhere, &[("contact", &contact)]);
    };
    let lines = say::booking(locale, office, booking, session.now);
    let text = fill(locale, &TEXTS.already_booked, &[("booking", &lines)]);
    say::about_booking(locale, text, booking)
}

/// Nothing on this date for want of seats: what the ledger would say, without asking it.
pub(crate) async fn no_seat_on(
    session: &Session<'_>,
    chat: &mut Chat,
    day: NaiveDate,
    time: Option<SlotTime>,
) -> Result<Reply, Fault> {
    let (Some(office), Some(service)) = (ask::chosen(session, chat), chat.draft.service.clone())
    else {
        return Ok(say::menu(session.account.locale));
    };
    let channel = ask::channel(session, chat);
    let days = session.ledger.availability(office, &service, day, day, channel, session.now).await;
    let status = days.map_err(Fault::ledger)?.into_iter().next().map(|found| found.status);
    chat.draft.date = Some(day);
    chat.draft.time = time;
    use antrian::ledger::DayStatus;
    let reason = match &status {
        Some(DayStatus::Closed(_)) => "office_closed",
        Some(DayStatus::NotReleased(_)) => "not_released",
        _ => "slot_full",
    };
    session.ledger.count_refusal(reason, (&office.id, Some(day)), channel, session.now);
    match status {
        Some(DayStatus::Closed(reason)) => {
            not_offered(session, chat, NotOffered::Closed(reason)).await
        }
        Some(DayStatus::NotReleased(at)) => {
            not_offered(session, chat, NotOffered::NotReleased(at)).await
        }
        _ => {
            let found =
                session.ledger.alternatives(office, &service, day, channel, session.now).await;
            Ok(full(session, chat, &found.map_err(Fault::ledger)?))
        }
    }
}

/// Why nothing is offered there, and what is.
async fn not_offered(
    session: &Session<'_>,
    chat: &mut Chat,
    reason: NotOffered,
) -> Result<Reply, Fault> {
    let locale = session.account.locale;
    let (Some(office), Some(day)) = (ask::chosen(session, chat), chat.draft.date) else {
        return Ok(ask::office(session, 0));
    };
    let wanted = wanted(session, office, day, None);
    let why = match reason {
        NotOffered::Service => return Ok(ask::service(session, chat)),
        NotOffered::Offline => {
            let values =
                [("office", &*office.name), ("contact", in_language(locale, &office.contact))];
            return Ok(plain(locale, &TEXTS.offline, &values));
        }
        NotOffered::Slot => {
            chat.draft.time = None;
            let question = Box::pin(ask::hour(session, chat, day, None)).await?;
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
    chat.step = Step::Date;
    Ok(after(why, ask::date(session, chat, day).await?))
}

fn after(first: String, question: Reply) -> Reply {
    Reply { text: format!("{first}\n\n{}", question.text), ..question }
}
