//! Whose visit it is, as the desk sees it.

use std::sync::Arc;

use antrian::domain::account::Applicant;
use antrian::domain::booking::Booking;
use antrian::domain::code::BookingCode;
use antrian::domain::office::Office;
use antrian::http::AppState;
use antrian::http::idempotency::json as answer_json;
use antrian::http::problem::{Code, Problem, internal};
use antrian::http::staff_session::StaffMember;
use antrian::staff::Scope;
use antrian::storage::StoreError;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Why a visit is not this desk's.
#[derive(Debug)]
pub(crate) enum Denied {
    /// There is no such booking.
    Unknown,
    /// It is another office's.
    Elsewhere(Arc<Office>),
    /// The table does not answer.
    Fault(StoreError),
}

impl From<StoreError> for Denied {
    fn from(error: StoreError) -> Self {
        Self::Fault(error)
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unknown => Problem::new(Code::NotFound),
            Denied::Elsewhere(office) => Problem::new(Code::WrongOffice)
                .with("office", &office.id)
                .with("office_name", &office.name),
            Denied::Fault(error) => Problem::from(error),
        }
    }
}

/// A booking and its office, if this member of staff works there.
pub(crate) async fn visit(
    app: &AppState,
    staff: &StaffMember,
    code: BookingCode,
) -> Result<(Arc<Office>, Booking), Denied> {
    let booking = app.ledger.store().booking(code).await?.ok_or(Denied::Unknown)?;
    let office = app.ledger.offices().get(&booking.seat.office, app.clock.now()).await?;
    let office = office.ok_or(Denied::Unknown)?;
    if staff.may(Scope::Desk, &office.id).is_err() {
        return Err(Denied::Elsewhere(office));
    }
    Ok((office, booking))
}

/// The person, for the clerk to compare with the KTP.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonView {
    name: String,
    identity: Identity,
}

/// An answer about a visit, with who the person is. That is added to what was kept for repetitions of
/// the request: an erasure has to reach a name. Who was `seen` already is not read again.
pub(crate) async fn named(
    app: &AppState,
    (status, kept): (StatusCode, Vec<u8>),
    seen: Option<PersonView>,
) -> Result<Response, Problem> {
    let mut answer: Value = serde_json::from_slice(&kept).map_err(|error| internal(&error))?;
    let code = answer["code"].as_str().and_then(|code| code.parse().ok());
    // An error here would hide from the clerk what has been done.
    let person = match code {
        _ if seen.is_some() => seen,
        Some(code) => person(app, code).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "applicant not read");
            None
        }),
        None => None,
    };
    answer["applicant"] = json!(person);
    Ok(answer_json(status, &answer))
}

async fn person(app: &AppState, code: BookingCode) -> Result<Option<PersonView>, StoreError> {
    let store = app.ledger.store();
    let Some(booking) = store.booking(code).await? else { return Ok(None) };
    let applicant = store.applicant(&booking.account, &booking.applicant).await?;
    Ok(applicant.as_ref().map(PersonView::from))
}

/// What is known of who the person is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Identity {
    /// A NIK.
    Nik,
    /// Name and birth date only: look at the original papers.
    Weak,
}

impl From<&Applicant> for PersonView {
    fn from(applicant: &Applicant) -> Self {
        let details = &applicant.details;
        let identity = if details.nik.is_some() { Identity::Nik } else { Identity::Weak };
        Self { name: details.name.expose().to_owned(), identity }
    }
}
