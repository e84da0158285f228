//! Public reading: offices and what is free.

use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::language::Text;
use antrian::domain::office::{Channel, Location, Office, Season, WeeklySession};
use antrian::domain::reason::Reason;
use antrian::domain::release::ReleasePolicy;
use antrian::domain::time::{local_date, zone_name};
use antrian::http::body::{Params, Segments};
use antrian::http::problem::Problem;
use antrian::http::refusals::unknown_service;
use antrian::http::routes::routes;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes, office};
use antrian::ledger::{DayAvailability, DayStatus};
use antrian::storage::NextAvailable;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

/// Public answers may be kept by caches so long: a second behind a rush, a little more for lists.
const AVAILABILITY_CACHE: &str = "public, max-age=1, stale-while-revalidate=2";
const OFFICES_CACHE: &str = "public, max-age=15";
/// Days of one answer.
const MAX_DAYS: i64 = 62;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(availability))
}

#[derive(Debug, Serialize, ToSchema)]
struct Offices {
    offices: Vec<OfficeSummary>,
}

/// An office in the list.
#[derive(Debug, Serialize, ToSchema)]
struct OfficeSummary {
    id: String,
    name: String,
    city: String,
    province: String,
    /// Where it stands; `null`: not told.
    location: Option<Location>,
    /// IANA zone.
    timezone: String,
    /// WIB, WITA or WIT.
    timezone_name: String,
    services: Vec<ServiceView>,
    /// Whether appointments are given online.
    online: bool,
    /// `true`: demonstration data.
    example: bool,
    /// Earliest free slot, as last seen within a minute or so; `null`: none.
    next_available: Option<NextView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ServiceView {
    id: String,
    name: String,
    name_en: String,
}

/// A free slot.
#[derive(Debug, Serialize, ToSchema)]
struct NextView {
    date: NaiveDate,
    slot: String,
    service: String,
}

fn services(office: &Office) -> Vec<ServiceView> {
    let view = |service: &antrian::domain::office::Service| ServiceView {
        id: service.id.to_string(),
        name: service.name.id.clone(),
        name_en: service.name.en.clone(),
    };
    office.services.iter().map(view).collect()
}

fn summary(office: &Office, seen: Option<&NextAvailable>) -> OfficeSummary {
    let next = seen.and_then(|seen| seen.slot.as_ref());
    OfficeSummary {
        id: office.id.to_string(),
        name: office.name.clone(),
        city: office.city.clone(),
        province: office.province.clone(),
        location: office.location,
        timezone: office.timezone.name().to_owned(),
        timezone_name: zone_name(office.timezone).to_owned(),
        services: services(office),
        online: office.online,
        example: office.example,
        next_available: next.map(|(date, time, service)| NextView {
            date: *date,
            slot: time.to_string(),
            service: service.to_string(),
        }),
    }
}

/// All offices, with the earliest free slot of each.
#[utoipa::path(get, path = "/v1/offices", tag = "public", responses((status = 200, body = Offices)))]
async fn list(State(app): State<AppState>) -> Result<impl IntoResponse, Problem> {
    let (now, offices) = (app.clock.now(), app.ledger.offices());
    let (directory, next) = tokio::try_join!(offices.all(now), offices.next_hours(now))?;
    let offices = directory.offices.iter().map(|o| summary(o, next.of(&o.id))).collect();
    Ok(([(header::CACHE_CONTROL, OFFICES_CACHE)], Json(Offices { offices })))
}

/// One office in full.
#[derive(Debug, Serialize, ToSchema)]
struct OfficeView {
    #[serde(flatten)]
    summary: OfficeSummary,
    address: String,
    /// How to reach a person there.
    contact: Text,
    /// The usual week.
    hours: Vec<WeeklySession>,
    /// Weekly hours that count instead on some dates that are not over.
    seasons: Vec<Season>,
    release: ReleaseView,
    /// Ways to book.
    channels: Vec<Channel>,
    whatsapp_number: Option<String>,
    /// Come so long before the slot at the earliest.
    early_minutes: u32,
    /// Come so long after the slot's start at the latest.
    late_minutes: u32,
}

/// When dates are opened.
#[derive(Debug, Serialize, ToSchema)]
struct ReleaseView {
    policy: ReleasePolicy,
    /// Last date that is open now.
    open_through: NaiveDate,
    /// When the next dates open.
    next_at: String,
    /// The first date that opens then.
    next_from: NaiveDate,
}

fn release(office: &Office, now: DateTime<Utc>) -> ReleaseView {
    let zone = office.timezone;
    let (at, from) = office.release.next_release(now, zone);
    ReleaseView {
        policy: office.release,
        open_through: office.release.open_through(now, zone),
        next_at: instant(at, zone),
        next_from: from,
    }
}

/// One office: address, hours, services, release policy, channels.
#[utoipa::path(get, path = "/v1/offices/{office}", tag = "public",
    params(("office" = String, Path)),
    responses((status = 200, body = OfficeView), (status = 404, body = antrian::http::problem::ProblemDetails)))]
