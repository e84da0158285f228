//! Bookings over the web: hold, look, confirm, cancel, move.

use std::sync::Arc;

use antrian::domain::booking::{Booking, CancelReason};
use antrian::domain::code::BookingCode;
use antrian::domain::ids::{ApplicantId, OfficeId, ServiceId};
use antrian::domain::office::{Channel, Office};
use antrian::domain::reason::Reason;
use antrian::domain::time::SlotTime;
use antrian::http::body::{Body, NoBody, Params, Segments, hash};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::refusals::{hold_refused, move_refused, slot_full, unknown_applicant};
use antrian::http::routes::routes;
use antrian::http::session::{OwnBooking, SignedIn, Token};
use antrian::http::views::views;
use antrian::http::{AppState, Routes, office};
use antrian::ledger::SlotChoice;
use antrian::use_cases::bookings::{self, BookingDetails, HoldWish};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::view::BookingView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(hold))
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(confirm))
        .routes(routes!(extend))
        .routes(routes!(cancel))
        .routes(routes!(reschedule))
}

/// A wish to hold a seat.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBooking {
    /// For whom: an id from `/v1/me/applicants`.
    #[schema(value_type = String)]
    applicant_id: ApplicantId,
    #[schema(value_type = String)]
    office: OfficeId,
    #[schema(value_type = String)]
    service: ServiceId,
    /// Absent: the earliest of all.
    date: Option<NaiveDate>,
    /// `HH:MM`; absent: the earliest on that date, or any while many ask at once.
    #[schema(value_type = Option<String>)]
    slot: Option<SlotTime>,
}

pub(crate) fn slot_choice(
    date: Option<NaiveDate>,
    time: Option<SlotTime>,
) -> Result<SlotChoice, Problem> {
    match (date, time) {
        (Some(date), Some(time)) => Ok(SlotChoice::Slot(date, time)),
        (Some(date), None) => Ok(SlotChoice::Date(date)),
        (None, None) => Ok(SlotChoice::Earliest),
        (None, Some(_)) => Err(Problem::field(
            "date",
            "Sebutkan tanggal untuk sesi ini.",
            "Name the date of this slot.",
        )),
    }
}

/// Holds a seat. Who asks for a slot that this instance knows to be full is told so before the session
/// is read: what is free is public. Whatever else is wrong is told to somebody who is signed in.
#[utoipa::path(post, path = "/v1/bookings", tag = "bookings", request_body = NewBooking,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = BookingView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)), security(("session" = [])))]
async fn hold(
    State(app): State<AppState>,
    token: Token,
    key: Result<RequestKey, Problem>,
    body: Result<Body<NewBooking>, Problem>,
) -> Result<(StatusCode, Json<BookingView>), Problem> {
    let now = app.clock.now();
    let (key, body) = token.first(&app, key.and_then(|key| Ok((key, body?)))).await?;
    let office = token.first(&app, office(&app, &body.value.office).await).await?;
    refuse_known_full(&app, &office, (&token, &key), &body.value, now).await?;
    let held = hold_for(&app, &token, &office, &key, &body, now).await?;
    Ok((StatusCode::CREATED, Json(BookingView::from(&held))))
}

/// Holds a seat for a person of the account that the token stands for.
async fn hold_for(
    app: &AppState,
    token: &Token,
    office: &Arc<Office>,
    key: &RequestKey,
    body: &Body<NewBooking>,
    now: DateTime<Utc>,
) -> Result<BookingDetails, Problem> {
    let asked = &body.value;
    let (known, ()) = tokio::join!(
        token.session_with_applicant(app, &asked.applicant_id),
        app.ledger.foresee(&office.id, asked.date, now)
    );
    let (session, person) = known?;
    let person = person.ok_or_else(|| unknown_applicant("applicant_id"))?;
    let wish = HoldWish {
        office,
        service: &asked.service,
        choice: slot_choice(asked.date, asked.slot)?,
        account: &session.account,
        people: std::slice::from_ref(&person),
        channel: Channel::Web,
        locale: session.locale,
        idempotency_key: key.0.as_deref(),
        request_hash: &body.hash(),
    };
    let held = bookings::hold(&app.ledger, &wish, now).await?;
    let held = held.map_err(|refusal| hold_refused(office, refusal))?;
    Ok(BookingDetails::of(app, office.clone(), *held.booking, Some(&person), now))
}

/// Refuses without signing anybody in what is known to be full, unless the same request held a seat
/// before.
async fn refuse_known_full(
    app: &AppState,
    office: &Office,
    (token, key): (&Token, &RequestKey),
    wish: &NewBooking,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let Some(date) = wish.date else { return Ok(()) };
    let known = app.ledger.known_full(office, &wish.service, date, wish.slot, now);
    let Some(alternatives) = known else { return Ok(()) };
    if let Some(key) = &key.0
        && app.ledger.is_answered(token.account(), key).await?
    {
        return Ok(());
    }
    // Who asks is not known yet, and so neither is a right to priority.
    app.ledger.count_refusal(Reason::SlotFull, (&office.id, Some(date)), Channel::Web, now);
    Err(slot_full(&alternatives))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Page {
    /// What the last page gave as `next`.
    #[param(value_type = Option<String>)]
    after: Option<BookingCode>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Bookings {
    bookings: Vec<BookingView>,
    /// Ask for the next page with this as `after`; `null`: there is none.
    next: Option<String>,
}

/// Bookings of one answer.
const PAGE: usize = 20;

/// The account's bookings, in order of their codes.
#[utoipa::path(get, path = "/v1/me/bookings", tag = "bookings", params(Page),
    responses((status = 200, body = Bookings), (status = 401, body = ProblemDetails)),
    security(("session" = [])))]
