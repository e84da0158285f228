//! Which documents to bring, for anybody to ask.

use antrian::domain::document::ApplicantKind;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::http::body::Params;
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::refusals::unknown_service;
use antrian::http::routes::routes;
use antrian::http::views::{DocumentView, WarningView, views};
use antrian::http::{AppState, Routes, office};
use antrian::use_cases::documents::{DocumentQuestion, UnknownService, checklist_for};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Query {
    #[param(value_type = String)]
    office: OfficeId,
    /// One of its services.
    #[param(value_type = String)]
    service: ServiceId,
    /// Of age or not; absent: of age.
    applicant: Option<ApplicantKind>,
    /// City or regency that issued the KTP.
    ktp_regency: Option<String>,
    /// Date of the visit; absent: today.
    date: Option<NaiveDate>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RequirementsView {
    documents: Vec<DocumentView>,
    warnings: Vec<WarningView>,
    /// When the oldest of the rules was last checked.
    as_of: Option<NaiveDate>,
    /// Where the rules were found.
    source: String,
}

/// The documents for a visit.
#[utoipa::path(get, path = "/v1/requirements", tag = "public", params(Query),
    responses((status = 200, body = RequirementsView), (status = 404, body = ProblemDetails),
        (status = 422, body = ProblemDetails)))]
async fn list(
    State(app): State<AppState>,
    Params(query): Params<Query>,
) -> Result<impl IntoResponse, Problem> {
    let office = office(&app, &query.office).await?;
    let question = DocumentQuestion {
        service: &query.service,
        applicant: query.applicant,
        ktp_regency: query.ktp_regency.as_deref(),
        date: query.date,
    };
    let list = checklist_for(&office, &question, app.clock.now());
    let list = list.map_err(|UnknownService| unknown_service())?;
    let view = RequirementsView {
        documents: views(&list.documents),
        warnings: views(&list.warnings),
        as_of: list.as_of,
        source: list.sources.join("; "),
    };
    Ok(([(header::CACHE_CONTROL, "public, max-age=60")], Json(view)))
}
