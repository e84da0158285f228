//! Carrying out what the machine has decided. What the ledger tells people itself (a hold, a
//! confirmation, a move) needs no other answer.

use antrian::domain::booking::{Booking, CancelReason, Refusal, Status};
use antrian::domain::chat::words::{Details, Fault as Misfit};
use antrian::domain::chat::{Act, Chat, Purpose, Remark};
use antrian::domain::code::BookingCode;
use antrian::domain::message::{Locale, Message, MessageKind};
use antrian::domain::person::Category;
use antrian::ledger::{Changed, LedgerError};
use antrian::messaging::compose::Reply;
use antrian::storage::{ApplicantAdded, NewApplicant};

use crate::texts::{TEXTS, fill};
use crate::turn::Session;
use crate::{Fault, ask, hold, registration, say};

/// Carries out an act. Absent: nothing more is to be answered.
pub(crate) async fn perform(
    session: &mut Session<'_>,
    chat: &mut Chat,
    act: Act,
) -> Result<Option<Reply>, Fault> {
    let locale = session.account.locale;
    Ok(match act {
        Act::Nothing => None,
        Act::Menu => Some(say::menu(locale)),
        Act::Say(said) => Some(remark(session, said)),
        Act::AskOffice(from) => Some(ask::office(session, from)),
        Act::AskService => Some(ask::service(session, chat)),
        Act::AskPerson => Some(ask::person(session)),
        Act::AskDetails(misfit) => Some(ask::details(locale, misfit)),
        Act::AskDate(from) => Some(ask::date(session, chat, from).await?),
        Act::AskHour(date, from) => Some(ask::hour(session, chat, date, from).await?),
        Act::AskBooking(purpose) => Some(which_booking(session, purpose)),
        Act::AskCancel(code) => ask_cancel(session, code),
        Act::Show => Some(show(session)),
        Act::Verify(codes) => verify(session, &codes).await?,
        Act::Add(details) => add(session, chat, details).await?,
        Act::Hold => hold::hold(session, chat).await?,
        Act::Move(code) => hold::relocate(session, chat, code).await?,
        Act::Confirm(code) => confirm(session, chat, code).await?,
        Act::Cancel(code) => cancel(session, chat, code).await?,
        Act::Ticket(code) => ticket(session, code).await?,
        Act::Speak(wanted) => Some(speak(session, wanted).await?),
    })
}

/// A wish that can be sent as it stands, for a week ahead.
fn example(session: &Session<'_>) -> String {
    let zone = session.offices.first().map_or(chrono_tz::Asia::Jakarta, |office| office.timezone);
    let date = antrian::domain::time::local_date(session.now, zone) + chrono::Days::new(7);
    let date = date.format("%d-%m-%Y").to_string();
    fill(session.account.locale, &TEXTS.example_wish, &[("date", &date)])
}

/// Whom to ask: the office, where there is but one.
pub(crate) fn contact(session: &Session<'_>) -> String {
    let text = match &*session.offices {
        [only] => &only.contact,
        _ => &TEXTS.contact_general,
    };
    fill(session.account.locale, text, &[])
}

fn remark(session: &Session<'_>, remark: Remark) -> Reply {
    let locale = session.account.locale;
    let text = match remark {
        Remark::Help => &TEXTS.help,
        Remark::Stopped => &TEXTS.stopped,
        Remark::Resumed => &TEXTS.resumed,
        Remark::Kept => &TEXTS.kept,
        Remark::Dropped => &TEXTS.dropped,
        Remark::NoBooking => &TEXTS.no_booking,
        Remark::UnknownCode => &TEXTS.unknown_code,
        Remark::MistypedCode => &TEXTS.mistyped_code,
        Remark::HoldExpired => &TEXTS.hold_expired,
        Remark::Ended => &TEXTS.ended,
        Remark::Example => &TEXTS.misread,
        Remark::OnlyWords => &TEXTS.only_words,
        Remark::Contact => &TEXTS.contact,
    };
    let values = [("example", &*example(session)), ("contact", &*contact(session))];
    let text = fill(locale, text, &values);
    match remark {
        Remark::HoldExpired | Remark::Ended | Remark::NoBooking => {
            let buttons = [(antrian::domain::chat::Pick::Book, &TEXTS.menu_book)];
            say::with_buttons(text, locale, &buttons)
        }
        _ => Reply { text, choices: None },
    }
}

