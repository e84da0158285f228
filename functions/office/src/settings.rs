//! How an office is described: what counts now, in words; its versions, to be compared and brought back; the
//! description as a file, out and in. What a change does is shown before it is written.

use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::domain::reason::Reason;
use antrian::http::body::{Segments, parse};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::storage::OfficeVersion;
use antrian::use_cases::descriptions;
use antrian::use_cases::offices::{self, OfficeRefusal};
use antrian_pages::forms::{Asked, Faults, Posted, Uploaded};
use antrian_pages::page::{Keep, Page, Shown, download, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use crate::paths;
use crate::session::Clerk;
use crate::settings_file::{described, in_file};
use crate::settings_plan::plan;
use crate::settings_words::{Part, said};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/{office}/pengaturan", get(look).post(save))
        .route("/petugas/{office}/pengaturan.json", get(file))
        .route("/petugas/{office}/pengaturan/berkas", post(read))
        .route("/petugas/{office}/pengaturan/versi/{revision}", get(compare))
}

/// The office as the table has it now, and its revision.
type Current = (Office, u32);

async fn current(app: &AppState, clerk: &Clerk, id: &OfficeId) -> Result<Current, Problem> {
    clerk.may(Scope::Office, id)?;
    Ok(offices::current(app, id).await??)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Look {
    /// Versions older than this one.
    sebelum: Option<u32>,
    /// What has been done: shown once.
    sudah: String,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage<'a> {
    page: Page,
    office: &'a str,
    path: String,
    file: String,
    done: bool,
    faults: Faults,
    parts: Vec<Part>,
    versions: Vec<VersionRow>,
    older: Option<String>,
}

struct VersionRow {
    revision: u32,
    when: String,
    by: String,
    /// Where it is compared with how the office is now; absent: it is that.
    compare: Option<String>,
    file: String,
}

/// Versions on one page.
const PAGE: usize = 20;

async fn look(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Asked(asked): Asked<Look>,
) -> Shown {
    let current = current(&app, &clerk, &id).await?;
    let faults = Faults::default();
    Ok(own(&settings_page(&app, page, (&clerk, &current), &asked, faults).await?))
}

async fn settings_page<'a>(
    app: &AppState,
    page: Page,
    (clerk, (office, revision)): (&Clerk, &'a Current),
    asked: &Look,
    faults: Faults,
) -> Result<SettingsPage<'a>, Problem> {
    let before = asked.sebelum.unwrap_or(u32::MAX);
    let (versions, next) = app.ledger.store().office_versions(&office.id, before, PAGE).await?;
    let row = |version: &OfficeVersion| version_row(&page, clerk, version, *revision);
    let path = paths::settings(&office.id);
    Ok(SettingsPage {
        office: &office.name,
        file: paths::settings_file(&office.id, None),
        done: asked.sudah == "simpan",
        faults,
        parts: said(&page, office),
        versions: versions.iter().map(row).collect(),
        older: next.map(|revision| format!("{path}?sebelum={revision}#versi")),
        path,
        page,
    })
}

