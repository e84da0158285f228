//! Somebody without a booking stands at the desk: a clerk books for them and lets them in.

use std::sync::OnceLock;

use antrian::domain::account::PersonDetails;
use antrian::domain::code::BookingCode;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::office::{Office, Service};
use antrian::domain::person::Category;
use antrian::domain::requirements::checklist;
use antrian::domain::time::SlotTime;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::refusals::walk_in_refused;
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::{DocumentView, views};
use antrian::http::{AppState, Routes, office};
use antrian::ledger::{DayAvailability, SlotAvailability};
use antrian::staff::Scope;
use antrian::use_cases::desk::person_behind;
use antrian::use_cases::people::PersonForm;
use antrian::use_cases::walk_ins::{self, WalkIn, WalkedIn, free_today};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::scan::{self, CheckInView, check_gate};
use crate::visit::PersonView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(free, walk_in))
}

/// Seats that the desk can give today.
#[derive(Debug, Serialize, ToSchema)]
struct FreeToday {
    services: Vec<FreeService>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FreeService {
    #[schema(value_type = String)]
    service: ServiceId,
    /// Of all hours.
    seats_free: u16,
    /// Hours that have any.
    slots: Vec<FreeSlot>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FreeSlot {
    /// `HH:MM` in the office's zone.
    slot: String,
    seats_free: u16,
}

impl FreeService {
    fn of((service, day): (&Service, DayAvailability)) -> Self {
        let free = day.slots.iter().filter(|slot| slot.seats_free > 0);
        let slots: Vec<_> = free.map(FreeSlot::of).collect();
        let seats_free = slots.iter().map(|slot| slot.seats_free).sum();
        Self { service: service.id.clone(), seats_free, slots }
    }
}

impl FreeSlot {
    fn of(slot: &SlotAvailability) -> Self {
        Self { slot: slot.time.to_string(), seats_free: slot.seats_free }
    }
}

/// Seats that the desk can give today: its own, those that are for everybody by now, and those of hours
/// that have begun and of people who did not come.
#[utoipa::path(get, path = "/v1/offices/{office}/walk-ins", tag = "staff",
    params(("office" = String, Path)),
    responses((status = 200, body = FreeToday), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn free(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
) -> Result<Json<FreeToday>, Problem> {
    staff.may(Scope::Desk, &id)?;
    let office = office(&app, &id).await?;
    let services = free_today(&app, &office).await?.into_iter().map(FreeService::of).collect();
    Ok(Json(FreeToday { services }))
}

/// Somebody at the desk, as on the KTP that the clerk sees.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WalkInRequest {
    #[schema(value_type = String)]
    service: ServiceId,
    name: String,
    /// 16 digits.
    nik: String,
    /// `YYYY-MM-DD`.
    birth_date: String,
    /// City or regency that issued the KTP.
    ktp_regency: String,
    /// Why the person goes before others, as the clerk sees.
    #[serde(default = "general")]
    category: Category,
    /// Where the desk stands.
    gate: Option<String>,
    /// An hour of another day instead of now.
    visit: Option<Visit>,
}

fn general() -> Category {
    Category::General
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Visit {
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    #[schema(value_type = String)]
    slot: SlotTime,
}

/// Somebody who was booked for.
#[derive(Serialize, Deserialize, ToSchema)]
struct WalkInView {
    #[schema(value_type = String)]
    code: BookingCode,
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
    /// The booking's page, for the QR on the slip: it shows the place in the line.
    page: String,
    /// What to bring.
    #[serde(default)]
    #[schema(required = true)]
    documents: Vec<DocumentView>,
    /// Their number and what to look at; `null`: they come another day.
    check_in: Option<CheckInView>,
}

impl WalkInRequest {
    fn person(&self, app: &AppState) -> Result<PersonDetails, Problem> {
        let form = PersonForm {
            name: &self.name,
            nik: &self.nik,
            birth_date: &self.birth_date,
            ktp_regency: &self.ktp_regency,
            category: self.category,
        };
        form.parse(app.clock.now()).map_err(|errors| Problem::fields(&errors))
    }
}

impl WalkInView {
    fn of(walked_in: &WalkedIn, office: &Office) -> Result<Self, Problem> {
        let booking = &walked_in.booking;
        Ok(Self {
            code: booking.code,
            date: booking.seat.date,
            slot: booking.seat.time.to_string(),
            page: walked_in.page.clone(),
            documents: views(&checklist(office, booking, &walked_in.applicant).documents),
            check_in: walked_in.scanned.as_ref().map(scan::view).transpose()?,
        })
    }
}

/// Books for somebody at the desk: for now, with a number, or for another day. They need no telephone:
/// the page is for a printed slip. The person's one booking counts here as everywhere.
#[utoipa::path(post, path = "/v1/offices/{office}/walk-ins", tag = "staff", request_body = WalkInRequest,
    params(("office" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = WalkInView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn walk_in(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    key: RequestKey,
    body: Body<WalkInRequest>,
) -> Result<(StatusCode, Json<WalkInView>), Problem> {
    staff.may(Scope::Desk, &id)?;
    let scope = format!("walk-in\n{id}\n{}", staff.0.subject);
    let (request, hash) = (key.hash(&app, &scope), body.hash());
    let seen = OnceLock::new();
    let known_by = (request.as_deref(), &*hash);
    let booking = book(&app, &staff, (&id, &body.value), known_by, &seen);
    let status = StatusCode::CREATED;
    let view = idempotent(&app, &key, &scope, &hash, status, booking).await?;
    // A replay has seen nobody.
    let person = match seen.into_inner() {
        Some(person) => Some(person),
        None => person_behind(&app, view.code).await.as_ref().map(PersonView::from),
    };
    let check_in = view.check_in.map(|check_in| check_in.naming(person));
    Ok((status, Json(WalkInView { check_in, ..view })))
}

async fn book(
    app: &AppState,
    staff: &StaffMember,
    (id, asked): (&OfficeId, &WalkInRequest),
    (request, request_hash): (Option<&str>, &str),
    seen: &OnceLock<PersonView>,
) -> Result<WalkInView, Problem> {
    let office = office(app, id).await?;
    let (person, gate) = (asked.person(app)?, check_gate(asked.gate.as_ref())?);
    let wish = WalkIn {
        office: &office,
        service: &asked.service,
        person: &person,
        visit: asked.visit.as_ref().map(|visit| (visit.date, visit.slot)),
        gate: gate.as_deref(),
        request,
        request_hash,
    };
    let booked = walk_ins::walk_in(app, &staff.0, &wish).await?;
    let walked_in = booked.map_err(|refusal| walk_in_refused(&office, refusal))?;
    drop(seen.set(PersonView::from(&walked_in.applicant)));
    WalkInView::of(&walked_in, &office)
}