async fn one(
    State(app): State<AppState>,
    Segments(id): Segments<OfficeId>,
) -> Result<impl IntoResponse, Problem> {
    let now = app.clock.now();
    let offices = app.ledger.offices();
    let (office, next) = tokio::try_join!(offices.get(&id, now), offices.next_hours(now))?;
    let office = office.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let mut channels = if office.online { vec![Channel::Web] } else { vec![] };
    channels.extend(office.whatsapp_number.is_some().then_some(Channel::Whatsapp));
    channels.push(Channel::WalkIn);
    let view = OfficeView {
        summary: summary(&office, next.of(&id)),
        address: office.address.clone(),
        contact: office.contact.clone(),
        hours: office.sessions.clone(),
        seasons: office.coming_seasons(local_date(now, office.timezone)).cloned().collect(),
        release: release(&office, now),
        channels,
        whatsapp_number: office.whatsapp_number.clone(),
        early_minutes: office.policy.early_minutes,
        late_minutes: office.policy.late_minutes,
    };
    Ok(([(header::CACHE_CONTROL, OFFICES_CACHE)], Json(view)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Range {
    /// A service of the office.
    #[param(value_type = String)]
    service: ServiceId,
    /// First date; absent: today at the office.
    from: Option<NaiveDate>,
    /// Last date, at most 62 days with the first; absent: two weeks.
    to: Option<NaiveDate>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Availability {
    office: String,
    service: String,
    timezone: String,
    days: Vec<DayView>,
}

/// A date.
#[derive(Debug, Serialize, ToSchema)]
struct DayView {
    date: NaiveDate,
    /// `open`, `full`, `closed` or `not_released`.
    status: &'static str,
    /// Why it is closed, in Indonesian.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Why it is closed, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_en: Option<String>,
    /// `holiday`, `collective_leave`, `office_closed`, `no_session` or `past`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<String>,
    /// When it opens, if it is not released yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    release_at: Option<String>,
    slots: Vec<SlotView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SlotView {
    /// `HH:MM` in the office's zone.
    slot: String,
    /// Seats that can be booked over the web.
    seats_free: u16,
}

fn day_view(office: &Office, day: &DayAvailability) -> DayView {
    let (status, reason, release_at) = match &day.status {
        DayStatus::Open => ("open", None, None),
        DayStatus::Full => ("full", None, None),
        DayStatus::Closed(reason) => ("closed", Some(reason), None),
        DayStatus::NotReleased(at) => ("not_released", None, Some(instant(*at, office.timezone))),
    };
    let slot = |slot: &antrian::ledger::SlotAvailability| SlotView {
        slot: slot.time.to_string(),
        seats_free: slot.seats_free,
    };
    DayView {
        date: day.date,
        status,
        reason: reason.map(|reason| reason.text.id.clone()),
        reason_en: reason.map(|reason| reason.text.en.clone()),
        reason_code: reason.map(|reason| reason.code.clone()),
        release_at,
        slots: day.slots.iter().map(slot).collect(),
    }
}

/// What is free on up to 62 days.
#[utoipa::path(get, path = "/v1/offices/{office}/availability", tag = "public",
    params(("office" = String, Path), Range),
    responses((status = 200, body = Availability),
        (status = 404, body = antrian::http::problem::ProblemDetails),
        (status = 422, body = antrian::http::problem::ProblemDetails)))]
async fn availability(
    State(app): State<AppState>,
    Segments(id): Segments<OfficeId>,
    Params(range): Params<Range>,
) -> Result<impl IntoResponse, Problem> {
    let now = app.clock.now();
    let office = office(&app, &id).await?;
    if office.services.iter().all(|service| service.id != range.service) {
        return Err(unknown_service());
    }
    let (from, to) = dates(&range, local_date(now, office.timezone))?;
    let days =
        app.ledger.availability(&office, &range.service, from, to, Channel::Web, now).await?;
    let view = Availability {
        office: id.to_string(),
        service: range.service.to_string(),
        timezone: office.timezone.name().to_owned(),
        days: days.iter().map(|day| day_view(&office, day)).collect(),
    };
    Ok(([(header::CACHE_CONTROL, AVAILABILITY_CACHE)], Json(view)))
}

/// Dates more than about two years away are a mistake.
const FARTHEST_DAYS: i64 = 800;

fn dates(range: &Range, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Problem> {
    let from = range.from.unwrap_or(today);
    let near = |date: NaiveDate| (date - today).num_days().abs() <= FARTHEST_DAYS;
    let to = range.to.or_else(|| from.checked_add_signed(TimeDelta::days(13))).unwrap_or(from);
    if near(from) && near(to) && from <= to && (to - from).num_days() < MAX_DAYS {
        return Ok((from, to));
    }
    Err(Problem::field(
        "to",
        "Rentang tanggal harus urut dan paling lama 62 hari.",
        "The dates must be in order and cover at most 62 days.",
    ))
}