fn version_row(page: &Page, clerk: &Clerk, version: &OfficeVersion, current: u32) -> VersionRow {
    let OfficeVersion { revision, written, office } = version;
    let by = written.as_ref().map(|written| match &written.by {
        Some(by) if *by == clerk.staff().subject => page.say("Anda", "You").to_owned(),
        Some(by) => by.clone(),
        None => page.say("pemasangan", "installation").to_owned(),
    });
    let when = written.as_ref().map(|written| page.date_time(written.at, office.timezone));
    let unknown = || page.say("tidak dicatat", "not recorded").to_owned();
    VersionRow {
        revision: *revision,
        when: when.unwrap_or_else(unknown),
        by: by.unwrap_or_else(unknown),
        compare: (*revision != current).then(|| paths::settings_version(&office.id, *revision)),
        file: paths::settings_file(&office.id, Some(*revision)),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Which {
    versi: Option<u32>,
}

/// A description in the form of `domain/data/offices.json`.
async fn file(
    State(app): State<AppState>,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Asked(asked): Asked<Which>,
) -> Shown {
    let (office, revision) = match asked.versi {
        Some(revision) => (version(&app, &clerk, &id, revision).await?.office, revision),
        None => current(&app, &clerk, &id).await?,
    };
    let text = serde_json::to_string_pretty(&json!({"offices": [office]}));
    let text = text.map_err(|error| antrian::http::problem::internal(&error))?;
    Ok(download("application/json", &format!("{id}-{revision}.json"), text))
}

async fn version(
    app: &AppState,
    clerk: &Clerk,
    id: &OfficeId,
    revision: u32,
) -> Result<OfficeVersion, Problem> {
    clerk.may(Scope::Office, id)?;
    let found = app.ledger.store().office_version(id, revision).await?;
    found.ok_or_else(|| Problem::new(Reason::NotFound))
}

/// A version beside how the office is now.
async fn compare(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, revision)): Segments<(OfficeId, u32)>,
) -> Shown {
    let wanted = version(&app, &clerk, &id, revision).await?.office;
    let current = current(&app, &clerk, &id).await?;
    let title = format!("{} {revision}", page.say("Kembali ke versi", "Back to version"));
    plan(&app, page, &current, (&wanted, title), (StatusCode::OK, Faults::default()))
}

/// What a file would change.
async fn read(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    file: Result<Uploaded, Problem>,
) -> Shown {
    let current = current(&app, &clerk, &id).await?;
    let Uploaded(file) = file?;
    let wanted = match described(&file, &id) {
        Ok(wanted) => wanted,
        Err(problem) => {
            let errors = vec![in_file(&page, &problem)];
            return form_again(&app, page, (&clerk, &current), errors).await;
        }
    };
    if let Err(refusal) = descriptions::proposed(&current.0, wanted.clone()) {
        let errors = faults_of(refusal)?;
        return form_again(&app, page, (&clerk, &current), errors).await;
    }
    let title = page.say("Akibat berkas ini", "What this file does").to_owned();
    plan(&app, page, &current, (&wanted, title), (StatusCode::OK, Faults::default()))
}

fn faults_of(refusal: OfficeRefusal) -> Result<Vec<FieldError>, Problem> {
    let OfficeRefusal::Fields(fields) = refusal else { return Err(refusal.into()) };
    let named = |FieldError { field, detail, detail_en }: FieldError| {
        FieldError::new("berkas", &format!("{field}: {detail}"), &format!("{field}: {detail_en}"))
    };
    Ok(fields.into_iter().map(named).collect())
}

async fn form_again(
    app: &AppState,
    page: Page,
    of: (&Clerk, &Current),
    errors: Vec<FieldError>,
) -> Shown {
    let faults = Faults::new(page.locale, errors);
    let page = settings_page(app, page, of, &Look::default(), faults).await?;
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &page))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Confirmed {
    /// The description.
    isi: String,
    /// The revision that it was compared with.
    revisi: u32,
}

/// Writes the description that was shown, if the office is still the one that it was compared with.
async fn save(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(confirmed): Posted<Confirmed>,
) -> Shown {
    let mut current = current(&app, &clerk, &id).await?;
    let wanted: Office = parse(confirmed.isi.as_bytes())?;
    if current.1 == confirmed.revisi {
        let of = (&current.0, current.1);
        match descriptions::replace(&app, of, wanted.clone(), &clerk.staff().subject).await? {
            Ok(()) => return Ok(go(&format!("{}?sudah=simpan", paths::settings(&id)))),
            Err(OfficeRefusal::ChangedMeanwhile) => {
                current = offices::current(&app, &id).await??;
            }
            Err(refusal) => {
                let errors = faults_of(refusal)?;
                return form_again(&app, page, (&clerk, &current), errors).await;
            }
        }
    }
    let faults = Faults::one(
        page.locale,
        "isi",
        "Sementara itu orang lain mengubah kantor ini. Periksa sekali lagi: ini perbandingan dengan yang sekarang.",
        "Somebody else has changed this office meanwhile. Look once more: this compares with how it is now.",
    );
    let title = page.say("Akibat perubahan", "What the change does").to_owned();
    plan(&app, page, &current, (&wanted, title), (StatusCode::CONFLICT, faults))
}
