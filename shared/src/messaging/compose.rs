//! From an outbox row to words and an address, at the moment of sending.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::limits;
use super::messenger::{Body, ReplyOption, ReplyOptions, TemplateCall};
use super::templates;
use super::texts::{self, BookingText, Member};
use super::ticket_page;
use crate::domain::account::Applicant;
use crate::domain::booking::{Booking, CancelReason};
use crate::domain::document::Document;
use crate::domain::ids::OfficeId;
use crate::domain::language::{self, Locale, in_language};
use crate::domain::message::{LastAttempt, Message, MessageKind};
use crate::domain::office::Office;
use crate::domain::person::Contacts;
use crate::domain::person_claim::initials;
use crate::domain::requirements::{Requirements, checklist, missing_documents};
use crate::domain::ticket::TicketClaims;
use crate::ledger::Ledger;
use crate::rendering::{self, TicketPicture};
use crate::storage::{ServiceWindow, StoreError};

/// What a row comes to.
#[derive(Debug)]
pub enum Composed {
    /// To be sent.
    Send(Box<Letter>),
    /// What it says is no longer so.
    Stale,
    /// There is nobody to send it to: the account was erased.
    Nobody,
    /// The person wants no reminders.
    OptedOut,
}

/// Why a message could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A fault of the table, or of what is stored.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text or a picture could not be made.
    #[error("the text could not be made")]
    Text(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A message in the forms that it can be sent in.
#[derive(Debug)]
pub struct Letter {
    /// To whom.
    pub to: Contacts,
    /// In free form: while the window is open.
    pub body: Body,
    /// As an approved form, if there is one: at any time.
    pub template: Option<TemplateCall>,
    /// Whether the person has written within a day.
    pub is_open: bool,
    /// The office that it is about.
    pub office: Option<OfficeId>,
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
) -> Result<Composed, ComposeError> {
    let (bookings, to, window) = tokio::try_join!(
        bookings_of(ledger, message, now),
        contacts(ledger, message),
        service_window(ledger, message),
    )?;
    if message.is_stale(&bookings, now) {
        return Ok(Composed::Stale);
    }
    if message.kind == MessageKind::OneTimeCode {
        return one_time_code(ledger, message);
    }
    let Some(to) = to else { return Ok(Composed::Nobody) };
    if message.kind == MessageKind::Reminder && window.reminders_off {
        return Ok(Composed::OptedOut);
    }
    let office = bookings.first().map(|booking| booking.seat.office.clone());
    let forms = match &*bookings {
        _ if message.kind == MessageKind::Reply => Some((reply(ledger, message)?, None)),
        [] if message.kind == MessageKind::ClaimReleased => Some(claim_released(message.locale)?),
        [] => Some((Body::Text(texts::verified(message.locale).map_err(text_error)?), None)),
        [first, ..] => about_bookings(ledger, message, (first, &bookings), public_url, now).await?,
    };
    let Some((body, template)) = forms else { return Ok(Composed::Nobody) };
    let was_refused = message.last_attempt == LastAttempt::WindowClosed;
    let is_open = !was_refused && window.is_open(now);
    if message.kind.is_free_form_only() && !is_open {
        return Ok(Composed::Stale);
    }
    Ok(Composed::Send(Box::new(Letter { to, body, template, is_open, office })))
}

/// What it is about, as far as what it says is still so: one booking, those of a group in the order of
/// their hours, or nothing.
///
/// # Errors
/// If the table does not answer.
pub async fn bookings_of(
    ledger: &Ledger,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<Vec<Booking>, StoreError> {
    let read = message.bookings().map(|about| ledger.store().booking(about.code));
    let mut found: Vec<_> = try_join_all(read).await?.into_iter().flatten().collect();
    found.retain(|booking| message.is_true_of(booking, now));
    if message.kind == MessageKind::HoldLapsed {
        found = not_made_again(ledger, found, now).await?;
    }
    found.sort_by_key(|booking| booking.times.starts_at);
    Ok(found)
}

/// Those whose person the account has no other booking for by now.
async fn not_made_again(
    ledger: &Ledger,
    lapsed: Vec<Booking>,
    now: DateTime<Utc>,
) -> Result<Vec<Booking>, StoreError> {
    let live = lapsed.iter().map(|booking| ledger.store().live_booking(&booking.person, now));
    let live = try_join_all(live).await?;
    let is_left = |(booking, live): &(Booking, Option<Booking>)| {
        live.as_ref().is_none_or(|live| live.account != booking.account)
    };
    Ok(lapsed.into_iter().zip(live).filter(is_left).map(|(booking, _)| booking).collect())
}

async fn contacts(ledger: &Ledger, message: &Message) -> Result<Option<Contacts>, StoreError> {
    let Some(account) = &message.account else { return Ok(None) };
    let account = ledger.store().account(account).await?;
    Ok(account.map(|account| account.contacts).filter(|contacts| !contacts.is_empty()))
}

/// Who has no account has not written.
async fn service_window(ledger: &Ledger, message: &Message) -> Result<ServiceWindow, StoreError> {
    match &message.account {
        Some(account) => ledger.store().service_window(account).await,
        None => Ok(ServiceWindow::default()),
    }
}

/// What is sealed in a row. Its errors have no sources: those might quote what was sealed.
fn unsealed<T: DeserializeOwned>(
    ledger: &Ledger,
    message: &Message,
    kind: &'static str,
) -> Result<T, StoreError> {
    let corrupt = || StoreError::corrupt(kind);
    let sealed = message.sealed.as_deref().ok_or_else(corrupt)?;
    let aad = message_aad(message.id.as_str());
    let opened = ledger.store().keyring().open(sealed, &aad).map_err(|_| corrupt())?;
    serde_json::from_slice(&opened).map_err(|_| corrupt())
}

fn one_time_code(ledger: &Ledger, message: &Message) -> Result<Composed, ComposeError> {
    const KIND: &str = "one-time code";
    let code: OneTimeCode = unsealed(ledger, message, KIND)?;
    let phone = code.phone.parse().map_err(|_| StoreError::corrupt(KIND))?;
    let text = texts::one_time_code(message.locale, &code.otp, code.minutes).map_err(text_error)?;
    let to = Contacts { phone: Some(phone), scoped: None };
    let template = templates::one_time_code(message.locale, &code.otp);
    // Whoever asks for a code has not written.
    let (body, is_open, office) = (Body::Text(text), false, None);
    Ok(Composed::Send(Box::new(Letter { to, body, template, is_open, office })))
}

/// An answer in a conversation, as it was decided on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Its words.
    pub text: String,
    /// What can be tapped.
    #[serde(rename = "choices", default, skip_serializing_if = "Option::is_none")]
    pub options: Option<ReplyOptions>,
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

fn reply(ledger: &Ledger, message: &Message) -> Result<Body, ComposeError> {
    let reply: Reply = unsealed(ledger, message, "reply")?;
    Ok(match reply.options.and_then(limits::carried) {
        Some(options) => Body::Options { text: reply.text, options },
        None => Body::Text(reply.text),
    })
}

fn claim_released(locale: Locale) -> Result<(Body, Option<TemplateCall>), ComposeError> {
    let (template, buttons) = templates::claim_released(locale);
    let text = texts::claim_released(locale).map_err(text_error)?;
    Ok((with_buttons(text, buttons), template))
}

/// Words about a booking, or about all of a group, of which it is the first to come.
async fn about_bookings(
    ledger: &Ledger,
    message: &Message,
    (booking, all): (&Booking, &[Booking]),
    public_url: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Body, Option<TemplateCall>)>, ComposeError> {
    let people = try_join_all(all.iter().map(|one| of_booking(ledger, one)));
    let office = ledger.offices().get(&booking.seat.office, now);
    let (office, people) = tokio::try_join!(office, people)?;
    let office = office.ok_or_else(|| StoreError::corrupt("booking without office"))?;
    let people: Vec<_> = people.into_iter().flatten().collect();
    let Some((_, applicant)) = people.first() else { return Ok(None) };
    let list = documents_of(&office, message.kind, &people);
    let (kind, locale) = (message.kind, message.locale);
    let page = page_of(ledger, booking, public_url, now);
    let mut text = booking_text(&office, booking, &list, locale, &page);
    text.initials = initials(&applicant.details.name);
    text.who = who(kind, applicant);
    if people.len() > 1 {
        text.group = people.iter().map(|one| member(&office, one, locale)).collect();
        text.who = String::new();
        text.code = text.group.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join(", ");
    }
    let png = |is_named| tickets(ledger, &office, &people, is_named);
    // An approved form names nobody.
    let of_form = has_ticket(kind).then(|| png(false)).transpose()?;
    let template = templates::about_booking(kind, locale, &text, booking.code, of_form.as_ref());
    let body = match of_form {
        Some(_) => {
            let png = png(true)?;
            let caption = texts::caption(kind, locale, &text).map_err(text_error)?;
            Body::Picture { png, caption }
        }
        None => {
            let words = texts::booking_message(kind, locale, &text).map_err(text_error)?;
            with_buttons(words, templates::buttons(kind, locale, people.len() > 1, booking.code))
        }
    };
    Ok(Some((body, template)))
}

/// A booking with its person. Absent: the person was erased.
async fn of_booking<'a>(
    ledger: &Ledger,
    booking: &'a Booking,
) -> Result<Option<(&'a Booking, Applicant)>, StoreError> {
    let applicant = ledger.store().applicant(&booking.account, &booking.applicant).await?;
    Ok(applicant.map(|applicant| (booking, applicant)))
}

fn member(office: &Office, (booking, person): &(&Booking, Applicant), locale: Locale) -> Member {
    Member {
        who: person.details.who(),
        time: language::time(locale, booking.times.starts_at, office.timezone),
        code: booking.code.spoken(),
    }
}

/// What people bring who come together: what any of them needs, once.
fn documents_of(
    office: &Office,
    kind: MessageKind,
    people: &[(&Booking, Applicant)],
) -> Requirements {
    let mut all = Requirements::default();
    for (booking, person) in people {
        let mut list = checklist(office, booking, person);
        if kind == MessageKind::DocumentsMissing {
            list.documents = missing_documents(&list, booking);
        }
        let is_new = |document: &Document| all.documents.iter().all(|it| it.id != document.id);
        let documents: Vec<_> = list.documents.into_iter().filter(is_new).collect();
        all.documents.extend(documents);
        list.warnings.retain(|warning| !all.warnings.contains(warning));
        all.warnings.extend(list.warnings);
    }
    all
}

/// Where a person goes on: to the booking's own page while it is on, or free to be moved.
fn page_of(ledger: &Ledger, booking: &Booking, public_url: &str, now: DateTime<Utc>) -> String {
    if booking.status_at(now).is_live() || booking.is_displaced() {
        return ticket_page::address(ledger.store().keyring(), public_url, booking.code);
    }
    public_url.to_owned()
}

fn has_ticket(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Confirmed | MessageKind::Moved | MessageKind::Reminder | MessageKind::Ticket
    )
}

