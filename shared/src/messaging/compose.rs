//! From an outbox row to words and an address, at the moment of sending.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::deliver::DeliverError;
use super::messenger::{Body, Choices};
use super::texts::{self, BookingText};
use crate::domain::booking::Booking;
use crate::domain::message::{Locale, Message, MessageKind};
use crate::domain::office::Office;
use crate::domain::person::Contacts;
use crate::domain::requirements::{Circumstances, Requirements, applicant_kind, requirements};
use crate::domain::ticket::TicketClaims;
use crate::ledger::Ledger;
use crate::rendering;
use crate::storage::{Applicant, StoreError};

/// What a row comes to.
#[derive(Debug)]
pub enum Composed {
    /// To be sent.
    Send {
        /// To whom.
        to: Box<Contacts>,
        /// What.
        body: Body,
    },
    /// It speaks of something that is not so any more.
    Stale,
    /// There is nobody to send it to: the account was erased.
    Nobody,
}

/// What a message to somebody without an account carries, sealed in its row.
#[derive(Serialize, Deserialize)]
pub struct OneTimeCode {
    /// The number, in international form.
    pub phone: String,
    /// The code.
    pub otp: String,
    /// How long it counts.
    pub minutes: u32,
}

impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

/// Makes the words and finds the address of a row.
///
/// # Errors
/// If the table does not answer or a text could not be made.
pub async fn compose(
    ledger: &Ledger,
    message: &Message,
    public_url: &str,
    now: DateTime<Utc>,
) -> Result<Composed, DeliverError> {
    let booking = match message.about {
        Some(about) => ledger.store().booking(about.code).await?,
        None => None,
    };
    if message.is_stale(booking.as_ref(), now) {
        return Ok(Composed::Stale);
    }
    if message.kind == MessageKind::OneTimeCode {
        return one_time_code(ledger, message);
    }
    let Some(to) = contacts(ledger, message).await? else { return Ok(Composed::Nobody) };
    if message.kind == MessageKind::Reply {
        let body = reply(ledger, message)?;
        return Ok(Composed::Send { to: Box::new(to), body });
    }
    let body = match booking {
        None => Body::Text(texts::verified(message.locale).map_err(text_error)?),
        Some(booking) => match about_booking(ledger, message, &booking, public_url, now).await? {
            Some(body) => body,
            None => return Ok(Composed::Nobody),
        },
    };
    Ok(Composed::Send { to: Box::new(to), body })
}

async fn contacts(ledger: &Ledger, message: &Message) -> Result<Option<Contacts>, StoreError> {
    let Some(account) = &message.account else { return Ok(None) };
    let account = ledger.store().account(account).await?;
    Ok(account.map(|account| account.contacts).filter(|contacts| !contacts.is_empty()))
}

fn one_time_code(ledger: &Ledger, message: &Message) -> Result<Composed, DeliverError> {
    let corrupt = || StoreError::Corrupt { kind: "one-time code", source: None };
    let sealed = message.sealed.as_deref().ok_or_else(corrupt)?;
    let aad = message_aad(message.id.as_str());
    let opened = ledger.store().keyring().open(sealed, &aad).map_err(|_| corrupt())?;
    let code: OneTimeCode = serde_json::from_slice(&opened).map_err(|_| corrupt())?;
    let phone = code.phone.parse().map_err(|_| corrupt())?;
    let text = texts::one_time_code(message.locale, &code.otp, code.minutes).map_err(text_error)?;
    let to = Contacts { phone: Some(phone), scoped: None };
    Ok(Composed::Send { to: Box::new(to), body: Body::Text(text) })
}

/// An answer in a conversation, as it was decided on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Its words.
    pub text: String,
    /// What can be tapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Choices>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reply(…)")
    }
}

/// Binds what is sealed in an outbox row to it.
pub fn message_aad(message: &str) -> String {
    format!("MESSAGE#{message}/sealed")
}

