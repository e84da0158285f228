//! Bookings over the web: hold, look, confirm, cancel, move.

use std::sync::Arc;

use antrian::domain::booking::{Booking, CancelReason};
use antrian::domain::code::BookingCode;
use antrian::domain::ids::{AccountId, ApplicantId, OfficeId, ServiceId};
use antrian::domain::office::{Channel, Office};
use antrian::domain::time::SlotTime;
use antrian::http::body::{Body, NoBody, Params, Segments};
use antrian::http::idempotency::{RequestKey, check_payload, idempotent, json};
use antrian::http::problem::{Code, Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::{SignedIn, Token};
use antrian::http::views::{AlternativeView, instant, offered, views};
use antrian::http::{AppState, Routes, office};
use antrian::ledger::{
    Alternative, Changed, HoldOutcome, HoldRequest, Moved, NotOffered, SlotChoice,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::offices::unknown_service;
use crate::view::{BookingView, booking_view, read_view};

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(hold))
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(confirm))
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
    /// `HH:MM`; absent: the earliest on that date.
    #[schema(value_type = Option<String>)]
    slot: Option<SlotTime>,
}

impl NewBooking {
    fn choice(&self) -> Result<SlotChoice, Problem> {
        match (self.date, self.slot) {
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
}

/// Holds a seat. Who asks for a slot that this instance knows to be full is told so before anything
/// is read: what is free is public.
#[utoipa::path(post, path = "/v1/bookings", tag = "bookings", request_body = NewBooking,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = BookingView), (status = 409, body = ProblemDetails),
        (status = 422, body = ProblemDetails)), security(("session" = [])))]
async fn hold(
    State(app): State<AppState>,
    token: Result<Token, Problem>,
    key: RequestKey,
    body: Body<NewBooking>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let token = token?;
    let office = office(&app, &body.value.office).await?;
    // With a key the first answer is looked for before anything is refused.
    if key.0.is_none() {
        refuse_from_memory(&app, &office, &body.value, now)?;
    }
    // Large, and so made apart: most requests of a rush have been answered by now.
    Box::pin(hold_for(&app, &token, &office, &key, &body, now)).await
}

/// Holds a seat for a person of the account that the token stands for.
async fn hold_for(
    app: &AppState,
    token: &Token,
    office: &Office,
    key: &RequestKey,
    body: &Body<NewBooking>,
    now: DateTime<Utc>,
) -> Result<Response, Problem> {
    let wish = &body.value;
    let (session, applicant) = token.session_with_applicant(app, &wish.applicant_id).await?;
    let applicant = applicant.ok_or_else(unknown_applicant)?;
    let has_priority = applicant.details.category.has_priority();
    let request_hash = body.hash();
    let request = HoldRequest {
        office,
        service: &wish.service,
        choice: wish.choice()?,
        account: &session.account,
        applicant: &applicant.id,
        person: &applicant.person,
        channel: if has_priority { Channel::Priority } else { Channel::Web },
        locale: session.locale,
        idempotency_key: key.0.as_deref(),
        request_hash: &request_hash,
    };
    match app.ledger.hold(&request, now).await? {
        HoldOutcome::Held(booking) | HoldOutcome::Repeated(booking) => Ok(json(
            StatusCode::CREATED,
            &booking_view(app, office, &booking, Some(&applicant), now),
        )),
        refusal => Err(hold_problem(office, refusal)),
    }
}

fn refuse_from_memory(
    app: &AppState,
    office: &Office,
    wish: &NewBooking,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let Some(date) = wish.date else { return Ok(()) };
    match app.ledger.known_full(office, &wish.service, date, wish.slot, now) {
        Some(offers) => Err(Problem::new(Code::SlotFull).with("alternatives", offered(&offers))),
        None => Ok(()),
    }
}

fn unknown_applicant() -> Problem {
    Problem::field(
        "applicant_id",
        "Pemohon ini tidak ada dalam akun Anda.",
        "There is no such person in your account.",
    )
}

fn slot_full(alternatives: &[Alternative]) -> Problem {
    Problem::new(Code::SlotFull).with("alternatives", views::<_, AlternativeView>(alternatives))
}

fn hold_problem(office: &Office, outcome: HoldOutcome) -> Problem {
    match outcome {
        HoldOutcome::Full(alternatives) => slot_full(&alternatives),
        HoldOutcome::AlreadyBooked(Some(code)) => {
            Problem::new(Code::AlreadyBooked).with("booking_code", code)
        }
        HoldOutcome::AlreadyBooked(None) => Problem::new(Code::AlreadyBooked),
        HoldOutcome::Mismatch => Problem::new(Code::IdempotencyMismatch),
        HoldOutcome::AccountGone => Problem::new(Code::Unauthenticated),
        HoldOutcome::NotOffered(reason) => not_offered(office, reason),
        HoldOutcome::Held(_) | HoldOutcome::Repeated(_) => Problem::new(Code::InternalError),
    }
}

