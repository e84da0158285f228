//! Carrying out what the machine has decided. What the ledger tells people itself (a hold, a
//! confirmation, a move) needs no other answer.

use antrian::domain::account::PersonDetails;
use antrian::domain::booking::{Booking, CancelReason, Refusal, Status};
use antrian::domain::chat::words::{Details, Misread};
use antrian::domain::chat::{Act, Chat, Purpose, Remark};
use antrian::domain::code::BookingCode;
use antrian::domain::language::{Locale, fill};
use antrian::domain::message::{Message, MessageKind};
use antrian::domain::person::Category;
use antrian::ledger::{Changed, LedgerError, Outcome};
use antrian::messaging::compose::Reply;
use antrian::storage::ApplicantAdded;

use crate::texts::TEXTS;
use crate::turn::TurnContext;
use crate::{TurnError, ask, hold, registration, say};

/// Carries out an act. Absent: nothing more is to be answered.
pub(crate) async fn perform(
    turn: &mut TurnContext<'_>,
    chat: &mut Chat,
    act: Act,
) -> Result<Option<Reply>, TurnError> {
    let locale = turn.account.locale;
    Ok(match act {
        Act::Nothing => None,
        Act::Menu => Some(say::menu(locale)),
        Act::Say(said) => Some(remark(turn, said)),
        Act::AskOffice(from) => Some(ask::office(turn, from)),
        Act::AskService => Some(ask::service(turn, chat)),
        Act::AskPerson => Some(ask::person(turn)),
        Act::AskDetails(misread) => Some(ask::details(locale, misread)),
        Act::AskDate(from) => Some(ask::date(turn, chat, from).await?),
        Act::AskHour(date, from) => Some(ask::hour(turn, chat, date, from).await?),
        Act::AskBooking(purpose) => Some(which_booking(turn, purpose)),
        Act::AskCancel(code) => ask_cancel(turn, code),
        Act::Show => Some(show(turn)),
        Act::Verify(codes) => verify(turn, &codes).await?,
        Act::Add(details) => add(turn, chat, details).await?,
        Act::Hold => hold::hold(turn, chat).await?,
        Act::Move(code) => hold::relocate(turn, chat, code).await?,
        Act::Confirm(code) => confirm(turn, chat, code).await?,
        Act::Cancel(code) => cancel(turn, chat, code).await?,
        Act::Ticket(code) => ticket(turn, code).await?,
        Act::Speak(wanted) => Some(speak(turn, wanted).await?),
    })
}

/// A wish that can be sent as it stands, for a week ahead.
fn example(turn: &TurnContext<'_>) -> String {
    let zone = turn.offices.first().map_or(chrono_tz::Asia::Jakarta, |office| office.timezone);
    let date = antrian::domain::time::local_date(turn.now, zone) + chrono::Days::new(7);
    let date = date.format("%d-%m-%Y").to_string();
    fill(turn.account.locale, &TEXTS.example_wish, &[("date", &date)])
}

/// Whom to ask: the office, where there is but one.
pub(crate) fn contact(turn: &TurnContext<'_>) -> String {
    let text = match &*turn.offices {
        [only] => &only.contact,
        _ => &TEXTS.contact_general,
    };
    fill(turn.account.locale, text, &[])
}

fn remark(turn: &TurnContext<'_>, remark: Remark) -> Reply {
    let locale = turn.account.locale;
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
    let values = [("example", &*example(turn)), ("contact", &*contact(turn))];
    let text = fill(locale, text, &values);
    match remark {
        Remark::HoldExpired | Remark::Ended | Remark::NoBooking => {
            let buttons = [(antrian::domain::chat::Pick::Book, &TEXTS.menu_book)];
            say::with_buttons(text, locale, &buttons)
        }
        _ => Reply { text, options: None },
    }
}

fn lines(turn: &TurnContext<'_>, booking: &Booking) -> String {
    let office = turn.offices.iter().find(|office| office.id == booking.seat.office);
    office.map_or_else(String::new, |office| {
        say::booking(turn.account.locale, office, booking, turn.now)
    })
}

