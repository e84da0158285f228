//! Seats of a day: how many there are and are taken, hour by hour; new quotas, whose consequences are shown
//! before anything changes; and dates that are opened by hand.

use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::domain::time::local_date;
use antrian::http::body::Segments;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::use_cases::seats::{self, NewQuota, Release, SeatsRefusal};
use antrian_pages::forms::{Asked, Faults, Posted, at_field, read_date, read_days};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::closures::{no_date, office_of};
use crate::paths;
use crate::quota_words::{Hour, PlannedChange, Totals, day_note, hours, planned};
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/{office}/kuota", get(look).post(change))
        .route("/petugas/{office}/kuota/buka", post(open))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Look {
    tanggal: String,
    /// What has been done: shown once.
    sudah: String,
}

#[derive(Template)]
#[template(path = "quotas.html")]
struct QuotasPage<'a> {
    page: Page,
    office: &'a str,
    path: String,
    date: NaiveDate,
    words: String,
    before: String,
    after: String,
    /// What the day is, if it is not simply open.
    note: Option<String>,
    done: Option<&'static str>,
    faults: Faults,
    hours: Vec<Hour>,
    totals: Totals,
}

/// What a change would do, and the same change to be confirmed.
#[derive(Template)]
#[template(path = "quotas_plan.html")]
struct PlanPage<'a> {
    page: Page,
    office: &'a str,
    path: String,
    back: String,
    date: NaiveDate,
    words: String,
    changes: Vec<PlannedChange>,
    added: u32,
    removed: u32,
    /// People who have a seat above the new quota: they keep it.
    above: usize,
}

async fn look(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Asked(asked): Asked<Look>,
) -> Shown {
    let office = office_of(&app, &clerk, &id).await?;
    let date = read_date(&asked.tanggal).unwrap_or_else(|| today(&app, &office));
    let done = done(&page, &asked.sudah);
    let page = quotas_page(&app, page, &office, date, (done, Faults::default())).await?;
    Ok(own(&page))
}

fn today(app: &AppState, office: &Office) -> NaiveDate {
    local_date(app.clock.now(), office.timezone)
}

fn done(page: &Page, what: &str) -> Option<&'static str> {
    match what {
        "simpan" => Some(page.say("Kuota sudah disimpan.", "The quotas are saved.")),
        "buka" => Some(page.say("Hari-hari itu sudah dibuka.", "The days are open.")),
        _ => None,
    }
}

async fn quotas_page<'a>(
    app: &AppState,
    page: Page,
    office: &'a Office,
    date: NaiveDate,
    (done, faults): (Option<&'static str>, Faults),
) -> Result<QuotasPage<'a>, Problem> {
    let now = app.clock.now();
    let day = app.ledger.days().refresh(&office.id, date, now).await?;
    let hours = hours(&page, office, &day, now);
    let on = |date: Option<NaiveDate>| paths::quotas_of(&office.id, date.unwrap_or_default());
    Ok(QuotasPage {
        office: &office.name,
        path: paths::quotas(&office.id),
        date,
        words: page.date(date),
        before: on(date.pred_opt()),
        after: on(date.succ_opt()),
        note: day_note(&page, office, &day, now),
        done,
        faults,
        totals: Totals::of(&hours),
        hours,
        page,
    })
}

/// Slots with the quota that was shown and the one that is typed, in one order.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    tanggal: String,
    /// Service and hour: `passport_new 09:00`.
    sesi: Vec<String>,
    lama: Vec<String>,
    kuota: Vec<String>,
    /// The consequences were seen.
    pasti: String,
}

