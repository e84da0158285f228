//! Whether a function has what it needs: in a word for anybody, part by part for staff.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::AppState;
use super::problem::{Code, Problem, not_ready};
use super::staff_session::{is_denied, of_token};
use crate::app::{App, StartError};
use crate::domain::reason::Reason;
use crate::health::Part;

/// The system's state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    /// For staff: what the system works with, all of it answering.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<&'static str>>,
}

/// Who asks.
#[derive(Debug)]
pub enum Asker {
    /// Anybody.
    Stranger,
    /// Whoever works at the desk or sets up offices.
    Staff,
}

/// Who shows a token is staff or nobody.
impl FromRequestParts<AppState> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(Self::Stranger);
        }
        let staff = of_token(&parts.headers, app).await?;
        // Whether the table answers is what they ask: one that does not keeps nobody from being told so.
        if is_denied(&staff, app).await.unwrap_or(false) {
            return Err(Problem::new(Reason::StaffDenied));
        }
        let is_staff = !staff.scopes.is_empty();
        if is_staff { Ok(Self::Staff) } else { Err(Problem::new(Reason::Forbidden)) }
    }
}

/// The state, and for how long it may be kept on the way.
pub type Answer = ([(HeaderName, &'static str); 1], Json<Health>);

/// As long as an instance remembers it ([`crate::health::REMEMBERED_SECS`]): ten seconds together.
const FOR_STRANGERS: &str = "public, max-age=5";
const FOR_STAFF: &str = "no-store";

/// Strangers are told whether table and queues answered some seconds ago; for staff they are asked
/// now, and what does not answer is named.
///
/// # Errors
/// `not_ready`, for staff with its reason.
pub async fn health(app: &App, asker: &Asker) -> Result<Answer, Problem> {
    match asker {
        Asker::Staff => Ok(answer(FOR_STAFF, Some(answering(app.parts().await)?))),
        Asker::Stranger if app.is_healthy().await => Ok(answer(FOR_STRANGERS, None)),
        Asker::Stranger => Err(Problem::new(Code::NotReady).retry_after(RETRY_SECS)),
    }
}

/// Time after which a stranger asks again: before, the answer is the same.
const RETRY_SECS: u32 = 10;

/// The same of a function that sends or receives.
///
/// # Errors
/// `not_ready`, for staff with its reason.
pub async fn channel_health(app: &App, asker: &Asker) -> Result<Answer, Problem> {
    app.channel().map_err(|error| match asker {
        Asker::Staff => not_ready(StartError::from(error)),
        Asker::Stranger => Problem::from(error),
    })?;
    health(app, asker).await
}

fn answer(kept: &'static str, parts: Option<Vec<&'static str>>) -> Answer {
    ([(header::CACHE_CONTROL, kept)], Json(Health { status: "ok", parts }))
}

/// The names of all parts, if all answer.
fn answering(parts: Vec<Part>) -> Result<Vec<&'static str>, Problem> {
    let faults: Vec<_> = parts.iter().filter_map(|part| part.fault.as_ref()).collect();
    if faults.is_empty() {
        return Ok(parts.iter().map(|part| part.variable).collect());
    }
    let reason = faults.iter().map(|fault| fault.as_str()).collect::<Vec<_>>().join("; ");
    tracing::error!(reason, "not ready");
    Err(Problem::new(Code::NotReady).retry_after(RETRY_SECS).with("reason", reason))
}