fn show(turn: &TurnContext<'_>) -> Reply {
    let locale = turn.account.locale;
    let all: Vec<_> = turn.bookings.iter().map(|booking| lines(turn, booking)).collect();
    let values = [("bookings", &*all.join("\n\n"))];
    match &*turn.bookings {
        [] => {
            let buttons = [(antrian::domain::chat::Pick::Book, &TEXTS.menu_book)];
            say::with_buttons(fill(locale, &TEXTS.show_none, &[]), locale, &buttons)
        }
        [only] => say::about_booking(locale, fill(locale, &TEXTS.show_one, &values), only),
        _ => say::plain(locale, &TEXTS.show_many, &values),
    }
}

fn which_booking(turn: &TurnContext<'_>, purpose: Purpose) -> Reply {
    use antrian::domain::chat::Pick;
    let locale = turn.account.locale;
    let pick = |code| match purpose {
        Purpose::Cancel => Pick::Cancel(code),
        Purpose::Move => Pick::Move(code),
    };
    let row = |booking: &Booking| {
        let when = say::short_date(locale, booking.seat.date);
        let title = format!("{when} {}", booking.seat.time);
        say::row(&pick(booking.code), &title, &booking.code.spoken())
    };
    let rows = turn.bookings.iter().map(row).collect();
    say::with_list(fill(locale, &TEXTS.ask_booking, &[]), locale, rows)
}

fn ask_cancel(turn: &TurnContext<'_>, code: BookingCode) -> Option<Reply> {
    use antrian::domain::chat::Pick;
    let locale = turn.account.locale;
    let mut known = turn.bookings.iter().chain(turn.named.as_ref());
    let booking = known.find(|booking| booking.code == code)?;
    let text = fill(locale, &TEXTS.ask_cancel, &[("booking", &lines(turn, booking))]);
    let buttons = [(Pick::CancelSurely(code), &TEXTS.cancel_surely), (Pick::Keep, &TEXTS.keep)];
    Some(say::with_buttons(text, locale, &buttons))
}

async fn verify(turn: &TurnContext<'_>, codes: &[String]) -> Result<Option<Reply>, TurnError> {
    let verified = registration::verify_any(turn, codes).await?;
    let unknown = || say::plain(turn.account.locale, &TEXTS.registration_unknown, &[]);
    Ok((!verified).then(unknown))
}

async fn add(
    turn: &mut TurnContext<'_>,
    chat: &mut Chat,
    details: Details,
) -> Result<Option<Reply>, TurnError> {
    let locale = turn.account.locale;
    let misread = details.faults.first().copied();
    let Some(new) = applicant(details, turn) else {
        return Ok(Some(ask::details(locale, Some(Misread::Unclear))));
    };
    let store = turn.ledger.store();
    let added = match store.add_applicant(&turn.account.id, &new).await? {
        ApplicantAdded::Kept(added) => added,
        ApplicantAdded::Full => {
            let mut reply = ask::person(turn);
            reply.text = fill(locale, &TEXTS.people_full, &[]);
            return Ok(Some(reply));
        }
    };
    chat.draft.person = Some(added.id.clone());
    if !turn.people.iter().any(|person| person.id == added.id) {
        turn.people.push(*added);
    }
    let next = chat.next(&turn.world(&turn.people_ids()));
    let reply = Box::pin(perform(turn, chat, next)).await?;
    Ok(reply.map(|reply| match misread {
        Some(misread) => ask::after(locale, misread, reply),
        None => reply,
    }))
}

/// The person of these details. A birth date that was not stated is the one that the NIK tells.
fn applicant(details: Details, turn: &TurnContext<'_>) -> Option<PersonDetails> {
    let today = antrian::domain::time::local_date(turn.now, chrono_tz::Asia::Jayapura);
    let told = details.nik.as_ref().and_then(|nik| nik.birth_date(today));
    Some(PersonDetails {
        name: details.name?,
        birth_date: details.birth_date.or(told)?,
        nik: details.nik,
        ktp_regency: details.regency,
        category: Category::General,
    })
}

/// The account's own booking of this code.
pub(crate) async fn own(
    turn: &TurnContext<'_>,
    code: BookingCode,
) -> Result<Option<Booking>, TurnError> {
    let booking = turn.ledger.store().booking(code).await?;
    Ok(booking.filter(|booking| booking.account == turn.account.id))
}