fn reply(ledger: &Ledger, message: &Message) -> Result<Body, DeliverError> {
    let corrupt = || StoreError::Corrupt { kind: "reply", source: None };
    let sealed = message.sealed.as_deref().ok_or_else(corrupt)?;
    let aad = message_aad(message.id.as_str());
    let opened = ledger.store().keyring().open(sealed, &aad).map_err(|_| corrupt())?;
    let reply: Reply = serde_json::from_slice(&opened).map_err(|_| corrupt())?;
    Ok(match reply.choices {
        Some(choices) => Body::Choices { text: reply.text, choices },
        None => Body::Text(reply.text),
    })
}

async fn about_booking(
    ledger: &Ledger,
    message: &Message,
    booking: &Booking,
    public_url: &str,
    now: DateTime<Utc>,
) -> Result<Option<Body>, DeliverError> {
    let store = ledger.store();
    let office = ledger.offices().get(&booking.seat.office, now).await?;
    let office =
        office.ok_or(StoreError::Corrupt { kind: "booking without office", source: None })?;
    let Some(applicant) = store.applicant(&booking.account, &booking.applicant).await? else {
        return Ok(None);
    };
    let list = checklist(&office, booking, &applicant);
    let text = booking_text(&office, booking, &list, message.locale, public_url);
    let caption =
        texts::booking_message(message.kind, message.locale, &text).map_err(text_error)?;
    let has_ticket = matches!(
        message.kind,
        MessageKind::Confirmed | MessageKind::Moved | MessageKind::Reminder | MessageKind::Ticket
    );
    if !has_ticket {
        return Ok(Some(Body::Text(caption)));
    }
    let ticket = store.keyring().ticket_signer().sign(&ticket_claims(booking));
    let png = rendering::png(&ticket).map_err(|error| DeliverError::Text(Box::new(error)))?;
    Ok(Some(Body::Picture { png, caption }))
}

/// What the ticket of a booking says.
pub fn ticket_claims(booking: &Booking) -> TicketClaims {
    TicketClaims {
        office: booking.seat.office.clone(),
        date: booking.seat.date,
        time: booking.seat.time,
        code: booking.code,
    }
}

/// What this person brings to this visit.
pub fn checklist(office: &Office, booking: &Booking, applicant: &Applicant) -> Requirements {
    let about = Circumstances {
        service: &booking.seat.service,
        applicant: applicant_kind(applicant.details.birth_date, booking.seat.date),
        ktp_regency: Some(&applicant.details.ktp_regency),
        date: booking.seat.date,
    };
    requirements(office, &about)
}

fn booking_text<'a>(
    office: &'a Office,
    booking: &Booking,
    list: &'a Requirements,
    locale: Locale,
    public_url: &'a str,
) -> BookingText<'a> {
    let zone = office.timezone;
    let service = office.services.iter().find(|service| service.id == booking.seat.service);
    let in_locale = |text| texts::in_language(locale, text);
    let reason =
        office.exceptions.get(&booking.seat.date).map(|exception| in_locale(&exception.reason));
    BookingText {
        service: service.map_or("", |service| in_locale(&service.name)),
        when: texts::date_time(locale, booking.times.starts_at, zone),
        office: &office.name,
        address: &office.address,
        contact: in_locale(&office.contact),
        code: booking.code.spoken(),
        public_url,
        hold_until: booking.hold_expires_at.map(|at| texts::time(locale, at, zone)),
        arrive_from: texts::time(locale, booking.times.check_in_from, zone),
        arrive_until: texts::time(locale, booking.times.check_in_until, zone),
        closed_reason: reason.filter(|_| booking.is_displaced()),
        documents: &list.documents,
        warnings: &list.warnings,
    }
}

fn text_error<E: std::error::Error + Send + Sync + 'static>(error: E) -> DeliverError {
    DeliverError::Text(Box::new(error))
}
