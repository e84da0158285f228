//! What an office was described as: every write of it leaves a version.

use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::domain::reason::Reason;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::storage::OfficeVersion;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one))
}

/// When an office was described so, and by whom.
#[derive(Debug, Serialize, ToSchema)]
struct Version {
    /// Counts up from 1 with every write.
    revision: u32,
    /// Absent: it was written before versions were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    written_at: Option<String>,
    /// The claim `sub` of whoever wrote it; absent: the installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    written_by: Option<String>,
}

impl Version {
    fn of(version: &OfficeVersion) -> Self {
        let zone = version.office.timezone;
        let written = version.written.as_ref();
        Self {
            revision: version.revision,
            written_at: written.map(|written| instant(written.at, zone)),
            written_by: written.and_then(|written| written.by.clone()),
        }
    }
}

/// Versions of an office, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Versions {
    versions: Vec<Version>,
    /// Ask for the next page with this as `before`; `null`: there is none.
    next: Option<u32>,
}

/// An office as it was described.
#[derive(Debug, Serialize, ToSchema)]
struct Described {
    #[serde(flatten)]
    version: Version,
    office: Office,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only versions that are older than this revision.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295_i64)]
    before: Option<u32>,
}

/// Versions on one page.
const PAGE: usize = 20;

/// When an office's description was written, and by whom: the newest first, which is how it is now.
#[utoipa::path(get, path = "/v1/offices/{office}/versions", tag = "admin",
    params(("office" = String, Path), Asked),
    responses((status = 200, body = Versions), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn list(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Asked>,
) -> Result<Json<Versions>, Problem> {
    staff.may(Scope::Office, &id)?;
    office(&app, &id).await?;
    let before = asked.before.unwrap_or(u32::MAX);
    let (found, next) = app.ledger.store().office_versions(&id, before, PAGE).await?;
    let versions = found.iter().map(Version::of).collect();
    Ok(Json(Versions { versions, next }))
}

/// An office as one of its versions describes it: sent by `PUT /v1/offices/{office}` it is brought back.
/// Days that differ from the week are in it, and are changed through the calendar.
#[utoipa::path(get, path = "/v1/offices/{office}/versions/{revision}", tag = "admin",
    params(("office" = String, Path), ("revision" = u32, Path)),
    responses((status = 200, body = Described), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn one(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, revision)): Segments<(OfficeId, u32)>,
) -> Result<Json<Described>, Problem> {
    staff.may(Scope::Office, &id)?;
    let version = app.ledger.store().office_version(&id, revision).await?;
    let version = version.ok_or_else(|| Problem::new(Reason::NotFound))?;
    Ok(Json(Described { version: Version::of(&version), office: version.office }))
}