fn lines(session: &Session<'_>, booking: &Booking) -> String {
    let office = session.offices.iter().find(|office| office.id == booking.seat.office);
    office.map_or_else(String::new, |office| {
        say::booking(session.account.locale, office, booking, session.now)
    })
}

fn show(session: &Session<'_>) -> Reply {
    let locale = session.account.locale;
    let all: Vec<_> = session.bookings.iter().map(|booking| lines(session, booking)).collect();
    let values = [("bookings", &*all.join("\n\n"))];
    match &*session.bookings {
        [] => {
            let buttons = [(antrian::domain::chat::Pick::Book, &TEXTS.menu_book)];
            say::with_buttons(fill(locale, &TEXTS.show_none, &[]), locale, &buttons)
        }
        [only] => say::about_booking(locale, fill(locale, &TEXTS.show_one, &values), only),
        _ => say::plain(locale, &TEXTS.show_many, &values),
    }
}

fn which_booking(session: &Session<'_>, purpose: Purpose) -> Reply {
    use antrian::domain::chat::Pick;
    let locale = session.account.locale;
    let pick = |code| match purpose {
        Purpose::Cancel => Pick::Cancel(code),
        Purpose::Move => Pick::Move(code),
    };
    let row = |booking: &Booking| {
        let when = say::short_date(locale, booking.seat.date);
        let title = format!("{when} {}", booking.seat.time);
        say::row(&pick(booking.code), &title, &booking.code.spoken())
    };
    let rows = session.bookings.iter().map(row).collect();
    say::with_list(fill(locale, &TEXTS.ask_booking, &[]), locale, rows)
}

fn ask_cancel(session: &Session<'_>, code: BookingCode) -> Option<Reply> {
    use antrian::domain::chat::Pick;
    let locale = session.account.locale;
    let mut known = session.bookings.iter().chain(session.named.as_ref());
    let booking = known.find(|booking| booking.code == code)?;
    let text = fill(locale, &TEXTS.ask_cancel, &[("booking", &lines(session, booking))]);
    let buttons = [(Pick::CancelSurely(code), &TEXTS.cancel_surely), (Pick::Keep, &TEXTS.keep)];
    Some(say::with_buttons(text, locale, &buttons))
}

async fn verify(session: &Session<'_>, codes: &[String]) -> Result<Option<Reply>, Fault> {
    let verified = registration::verify_any(session, codes).await?;
    let unknown = || say::plain(session.account.locale, &TEXTS.registration_unknown, &[]);
    Ok((!verified).then(unknown))
}

async fn add(
    session: &mut Session<'_>,
    chat: &mut Chat,
    details: Details,
) -> Result<Option<Reply>, Fault> {
    let locale = session.account.locale;
    let misfit = details.faults.first().copied();
    let Some(new) = applicant(details, session) else {
        return Ok(Some(ask::details(locale, Some(Misfit::Unclear))));
    };
    let store = session.ledger.store();
    let added = match store.add_applicant(&session.account.id, &new).await? {
        ApplicantAdded::Kept(added) => added,
        ApplicantAdded::Full => {
            let mut reply = ask::person(session);
            reply.text = fill(locale, &TEXTS.people_full, &[]);
            return Ok(Some(reply));
        }
    };
    chat.draft.person = Some(added.id.clone());
    if !session.people.iter().any(|person| person.id == added.id) {
        session.people.push(*added);
    }
    let next = chat.next(&session.world(&session.people_ids()));
    let reply = Box::pin(perform(session, chat, next)).await?;
    Ok(reply.map(|reply| match misfit {
        Some(misfit) => ask::after(locale, misfit, reply),
        None => reply,
    }))
}

/// The person of these details. A birth date that was not stated is the one that the NIK tells.
fn applicant(details: Details, session: &Session<'_>) -> Option<NewApplicant> {
    let today = antrian::domain::time::local_date(session.now, chrono_tz::Asia::Jayapura);
    let told = details.nik.as_ref().and_then(|nik| nik.birth_date(today));
    Some(NewApplicant {
        name: details.name?,
        birth_date: details.birth_date.or(told)?,
        nik: details.nik,
        ktp_regency: details.regency,
        category: Category::General,
    })
}

/// The account's own booking of this code.
pub(crate) async fn own(
    session: &Session<'_>,
    code: BookingCode,
) -> Result<Option<Booking>, Fault> {
    let booking = session.ledger.store().booking(code).await?;
    Ok(booking.filter(|booking| booking.account == session.account.id))
}

