//! A clerk looks a booking of their office up by its code, moves or cancels it.

use antrian::domain::booking::{Actor, CancelReason, DeskReason, Event, Status};
use antrian::domain::code::BookingCode;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Channel;
use antrian::domain::time::SlotTime;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, check_payload, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes};
use antrian::staff::{Scope, Staff};
use antrian::use_cases::desk_bookings::{self, DeskBooking};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::corrections::VisitView;
use crate::visit::PersonView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(look)).routes(routes!(cancel)).routes(routes!(reschedule))
}

/// A booking as a clerk of its office sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = DeskBooking)]
struct DeskBookingView {
    #[schema(value_type = String)]
    code: BookingCode,
    status: Status,
    service: String,
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
    channel: Channel,
    cancel_reason: Option<CancelReason>,
    /// For example `A-014`; `null`: has not come.
    queue_number: Option<String>,
    /// Ids of the documents that were missing when they were last looked at.
    missing: Vec<String>,
    /// `null`: removed from its account, or the account was erased.
    applicant: Option<PersonView>,
    /// The oldest first.
    history: Vec<DeskEvent>,
}

/// A change of a booking.
#[derive(Serialize, ToSchema)]
struct DeskEvent {
    at: String,
    status: Status,
    by: Actor,
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
    /// What is known of the person was corrected.
    corrected: bool,
    /// Why a clerk moved or cancelled it.
    reason: Option<DeskReason>,
}

impl DeskBookingView {
    fn of(found: &DeskBooking, now: DateTime<Utc>) -> Self {
        let (booking, zone) = (&found.visit.booking, found.visit.office.timezone);
        let event = |event: &Event| DeskEvent {
            at: instant(event.at, zone),
            status: event.status,
            by: event.by,
            date: event.date,
            slot: event.time.to_string(),
            corrected: event.corrected,
            reason: event.clerk.as_ref().and_then(|clerk| clerk.reason),
        };
        let missing = booking.documents.as_ref().map(|check| check.missing.clone());
        Self {
            code: booking.code,
            status: booking.status_at(now),
            service: booking.seat.service.to_string(),
            date: booking.seat.date,
            slot: booking.seat.time.to_string(),
            channel: booking.channel,
            cancel_reason: booking.cancel_reason,
            queue_number: booking.queue_place().map(|(_, number)| number.to_string()),
            missing: missing.unwrap_or_default(),
            applicant: found.applicant.as_ref().map(PersonView::from),
            history: found.events.iter().map(event).collect(),
        }
    }
}

/// A booking of this office by its code. Without a code, whoever shows the KTP is looked up by NIK
/// (`person-releases`).
#[utoipa::path(get, path = "/v1/offices/{office}/bookings/{code}", tag = "staff",
    params(("office" = String, Path), ("code" = String, Path)),
    responses((status = 200, body = DeskBookingView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn look(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
) -> Result<Json<DeskBookingView>, Problem> {
    staff.may(Scope::Desk, &id)?;
    let found = desk_bookings::look(&app, &staff.0, &id, code).await??;
    Ok(Json(DeskBookingView::of(&found, app.clock.now())))
}

/// Why a clerk cancels.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeskCancel {
    reason: DeskReason,
}

/// Cancels a booking of this office: an event that keeps clerk and reason. Whoever made it is told.
#[utoipa::path(post, path = "/v1/offices/{office}/bookings/{code}/cancel", tag = "staff",
    request_body = DeskCancel,
    params(("office" = String, Path), ("code" = String, Path),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = VisitView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn cancel(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    key: RequestKey,
    body: Body<DeskCancel>,
) -> Result<Json<VisitView>, Problem> {
    staff.may(Scope::Desk, &id)?;
    let scope = format!("desk-cancel\n{code}\n{}", staff.0.subject);
    check_payload(&app, &key, &scope, &body.hash()).await?;
    let reason = body.value.reason;
    let booking = desk_bookings::cancel(&app, &staff.0, &id, code, reason).await??;
    Ok(Json(VisitView::of(&booking, app.clock.now())))
}

/// Why a clerk moves.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MoveReason {
    /// Whoever it is for asks for it, by telephone or at the desk.
    #[default]
    Asked,
    /// The office cannot serve it at its time.
    Office,
}

impl From<MoveReason> for DeskReason {
    fn from(reason: MoveReason) -> Self {
        match reason {
            MoveReason::Asked => Self::Asked,
            MoveReason::Office => Self::Office,
        }
    }
}

/// Where to move a booking, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeskTarget {
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    #[schema(value_type = String)]
    slot: SlotTime,
    /// Absent: `asked`.
    #[serde(default)]
    reason: MoveReason,
}

/// A booking on its new seat.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct DeskMoved {
    #[schema(value_type = String)]
    code: BookingCode,
    status: Status,
    service: String,
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
}

/// Moves a booking of this office to another slot of it: also on its day, and for as many days after a missed
/// visit as the office's policy says (`missed_move_days`). An event that keeps clerk and reason; whoever made
/// it is told. The code stays, the ticket is a new one.
#[utoipa::path(post, path = "/v1/offices/{office}/bookings/{code}/reschedule", tag = "staff",
    request_body = DeskTarget,
    params(("office" = String, Path), ("code" = String, Path),
        ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = DeskMoved), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn reschedule(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    key: RequestKey,
    body: Body<DeskTarget>,
) -> Result<Json<DeskMoved>, Problem> {
    staff.may(Scope::Desk, &id)?;
    let scope = format!("desk-reschedule\n{code}\n{}", staff.0.subject);
    let moving = moved(&app, &staff.0, (&id, code), &body.value);
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, moving).await.map(Json)
}

async fn moved(
    app: &AppState,
    staff: &Staff,
    (id, code): (&OfficeId, BookingCode),
    target: &DeskTarget,
) -> Result<DeskMoved, Problem> {
    let to = ((target.date, target.slot), target.reason.into());
    let booking = desk_bookings::reschedule(app, staff, id, code, to).await??;
    Ok(DeskMoved {
        code,
        status: booking.status_at(app.clock.now()),
        service: booking.seat.service.to_string(),
        date: booking.seat.date,
        slot: booking.seat.time.to_string(),
    })
}