impl Typed {
    /// The quotas that are different; absent: one is no number.
    fn read(&self) -> Option<Vec<NewQuota>> {
        let same = [self.lama.len(), self.kuota.len()] == [self.sesi.len(); 2];
        let rows = self.sesi.iter().zip(&self.lama).zip(&self.kuota);
        let read = rows.map(|((slot, before), quota)| {
            let (service, time) = slot.split_once(' ')?;
            let (service, time) = (service.parse().ok()?, time.parse().ok()?);
            let before = Some(before.trim().parse().ok()?);
            Some(NewQuota { service, time, quota: quota.trim().parse().ok()?, before })
        });
        let wanted: Vec<NewQuota> = read.collect::<Option<_>>().filter(|_| same)?;
        Some(wanted.into_iter().filter(|new| new.before != Some(new.quota)).collect())
    }
}

async fn change(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(typed): Posted<Typed>,
) -> Shown {
    let office = office_of(&app, &clerk, &id).await?;
    let date = read_date(&typed.tanggal).unwrap_or_else(|| today(&app, &office));
    let Some(wanted) = typed.read().filter(|wanted| !wanted.is_empty()) else {
        let error = FieldError::new(
            "kuota",
            "Tidak ada kuota yang berubah, atau ada yang bukan angka.",
            "No quota is different, or one is not a number.",
        );
        return refused(&app, page, &office, date, (StatusCode::UNPROCESSABLE_ENTITY, error)).await;
    };
    let is_sure = !typed.pasti.is_empty();
    let outcome = match is_sure {
        true => seats::set_quotas(&app, &office, date, &wanted).await?,
        false => seats::plan_quotas(&app, &office, date, &wanted).await?,
    };
    match outcome {
        Ok(_) if is_sure => Ok(go(&format!("{}&sudah=simpan", paths::quotas_of(&id, date)))),
        Ok(changes) => Ok(plan(page, &office, date, &changes)),
        Err(refusal) => {
            let error = refusal_at("kuota", &refusal);
            refused(&app, page, &office, date, error).await
        }
    }
}

fn plan(page: Page, office: &Office, date: NaiveDate, changes: &[seats::QuotaChange]) -> Response {
    let seats = |more: fn(&seats::QuotaChange) -> u32| changes.iter().map(more).sum();
    own(&PlanPage {
        office: &office.name,
        path: paths::quotas(&office.id),
        back: paths::quotas_of(&office.id, date),
        date,
        words: page.date(date),
        changes: changes.iter().map(|change| planned(&page, office, change)).collect(),
        added: seats(|change| u32::from(change.to.saturating_sub(change.from))),
        removed: seats(|change| u32::from(change.from.saturating_sub(change.to))),
        above: changes.iter().map(|of| of.above).sum(),
        page,
    })
}

fn refusal_at(field: &str, refusal: &SeatsRefusal) -> (StatusCode, FieldError) {
    let problem = Problem::from(refusal.clone());
    let error = match refusal {
        SeatsRefusal::Field(error) => error.clone(),
        _ => at_field(field, &problem),
    };
    (problem.status(), FieldError { field: field.to_owned(), ..error })
}

async fn refused(
    app: &AppState,
    page: Page,
    office: &Office,
    date: NaiveDate,
    (status, error): (StatusCode, FieldError),
) -> Shown {
    let faults = Faults::new(page.locale, vec![error]);
    let page = quotas_page(app, page, office, date, (None, faults)).await?;
    Ok(shown(status, Keep::Never, &page))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Opening {
    mulai: String,
    sampai: String,
}

/// Opens dates to the public now.
async fn open(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(typed): Posted<Opening>,
) -> Shown {
    let office = office_of(&app, &clerk, &id).await?;
    let (Some(from), Some(to)) = read_days(&typed.mulai, &typed.sampai) else {
        let error = (StatusCode::UNPROCESSABLE_ENTITY, no_date("mulai"));
        return refused(&app, page, &office, today(&app, &office), error).await;
    };
    match seats::release(&app, &office, &Release { service: None, from, to }).await? {
        Ok(_) => Ok(go(&format!("{}&sudah=buka", paths::quotas_of(&id, from)))),
        Err(refusal) => {
            let error = refusal_at("mulai", &refusal);
            refused(&app, page, &office, from, error).await
        }
    }
}
