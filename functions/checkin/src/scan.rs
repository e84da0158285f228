//! Scanning tickets at the office. The first scan wins; every later one is told of it.

use std::sync::OnceLock;

use antrian::domain::booking::Status;
use antrian::domain::code::BookingCode;
use antrian::domain::reason::Reason;
use antrian::domain::requirements::{Requirements, Warning, checklist, look_alike_warning};
use antrian::domain::ticket::BadTicket;
use antrian::http::body::Body;
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Code, Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::{DocumentView, WarningView, instant, views};
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::desk::{self, Scanned, count_refusal, person_behind};
use antrian::use_cases::people;
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

/// Names of gates are short.
const MAX_GATE_CHARS: usize = 40;

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
    let code = scanned_code(app, scan).inspect_err(|problem| {
        if let Code::Refused(reason) = problem.code() {
            count_refusal(app, None, reason);
        }
    })?;
    let scanned =
        desk::scan(app, &staff.0, code, check_gate(scan.gate.as_ref())?.as_deref()).await??;
    drop(seen.set(scanned.applicant.as_ref().map(PersonView::from)));
    view(&scanned)
}

/// A scanner that is set wrong makes a forger of everybody.
fn bad_ticket(why: BadTicket) -> Problem {
    let problem = Problem::new(Reason::BadTicket);
    match why {
        BadTicket::Layout => problem.saying(
            "Tiket terbaca dengan tanda yang salah: periksa tata letak keyboard pemindai, yang harus \
             Inggris (US). Sementara itu ketik kode booking.",
            "The ticket was read with other signs than it has: the scanner's keyboard layout must be \
             English (US). Meanwhile type the booking code.",
        ),
        _ => problem,
    }
}

/// The code of a scan. The ticket says which booking it is; the booking says where and when.
fn scanned_code(app: &AppState, scan: &Scan) -> Result<BookingCode, Problem> {
    match (&scan.ticket, &scan.code) {
        (Some(ticket), None) => {
            app.tickets.verify(ticket).map(|claims| claims.code).map_err(bad_ticket)
        }
        (None, Some(code)) => code.parse().map_err(|_| {
            Problem::field(
                "code",
                "Kode booking terdiri atas sepuluh huruf dan angka; periksa salah ketik.",
                "A booking code has ten letters and digits; please check for a typing mistake.",
            )
        }),
        _ => Err(Problem::field(
            "ticket",
            "Kirim salah satu: ticket atau code.",
            "Send one of the two: ticket or code.",
        )),
    }
}

pub(crate) fn check_gate(gate: Option<&String>) -> Result<Option<String>, Problem> {
    let Some(gate) = gate else { return Ok(None) };
    let ok =
        (1..=MAX_GATE_CHARS).contains(&gate.chars().count()) && !gate.chars().any(char::is_control);
    if ok {
        return Ok(Some(gate.clone()));
    }
    Err(Problem::field(
        "gate",
        "Nama gerbang paling panjang 40 huruf.",
        "A gate's name has at most 40 characters.",
    ))
}

/// What to mind: of the documents, of who the person is, and of who else is in the line.
fn warnings(scanned: &Scanned, list: Option<&Requirements>) -> Vec<Warning> {
    let mut all = list.map(|list| list.warnings.clone()).unwrap_or_default();
    let details = scanned.applicant.iter().map(|applicant| &applicant.details);
    let of_person = details.flat_map(people::warnings);
    let like = scanned.checked_in.look_alike.map(look_alike_warning);
    for warning in of_person.chain(like) {
        if all.iter().all(|known| known.code != warning.code) {
            all.push(warning);
        }
    }
    all
}

pub(crate) fn view(scanned: &Scanned) -> Result<CheckInView, Problem> {
    let (office, checked_in) = (&scanned.office, &scanned.checked_in);
    let booking = &checked_in.booking;
    let scan = booking.check_in.as_ref().ok_or_else(|| Problem::new(Code::InternalError))?;
    let list = scanned.applicant.as_ref().map(|who| checklist(office, booking, who));
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
        warnings: views(&warnings(scanned, list.as_ref())),
        priority: booking.has_priority(),
        duplicate: checked_in.duplicate,
        first_scan: FirstScan { at: instant(scan.at, office.timezone), gate: scan.gate.clone() },
    })
}