async fn confirm(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let Some(booking) = own(turn, code).await? else {
        return Ok(Some(remark(turn, Remark::UnknownCode)));
    };
    let changed = turn.ledger.confirm(booking, turn.now).await;
    chat.ended();
    changed_reply(turn, changed).await
}

async fn cancel(
    turn: &TurnContext<'_>,
    chat: &mut Chat,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let Some(booking) = own(turn, code).await? else {
        return Ok(Some(remark(turn, Remark::UnknownCode)));
    };
    let office = turn.ledger.offices().get(&booking.seat.office, turn.now).await?;
    let Some(office) = office else { return Ok(Some(remark(turn, Remark::Ended))) };
    let reason = CancelReason::Applicant;
    let changed = turn.ledger.cancel(&office, booking, reason, turn.now).await;
    chat.ended();
    changed_reply(turn, changed).await
}

/// What is answered to a change: nothing if it was made, for its own message tells of it.
pub(crate) async fn changed_reply(
    turn: &TurnContext<'_>,
    changed: Outcome<Changed, Refusal>,
) -> Result<Option<Reply>, TurnError> {
    let locale = turn.account.locale;
    match changed {
        Ok(Ok(changed)) if !changed.already => Ok(None),
        Ok(Ok(changed)) => already(turn, &changed.booking).await,
        Ok(Err(refusal)) => Ok(Some(refused(turn, refusal))),
        Err(LedgerError::Contention) => Ok(Some(say::plain(locale, &TEXTS.busy, &[]))),
        Err(LedgerError::Store(error)) => Err(error.into()),
    }
}

/// It had been made before: by this very message, which is told already, or by an earlier one.
async fn already(turn: &TurnContext<'_>, booking: &Booking) -> Result<Option<Reply>, TurnError> {
    if turn.ledger.store().was_caused_by(booking, turn.hash).await? {
        return Ok(None);
    }
    match booking.status_at(turn.now) {
        Status::Confirmed => ticket(turn, booking.code).await,
        _ => Ok(Some(remark(turn, Remark::Ended))),
    }
}

pub(crate) fn refused(turn: &TurnContext<'_>, refusal: Refusal) -> Reply {
    let locale = turn.account.locale;
    let contact = contact(turn);
    let values = [("contact", &*contact)];
    match refusal {
        Refusal::HoldExpired => remark(turn, Remark::HoldExpired),
        Refusal::Ended => remark(turn, Remark::Ended),
        Refusal::CheckedIn => say::plain(locale, &TEXTS.checked_in, &[]),
        Refusal::TooLateToMove => say::plain(locale, &TEXTS.too_late_to_move, &values),
        Refusal::MovedTooOften => say::plain(locale, &TEXTS.moved_too_often, &values),
        _ => say::plain(locale, &TEXTS.not_now, &[]),
    }
}

/// Sends the ticket once more.
async fn ticket(turn: &TurnContext<'_>, code: BookingCode) -> Result<Option<Reply>, TurnError> {
    let Some(booking) = own(turn, code).await? else {
        return Ok(Some(remark(turn, Remark::UnknownCode)));
    };
    let locale = turn.account.locale;
    // Who is fetching a paper has the ticket, and needs to know which paper and until when.
    let kind = match booking.status_at(turn.now) {
        Status::AwaitingDocuments => MessageKind::DocumentsMissing,
        _ => MessageKind::Ticket,
    };
    let message = Message::about(&booking, kind, locale, turn.now);
    let digits = turn.hash.rsplit('.').next().unwrap_or_default();
    let id = format!("ticket-{digits}").parse().map_err(|_| TurnError::Foreign)?;
    let request_id = Some(turn.hash.to_owned());
    let message = Message { id, request_id, ..message };
    turn.ledger.store().put_message(&message).await?;
    turn.app.queue.enqueue(std::slice::from_ref(&message.id)).await;
    Ok(None)
}

async fn speak(turn: &mut TurnContext<'_>, wanted: Option<Locale>) -> Result<Reply, TurnError> {
    let other = match turn.account.locale {
        Locale::Id => Locale::En,
        Locale::En => Locale::Id,
    };
    let locale = wanted.unwrap_or(other);
    turn.ledger.store().set_locale(&turn.account.id, locale).await?;
    turn.account.locale = locale;
    Ok(say::plain(locale, &TEXTS.language, &[]))
}
