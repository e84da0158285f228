//! Bookings: hold, look, confirm, cancel, move, and what a person is shown of one.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::try_join_all;

use super::Outcome;
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::booking::{Booking, CancelReason, Event, Refusal, Status};
use crate::domain::code::BookingCode;
use crate::domain::document::Document;
use crate::domain::ids::{AccountId, ServiceId};
use crate::domain::language::Locale;
use crate::domain::office::{Channel, Office};
use crate::domain::reason::Reason;
use crate::domain::requirements::{Warning, birth_date_warning, checklist, missing_documents};
use crate::domain::ticket::TicketClaims;
use crate::domain::time::SlotTime;
use crate::ledger::{
    Changed, Held, HoldRefusal, HoldRequest, Ledger, MoveRefusal, SlotChoice, Visitor,
};
use crate::rendering::{self, RenderError, TicketPicture};
use crate::storage::StoreError;

/// A booking with what its owner is shown of it.
#[derive(Debug, Clone)]
pub struct BookingDetails {
    pub booking: Booking,
    /// Where it stands now.
    pub status: Status,
    pub office: Arc<Office>,
    /// What this person brings; nothing of one that was erased.
    pub documents: Vec<Document>,
    /// What to know.
    pub warnings: Vec<Warning>,
    /// While a document is missing: which, and until when it may be brought.
    pub missing: Option<MissingDocuments>,
    /// The text of the QR; once confirmed, until the visit is over.
    pub ticket: Option<String>,
}

/// Documents that were missing when they were looked at.
#[derive(Debug, Clone)]
pub struct MissingDocuments {
    /// Which.
    pub documents: Vec<Document>,
    /// Until when they may be brought.
    pub deadline: DateTime<Utc>,
}

impl BookingDetails {
    /// What is shown of a booking at `now`, with the checklist made for its applicant.
    pub fn of(
        app: &App,
        office: Arc<Office>,
        booking: Booking,
        applicant: Option<&Applicant>,
        now: DateTime<Utc>,
    ) -> Self {
        let status = booking.status_at(now);
        let list = applicant.map(|applicant| checklist(&office, &booking, applicant));
        let missing = booking.documents_deadline().filter(|at| now < *at).map(|deadline| {
            let of_list = |list| missing_documents(list, &booking);
            let documents = list.as_ref().map(of_list).unwrap_or_default();
            MissingDocuments { documents, deadline }
        });
        let (documents, mut warnings) =
            list.map(|list| (list.documents, list.warnings)).unwrap_or_default();
        let differs = |applicant: &Applicant| applicant.details.birth_date_differs();
        warnings.extend(applicant.is_some_and(differs).then(birth_date_warning));
        // A function without the key that signs shows none.
        let ticket = ticket_of(status).ok().and_then(|()| ticket_text(app, &booking).ok());
        Self { booking, status, office, documents, warnings, missing, ticket }
    }
}

/// A wish to hold seats for people of an account, who come together.
#[derive(Debug, Clone)]
pub struct HoldWish<'a> {
    pub office: &'a Office,
    pub service: &'a ServiceId,
    /// Which slots are acceptable.
    pub choice: SlotChoice,
    /// Who asks.
    pub account: &'a AccountId,
    /// For whom: all of them get a seat, or none.
    pub people: &'a [Applicant],
    /// Over which channel, for whoever has no right to priority.
    pub channel: Channel,
    /// Language of the messages.
    pub locale: Locale,
    /// The client's key: the same request again finds the seat that it held.
    pub idempotency_key: Option<&'a str>,
    /// Hash of the request, to recognise another one under the same key.
    pub request_hash: &'a str,
}

/// The channel whose seats a person may have who comes over this one. At the desk everybody has the
/// desk's: who goes before others is seen there.
pub fn channel_of(person: &Applicant, channel: Channel) -> Channel {
    let has_priority = person.details.category.has_priority() && channel != Channel::WalkIn;
    if has_priority { Channel::Priority } else { channel }
}

