//! Opening dates by hand, and the quota of a slot.

use antrian::app::App;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::office::Office;
use antrian::domain::time::SlotTime;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::seats::{self, Released};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::offices::current;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(release)).routes(routes!(patch))
}

#[derive(Debug, Deserialize, ToSchema)]
struct Release {
    /// Open only this service on days that are open already; absent: all of them.
    #[schema(value_type = Option<String>)]
    service: Option<ServiceId>,
    from: NaiveDate,
    to: NaiveDate,
}

/// Opens dates by hand: those that are closed by the calendar stay closed, slots that are open stay
/// as they are.
#[utoipa::path(post, path = "/v1/offices/{office}/releases", tag = "admin", request_body = Release,
    params(("office" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Released), (status = 403, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn release(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    key: RequestKey,
    body: Body<Release>,
) -> Result<Json<Released>, Problem> {
    staff.may(Scope::Office, &id)?;
    let (office, _) = current(&app, &id).await?;
    let scope = format!("release\n{id}");
    let opening = open(&app, &office, &body.value);
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, opening).await.map(Json)
}

async fn open(app: &App, office: &Office, release: &Release) -> Result<Released, Problem> {
    let Release { service, from, to } = release;
    let release = seats::Release { service: service.as_ref(), from: *from, to: *to };
    Ok(seats::release(app, office, &release).await??)
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewQuota {
    #[schema(value_type = String)]
    service: ServiceId,
    quota: u16,
}

/// A slot as it is now.
#[derive(Debug, Serialize, ToSchema)]
struct SlotQuota {
    office: String,
    service: String,
    date: NaiveDate,
    slot: String,
    quota: u16,
    /// Seats that are held or kept now; more than the quota if it was lowered below them.
    seats_taken: usize,
}

/// Raises or lowers the quota of a slot. Who has a seat keeps it.
#[utoipa::path(patch, path = "/v1/offices/{office}/slots/{date}/{slot}", tag = "admin", request_body = NewQuota,
    params(("office" = String, Path), ("date" = NaiveDate, Path), ("slot" = String, Path)),
    responses((status = 200, body = SlotQuota), (status = 403, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn patch(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, date, time)): Segments<(OfficeId, NaiveDate, SlotTime)>,
    body: Body<NewQuota>,
) -> Result<Json<SlotQuota>, Problem> {
    staff.may(Scope::Office, &id)?;
    let NewQuota { service, quota } = body.value;
    let (office, _) = current(&app, &id).await?;
    let new = seats::NewQuota { service: service.clone(), time, quota, before: None };
    seats::set_quotas(&app, &office, date, &[new]).await??;
    let now = app.clock.now();
    let day = app.ledger.days().refresh(&id, date, now).await?;
    let seats_taken = day.slot(&service, time).map_or(0, |slot| seats::taken(slot, now));
    Ok(Json(SlotQuota {
        office: id.to_string(),
        service: service.to_string(),
        date,
        slot: time.to_string(),
        quota,
        seats_taken,
    }))
}
