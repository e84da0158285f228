//! Opening dates by hand, and the quota of a slot.

use antrian::app::App;
use antrian::domain::calendar::{PlannedDay, plan_day};
use antrian::domain::day::Slot;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::office::Office;
use antrian::domain::reason::Reason;
use antrian::domain::time::{SlotTime, local_date};
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
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

/// What a release opened.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Released {
    /// Dates opened now.
    opened: Vec<NaiveDate>,
    /// Slots added to dates that were open.
    slots_added: usize,
}

/// Days of one release.
const MAX_DAYS: i64 = 62;
/// Dates more than about a year ahead are a mistake.
const FARTHEST_DAYS: i64 = 400;

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
    let today = local_date(app.clock.now(), office.timezone);
    let in_order = today <= release.from && release.from <= release.to;
    if !in_order
        || (release.to - release.from).num_days() >= MAX_DAYS
        || (release.to - today).num_days() > FARTHEST_DAYS
    {
        return Err(Problem::field(
            "to",
            "Rentang tanggal harus urut, mulai hari ini, paling lama 62 hari.",
            "The dates must be in order, from today on, and cover at most 62 days.",
        ));
    }
    if let Some(service) = &release.service {
        known_service(office, service)?;
    }
    let mut released = Released { opened: vec![], slots_added: 0 };
    for date in release.from.iter_days().take_while(|date| *date <= release.to) {
        open_date(app, office, release, date, &mut released).await?;
    }
    Ok(released)
}

async fn open_date(
    app: &App,
    office: &Office,
    release: &Release,
    date: NaiveDate,
    released: &mut Released,
) -> Result<(), Problem> {
    let PlannedDay::Open(mut planned) = plan_day(office, date) else { return Ok(()) };
    let now = app.clock.now();
    if let Some(service) = &release.service {
        planned.retain(|slot| slot.service == *service);
    }
    if planned.is_empty() {
        return Ok(());
    }
    let slots: Vec<Slot> =
        planned.iter().map(|plan| Slot::planned(plan, office, date, now)).collect();
    let opened = app.ledger.store().release_slots(&office.id, date, &slots, now).await?;
    match opened.was_open {
        false if opened.slots > 0 => released.opened.push(date),
        false => {}
        true => released.slots_added += opened.slots,
    }
    app.ledger.days().forget(&office.id, date).await;
    Ok(())
}

fn known_service(office: &Office, service: &ServiceId) -> Result<(), Problem> {
    if office.services.iter().any(|known| known.id == *service) {
        return Ok(());
    }
    Err(Problem::field(
        "service",
        "Kantor ini tidak memiliki layanan tersebut.",
        "This office does not have this service.",
    ))
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

/// Seat numbers have three digits.
const MAX_SEATS: u16 = 999;

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
    let (service, quota) = (body.value.service, body.value.quota);
    if quota > MAX_SEATS {
        return Err(Problem::field(
            "quota",
            "Kuota dari 0 sampai 999.",
            "A quota is from 0 to 999.",
        ));
    }
    let (office, _) = current(&app, &id).await?;
    known_service(&office, &service)?;
    if !app.ledger.store().set_quota(&office, date, &service, time, quota).await? {
        return Err(Problem::new(Reason::NotFound));
    }
    let now = app.clock.now();
    let day = app.ledger.days().refresh(&id, date, now).await?;
    let taken = day
        .slot(&service, time)
        .map_or(0, |slot| slot.seats.iter().filter(|seat| seat.is_taken(now)).count());
    Ok(Json(SlotQuota {
        office: id.to_string(),
        service: service.to_string(),
        date,
        slot: time.to_string(),
        quota,
        seats_taken: taken,
    }))
}
