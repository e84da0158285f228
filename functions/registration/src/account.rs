//! An account's own data: what is known, all of it, and nothing any more.

use antrian::domain::language::Locale;
use antrian::domain::reason::Reason;
use antrian::http::body::Body;
use antrian::http::export::Export;
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::SignedIn;
use antrian::http::{AppState, Routes};
use antrian::use_cases::account::{self, Profile};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::applicants::ApplicantView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(me, change, erase)).routes(routes!(export))
}

/// What is known of an account.
#[derive(Serialize, ToSchema)]
struct Me {
    account_id: String,
    #[serde(with = "antrian::http::views::national")]
    created_at: DateTime<Utc>,
    locale: Locale,
    /// The number, if WhatsApp told it; its middle digits are hidden.
    phone: Option<String>,
    /// Whether a reminder is sent on the day before a visit.
    reminders: bool,
    applicants: Vec<ApplicantView>,
}

/// What an account wishes.
#[derive(Debug, Deserialize, ToSchema)]
struct Wishes {
    /// Whether a reminder is sent on the day before a visit. In the chat it is `STOP` and `MULAI`.
    reminders: bool,
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
    let Profile { account, applicants, reminders } = profile.ok_or_else(erased)?;
    Ok(Json(Me {
        account_id: account.id.to_string(),
        created_at: account.created_at,
        locale: account.locale,
        phone: account.contacts.phone.as_ref().map(|phone| masked(phone.expose())),
        reminders,
        applicants: applicants.iter().map(ApplicantView::from).collect(),
    }))
}

/// Reminders on or off.
#[utoipa::path(patch, path = "/v1/me", tag = "account", request_body = Wishes,
    responses((status = 204), (status = 401, body = ProblemDetails)), security(("session" = [])))]
async fn change(
    State(app): State<AppState>,
    who: SignedIn,
    body: Body<Wishes>,
) -> Result<StatusCode, Problem> {
    let wanted = body.value.reminders;
    let is_there = account::set_reminders(&app, &who.session.account, wanted).await?;
    if is_there { Ok(StatusCode::NO_CONTENT) } else { Err(erased()) }
}

/// Everything that is stored of the account, with NIKs in full: to a session that was opened within 15
/// minutes. Whoever asks later signs in once more.
#[utoipa::path(get, path = "/v1/me/export", tag = "account",
    responses((status = 200, body = Export), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails)), security(("session" = [])))]
async fn export(State(app): State<AppState>, who: SignedIn) -> Result<Json<Export>, Problem> {
    let known = account::export(&app, &who.session).await??;
    let known = known.ok_or_else(erased)?;
    Ok(Json(Export::of(known, app.clock.now())))
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
