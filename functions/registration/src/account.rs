//! An account's own data: what is known, all of it, and nothing any more.

use antrian::app::App;
use antrian::domain::account::Account;
use antrian::domain::booking::{Booking, CancelReason, Status};
use antrian::domain::code::BookingCode;
use antrian::domain::ids::AccountId;
use antrian::domain::language::Locale;
use antrian::http::problem::{Code, Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::SignedIn;
use antrian::http::{AppState, Routes};
use antrian::storage::BookingKept;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::applicants::ApplicantView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(me, erase))
        .routes(routes!(export))
        .routes(routes!(sign_out))
        .routes(routes!(sign_out_everywhere))
}

/// What is known of an account.
#[derive(Serialize, ToSchema)]
struct Me {
    account_id: String,
    created_at: DateTime<Utc>,
    locale: Locale,
    /// The number, if WhatsApp told it; its middle digits are hidden.
    phone: Option<String>,
    applicants: Vec<ApplicantView>,
}

async fn account(app: &App, id: &AccountId) -> Result<Account, Problem> {
    let account = app.ledger.store().account(id).await?;
    account.ok_or_else(|| Problem::new(Code::Unauthenticated))
}

/// First and last digits of a number, for its owner to recognise it.
fn masked(phone: &str) -> String {
    let (head, tail) = phone.split_at(phone.len().min(5));
    format!("{head}•••{}", &tail[tail.len().saturating_sub(3)..])
}

/// The account and its people.
#[utoipa::path(get, path = "/v1/me", tag = "account",
    responses((status = 200, body = Me), (status = 401, body = ProblemDetails)), security(("session" = [])))]
async fn me(State(app): State<AppState>, who: SignedIn) -> Result<Json<Me>, Problem> {
    let account = account(&app, &who.session.account).await?;
    let applicants = app.ledger.store().applicants(&account.id).await?;
    Ok(Json(Me {
        account_id: account.id.to_string(),
        created_at: account.created_at,
        locale: account.locale,
        phone: account.contacts.phone.as_ref().map(|phone| masked(phone.expose())),
        applicants: applicants.iter().map(ApplicantView::from).collect(),
    }))
}

/// Everything that is stored of an account, in the clear: for its owner only.
#[derive(Serialize, ToSchema)]
struct Export {
    account_id: String,
    created_at: DateTime<Utc>,
    locale: Locale,
    phone: Option<String>,
    whatsapp_user_id: Option<String>,
    applicants: Vec<ExportedApplicant>,
    bookings: Vec<ExportedBooking>,
}

#[derive(Serialize, ToSchema)]
struct ExportedApplicant {
    id: String,
    name: String,
    nik: Option<String>,
    birth_date: NaiveDate,
    ktp_regency: Option<String>,
    category: antrian::domain::person::Category,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExportedBooking {
    code: String,
    status: Status,
    applicant_id: String,
    office: String,
    service: String,
    date: NaiveDate,
    slot: String,
    history: Vec<ExportedEvent>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ExportedEvent {
    at: DateTime<Utc>,
    status: Status,
    by: antrian::domain::booking::Actor,
}

fn exported(kept: &BookingKept, now: DateTime<Utc>) -> ExportedBooking {
    let booking = &kept.booking;
    let event = |event: &antrian::domain::booking::Event| ExportedEvent {
        at: event.at,
        status: event.status,
        by: event.by,
    };
    ExportedBooking {
        code: booking.code.to_string(),
        status: booking.status_at(now),
        applicant_id: booking.applicant.to_string(),
        office: booking.seat.office.to_string(),
        service: booking.seat.service.to_string(),
        date: booking.seat.date,
        slot: booking.seat.time.to_string(),
        history: kept.events.iter().map(event).collect(),
    }
}

/// An account holds few bookings; one with more is exported up to here.
const MAX_BOOKINGS: usize = 1_000;

async fn bookings(app: &App, account: &AccountId) -> Result<Vec<BookingKept>, Problem> {
    let store = app.ledger.store();
    let (codes, _) = store.booking_codes(account, None, MAX_BOOKINGS).await?;
    let mut all = Vec::with_capacity(codes.len());
    for code in codes {
        all.extend(store.booking_with_history(code).await?);
    }
    Ok(all)
}

/// Everything that is stored of the account.
#[utoipa::path(get, path = "/v1/me/export", tag = "account",
    responses((status = 200, body = Export), (status = 401, body = ProblemDetails)), security(("session" = [])))]
