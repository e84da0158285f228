//! A clerk who sees a KTP looks up what keeps its person from booking, and releases them.

use antrian::domain::booking::{ReleaseReason, Status};
use antrian::domain::ids::OfficeId;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::use_cases::people;
use antrian::use_cases::person_release::{Found, Look, LookedUp, look_up};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(release))
}

/// Whose KTP a clerk sees.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonRelease {
    /// 16 digits, as on the KTP.
    nik: String,
    /// Why the person is released; absent: the clerk only looks.
    release: Option<ReleaseReason>,
}

/// What keeps a person from booking, or what was done about it.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = PersonFound)]
struct FoundView {
    found: Found,
    /// The booking that is or was in the way: where, when, how it stands. Its code is for whoever made
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    booking: Option<FoundBooking>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct FoundBooking {
    #[schema(value_type = String)]
    office: OfficeId,
    office_name: String,
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
    status: Status,
}

impl FoundView {
    fn of(looked_up: &LookedUp, now: chrono::DateTime<chrono::Utc>) -> Self {
        let booking = looked_up.visit.as_ref().map(|visit| FoundBooking {
            office: visit.office.id.clone(),
            office_name: visit.office.name.clone(),
            date: visit.booking.seat.date,
            slot: visit.booking.seat.time.to_string(),
            status: visit.booking.status_at(now),
        });
        Self { found: looked_up.found, booking }
    }
}

/// Tells a clerk who has a KTP in hand what keeps its person from booking online: a live booking, from
/// whatever account, or holds and missed visits. With a reason the booking is cancelled and its account
/// told, and nothing counts against the person any more. A clerk looks up so many people in a day.
#[utoipa::path(post, path = "/v1/offices/{office}/person-releases", tag = "staff", request_body = PersonRelease,
    params(("office" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = FoundView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails),
        (status = 429, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn release(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    key: RequestKey,
    body: Body<PersonRelease>,
) -> Result<Json<FoundView>, Problem> {
    staff.may(Scope::Desk, &id)?;
    let scope = format!("person-release\n{id}\n{}", staff.0.subject);
    let looking = look(&app, &staff, &id, &body.value);
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, looking).await.map(Json)
}

async fn look(
    app: &AppState,
    staff: &StaffMember,
    id: &OfficeId,
    asked: &PersonRelease,
) -> Result<FoundView, Problem> {
    let office = office(app, id).await?;
    let nik = people::nik(&asked.nik).map_err(|error| Problem::fields(&[error]))?;
    let (staff, release) = (&staff.0, asked.release);
    let look = Look { staff, office: &office, nik: &nik, release };
    let looked_up = look_up(app, &look).await??;
    Ok(FoundView::of(&looked_up, app.clock.now()))
}
