//! The people that an account books for.

use antrian::domain::account::Applicant;
use antrian::domain::ids::ApplicantId;
use antrian::domain::person::Category;
use antrian::domain::personal::Nik;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, check_payload};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::SignedIn;
use antrian::http::views::{WarningView, views};
use antrian::http::{AppState, Routes};
use antrian::use_cases::corrections::{self, CorrectionForm};
use antrian::use_cases::people::{self, PersonForm, warnings};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(add, list)).routes(routes!(correct, remove))
}

/// A person to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Person {
    /// As on the KTP.
    name: String,
    /// 16 digits.
    nik: String,
    /// `YYYY-MM-DD`.
    birth_date: String,
    /// City or regency that issued the KTP.
    ktp_regency: String,
    #[serde(default = "general")]
    category: Category,
}

fn general() -> Category {
    Category::General
}

/// A person of the account; the NIK's middle digits are hidden.
#[derive(Serialize, ToSchema)]
pub(crate) struct ApplicantView {
    id: String,
    name: String,
    /// `null`: not told.
    nik: Option<String>,
    birth_date: NaiveDate,
    /// `null`: not told.
    ktp_regency: Option<String>,
    category: Category,
    warnings: Vec<WarningView>,
}

impl From<&Applicant> for ApplicantView {
    fn from(applicant: &Applicant) -> Self {
        let details = &applicant.details;
        Self {
            id: applicant.id.to_string(),
            name: details.name.expose().to_owned(),
            nik: details.nik.as_ref().map(Nik::masked),
            birth_date: details.birth_date,
            ktp_regency: details.ktp_regency.clone(),
            category: details.category,
            warnings: views(&warnings(details)),
        }
    }
}

impl Person {
    fn form(&self) -> PersonForm<'_> {
        PersonForm {
            name: &self.name,
            nik: &self.nik,
            birth_date: &self.birth_date,
            ktp_regency: &self.ktp_regency,
            category: self.category,
        }
    }
}

/// Adds a person; the same NIK again is the same person, corrected as it is told now.
#[utoipa::path(post, path = "/v1/me/applicants", tag = "account", request_body = Person,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ApplicantView), (status = 401, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("session" = [])))]
async fn add(
    State(app): State<AppState>,
    who: SignedIn,
    key: RequestKey,
    body: Body<Person>,
) -> Result<(StatusCode, Json<ApplicantView>), Problem> {
    let person = body.value.form().parse(app.clock.now());
    let person = person.map_err(|errors| Problem::fields(&errors))?;
    let account = &who.session.account;
    let scope = format!("applicants\n{account}");
    check_payload(&app, &key, &scope, &body.hash()).await?;
    let applicant = people::add(&app, account, &person, None).await??;
    Ok((StatusCode::CREATED, Json(ApplicantView::from(&applicant))))
}

#[derive(Serialize, ToSchema)]
struct Applicants {
    applicants: Vec<ApplicantView>,
}

/// The account's people.
#[utoipa::path(get, path = "/v1/me/applicants", tag = "account",
    responses((status = 200, body = Applicants), (status = 401, body = ProblemDetails)),
    security(("session" = [])))]
async fn list(State(app): State<AppState>, who: SignedIn) -> Result<Json<Applicants>, Problem> {
    let applicants = app.ledger.store().applicants(&who.session.account).await?;
    Ok(Json(Applicants { applicants: applicants.iter().map(ApplicantView::from).collect() }))
}

/// What is to be otherwise; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonCorrection {
    /// As on the KTP.
    name: Option<String>,
    /// 16 digits.
    nik: Option<String>,
    /// `YYYY-MM-DD`.
    birth_date: Option<String>,
    /// City or regency that issued the KTP.
    ktp_regency: Option<String>,
    category: Option<Category>,
}

impl PersonCorrection {
    fn form(&self) -> CorrectionForm<'_> {
        CorrectionForm {
            name: self.name.as_deref(),
            nik: self.nik.as_deref(),
            birth_date: self.birth_date.as_deref(),
            ktp_regency: self.ktp_regency.as_deref(),
            category: self.category,
        }
    }
}

/// Corrects a person, except during a visit. While a booking is on, the NIK is corrected once, and in two
/// digits at most: a booking is not handed on. The booking goes along.
#[utoipa::path(patch, path = "/v1/me/applicants/{applicant}", tag = "account",
    request_body = PersonCorrection, params(("applicant" = String, Path)),
    responses((status = 200, body = ApplicantView), (status = 401, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails),
        (status = 422, body = ProblemDetails), (status = 429, body = ProblemDetails)),
    security(("session" = [])))]
async fn correct(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(id): Segments<ApplicantId>,
    body: Body<PersonCorrection>,
) -> Result<Json<ApplicantView>, Problem> {
    let changes = body.value.form().parse(app.clock.now());
    let changes = changes.map_err(|errors| Problem::fields(&errors))?;
    let corrected = corrections::correct(&app, &who.session.account, &id, &changes).await??;
    Ok(Json(ApplicantView::from(&corrected)))
}

/// Removes a person who has no booking that is on. Earlier bookings stay, without a name; what counts
/// against the NIK stays with it.
#[utoipa::path(delete, path = "/v1/me/applicants/{applicant}", tag = "account",
    params(("applicant" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails)),
    security(("session" = [])))]
async fn remove(
    State(app): State<AppState>,
    who: SignedIn,
    Segments(id): Segments<ApplicantId>,
) -> Result<StatusCode, Problem> {
    corrections::remove(&app, &who.session.account, &id).await??;
    Ok(StatusCode::NO_CONTENT)
}