async fn confirm(
    session: &Session<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, Fault> {
    let Some(booking) = own(session, code).await? else {
        return Ok(Some(remark(session, Remark::UnknownCode)));
    };
    let changed = session.ledger.confirm(booking, session.now).await;
    chat.ended();
    settled(session, changed).await
}

async fn cancel(
    session: &Session<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, Fault> {
    let Some(booking) = own(session, code).await? else {
        return Ok(Some(remark(session, Remark::UnknownCode)));
    };
    let office = session.ledger.offices().get(&booking.seat.office, session.now).await?;
    let Some(office) = office else { return Ok(Some(remark(session, Remark::Ended))) };
    let reason = CancelReason::Applicant;
    let changed = session.ledger.cancel(&office, booking, reason, session.now).await;
    chat.ended();
    settled(session, changed).await
}

/// What is answered to a change: nothing if it was made, for its own message tells of it.
pub(crate) async fn settled(
    session: &Session<'_>,
    changed: Result<Changed, LedgerError>,
) -> Result<Option<Reply>, Fault> {
    let locale = session.account.locale;
    match changed {
        Ok(Changed::Done(_)) => Ok(None),
        Ok(Changed::Already(booking)) => already(session, &booking).await,
        Ok(Changed::Refused(refusal)) => Ok(Some(refused(session, refusal))),
        Err(LedgerError::Crowded) => Ok(Some(say::plain(locale, &TEXTS.busy, &[]))),
        Err(LedgerError::Store(error)) => Err(error.into()),
    }
}

/// It had been made before: by this very message, which is told already, or by an earlier one.
async fn already(session: &Session<'_>, booking: &Booking) -> Result<Option<Reply>, Fault> {
    if session.ledger.store().was_caused_by(booking, session.hash).await? {
        return Ok(None);
    }
    match booking.status_at(session.now) {
        Status::Confirmed => ticket(session, booking.code).await,
        _ => Ok(Some(remark(session, Remark::Ended))),
    }
}

pub(crate) fn refused(session: &Session<'_>, refusal: Refusal) -> Reply {
    let locale = session.account.locale;
    let contact = contact(session);
    let values = [("contact", &*contact)];
    match refusal {
        Refusal::HoldExpired => remark(session, Remark::HoldExpired),
        Refusal::Ended => remark(session, Remark::Ended),
        Refusal::CheckedIn => say::plain(locale, &TEXTS.checked_in, &[]),
        Refusal::TooLateToMove => say::plain(locale, &TEXTS.too_late_to_move, &values),
        Refusal::MovedTooOften => say::plain(locale, &TEXTS.moved_too_often, &values),
        _ => say::plain(locale, &TEXTS.not_now, &[]),
    }
}

/// Sends the ticket once more.
async fn ticket(session: &Session<'_>, code: BookingCode) -> Result<Option<Reply>, Fault> {
    let Some(booking) = own(session, code).await? else {
        return Ok(Some(remark(session, Remark::UnknownCode)));
    };
    let locale = session.account.locale;
    // Who is fetching a paper has the ticket, and needs to know which paper and until when.
    let kind = match booking.status_at(session.now) {
        Status::AwaitingDocuments => MessageKind::DocumentsMissing,
        _ => MessageKind::Ticket,
    };
    let message = Message::about(&booking, kind, locale, session.now);
    if let Some(message) = message {
        let digits = session.hash.rsplit('.').next().unwrap_or_default();
        let id = format!("ticket-{digits}").parse().map_err(|_| Fault::Foreign)?;
        let request_id = Some(session.hash.to_owned());
        let message = Message { id, request_id, ..message };
        session.ledger.store().put_message(&message).await?;
        session.app.queue.announce(std::slice::from_ref(&message.id)).await;
    }
    Ok(None)
}

async fn speak(session: &mut Session<'_>, wanted: Option<Locale>) -> Result<Reply, Fault> {
    let other = match session.account.locale {
        Locale::Id => Locale::En,
        Locale::En => Locale::Id,
    };
    let locale = wanted.unwrap_or(other);
    session.ledger.store().set_locale(&session.account.id, locale).await?;
    session.account.locale = locale;
    Ok(say::plain(locale, &TEXTS.language, &[]))
}
