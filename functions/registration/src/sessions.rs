//! Where an account is signed in, and signing out.

use antrian::domain::ids::SessionId;
use antrian::domain::reason::Reason;
use antrian::http::body::Segments;
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::SignedIn;
use antrian::http::views::nationally;
use antrian::http::{AppState, Routes};
use antrian::storage::session_id;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(sign_out_there))
        .routes(routes!(sign_out))
        .routes(routes!(sign_out_everywhere))
}

#[derive(Serialize, ToSchema)]
struct Sessions {
    /// The newest first, at most a hundred.
    sessions: Vec<SessionView>,
}

/// A device that is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionView {
    id: String,
    /// What it calls itself, in the account's language: a hint, not a proof.
    device: String,
    /// `null`: before this was noted.
    #[schema(value_type = Option<DateTime<Utc>>)]
    opened_at: Option<String>,
    #[serde(with = "antrian::http::views::national")]
    expires_at: DateTime<Utc>,
    /// It is the one that asks.
    current: bool,
}

/// Where the account is signed in.
#[utoipa::path(get, path = "/v1/me/sessions", tag = "account",
    responses((status = 200, body = Sessions), (status = 401, body = ProblemDetails)),
    security(("session" = [])))]
async fn list(State(app): State<AppState>, who: SignedIn) -> Result<Json<Sessions>, Problem> {
    let own = session_id(&who.token.hash(&app))?;
    let all = app.ledger.store().sessions(&who.session.account, app.clock.now()).await?;
    let view = |(id, session): (SessionId, antrian::storage::Session)| SessionView {
        id: id.to_string(),
        device: session.device.in_words(who.session.locale),
        opened_at: (session.opened_at > DateTime::UNIX_EPOCH)
            .then(|| nationally(session.opened_at)),
        expires_at: session.expires_at,
        current: id == own,
    };
    Ok(Json(Sessions { sessions: all.into_iter().map(view).collect() }))
}

/// Signs one device out, by its id of the list.
#[utoipa::path(delete, path = "/v1/me/sessions/{session}", tag = "account",
    params(("session" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails)),
    security(("session" = [])))]
async fn sign_out_there(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(id): Segments<SessionId>,
) -> Result<StatusCode, Problem> {
    match app.ledger.store().end_session(&who.session.account, &id, app.clock.now()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::new(Reason::NotFound)),
    }
}

/// Signs this device out.
#[utoipa::path(delete, path = "/v1/session", tag = "account",
    responses((status = 204), (status = 401, body = ProblemDetails)), security(("session" = [])))]
async fn sign_out(State(app): State<AppState>, who: SignedIn) -> Result<StatusCode, Problem> {
    let hash = who.token.hash(&app);
    app.ledger.store().delete_session(&who.session.account, &hash, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs every device of the account out, this one too.
#[utoipa::path(delete, path = "/v1/sessions", tag = "account",
    responses((status = 204), (status = 401, body = ProblemDetails)), security(("session" = [])))]
async fn sign_out_everywhere(
    State(app): State<AppState>,
    who: SignedIn,
) -> Result<StatusCode, Problem> {
    app.ledger.store().delete_sessions(&who.session.account, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
