//! What the last audit has found: seats, bookings and people's guards that do not agree.

use antrian::domain::code::BookingCode;
use antrian::domain::reason::Reason;
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::storage::{AuditRun, Disagreement};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(last))
}

/// The last audit that was begun.
#[derive(Serialize, ToSchema)]
struct Audit {
    #[serde(with = "antrian::http::views::national")]
    begun_at: DateTime<Utc>,
    /// Everything has been looked at; if not, it goes on.
    ended: bool,
    /// Days looked at so far, all offices together.
    days: u32,
    /// Seats that somebody has on them.
    seats_taken: u32,
    live_bookings: u32,
    /// All is well if there is none.
    disagreements: Vec<DisagreementView>,
}

/// What does not agree.
#[derive(Serialize, ToSchema)]
#[schema(as = Disagreement)]
struct DisagreementView {
    /// `seat_without_booking`, `booking_without_seat`, `booking_without_guard`, `live_on_closed_day` or
    /// `broken_history`.
    kind: &'static str,
    /// Of the booking.
    #[schema(value_type = String)]
    code: BookingCode,
}

impl From<&Disagreement> for DisagreementView {
    fn from(found: &Disagreement) -> Self {
        let (kind, code) = match found {
            Disagreement::SeatWithoutBooking { code, .. } => ("seat_without_booking", code),
            Disagreement::BookingWithoutSeat { code } => ("booking_without_seat", code),
            Disagreement::BookingWithoutGuard { code } => ("booking_without_guard", code),
            Disagreement::LiveOnClosedDay { code } => ("live_on_closed_day", code),
            Disagreement::BrokenHistory { code } => ("broken_history", code),
        };
        Self { kind, code: *code }
    }
}

impl From<&AuditRun> for Audit {
    fn from(run: &AuditRun) -> Self {
        let report = &run.report;
        Self {
            begun_at: run.begun_at,
            ended: run.next.is_none(),
            days: report.days,
            seats_taken: report.seats_taken,
            live_bookings: report.live_bookings,
            disagreements: report.disagreements.iter().map(DisagreementView::from).collect(),
        }
    }
}

/// What the last audit has found; it runs every night. For whoever may look at every office. `not_found`: none
/// has begun yet.
#[utoipa::path(get, path = "/v1/staff/audit", tag = "admin",
    responses((status = 200, body = Audit), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn last(State(app): State<AppState>, staff: StaffMember) -> Result<Json<Audit>, Problem> {
    staff.may_everywhere(Scope::Read)?;
    let run = app.ledger.store().audit_run().await?;
    let run = run.ok_or_else(|| Problem::new(Reason::NotFound))?;
    Ok(Json(Audit::from(&run)))
}
