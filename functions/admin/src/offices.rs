//! An office's description as a whole.

use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::domain::reason::Reason;
use antrian::domain::validate::{RuleViolation, violations};
use antrian::http::body::{Body, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(put))
}

/// The office as the table has it now, and its revision.
pub(crate) async fn current(app: &AppState, id: &OfficeId) -> Result<(Office, u32), Problem> {
    app.ledger.store().office(id).await?.ok_or_else(|| Problem::new(Reason::NotFound))
}

/// Refuses a description that makes no sense.
fn check(office: &Office) -> Result<(), Problem> {
    refuse(&violations(office))
}

/// Refuses what a change brings with it. What an earlier release has let in keeps nobody from closing a
/// day.
pub(crate) fn check_change(before: &Office, after: &Office) -> Result<(), Problem> {
    let known = violations(before);
    let new: Vec<_> = violations(after).into_iter().filter(|one| !known.contains(one)).collect();
    refuse(&new)
}

fn refuse(found: &[RuleViolation]) -> Result<(), Problem> {
    let field = |one: &RuleViolation| FieldError::new(&one.field, one.why, one.why);
    let fields: Vec<_> = found.iter().map(field).collect();
    if fields.is_empty() { Ok(()) } else { Err(Problem::fields(&fields)) }
}

/// Writes an office that nobody else has changed since it had this revision.
pub(crate) async fn write(app: &AppState, revision: u32, office: &Office) -> Result<(), Problem> {
    let written = app.ledger.store().put_office(revision, office).await?;
    app.ledger.offices().forget(&office.id).await;
    if written { Ok(()) } else { Err(Problem::new(Reason::ChangedMeanwhile)) }
}

/// Writes an office. It counts for dates that open at least two minutes later; days that are open keep
/// their slots: see `releases` and `slots`.
#[utoipa::path(put, path = "/v1/offices/{office}", tag = "admin", request_body = Office,
    params(("office" = String, Path)),
    responses((status = 200, body = Office), (status = 403, body = ProblemDetails),
        (status = 422, body = ProblemDetails)), security(("staff" = ["admin"])))]
async fn put(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    body: Body<Office>,
) -> Result<Json<Office>, Problem> {
    staff.may(Scope::Office, &id)?;
    let office = body.value;
    if office.id != id {
        return Err(Problem::field(
            "id",
            "Harus sama dengan kantor pada alamat.",
            "Must be the office of the address.",
        ));
    }
    check(&office)?;
    let known = app.ledger.store().office(&id).await?;
    if known.as_ref().is_some_and(|(known, _)| known.exceptions != office.exceptions) {
        return Err(Problem::field(
            "exceptions",
            "Hari libur kantor diubah melalui alamat calendar, supaya pemohon diberi tahu.",
            "Exceptions are changed through the calendar address, so that people are told.",
        ));
    }
    write(&app, known.map_or(0, |(_, revision)| revision), &office).await?;
    Ok(Json(office))
}
