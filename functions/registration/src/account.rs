//! An account's own data: what is known, all of it, and nothing any more.

use antrian::domain::booking::{Actor, Event, Status};
use antrian::domain::language::Locale;
use antrian::domain::person::Category;
use antrian::domain::reason::Reason;
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::SignedIn;
use antrian::http::{AppState, Routes};
use antrian::storage::BookingKept;
use antrian::use_cases::account::{self, KnownOfAccount};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::applicants::ApplicantView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(me, erase)).routes(routes!(export))
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

fn erased() -> Problem {
    Problem::new(Reason::Unauthenticated)
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
    let profile = account::profile(&app, &who.session.account).await?;
    let (account, applicants) = profile.ok_or_else(erased)?;
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
    category: Category,
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
    by: Actor,
}

fn exported(kept: &BookingKept, now: DateTime<Utc>) -> ExportedBooking {
    let booking = &kept.booking;
    let event = |event: &Event| ExportedEvent { at: event.at, status: event.status, by: event.by };
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

/// Everything that is stored of the account, with NIKs in full: to a session that was opened within 15
/// minutes. Whoever asks later signs in once more.
#[utoipa::path(get, path = "/v1/me/export", tag = "account",
    responses((status = 200, body = Export), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails)), security(("session" = [])))]
async fn export(State(app): State<AppState>, who: SignedIn) -> Result<Json<Export>, Problem> {
    let known = account::export(&app, &who.session).await??;
    let KnownOfAccount { account, applicants, bookings } = known.ok_or_else(erased)?;
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
    account::erase(&app, &who.session.account).await??;
    Ok(StatusCode::NO_CONTENT)
}
