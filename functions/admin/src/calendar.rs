//! Days that differ from the week. Closing a day that is open moves the people who booked it.

use std::collections::BTreeMap;

use antrian::domain::ids::OfficeId;
use antrian::domain::office::DayException;
use antrian::http::body::{Body, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::calendar::{self, CalendarChange};
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(put))
}

/// All days that differ from the week: this list replaces the one before.
#[derive(Debug, Deserialize, ToSchema)]
struct Calendar {
    /// By date: closed with a reason, or open although it is a holiday.
    exceptions: BTreeMap<NaiveDate, DayException>,
}

/// What a new calendar changed.
#[derive(Debug, Serialize, ToSchema)]
struct Calendared {
    exceptions: BTreeMap<NaiveDate, DayException>,
    /// Open days that were closed now; within a minute or two their bookings are moved to the next free
    /// seats, and people are told. Who finds none waits for one.
    closed: Vec<NaiveDate>,
    /// Closed days that are open again; bookings that were moved or cancelled stay so, those that waited are
    /// on again.
    reopened: Vec<NaiveDate>,
}

/// Replaces the days that differ from the week.
#[utoipa::path(put, path = "/v1/offices/{office}/calendar", tag = "admin", request_body = Calendar,
    params(("office" = String, Path)),
    responses((status = 200, body = Calendared), (status = 403, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn put(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    body: Body<Calendar>,
) -> Result<Json<Calendared>, Problem> {
    staff.may(Scope::Office, &id)?;
    let exceptions = body.value.exceptions;
    let changed = calendar::replace(&app, &id, exceptions.clone(), &staff.0.subject).await??;
    let CalendarChange { closed, reopened } = changed;
    Ok(Json(Calendared { exceptions, closed, reopened }))
}
