//! A booking as its owner sees it.

use antrian::domain::booking::{Actor, Booking, CancelReason, Event, Status};
use antrian::http::views::{DocumentView, ReturnSeat, WarningView, instant, views};
use antrian::use_cases::bookings::BookingDetails;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
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
    /// The codes of all that were held in one go, this one too; absent: it was held alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    group: Vec<String>,
    /// Come at this time at the earliest.
    check_in_from: String,
    /// Come before this time.
    check_in_until: String,
    /// The booking can be moved before this time.
    reschedule_until: String,
    /// The office has closed this day, and no other seat is free yet: it may be moved free of charge.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    waits_for_seat: bool,
    /// Why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_reason: Option<CancelReason>,
    /// After check-in, for example `A-014`.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_number: Option<String>,
    /// While a document is missing: which, and until when it may be brought.
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

/// Documents that were missing when they were looked at.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Missing {
    documents: Vec<DocumentView>,
    deadline: String,
    /// The seat that is kept until then; absent: they may be brought on the day of the visit, or no seat was
    /// free.
    #[serde(default)]
    return_seat: Option<ReturnSeat>,
}

/// The ticket as picture and calendar entry.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Links {
    svg: String,
    png: String,
    ics: String,
}

/// A transition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct EventView {
    version: u32,
    status: Status,
    at: String,
    by: Actor,
    date: NaiveDate,
    slot: String,
    /// It was made because the office closed the day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    office_closed: bool,
}

impl From<&BookingDetails> for BookingView {
    fn from(details: &BookingDetails) -> Self {
        let (booking, zone) = (&details.booking, details.office.timezone);
        Self {
            code: booking.code.to_string(),
            status: details.status,
            hold_expires_at: booking.hold_expires_at.map(|at| instant(at, zone)),
            office: booking.seat.office.to_string(),
            service: booking.seat.service.to_string(),
            date: booking.seat.date,
            slot: booking.seat.time.to_string(),
            starts_at: instant(booking.times.starts_at, zone),
            applicant_id: booking.applicant.to_string(),
            group: booking.group.iter().map(ToString::to_string).collect(),
            check_in_from: instant(booking.times.check_in_from, zone),
            check_in_until: instant(booking.times.check_in_until, zone),
            reschedule_until: instant(booking.moves_until(), zone),
            waits_for_seat: booking.waits_for_seat(),
            cancel_reason: booking.cancel_reason,
            queue_number: booking.check_in.as_ref().map(|scan| scan.queue_number().to_string()),
            missing: details.missing.as_ref().map(|missing| Missing {
                documents: views(&missing.documents),
                deadline: instant(missing.deadline, zone),
                return_seat: booking.awaited_seat().map(ReturnSeat::from),
            }),
            documents: views(&details.documents),
            warnings: views(&details.warnings),
            links: details.ticket.is_some().then(|| links(booking)),
            ticket: details.ticket.clone(),
            history: None,
        }
    }
}

impl BookingView {
    pub(crate) fn with_history(details: &BookingDetails, events: &[Event]) -> Self {
        let view = |event: &Event| EventView {
            version: event.version,
            status: event.status,
            at: instant(event.at, details.office.timezone),
            by: event.by,
            date: event.date,
            slot: event.time.to_string(),
            office_closed: event.office_closed,
        };
        Self { history: Some(events.iter().map(view).collect()), ..Self::from(details) }
    }
}

fn links(booking: &Booking) -> Links {
    let link = |kind: &str| format!("/v1/bookings/{}/ticket.{kind}", booking.code);
    Links { svg: link("svg"), png: link("png"), ics: link("ics") }
}
