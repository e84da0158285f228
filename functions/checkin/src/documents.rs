//! A look at a person's documents: complete, or incomplete with a deadline.

use antrian::domain::booking::Status;
use antrian::domain::code::BookingCode;
use antrian::domain::requirements::missing_documents;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::{DocumentView, ReturnSeat, instant, views};
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::desk::{Checked, Finding, check_documents};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(check))
}

/// What the clerk has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Finding)]
enum FindingWord {
    Complete,
    Incomplete,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DocumentCheck {
    decision: FindingWord,
    /// With `incomplete`: ids of documents of the person's checklist.
    #[serde(default)]
    missing: Vec<String>,
    /// With `incomplete`: until when they may be brought, on a day on which the office is open, at most
    /// 14 days from now.
    deadline: Option<DateTime<Utc>>,
}

/// A visit whose documents were looked at.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DocumentCheckView {
    code: String,
    /// `checked_in`: all documents are there. `awaiting_documents`: some are missing.
    status: Status,
    /// For example `A-014`; another one than before if the documents came on another day.
    queue_number: Option<String>,
    /// What is missing.
    missing: Vec<DocumentView>,
    /// Until when it may be brought.
    deadline: Option<String>,
    /// The seat that is kept on that day; absent: it is today, or no seat was free.
    #[serde(default)]
    return_seat: Option<ReturnSeat>,
}

/// Writes down whether a person's documents are complete.
///
/// Incomplete: the person leaves the line, is told by WhatsApp what to bring until when, and keeps the
/// place; for another day a seat is kept that only this booking can use, at the hour nearest to its own, if
/// one is free. Complete: back in the line, on another day with a new number.
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
) -> Result<Json<DocumentCheckView>, Problem> {
    staff.has(Scope::Desk)?;
    let scope = format!("documents\n{code}\n{}", staff.0.subject);
    let decide = decide(&app, &staff, code, &body.value);
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, decide).await.map(Json)
}

async fn decide(
    app: &AppState,
    staff: &StaffMember,
    code: BookingCode,
    check: &DocumentCheck,
) -> Result<DocumentCheckView, Problem> {
    let checked = check_documents(app, &staff.0, code, &finding(check)?).await??;
    Ok(view(&checked))
}

fn finding(check: &DocumentCheck) -> Result<Finding<'_>, Problem> {
    match check.decision {
        FindingWord::Incomplete => Ok(Finding::Incomplete(&check.missing, check.deadline)),
        FindingWord::Complete if check.missing.is_empty() && check.deadline.is_none() => {
            Ok(Finding::Complete)
        }
        FindingWord::Complete => Err(Problem::field(
            "decision",
            "Dokumen yang lengkap tidak memiliki kekurangan atau batas waktu.",
            "Complete documents have nothing missing and no deadline.",
        )),
    }
}

fn view(checked: &Checked) -> DocumentCheckView {
    let (booking, zone) = (&checked.booking, checked.office.timezone);
    DocumentCheckView {
        code: booking.code.to_string(),
        status: booking.status,
        queue_number: booking.queue_place().map(|(_, number)| number.to_string()),
        missing: views(&missing_documents(&checked.list, booking)),
        deadline: booking.documents_deadline().map(|at| instant(at, zone)),
        return_seat: booking.awaited_seat().map(ReturnSeat::from),
    }
}