fn visitor(person: &Applicant, channel: Channel) -> Visitor<'_> {
    let channel = channel_of(person, channel);
    Visitor { applicant: &person.id, person: &person.person, channel }
}

/// Holds a seat for everybody who comes, or for nobody.
///
/// # Errors
/// If the table does not answer, or everybody meets on the same seats.
pub async fn hold(
    ledger: &Ledger,
    wish: &HoldWish<'_>,
    now: DateTime<Utc>,
) -> Outcome<Held, HoldRefusal> {
    let visitors: Vec<_> = wish.people.iter().map(|person| visitor(person, wish.channel)).collect();
    let request = HoldRequest {
        office: wish.office,
        service: wish.service,
        choice: wish.choice,
        account: wish.account,
        visitors: &visitors,
        locale: wish.locale,
        idempotency_key: wish.idempotency_key,
        request_hash: wish.request_hash,
    };
    ledger.hold(&request, now).await
}

/// Whether a booking that stands there has a ticket.
///
/// # Errors
/// Why not: a refusal, not a fault.
pub fn ticket_of(status: Status) -> Result<(), Reason> {
    match status {
        Status::Confirmed | Status::CheckedIn | Status::AwaitingDocuments => Ok(()),
        Status::Held => Err(Reason::NotConfirmed),
        Status::Expired => Err(Reason::HoldExpired),
        _ => Err(Reason::BookingEnded),
    }
}

/// Whether a booking that stands there is for a calendar: once it was confirmed, also as one that does not
/// take place any more.
///
/// # Errors
/// Why not: a refusal, not a fault.
pub fn entry_of(status: Status) -> Result<(), Reason> {
    match status {
        Status::Held => Err(Reason::NotConfirmed),
        _ => Ok(()),
    }
}

/// What the QR of a booking says.
///
/// # Errors
/// If this function was not given the key that signs.
pub fn ticket_text(app: &App, booking: &Booking) -> Result<String, StoreError> {
    let signer = app.keyring.ticket_signer()?;
    Ok(signer.sign(&TicketClaims::of(booking)))
}

/// Why there is no picture of a ticket.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// This function was not given the key that signs.
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// The ticket of a booking as a picture for its owner: it says for whom it is, so that those of a family are
/// told apart.
///
/// # Errors
/// If the table does not answer, this function was not given the key that signs, or the picture cannot be made.
pub async fn own_ticket_picture(
    app: &App,
    office: &Office,
    booking: Booking,
) -> Result<Vec<u8>, PictureError> {
    let person = applicant_of(app, &booking).await?;
    let who = person.map(|person| person.details.who()).unwrap_or_default();
    let ticket = TicketPicture { ticket: ticket_text(app, &booking)?, booking, who };
    Ok(rendering::tickets_png(office, &[ticket])?)
}

/// The tickets of an office's bookings as one picture. It names nobody, for whoever has its address sees it.
///
/// # Errors
/// If this function was not given the key that signs, or the picture cannot be made.
pub fn ticket_picture(
    app: &App,
    office: &Office,
    bookings: &[Booking],
) -> Result<Vec<u8>, PictureError> {
    let ticket = |booking: &Booking| {
        let (ticket, who) = (ticket_text(app, booking)?, String::new());
        Ok(TicketPicture { ticket, booking: booking.clone(), who })
    };
    let tickets = bookings.iter().map(ticket).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(rendering::tickets_png(office, &tickets)?)
}

