//! Closing days: from when to when and why, what it would do to people, and how far it has come. And days
//! that are closed are opened again.

use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::language::Text;
use antrian::domain::normal::normal;
use antrian::domain::office::Office;
use antrian::http::body::Segments;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::calendar::{self, Closing, states};
use antrian::use_cases::closures::{self, Progress};
use antrian::use_cases::offices::{self, OfficeRefusal};
use antrian_pages::forms::{Asked, Faults, Posted, read_date, read_days};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::closing_plan::{Plan, state_words};
use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/{office}/tutup", get(blank).post(close))
        .route("/petugas/{office}/tutup/rencana", get(plan))
        .route("/petugas/{office}/tutup/keadaan", get(state))
        .route("/petugas/{office}/tutup/buka", post(reopen))
}

/// What the head of an office types; no one's data, so that a plan has an address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    dari: String,
    sampai: String,
    alasan: String,
    /// In English; empty: the same words.
    alasan_en: String,
}

/// The same, read.
struct Range {
    from: NaiveDate,
    to: NaiveDate,
    reason: Text,
}

impl Range {
    fn closing(&self) -> Closing<'_> {
        Closing { from: self.from, to: self.to, reason: &self.reason }
    }
}

impl Typed {
    fn read(&self) -> Result<Range, Vec<FieldError>> {
        let id = normal(&self.alasan).trim().to_owned();
        let en = normal(&self.alasan_en).trim().to_owned();
        let reason = Text { en: if en.is_empty() { id.clone() } else { en }, id };
        match read_days(&self.dari, &self.sampai) {
            (Some(from), Some(to)) => Ok(Range { from, to, reason }),
            (from, to) => {
                let missing = [("dari", from), ("sampai", to)];
                let missing = missing.into_iter().filter(|(_, date)| date.is_none());
                Err(missing.map(|(field, _)| no_date(field)).collect())
            }
        }
    }
}

pub(crate) fn no_date(field: &str) -> FieldError {
    let (id, en) = ("Pilih tanggalnya.", "Choose the date.");
    FieldError::new(field, id, en)
}

/// The fields of a refusal, as they are called here.
fn faults_of(refusal: OfficeRefusal) -> Result<Vec<FieldError>, Problem> {
    let OfficeRefusal::Fields(fields) = refusal else { return Err(refusal.into()) };
    let named = |error: FieldError| {
        let field = match &*error.field {
            "to" => "sampai",
            "reason" => "alasan",
            _ => "dari",
        };
        FieldError { field: field.to_owned(), ..error }
    };
    Ok(fields.into_iter().map(named).collect())
}

#[derive(Template)]
#[template(path = "closing.html")]
struct ClosingPage<'a> {
    page: Page,
    office: &'a Office,
    plan: String,
    reopen: String,
    today: String,
    typed: Typed,
    faults: Faults,
    coming: Vec<ComingRow>,
}

struct ComingRow {
    date: NaiveDate,
    words: String,
    reason: String,
    /// How far it has come.
    state: String,
}

#[derive(Template)]
#[template(path = "closing_plan.html")]
struct PlanPage<'a> {
    page: Page,
    office: &'a Office,
    path: String,
    typed: Typed,
    reason: Text,
    plan: Plan,
}

#[derive(Template)]
#[template(path = "closing_state.html")]
struct StatePage<'a> {
    page: Page,
    office: &'a Office,
    here: String,
    path: String,
    dates: String,
    progress: Progress,
    sentence: String,
    counts: Vec<(&'static str, u32)>,
}

/// The office as the table has it: what was closed a moment ago is closed.
pub(crate) async fn office_of(
    app: &AppState,
    clerk: &Clerk,
    id: &OfficeId,
) -> Result<Office, Problem> {
    clerk.may(Scope::Office, id)?;
    let (office, _) = offices::current(app, id).await??;
    Ok(office)
}

async fn blank(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
) -> Shown {
    let office = office_of(&app, &clerk, &id).await?;
    Ok(own(&form(&app, page, &office, Typed::default(), vec![])))
}

