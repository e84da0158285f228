//! How an office is described: what counts now, in words; its versions, to be compared and brought back; the
//! description as a file, out and in. What a change does is shown before it is written.

use std::collections::BTreeMap;

use antrian::domain::field::FieldError;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::language::clock;
use antrian::domain::office::Office;
use antrian::domain::reason::Reason;
use antrian::domain::time::SlotTime;
use antrian::http::body::{Segments, parse};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::storage::OfficeVersion;
use antrian::use_cases::descriptions::{self, WeekChange, WeekPlan};
use antrian::use_cases::offices::{self, OfficeRefusal};
use antrian_pages::errors::sentence;
use antrian_pages::forms::{Asked, Faults, Posted, Uploaded};
use antrian_pages::page::{Keep, Page, Shown, download, go, own, shown};
use antrian_pages::words::season_dates;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::paths;
use crate::session::Clerk;
use crate::settings_words::{ChangedPart, Part, changes, day_name, said, service_name};

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
    let versions = app.ledger.store().office_versions(&office.id, before, PAGE).await?;
    let last = versions.last().map(|version| version.revision);
    let last = last.filter(|revision| versions.len() == PAGE && *revision > 1);
    let row = |version: &OfficeVersion| version_row(&page, clerk, version, *revision);
    let path = paths::settings(&office.id);
    Ok(SettingsPage {
        office: &office.name,
        file: paths::settings_file(&office.id, None),
        done: asked.sudah == "simpan",
        faults,
        parts: said(&page, office),
        versions: versions.iter().map(row).collect(),
        older: last.map(|revision| format!("{path}?sebelum={revision}#versi")),
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

/// What a description would change, and the same description to be confirmed.
#[derive(Template)]
#[template(path = "settings_plan.html")]
struct PlanPage<'a> {
    page: Page,
    office: &'a str,
    back: String,
    title: String,
    faults: Faults,
    changed: Vec<ChangedPart>,
    /// It has other closed days, which stay.
    has_other_days: bool,
    from: String,
    weeks: Vec<WeekRows>,
    revision: u32,
    description: String,
}

/// A week whose seats are different.
struct WeekRows {
    title: String,
    before: u32,
    after: u32,
    hours: Vec<HourRow>,
}

/// Slots of some weekdays that change alike.
struct HourRow {
    days: String,
    time: String,
    service: String,
    from: u32,
    to: u32,
}

fn plan(
    app: &AppState,
    page: Page,
    (office, revision): &Current,
    (wanted, title): (&Office, String),
    (status, faults): (StatusCode, Faults),
) -> Shown {
    let descriptions::Plan { from, weeks } = descriptions::plan(office, wanted, app.clock.now());
    let description = serde_json::to_string(wanted);
    let description = description.map_err(|error| antrian::http::problem::internal(&error))?;
    let plan = PlanPage {
        office: &office.name,
        back: paths::settings(&office.id),
        title,
        faults,
        changed: changes(&page, office, wanted),
        has_other_days: wanted.exceptions != office.exceptions,
        from: page.date(from),
        weeks: weeks.iter().map(|week| week_rows(&page, wanted, week)).collect(),
        revision: *revision,
        description,
        page,
    };
    Ok(shown(status, Keep::Never, &plan))
}

fn week_rows(page: &Page, office: &Office, week: &WeekPlan) -> WeekRows {
    let usual = || page.say("Kursi per jam", "Seats by hour").to_owned();
    let of_season = |season| {
        let seats = page.say("Kursi per jam,", "Seats by hour,");
        format!("{seats} {}", season_dates(page, season))
    };
    WeekRows {
        title: week.season.as_ref().map_or_else(usual, of_season),
        before: week.before,
        after: week.after,
        hours: hours(page, office, &week.changes),
    }
}

fn hours(page: &Page, office: &Office, changes: &[WeekChange]) -> Vec<HourRow> {
    let mut alike: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for WeekChange { slot, from, to } in changes {
        alike.entry((slot.time, &slot.service, from, to)).or_default().push(slot.day);
    }
    let row =
        |((time, service, from, to), days): ((SlotTime, &ServiceId, &u32, &u32), Vec<usize>)| {
            let days: Vec<_> = days.iter().map(|day| day_name(page, *day)).collect();
            HourRow {
                days: days.join(", "),
                time: clock(page.locale, time),
                service: service_name(page, office, service),
                from: *from,
                to: *to,
            }
        };
    alike.into_iter().map(row).collect()
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

/// The office of a file: alone, or among others as in `domain/data/offices.json`.
fn described(file: &[u8], id: &OfficeId) -> Result<Office, Problem> {
    let all: Value = serde_json::from_slice(file).map_err(|error| no_json(&error))?;
    let is_it = |office: &&Value| office["id"] == id.as_str();
    let among = all["offices"].as_array().map(|offices| offices.iter().find(is_it));
    let office = match among {
        None => file.to_vec(),
        Some(Some(office)) => office.to_string().into_bytes(),
        Some(None) => {
            return Err(Problem::field(
                "id",
                "Kantor ini tidak ada di dalam berkas.",
                "This office is not in the file.",
            ));
        }
    };
    parse(&office)
}

fn no_json(error: &serde_json::Error) -> Problem {
    let line = error.line();
    Problem::field(
        "JSON",
        &format!("Berkas ini bukan JSON yang benar. Periksa baris {line}."),
        &format!("This file is not valid JSON. Look at line {line}."),
    )
}

/// What is wrong with a file, with the path of the field.
fn in_file(page: &Page, problem: &Problem) -> FieldError {
    let field = problem.first_error("field").map(|field| format!("{field}: ")).unwrap_or_default();
    let text = format!("{field}{}", sentence(page, problem));
    FieldError::new("berkas", &text, &text)
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
