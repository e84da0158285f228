//! The people that an account books for.

use antrian::app::App;
use antrian::domain::account::{Applicant, PersonDetails};
use antrian::domain::ids::AccountId;
use antrian::domain::person::Category;
use antrian::domain::personal::Nik;
use antrian::domain::requirements::{birth_date_warning, nik_missing_warning};
use antrian::domain::time::local_date;
use antrian::http::body::Body;
use antrian::http::idempotency::{RequestKey, check_payload, json};
use antrian::http::problem::{Code, FieldError, Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::session::SignedIn;
use antrian::http::views::{WarningView, views};
use antrian::http::{AppState, Routes};
use antrian::storage::ApplicantAdded;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(add, list))
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
        let differs = details.birth_date_differs().then(birth_date_warning);
        let missing = details.nik.is_none().then(nik_missing_warning);
        let warnings: Vec<_> = differs.into_iter().chain(missing).collect();
        Self {
            id: applicant.id.to_string(),
            name: details.name.expose().to_owned(),
            nik: details.nik.as_ref().map(Nik::masked),
            birth_date: details.birth_date,
            ktp_regency: details.ktp_regency.clone(),
            category: details.category,
            warnings: views(&warnings),
        }
    }
}

/// Names of regencies are shorter.
const MAX_REGENCY_CHARS: usize = 60;
/// Nobody is older.
const MAX_YEARS_DAYS: i64 = 130 * 366;

fn parse(person: &Person, today: NaiveDate) -> Result<PersonDetails, Problem> {
    let name = person.name.parse().map_err(|_| {
        FieldError::new(
            "name",
            "Tulis nama seperti di KTP, paling panjang 100 huruf.",
            "Write the name as on the KTP, at most 100 letters.",
        )
    });
    let nik = person.nik.parse().map_err(|_| {
        FieldError::new(
            "nik",
            "NIK terdiri atas 16 angka seperti di KTP.",
            "A NIK has 16 digits, as on the KTP.",
        )
    });
    let birth_date = birth_date(&person.birth_date, today);
    let ktp_regency = regency(&person.ktp_regency);
    match (name, nik, birth_date, ktp_regency) {
        (Ok(name), Ok(nik), Ok(birth_date), Ok(ktp_regency)) => Ok(PersonDetails {
            name,
            nik: Some(nik),
            birth_date,
            ktp_regency: Some(ktp_regency),
            category: person.category,
        }),
        (name, nik, birth_date, regency) => {
            let faults = [name.err(), nik.err(), birth_date.err(), regency.err()];
            Err(Problem::fields(&faults.into_iter().flatten().collect::<Vec<_>>()))
        }
    }
}

fn birth_date(text: &str, today: NaiveDate) -> Result<NaiveDate, FieldError> {
    let date: Option<NaiveDate> = text.parse().ok().filter(|_| text.len() == 10);
    let plausible =
        |date: &NaiveDate| *date <= today && today - *date < TimeDelta::days(MAX_YEARS_DAYS);
    date.filter(plausible).ok_or_else(|| {
        FieldError::new(
            "birth_date",
            "Tulis tanggal lahir sebagai TTTT-BB-HH.",
            "Write the date of birth as YYYY-MM-DD.",
        )
    })
}

fn regency(text: &str) -> Result<String, FieldError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ok = (2..=MAX_REGENCY_CHARS).contains(&text.chars().count())
        && !text.chars().any(char::is_control);
    if ok {
        return Ok(text);
    }
    Err(FieldError::new(
        "ktp_regency",
        "Tulis kota atau kabupaten penerbit KTP.",
        "Write the city or regency that issued the KTP.",
    ))
}

/// Adds a person; the same NIK again is the same person.
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
) -> Result<Response, Problem> {
    // Born today somewhere in the country is born by tomorrow's date in UTC.
    let today = local_date(app.clock.now(), chrono_tz::Asia::Jayapura);
    let new = parse(&body.value, today)?;
    let account = &who.session.account;
    let scope = format!("applicants\n{account}");
    check_payload(&app, &key, &scope, &body.hash()).await?;
    Ok(json(StatusCode::CREATED, &keep(&app, account, &new).await?))
}

async fn keep(
    app: &App,
    account: &AccountId,
    new: &PersonDetails,
) -> Result<ApplicantView, Problem> {
    match app.ledger.store().add_applicant(account, new).await? {
        ApplicantAdded::Kept(applicant) => Ok(ApplicantView::from(&*applicant)),
        ApplicantAdded::Full => Err(Problem::new(Code::ApplicantsFull)),
    }
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
