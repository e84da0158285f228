//! Claiming a person whom another account has booked for.

use antrian::domain::ids::ApplicantId;
use antrian::domain::person_claim::CLAIM_HOURS;
use antrian::domain::reason::Reason;
use antrian::domain::time::whole_seconds;
use antrian::http::body::{NoBody, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::SignedIn;
use antrian::http::{AppState, Routes};
use antrian::storage::Session;
use antrian::use_cases::person_claims;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(claim))
}

/// A claim that is made. It says nothing of whether there is another booking.
#[derive(Serialize, Deserialize, ToSchema)]
struct ClaimView {
    /// Whoever has another booking can give it up before this instant, and then we tell by WhatsApp.
    /// Without a message: come to any office with the KTP.
    #[serde(with = "antrian::http::views::national")]
    answer_until: DateTime<Utc>,
}

/// Claims a person whose booking is refused with `person_needs_confirmation`: if another account has
/// booked for them, it is asked whether it gives its booking up. The answer is the same if none has.
#[utoipa::path(post, path = "/v1/me/applicants/{applicant}/claim", tag = "account",
    params(("applicant" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, body = ClaimView), (status = 401, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails),
        (status = 429, body = ProblemDetails)),
    security(("session" = [])))]
async fn claim(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(id): Segments<ApplicantId>,
    key: RequestKey,
    body: NoBody,
) -> Result<(StatusCode, Json<ClaimView>), Problem> {
    let scope = format!("claim\n{}\n{id}", who.session.account);
    let claiming = claim_one(&app, &who.session, &id);
    let status = StatusCode::ACCEPTED;
    let view = idempotent(&app, &key, &scope, &body.hash(), status, claiming).await?;
    Ok((status, Json(view)))
}

async fn claim_one(
    app: &AppState,
    session: &Session,
    id: &ApplicantId,
) -> Result<ClaimView, Problem> {
    let now = whole_seconds(app.clock.now());
    let person = app.ledger.store().applicant(&session.account, id).await?;
    let person = person.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let who = (&session.account, session.locale);
    person_claims::claim(app, &app.ledger, who, &person, now).await??;
    Ok(ClaimView { answer_until: now + TimeDelta::hours(CLAIM_HOURS) })
}