/// The office of a booking.
///
/// # Errors
/// If the table does not answer, or the office is gone.
pub async fn office_of(
    app: &App,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Result<Arc<Office>, StoreError> {
    app.ledger.office_of(booking, now).await
}

async fn applicant_of(app: &App, booking: &Booking) -> Result<Option<Applicant>, StoreError> {
    app.ledger.store().applicant(&booking.account, &booking.applicant).await
}

/// Details of a booking.
pub async fn details(
    app: &App,
    booking: Booking,
    now: DateTime<Utc>,
) -> Result<BookingDetails, StoreError> {
    let (office, applicant) =
        tokio::try_join!(office_of(app, &booking, now), applicant_of(app, &booking))?;
    Ok(BookingDetails::of(app, office, booking, applicant.as_ref(), now))
}

/// Details of a booking with its history, oldest event first. The account's own; anybody else's is
/// not there.
pub async fn history(
    app: &App,
    account: &AccountId,
    code: BookingCode,
    now: DateTime<Utc>,
) -> Result<Option<(BookingDetails, Vec<Event>)>, StoreError> {
    let found = app.ledger.store().booking_with_history(code).await?;
    let Some(found) = found.filter(|found| found.booking.account == *account) else {
        return Ok(None);
    };
    Ok(Some((details(app, found.booking, now).await?, found.events)))
}

/// A page of an account's bookings, in order of their codes, and where the next page begins.
pub async fn page(
    app: &App,
    account: &AccountId,
    after: Option<BookingCode>,
    limit: usize,
    now: DateTime<Utc>,
) -> Result<(Vec<BookingDetails>, Option<BookingCode>), StoreError> {
    let store = app.ledger.store();
    let (pointers, applicants) =
        tokio::try_join!(store.booking_codes(account, after, limit), store.applicants(account))?;
    let (codes, more) = pointers;
    let next = codes.last().copied().filter(|_| more);
    let found = try_join_all(codes.into_iter().map(|code| store.booking(code))).await?;
    let mut page = Vec::with_capacity(found.len());
    for booking in found.into_iter().flatten() {
        let office = office_of(app, &booking, now).await?;
        let applicant = applicants.iter().find(|applicant| applicant.id == booking.applicant);
        page.push(BookingDetails::of(app, office, booking, applicant, now));
    }
    Ok((page, next))
}

/// Confirms a held booking.
pub async fn confirm(
    app: &App,
    booking: Booking,
    now: DateTime<Utc>,
) -> Outcome<BookingDetails, Refusal> {
    let office = office_of(app, &booking, now).await?;
    let change = app.ledger.confirm(booking.clone(), now);
    made(app, office.clone(), &booking, change, now).await
}

/// Holds a seat for longer.
pub async fn extend(
    app: &App,
    booking: Booking,
    now: DateTime<Utc>,
) -> Outcome<BookingDetails, Refusal> {
    let office = office_of(app, &booking, now).await?;
    let change = app.ledger.extend(&office, booking.clone(), now);
    made(app, office.clone(), &booking, change, now).await
}

/// Cancels a booking.
pub async fn cancel(
    app: &App,
    booking: Booking,
    reason: CancelReason,
    now: DateTime<Utc>,
) -> Outcome<BookingDetails, Refusal> {
    let office = office_of(app, &booking, now).await?;
    let change = app.ledger.cancel(&office, booking.clone(), reason, now);
    made(app, office.clone(), &booking, change, now).await
}

/// Moves a booking to another slot of its office and service.
pub async fn reschedule(
    app: &App,
    booking: Booking,
    to: (NaiveDate, SlotTime),
    now: DateTime<Utc>,
) -> Outcome<BookingDetails, MoveRefusal> {
    let office = office_of(app, &booking, now).await?;
    let change = app.ledger.reschedule(&office, booking.clone(), to, now);
    made(app, office.clone(), &booking, change, now).await
}

/// The applicant is read beside the change: whoever waits does so for one of the two.
async fn made<R>(
    app: &App,
    office: Arc<Office>,
    booking: &Booking,
    change: impl Future<Output = Outcome<Changed, R>>,
    now: DateTime<Utc>,
) -> Outcome<BookingDetails, R> {
    let (changed, applicant) = tokio::join!(change, applicant_of(app, booking));
    let changed = match changed? {
        Ok(changed) => changed,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let applicant = applicant?;
    Ok(Ok(BookingDetails::of(app, office, *changed.booking, applicant.as_ref(), now)))
}
