//! What a clerk corrects of a visit: who goes before others, that a missed one does not count, and a scan
//! that was somebody else's.

use antrian::domain::booking::{Booking, Status};
use antrian::domain::code::BookingCode;
use antrian::http::body::{Body, NoBody, Segments};
use antrian::http::idempotency::RequestKey;
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::desk;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(priority)).routes(routes!(excuse)).routes(routes!(undo))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Priority {
    /// Whether the person goes before others.
    priority: bool,
}

/// A visit as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VisitView {
    #[schema(value_type = String)]
    code: BookingCode,
    status: Status,
    /// For example `A-014`; `null`: never came.
    queue_number: Option<String>,
    /// Whether the person goes before others.
    priority: bool,
    /// Whether a missed visit does not count.
    excused: bool,
}

impl VisitView {
    pub(crate) fn of(booking: &Booking, now: DateTime<Utc>) -> Self {
        let status = booking.status_at(now);
        Self {
            code: booking.code,
            status,
            queue_number: booking.queue_place().map(|(_, number)| number.to_string()),
            priority: booking.has_priority(),
            excused: booking.excused,
        }
    }
}

/// Lets a person who is in go before others, or not. The number stays; its place in the line changes.
#[utoipa::path(post, path = "/v1/check-ins/{code}/priority", tag = "staff", request_body = Priority,
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = VisitView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn priority(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(code): Segments<BookingCode>,
    _: RequestKey,
    body: Body<Priority>,
) -> Result<Json<VisitView>, Problem> {
    staff.has(Scope::Desk)?;
    let booking = desk::set_priority(&app, &staff.0, code, body.value.priority).await??;
    Ok(Json(VisitView::of(&booking, app.clock.now())))
}

/// Takes a missed visit back: it does not count, and online booking is open to person and account again.
#[utoipa::path(post, path = "/v1/check-ins/{code}/excuse", tag = "staff",
    params(("code" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = VisitView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn excuse(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(code): Segments<BookingCode>,
    _: RequestKey,
    _: NoBody,
) -> Result<Json<VisitView>, Problem> {
    staff.has(Scope::Desk)?;
    let booking = desk::excuse(&app, &staff.0, code).await??;
    Ok(Json(VisitView::of(&booking, app.clock.now())))
}

/// Undoes a scan, until its number is called: it was somebody else's ticket. The visit is on as before,
/// or missed if its time is over; the number is given to nobody else. The next scan gets another one.
#[utoipa::path(delete, path = "/v1/check-ins/{code}", tag = "staff",
    params(("code" = String, Path)),
    responses((status = 200, body = VisitView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn undo(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(code): Segments<BookingCode>,
) -> Result<Json<VisitView>, Problem> {
    staff.has(Scope::Desk)?;
    let booking = desk::undo_check_in(&app, &staff.0, code).await??;
    Ok(Json(VisitView::of(&booking, app.clock.now())))
}