async fn list(
    State(app): State<AppState>,
    who: SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<Bookings>, Problem> {
    let account = &who.session.account;
    let (page, next) = bookings::page(&app, account, page.after, PAGE, app.clock.now()).await?;
    Ok(Json(Bookings { bookings: views(&page), next: next.map(|code| code.to_string()) }))
}

/// A booking with its history.
#[utoipa::path(get, path = "/v1/bookings/{code}", tag = "bookings", params(("code" = String, Path)),
    responses((status = 200, body = BookingView), (status = 404, body = ProblemDetails)),
    security(("session" = [])))]
async fn one(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(code): Segments<BookingCode>,
) -> Result<Json<BookingView>, Problem> {
    let found = bookings::history(&app, &who.session.account, code, app.clock.now()).await?;
    let (details, events) = found.ok_or_else(|| Problem::new(Reason::NotFound))?;
    Ok(Json(BookingView::with_history(&details, &events)))
}

/// Confirms a held booking. Takes no body, or an empty object.
#[utoipa::path(post, path = "/v1/bookings/{code}/confirm", tag = "bookings", params(("code" = String, Path),
    ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BookingView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("session" = [])))]
async fn confirm(
    State(app): State<AppState>,
    OwnBooking { booking, .. }: OwnBooking,
    _: RequestKey,
    _: NoBody,
) -> Result<Json<BookingView>, Problem> {
    let details = bookings::confirm(&app, booking, app.clock.now()).await??;
    Ok(Json(BookingView::from(&details)))
}

/// Holds a seat for longer: by as many minutes, as often and as far as the office's policy says
/// (`extend_minutes`, `max_extensions`, `hold_max_minutes`). Takes no body, or an empty object.
#[utoipa::path(post, path = "/v1/bookings/{code}/extend", tag = "bookings", params(("code" = String, Path),
    ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BookingView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("session" = [])))]
async fn extend(
    State(app): State<AppState>,
    OwnBooking { session, booking }: OwnBooking,
    key: RequestKey,
    _: NoBody,
) -> Result<Json<BookingView>, Problem> {
    let scope = format!("extend\n{}\n{}", session.account, booking.code);
    let extending = extended(&app, booking);
    idempotent(&app, &key, &scope, &hash(b""), StatusCode::OK, extending).await.map(Json)
}

async fn extended(app: &AppState, booking: Booking) -> Result<BookingView, Problem> {
    let details = bookings::extend(app, booking, app.clock.now()).await??;
    Ok(BookingView::from(&details))
}

/// Cancels a booking. Takes no body, or an empty object.
#[utoipa::path(post, path = "/v1/bookings/{code}/cancel", tag = "bookings", params(("code" = String, Path),
    ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BookingView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("session" = [])))]
async fn cancel(
    State(app): State<AppState>,
    OwnBooking { booking, .. }: OwnBooking,
    _: RequestKey,
    _: NoBody,
) -> Result<Json<BookingView>, Problem> {
    let cancelled = bookings::cancel(&app, booking, CancelReason::Applicant, app.clock.now());
    Ok(Json(BookingView::from(&cancelled.await??)))
}

/// Where to move a booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Target {
    date: NaiveDate,
    /// `HH:MM`.
    #[schema(value_type = String)]
    slot: SlotTime,
}

/// Moves a booking to another slot of the same office and service.
#[utoipa::path(post, path = "/v1/bookings/{code}/reschedule", tag = "bookings", params(("code" = String, Path),
    ("Idempotency-Key" = Option<String>, Header)), request_body = Target,
    responses((status = 200, body = BookingView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails),
        (status = 429, body = ProblemDetails)),
    security(("session" = [])))]
async fn reschedule(
    State(app): State<AppState>,
    OwnBooking { session, booking }: OwnBooking,
    key: RequestKey,
    body: Body<Target>,
) -> Result<Json<BookingView>, Problem> {
    let scope = format!("reschedule\n{}\n{}", session.account, booking.code);
    let moving = move_to(&app, booking, &body.value);
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, moving).await.map(Json)
}

async fn move_to(app: &AppState, booking: Booking, to: &Target) -> Result<BookingView, Problem> {
    let office = office(app, &booking.seat.office).await?;
    let target = (to.date, to.slot);
    let moved = bookings::reschedule(app, booking, target, app.clock.now()).await?;
    let details = moved.map_err(|refusal| move_refused(&office, refusal))?;
    Ok(BookingView::from(&details))
}
