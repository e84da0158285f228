//! A booking as its owner sees it.

use antrian::domain::account::Applicant;
use antrian::domain::booking::{Actor, Booking, CancelReason, Event, Status};
use antrian::domain::office::Office;
use antrian::domain::requirements::birth_date_warning;
use antrian::domain::requirements::{checklist, missing_documents};
use antrian::domain::ticket::TicketClaims;
use antrian::http::AppState;
use antrian::http::problem::Problem;
use antrian::http::views::{DocumentView, WarningView, instant, views};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A booking.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BookingView {
    /// Ten symbols; shown to people in two groups.
    code: String,
    status: Status,
    /// When the hold runs out; only while held.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_expires_at: Option<String>,
    office: String,
    service: String,
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
    /// The slot's start.
    starts_at: String,
    applicant_id: String,
    /// Come at this time at the earliest.
    check_in_from: String,
    /// Come before this time.
    check_in_until: String,
    /// The booking can be moved before this time.
    reschedule_until: String,
    /// Why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_reason: Option<CancelReason>,
    /// After check-in, for example `A-014`.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_number: Option<String>,
    /// While a paper is missing: which, and until when it may be brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Missing>,
    documents: Vec<DocumentView>,
    warnings: Vec<WarningView>,
    /// The text of the QR; once confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Links>,
    /// Every transition, oldest first; only when one booking is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<EventView>>,
}

/// Papers that were missing when they were looked at.
#[derive(Debug, Serialize, ToSchema)]
struct Missing {
    documents: Vec<DocumentView>,
    deadline: String,
}

/// The ticket as picture and calendar entry.
#[derive(Debug, Serialize, ToSchema)]
struct Links {
    svg: String,
    png: String,
    ics: String,
}

/// A transition.
#[derive(Debug, Serialize, ToSchema)]
struct EventView {
    version: u32,
    status: Status,
    at: String,
    by: Actor,
    date: NaiveDate,
    slot: String,
}

/// The booking at `now`, with the checklist made for its applicant.
pub(crate) fn booking_view(
    app: &AppState,
    office: &Office,
    booking: &Booking,
    applicant: Option<&Applicant>,
    now: DateTime<Utc>,
) -> BookingView {
    let status = booking.status_at(now);
    let zone = office.timezone;
    let list = applicant.map(|applicant| checklist(office, booking, applicant));
    let mut warnings = list.as_ref().map(|list| list.warnings.clone()).unwrap_or_default();
    let differs = |applicant: &&Applicant| applicant.details.birth_date_differs();
    warnings.extend(applicant.filter(differs).map(|_| birth_date_warning()));
    let has_ticket =
        matches!(status, Status::Confirmed | Status::CheckedIn | Status::AwaitingDocuments);
    BookingView {
        code: booking.code.to_string(),
        status,
        hold_expires_at: booking.hold_expires_at.map(|at| instant(at, zone)),
        office: booking.seat.office.to_string(),
        service: booking.seat.service.to_string(),
        date: booking.seat.date,
        slot: booking.seat.time.to_string(),
        starts_at: instant(booking.times.starts_at, zone),
        applicant_id: booking.applicant.to_string(),
        check_in_from: instant(booking.times.check_in_from, zone),
        check_in_until: instant(booking.times.check_in_until, zone),
        reschedule_until: instant(booking.times.reschedule_until, zone),
        cancel_reason: booking.cancel_reason,
        queue_number: booking.check_in.as_ref().map(|scan| scan.queue_number().to_string()),
        missing: booking.documents_deadline().filter(|at| now < *at).map(|at| Missing {
            documents: list
                .as_ref()
                .map(|list| views(&missing_documents(list, booking)))
                .unwrap_or_default(),
            deadline: instant(at, zone),
        }),
        documents: list.as_ref().map(|list| views(&list.documents)).unwrap_or_default(),
        warnings: views(&warnings),
        ticket: has_ticket.then(|| app.keyring.ticket_signer().sign(&TicketClaims::of(booking))),
        links: has_ticket.then(|| links(booking)),
        history: None,
    }
}

impl BookingView {
    /// With its history.
    pub(crate) fn with_history(mut self, office: &Office, events: &[Event]) -> Self {
        let view = |event: &Event| EventView {
            version: event.version,
            status: event.status,
            at: instant(event.at, office.timezone),
            by: event.by,
            date: event.date,
            slot: event.time.to_string(),
        };
        self.history = Some(events.iter().map(view).collect());
        self
    }
}

fn links(booking: &Booking) -> Links {
    let link = |kind: &str| format!("/v1/bookings/{}/ticket.{kind}", booking.code);
    Links { svg: link("svg"), png: link("png"), ics: link("ics") }
}

/// The view of a booking whose office and applicant are still to be read.
pub(crate) async fn read_view(app: &AppState, booking: &Booking) -> Result<BookingView, Problem> {
    let office = antrian::http::office(app, &booking.seat.office).await?;
    let applicant = app.ledger.store().applicant(&booking.account, &booking.applicant).await?;
    Ok(booking_view(app, &office, booking, applicant.as_ref(), app.clock.now()))
}