/// The tickets, one below the other in the order of the words, each with what tells it from the others.
fn tickets(
    ledger: &Ledger,
    office: &Office,
    people: &[(&Booking, Applicant)],
    is_named: bool,
) -> Result<Vec<u8>, ComposeError> {
    let signer = ledger.store().keyring().ticket_signer().map_err(text_error)?;
    let ticket = |(booking, person): &(&'_ Booking, Applicant)| TicketPicture {
        ticket: signer.sign(&TicketClaims::of(booking)),
        booking: (*booking).clone(),
        who: if is_named { person.details.who() } else { String::new() },
    };
    let tickets: Vec<_> = people.iter().map(ticket).collect();
    rendering::tickets_png(office, &tickets).map_err(text_error)
}

/// For whom a booking is. Not where somebody else says that it is theirs to book for.
fn who(kind: MessageKind, applicant: &Applicant) -> String {
    match kind {
        MessageKind::ClaimAsked | MessageKind::Released => String::new(),
        _ => applicant.details.who(),
    }
}

/// What is too long to stand above buttons goes without: its words say what to do as well.
fn with_buttons(text: String, buttons: Vec<ReplyOption>) -> Body {
    if buttons.is_empty() || text.chars().count() > texts::CAPTION_CHARS {
        return Body::Text(text);
    }
    Body::Options { text, options: ReplyOptions::Buttons(buttons) }
}

