//! An office's description as a whole.

use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::http::body::{Body, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::offices;
use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(put))
}

/// The office as the table has it now, and its revision.
pub(crate) async fn current(app: &AppState, id: &OfficeId) -> Result<(Office, u32), Problem> {
    Ok(offices::current(app, id).await??)
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
    offices::check(&office)?;
    let known = app.ledger.store().office(&id).await?;
    if known.as_ref().is_some_and(|(known, _)| known.exceptions != office.exceptions) {
        return Err(Problem::field(
            "exceptions",
            "Hari libur kantor diubah melalui alamat calendar, supaya pemohon diberi tahu.",
            "Exceptions are changed through the calendar address, so that people are told.",
        ));
    }
    offices::write(&app, known.map_or(0, |(_, revision)| revision), &office).await??;
    Ok(Json(office))
}