async fn export(State(app): State<AppState>, who: SignedIn) -> Result<Json<Export>, Problem> {
    let account = account(&app, &who.session.account).await?;
    let applicants = app.ledger.store().applicants(&account.id).await?;
    let bookings = bookings(&app, &account.id).await?;
    let now = app.clock.now();
    Ok(Json(Export {
        account_id: account.id.to_string(),
        created_at: account.created_at,
        locale: account.locale,
        phone: account.contacts.phone.as_ref().map(|phone| phone.expose().to_owned()),
        whatsapp_user_id: account.contacts.scoped.as_ref().map(|id| id.expose().to_owned()),
        applicants: applicants
            .iter()
            .map(|applicant| ExportedApplicant {
                id: applicant.id.to_string(),
                name: applicant.details.name.expose().to_owned(),
                nik: applicant.details.nik.as_ref().map(|nik| nik.expose().to_owned()),
                birth_date: applicant.details.birth_date,
                ktp_regency: applicant.details.ktp_regency.clone(),
                category: applicant.details.category,
            })
            .collect(),
        bookings: bookings.iter().map(|kept| exported(kept, now)).collect(),
    }))
}

/// Erases the account: live bookings are cancelled and their seats given back, personal data is
/// removed. Not while a visit is under way.
#[utoipa::path(delete, path = "/v1/me", tag = "account",
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 409, body = ProblemDetails)),
    security(("session" = [])))]
async fn erase(State(app): State<AppState>, who: SignedIn) -> Result<StatusCode, Problem> {
    let id = &who.session.account;
    let store = app.ledger.store();
    if bookings(&app, id).await?.iter().any(|kept| is_visiting(&kept.booking, app.clock.now())) {
        return Err(Problem::new(Code::VisitInProgress));
    }
    store.close_account(id).await?;
    loop {
        let (codes, _) = store.booking_codes(id, None, PAGE).await?;
        if codes.is_empty() {
            break;
        }
        for code in codes {
            forget_booking(&app, code).await?;
        }
    }
    store.erase_account(id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bookings read in one go.
const PAGE: usize = 100;
/// Times that a booking is looked at again because it has just changed.
const MAX_ROUNDS: u32 = 5;

/// Whether the person is at the office.
fn is_visiting(booking: &Booking, now: DateTime<Utc>) -> bool {
    booking.status == Status::CheckedIn && now < booking.times.day_ends_at
}

/// Cancels a booking that is on, then takes the person out of it.
async fn forget_booking(app: &App, code: BookingCode) -> Result<(), Problem> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    for _ in 0..MAX_ROUNDS {
        let Some(booking) = store.booking(code).await? else { return Ok(()) };
        match booking.status_at(now) {
            _ if is_visiting(&booking, now) => return Err(Problem::new(Code::VisitInProgress)),
            Status::Held | Status::Confirmed | Status::AwaitingDocuments => {
                let office = app.ledger.offices().get(&booking.seat.office, now).await?;
                let office = office.ok_or_else(|| Problem::new(Code::InternalError))?;
                app.ledger.cancel(&office, booking, CancelReason::Erasure, now).await?;
            }
            _ if store.forget_booking(&booking).await? => return Ok(()),
            _ => {}
        }
    }
    Err(Problem::new(Code::Busy).retry_after(2))
}

/// Signs this device out.
#[utoipa::path(delete, path = "/v1/session", tag = "account",
    responses((status = 204), (status = 401, body = ProblemDetails)), security(("session" = [])))]
async fn sign_out(State(app): State<AppState>, who: SignedIn) -> Result<StatusCode, Problem> {
    let hash = who.token.hash(&app);
    app.ledger.store().delete_session(&who.session.account, &hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs every device of the account out, this one too.
#[utoipa::path(delete, path = "/v1/sessions", tag = "account",
    responses((status = 204), (status = 401, body = ProblemDetails)), security(("session" = [])))]
async fn sign_out_everywhere(
    State(app): State<AppState>,
    who: SignedIn,
) -> Result<StatusCode, Problem> {
    app.ledger.store().delete_sessions(&who.session.account).await?;
    Ok(StatusCode::NO_CONTENT)
}