fn not_offered(office: &Office, reason: NotOffered) -> Problem {
    match reason {
        NotOffered::Service => unknown_service(),
        NotOffered::Offline => Problem::new(Code::NotOnline).with("contact", &office.contact),
        NotOffered::Slot => Problem::field(
            "slot",
            "Tidak ada sesi pada jam itu. Lihat ketersediaan untuk jam yang dilayani.",
            "There is no slot at that time. See availability for the times that there are.",
        ),
        NotOffered::Closed(reason) => Problem::new(Code::OfficeClosed)
            .with("reason", &reason.text.id)
            .with("reason_en", &reason.text.en)
            .with("reason_code", &reason.code),
        NotOffered::NotReleased(at) => {
            Problem::new(Code::NotReleased).with("release_at", instant(at, office.timezone))
        }
    }
}

/// A booking of this account; anybody else's is not there.
pub(crate) async fn own(
    app: &AppState,
    account: &AccountId,
    code: BookingCode,
) -> Result<Booking, Problem> {
    let booking = app.ledger.store().booking(code).await?;
    booking
        .filter(|booking| booking.account == *account)
        .ok_or_else(|| Problem::new(Code::NotFound))
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
    let (codes, more) = app.ledger.store().booking_codes(account, page.after, PAGE).await?;
    let next = codes.last().filter(|_| more).map(ToString::to_string);
    let applicants = app.ledger.store().applicants(account).await?;
    let now = app.clock.now();
    let mut bookings = Vec::with_capacity(codes.len());
    for code in codes {
        let Some(booking) = app.ledger.store().booking(code).await? else { continue };
        let office = office(&app, &booking.seat.office).await?;
        let applicant = applicants.iter().find(|applicant| applicant.id == booking.applicant);
        bookings.push(booking_view(&app, &office, &booking, applicant, now));
    }
    Ok(Json(Bookings { bookings, next }))
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
    let kept = app.ledger.store().booking_with_history(code).await?;
    let kept = kept.filter(|kept| kept.booking.account == who.session.account);
    let kept = kept.ok_or_else(|| Problem::new(Code::NotFound))?;
    let office = office(&app, &kept.booking.seat.office).await?;
    Ok(Json(read_view(&app, &kept.booking).await?.with_history(&office, &kept.events)))
}

/// The request that a change belongs to: whose key it is, and which booking it changes.
fn scope(action: &str, account: &AccountId, code: BookingCode) -> String {
    format!("{action}\n{account}\n{code}")
}

async fn answer(app: &AppState, changed: Changed) -> Result<BookingView, Problem> {
    match changed {
        Changed::Done(booking) | Changed::Already(booking) => read_view(app, &booking).await,
        Changed::Refused(refusal) => Err(refusal.into()),
    }
}

/// Confirms a held booking. Takes no body, or an empty object.
#[utoipa::path(post, path = "/v1/bookings/{code}/confirm", tag = "bookings", params(("code" = String, Path),
    ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BookingView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("session" = [])))]
async fn confirm(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(code): Segments<BookingCode>,
    key: RequestKey,
    body: NoBody,
) -> Result<Json<BookingView>, Problem> {
    let account = &who.session.account;
    let booking = own(&app, account, code).await?;
    check_payload(&app, &key, &scope("confirm", account, code), &body.hash()).await?;
    let changed = app.ledger.confirm(booking, app.clock.now()).await?;
    answer(&app, changed).await.map(Json)
}

/// Cancels a booking. Takes no body, or an empty object.
#[utoipa::path(post, path = "/v1/bookings/{code}/cancel", tag = "bookings", params(("code" = String, Path),
    ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = BookingView), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("session" = [])))]
async fn cancel(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(code): Segments<BookingCode>,
    key: RequestKey,
    body: NoBody,
) -> Result<Json<BookingView>, Problem> {
    let account = &who.session.account;
    let booking = own(&app, account, code).await?;
    check_payload(&app, &key, &scope("cancel", account, code), &body.hash()).await?;
    let office = office(&app, &booking.seat.office).await?;
    let changed =
        app.ledger.cancel(&office, booking, CancelReason::Applicant, app.clock.now()).await?;
    answer(&app, changed).await.map(Json)
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
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("session" = [])))]
async fn reschedule(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(code): Segments<BookingCode>,
    key: RequestKey,
    body: Body<Target>,
) -> Result<Response, Problem> {
    let account = &who.session.account;
    let booking = own(&app, account, code).await?;
    let office = office(&app, &booking.seat.office).await?;
    let act = move_to(&app, office, booking, &body.value);
    idempotent(&app, &key, &scope("reschedule", account, code), &body.hash(), StatusCode::OK, act)
        .await
}

async fn move_to(
    app: &AppState,
    office: Arc<Office>,
    booking: Booking,
    to: &Target,
) -> Result<BookingView, Problem> {
    let moved = app.ledger.reschedule(&office, booking, to.date, to.slot, app.clock.now()).await?;
    match moved {
        Moved::Changed(changed) => answer(app, changed).await,
        Moved::Full(alternatives) => Err(slot_full(&alternatives)),
        Moved::NotOffered(reason) => Err(not_offered(&office, reason)),
        Moved::AlreadyBooked => Err(Problem::new(Code::AlreadyBooked)),
    }
}
