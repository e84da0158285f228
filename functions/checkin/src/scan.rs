//! Scanning tickets at the office. The first scan wins; every later one is told of it.

use std::sync::OnceLock;

use antrian::domain::booking::Status;
use antrian::domain::code::BookingCode;
use antrian::http::body::Body;
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Code, Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::{DocumentView, ReturnSeat, WarningView, instant, views};
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::desk::{self, Scanned, person_behind};
use antrian::use_cases::scans;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::visit::PersonView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(check_in))
}

/// A scan: the ticket's text, or the code that the person reads out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Scan {
    /// The text of the QR.
    ticket: Option<String>,
    /// The booking code.
    code: Option<String>,
    /// Where the scanner stands; told to whoever scans the ticket again.
    gate: Option<String>,
}

/// A person who is in.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct CheckInView {
    #[schema(value_type = String)]
    code: BookingCode,
    /// Always `checked_in`, or what became of the visit since.
    status: Status,
    /// For example `A-014`.
    queue_number: String,
    /// Absent if they could not be counted at this moment.
    people_ahead: Option<u32>,
    /// Absent if it could not be read at this moment.
    applicant: Option<PersonView>,
    service: String,
    /// `HH:MM` in the office's zone.
    slot: String,
    #[serde(default)]
    #[schema(required = true)]
    documents: Vec<DocumentView>,
    /// Ids of the documents that were missing when they were last looked at.
    #[serde(default)]
    #[schema(required = true)]
    missing: Vec<String>,
    /// Until when they may be brought.
    documents_deadline: Option<String>,
    /// The seat that is kept on another day until then.
    #[serde(default)]
    return_seat: Option<ReturnSeat>,
    #[serde(default)]
    #[schema(required = true)]
    warnings: Vec<WarningView>,
    /// Whether the person goes before others.
    #[serde(default)]
    priority: bool,
    /// Whether the ticket had been scanned before.
    duplicate: bool,
    /// When and where it was scanned first.
    first_scan: FirstScan,
}

impl CheckInView {
    /// The same with who it is.
    pub(crate) fn naming(self, applicant: Option<PersonView>) -> Self {
        Self { applicant, ..self }
    }
}

/// The scan that counts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct FirstScan {
    at: String,
    gate: String,
}

/// Checks a person in.
#[utoipa::path(post, path = "/v1/check-ins", tag = "staff", request_body = Scan,
    responses((status = 200, body = CheckInView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn check_in(
    State(app): State<AppState>,
    staff: StaffMember,
    key: RequestKey,
    body: Body<Scan>,
) -> Result<Json<CheckInView>, Problem> {
    staff.has(Scope::Desk)?;
    let scope = format!("check-in\n{}", staff.0.subject);
    let seen = OnceLock::new();
    let scanning = scan(&app, &staff, &body.value, &seen);
    let status = StatusCode::OK;
    let view = idempotent(&app, &key, &scope, &body.hash(), status, scanning).await?;
    // A replay has seen nobody.
    let applicant = match seen.into_inner() {
        Some(seen) => seen,
        None => person_behind(&app, view.code).await.as_ref().map(PersonView::from),
    };
    Ok(Json(view.naming(applicant)))
}

async fn scan(
    app: &AppState,
    staff: &StaffMember,
    scan: &Scan,
    seen: &OnceLock<Option<PersonView>>,
) -> Result<CheckInView, Problem> {
    let (code, gate) = (scanned_code(app, scan)?, check_gate(scan.gate.as_ref())?);
    let scanned = desk::scan(app, &staff.0, None, code, (gate.as_deref(), None)).await??;
    drop(seen.set(scanned.applicant.as_ref().map(PersonView::from)));
    view(&scanned)
}

/// The code of a scan.
fn scanned_code(app: &AppState, scan: &Scan) -> Result<BookingCode, Problem> {
    match (&scan.ticket, &scan.code) {
        (Some(ticket), None) => Ok(scans::of_ticket(app, ticket)?),
        (None, Some(code)) => Ok(scans::of_code(code)?),
        _ => Err(Problem::field(
            "ticket",
            "Kirim salah satu: ticket atau code.",
            "Send one of the two: ticket or code.",
        )),
    }
}

pub(crate) fn check_gate(gate: Option<&String>) -> Result<Option<String>, Problem> {
    let Some(gate) = gate else { return Ok(None) };
    if scans::is_gate(gate) {
        return Ok(Some(gate.clone()));
    }
    Err(Problem::field(
        "gate",
        "Nama gerbang paling panjang 40 huruf.",
        "A gate's name has at most 40 characters.",
    ))
}

pub(crate) fn view(scanned: &Scanned) -> Result<CheckInView, Problem> {
    let (office, checked_in) = (&scanned.office, &scanned.checked_in);
    let booking = &checked_in.booking;
    let scan = booking.check_in.as_ref().ok_or_else(|| Problem::new(Code::InternalError))?;
    let list = scans::list_of(scanned);
    Ok(CheckInView {
        code: booking.code,
        status: booking.status,
        queue_number: scan.queue_number().to_string(),
        people_ahead: checked_in.people_ahead,
        applicant: None,
        service: booking.seat.service.to_string(),
        slot: booking.seat.time.to_string(),
        documents: list.as_ref().map(|list| views(&list.documents)).unwrap_or_default(),
        missing: booking.documents.as_ref().map(|check| check.missing.clone()).unwrap_or_default(),
        documents_deadline: booking.documents_deadline().map(|at| instant(at, office.timezone)),
        return_seat: booking.awaited_seat().map(ReturnSeat::from),
        warnings: views(&scans::warnings(scanned, list.as_ref())),
        priority: booking.has_priority(),
        duplicate: checked_in.duplicate,
        first_scan: FirstScan { at: instant(scan.at, office.timezone), gate: scan.gate.clone() },
    })
}
