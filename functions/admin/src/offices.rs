//! An office's description as a whole.

use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::http::body::{Body, Params, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::offices::{self, OfficeRefusal};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(put))
}

/// The office as the table has it now, and its revision.
pub(crate) async fn current(app: &AppState, id: &OfficeId) -> Result<(Office, u32), Problem> {
    Ok(offices::current(app, id).await??)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The revision that was changed; refused if somebody else has changed the office since. Absent: whatever
    /// there is is replaced.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_i64)]
    revision: Option<u32>,
}

/// Writes an office; each write leaves a version that can be read again. It counts for dates that open at least two minutes later; days that are open keep
/// their slots: see `releases` and `slots`.
#[utoipa::path(put, path = "/v1/offices/{office}", tag = "admin", request_body = Office,
    params(("office" = String, Path), Asked),
    responses((status = 200, body = Office), (status = 403, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)), security(("staff" = ["admin"])))]
async fn put(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Asked>,
    body: Body<Office>,
) -> Result<Json<Office>, Problem> {
    staff.may(Scope::Office, &id)?;
    let office = body.value;
    offices::check_id(&office, &id)?;
    offices::check(&office)?;
    let known = app.ledger.store().office(&id).await?;
    let before = known.as_ref().map_or(0, |(_, revision)| *revision);
    if asked.revision.is_some_and(|revision| revision != before) {
        return Err(OfficeRefusal::ChangedMeanwhile.into());
    }
    if known.as_ref().is_some_and(|(known, _)| known.exceptions != office.exceptions) {
        return Err(Problem::field(
            "exceptions",
            "Hari libur kantor diubah melalui alamat calendar, supaya pemohon diberi tahu.",
            "Exceptions are changed through the calendar address, so that people are told.",
        ));
    }
    offices::write(&app, before, &office, &staff.0.subject).await??;
    Ok(Json(office))
}