fn form<'a>(
    app: &AppState,
    page: Page,
    office: &'a Office,
    typed: Typed,
    errors: Vec<FieldError>,
) -> ClosingPage<'a> {
    let now = app.clock.now();
    let row = |one: closures::ComingClosure| ComingRow {
        words: page.date(one.date),
        reason: page.text(&one.reason).to_owned(),
        state: paths::closing_state(&office.id, one.date, one.date),
        date: one.date,
    };
    ClosingPage {
        plan: paths::closing_plan(&office.id),
        reopen: paths::reopening(&office.id),
        today: closures::today(office, now).to_string(),
        coming: closures::coming(office, now).into_iter().map(row).collect(),
        faults: Faults::new(page.locale, errors),
        office,
        typed,
        page,
    }
}

/// The form again, with what does not fit.
fn form_again(
    app: &AppState,
    page: Page,
    office: &Office,
    typed: Typed,
    errors: Vec<FieldError>,
) -> Shown {
    let form = form(app, page, office, typed, errors);
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &form))
}

/// What closing would do. It changes nothing.
async fn plan(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Asked(typed): Asked<Typed>,
) -> Shown {
    let office = office_of(&app, &clerk, &id).await?;
    let range = match typed.read() {
        Ok(range) => range,
        Err(errors) => return form_again(&app, page, &office, typed, errors),
    };
    let states = match states(&app, &office, &range.closing()) {
        Ok(states) => states,
        Err(refusal) => return form_again(&app, page, &office, typed, faults_of(refusal)?),
    };
    let preview = closures::preview(&app, &office, states).await?;
    let plan = Plan::of(&page, &preview);
    let path = paths::closing(&id);
    Ok(own(&PlanPage { office: &office, path, typed, reason: range.reason, plan, page }))
}

/// Closes the days of a plan; how far it has come is next.
async fn close(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(typed): Posted<Typed>,
) -> Shown {
    let office = office_of(&app, &clerk, &id).await?;
    let range = match typed.read() {
        Ok(range) => range,
        Err(errors) => return form_again(&app, page, &office, typed, errors),
    };
    match calendar::close(&app, &id, &range.closing(), &clerk.staff().subject).await? {
        Ok(_) => Ok(go(&paths::closing_state(&id, range.from, range.to))),
        Err(refusal) => form_again(&app, page, &office, typed, faults_of(refusal)?),
    }
}

#[derive(Deserialize)]
struct Dates {
    #[serde(default)]
    dari: String,
    #[serde(default)]
    sampai: String,
}

/// How far the moving of people has come, as the table says it now.
async fn state(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Asked(asked): Asked<Dates>,
) -> Shown {
    let office = office_of(&app, &clerk, &id).await?;
    let (Some(from), Some(to)) = (read_date(&asked.dari), read_date(&asked.sampai)) else {
        return Ok(go(&paths::closing(&id)));
    };
    let days = usize::try_from(calendar::MAX_DAYS).unwrap_or_default();
    let dates = from.iter_days().take_while(|date| *date <= to).take(days);
    let progress = closures::progress(&app, &office, dates).await?;
    let (sentence, counts) = state_words(&page, &progress);
    Ok(own(&StatePage {
        here: paths::closing_state(&id, from, to),
        path: paths::closing(&id),
        office: &office,
        dates: page.dates(from, to),
        progress,
        sentence,
        counts,
        page,
    }))
}

#[derive(Deserialize)]
struct Reopened {
    #[serde(default)]
    tanggal: String,
}

/// Opens a day again. One that is open by now is as it was wanted.
async fn reopen(
    State(app): State<AppState>,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(asked): Posted<Reopened>,
) -> Shown {
    clerk.may(Scope::Office, &id)?;
    if let Some(date) = read_date(&asked.tanggal) {
        match calendar::reopen(&app, &id, date, &clerk.staff().subject).await? {
            Ok(()) | Err(OfficeRefusal::NotFound) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Ok(go(&paths::closing(&id)))
}