fn booking_text<'a>(
    office: &'a Office,
    booking: &Booking,
    list: &'a Requirements,
    locale: Locale,
    public_url: &'a str,
) -> BookingText<'a> {
    let zone = office.timezone;
    let service = office.service(&booking.seat.service);
    let in_locale = |text| in_language(locale, text);
    let closed = booking.unsettled_visit().map(|visit| visit.date);
    let closed_on = closed.or_else(|| booking.is_displaced().then_some(booking.seat.date));
    let exception = closed_on.and_then(|date| office.exceptions.get(&date));
    BookingText {
        service: service.map_or("", |service| in_locale(&service.name)),
        when: language::date_time(locale, booking.times.starts_at, zone),
        office: &office.name,
        address: &office.address,
        contact: in_locale(&office.contact),
        code: booking.code.spoken(),
        public_url,
        hold_until: booking.hold_expires_at.map(|at| language::time(locale, at, zone)),
        arrive_from: language::time(locale, booking.times.check_in_from, zone),
        arrive_until: language::time(locale, booking.times.check_in_until, zone),
        closed_date: closed.map(|date| language::date(locale, date)),
        closed_reason: exception.map(|exception| in_locale(&exception.reason)),
        queue_number: booking.check_in.as_ref().map(|scan| scan.queue_number().to_string()),
        moved_by_office: booking.moved_by_office,
        by_desk: booking.cancel_reason == Some(CancelReason::Desk),
        documents_deadline: booking
            .documents_deadline()
            .map(|at| language::date_time(locale, at, zone)),
        return_seat: booking
            .awaited_seat()
            .map(|seat| language::time(locale, seat.starts_at(zone), zone)),
        documents: &list.documents,
        warnings: &list.warnings,
        who: String::new(),
        initials: String::new(),
        group: vec![],
        fair_use: office.policy.fair_use,
    }
}

fn text_error<E: std::error::Error + Send + Sync + 'static>(error: E) -> ComposeError {
    ComposeError::Text(Box::new(error))
}
