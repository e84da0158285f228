//! A look at a person's papers: complete, or incomplete with a deadline.

use antrian::domain::booking::{Booking, Status};
use antrian::domain::calendar::{PlannedDay, plan_day};
use antrian::domain::code::BookingCode;
use antrian::domain::document::Document;
use antrian::domain::office::Office;
use antrian::domain::requirements::Requirements;
use antrian::domain::requirements::{checklist, missing_documents};
use antrian::domain::time::{local_date, whole_seconds};
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Code, Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::{DocumentView, instant, views};
use antrian::http::{AppState, Routes};
use antrian::ledger::{Changed, Decision};
use antrian::staff::Scope;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(check))
}

/// What the clerk has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Finding {
    Complete,
    Incomplete,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DocumentCheck {
    decision: Finding,
    /// With `incomplete`: ids of documents of the person's checklist.
    #[serde(default)]
    missing: Vec<String>,
    /// With `incomplete`: until when they may be brought, on a day on which the office is open, at most
    /// 14 days from now.
    deadline: Option<DateTime<Utc>>,
}

/// A visit whose papers were looked at.
#[derive(Debug, Serialize, ToSchema)]
struct DocumentCheckView {
    code: String,
    /// `checked_in`: all papers are there. `awaiting_documents`: some are missing.
    status: Status,
    /// For example `A-014`; another one than before if the papers came on another day.
    queue_number: Option<String>,
    /// What is missing.
    missing: Vec<DocumentView>,
    /// Until when it may be brought.
    deadline: Option<String>,
}

/// The applicant comes again for a paper within this time, or books anew.
const FARTHEST: TimeDelta = TimeDelta::days(14);

/// Writes down whether a person's papers are complete.
///
/// Incomplete: the person leaves the line, is told by WhatsApp what to bring until when, and keeps the
/// place. Complete: back in the line, on another day with a new number.
#[utoipa::path(post, path = "/v1/check-ins/{code}/documents", tag = "staff", request_body = DocumentCheck,
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = DocumentCheckView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn check(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(code): Segments<BookingCode>,
    key: RequestKey,
    body: Body<DocumentCheck>,
) -> Result<Response, Problem> {
    staff.has(Scope::Desk)?;
    let scope = format!("documents\n{code}\n{}", staff.0.subject);
    let decide = decide(&app, &staff, code, &body.value);
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, decide).await
}

async fn decide(
    app: &AppState,
    staff: &StaffMember,
    code: BookingCode,
    check: &DocumentCheck,
) -> Result<DocumentCheckView, Problem> {
    let now = app.clock.now();
    let (office, booking) = crate::visit::visit(app, staff, code).await?;
    let applicant = app.ledger.store().applicant(&booking.account, &booking.applicant).await?;
    // Whoever is erased has no visit any more.
    let applicant = applicant.ok_or_else(|| Problem::new(Code::BookingEnded))?;
    let list = checklist(&office, &booking, &applicant);
    let decision = decision(&office, &list.documents, check, now)?;
    match app.ledger.check_documents(&office, booking, &decision, now).await? {
        Changed::Done(booking) | Changed::Already(booking) => Ok(view(&office, &booking, &list)),
        Changed::Refused(refusal) => Err(Problem::from(refusal)),
    }
}

fn decision(
    office: &Office,
    list: &[Document],
    check: &DocumentCheck,
    now: DateTime<Utc>,
) -> Result<Decision, Problem> {
    if check.decision == Finding::Complete {
        if check.missing.is_empty() && check.deadline.is_none() {
            return Ok(Decision::Complete);
        }
        return Err(Problem::field(
            "decision",
            "Dokumen yang lengkap tidak memiliki kekurangan atau batas waktu.",
            "Complete papers have nothing missing and no deadline.",
        ));
    }
    Ok(Decision::Incomplete {
        missing: known(list, &check.missing)?,
        deadline: deadline(office, check.deadline, now)?,
    })
}

/// The ids in the order of the checklist, each once.
fn known(list: &[Document], missing: &[String]) -> Result<Vec<String>, Problem> {
    let is_known = |id: &String| list.iter().any(|document| document.id == *id);
    if missing.is_empty() || !missing.iter().all(is_known) {
        let ids: Vec<_> = list.iter().map(|document| document.id.as_str()).collect();
        let ids = ids.join(", ");
        return Err(Problem::field(
            "missing",
            &format!("Sebutkan dokumen yang kurang dari daftar pemohon ini: {ids}."),
            &format!("Name what is missing of this person's checklist: {ids}."),
        ));
    }
    let ids = list.iter().map(|document| document.id.clone());
    Ok(ids.filter(|id| missing.contains(id)).collect())
}

/// Somebody has to be there who takes the papers.
fn deadline(
    office: &Office,
    wish: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let is_near = |deadline: &DateTime<Utc>| *deadline > now && *deadline - now <= FARTHEST;
    let is_open = |deadline: &DateTime<Utc>| {
        let date = local_date(*deadline, office.timezone);
        matches!(plan_day(office, date), PlannedDay::Open(_))
    };
    wish.map(whole_seconds).filter(is_near).filter(is_open).ok_or_else(|| {
        Problem::field(
            "deadline",
            "Batas waktu harus sesudah saat ini, paling lama 14 hari lagi, pada hari kantor buka.",
            "The deadline must be in the future, at most 14 days from now, on a day that is open.",
        )
    })
}

fn view(office: &Office, booking: &Booking, list: &Requirements) -> DocumentCheckView {
    DocumentCheckView {
        code: booking.code.to_string(),
        status: booking.status,
        queue_number: booking.queue_place().map(|(_, number)| number.to_string()),
        missing: views(&missing_documents(list, booking)),
        deadline: booking.documents_deadline().map(|at| instant(at, office.timezone)),
    }
}
