//! Who comes on a date: by hour, with what became of each; and a search by name among those of today.

use antrian::domain::booking::Status;
use antrian::domain::ids::OfficeId;
use antrian::domain::language::clock;
use antrian::domain::normal::normal;
use antrian::domain::office::Office;
use antrian::domain::time::local_date;
use antrian::http::body::{Params, Segments};
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::use_cases::roster::{self, Expected};
use antrian_pages::forms::Posted;
use antrian_pages::page::{Page, Shown, own};
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use crate::session::Clerk;
use crate::{change_words, paths};

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/{office}/kunjungan", get(list).post(search))
}

#[derive(Deserialize)]
struct Asked {
    tanggal: Option<NaiveDate>,
}

/// A name, or how it begins; in no address.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    nama: String,
}

#[derive(Template)]
#[template(path = "roster.html")]
struct RosterPage<'a> {
    page: Page,
    office: &'a Office,
    path: String,
    date: String,
    is_today: bool,
    name: String,
    /// What is said of how many.
    counts: Vec<(&'static str, usize)>,
    rows: Vec<Row>,
    before: String,
    after: String,
}

struct Row {
    time: String,
    who: String,
    code: String,
    /// The visit on the scan page.
    address: String,
    service: String,
    state: &'static str,
    /// How it is marked, beside its words.
    mark: &'static str,
    number: String,
    /// Until when documents may be brought.
    until: Option<String>,
}

/// Shorter names find too many.
const MIN_NAME_CHARS: usize = 2;

async fn list(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Asked>,
) -> Shown {
    show(&app, page, &clerk, &id, (asked.tanggal, "")).await
}

async fn search(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(wanted): Posted<Wanted>,
) -> Shown {
    show(&app, page, &clerk, &id, (None, normal(&wanted.nama).trim())).await
}

/// The visits of a date, or those of today that have a name.
async fn show(
    app: &AppState,
    page: Page,
    clerk: &Clerk,
    id: &OfficeId,
    (date, name): (Option<NaiveDate>, &str),
) -> Shown {
    clerk.may(Scope::Desk, id)?;
    let (office, now) = (office(app, id).await?, app.clock.now());
    let today = local_date(now, office.timezone);
    let date = date.unwrap_or(today);
    let all = roster::expected(app, id, date).await?;
    let counts = counts(&page, &all, now);
    let shown = match name.chars().count() >= MIN_NAME_CHARS {
        true => roster::named(app, clerk.staff(), id, all, name),
        false => all,
    };
    let day = |date: Option<NaiveDate>| paths::roster_of(id, date.unwrap_or(today));
    Ok(own(&RosterPage {
        path: paths::roster(id),
        date: page.date(date),
        is_today: date == today,
        name: name.to_owned(),
        counts,
        rows: shown.iter().map(|visit| row(&page, &office, visit, now)).collect(),
        before: day(date.pred_opt()),
        after: day(date.succ_opt()),
        office: &office,
        page,
    }))
}

fn counts(page: &Page, all: &[Expected], now: DateTime<Utc>) -> Vec<(&'static str, usize)> {
    let of =
        |is_such: &dyn Fn(&Expected) -> bool| all.iter().filter(|visit| is_such(visit)).count();
    let has = |status| of(&|visit| visit.status == status);
    vec![
        (page.say("semua", "in all"), all.len()),
        (page.say("belum datang", "still to come"), has(Status::Confirmed)),
        (page.say("terlambat", "late"), of(&|visit| visit.is_late(now))),
        (page.say("di kantor", "at the office"), has(Status::CheckedIn)),
        (page.say("menunggu dokumen", "waiting for documents"), has(Status::AwaitingDocuments)),
        (page.say("selesai", "served"), has(Status::Served)),
        (page.say("tidak datang", "did not come"), has(Status::NoShow)),
    ]
}

fn row(page: &Page, office: &Office, visit: &Expected, now: DateTime<Utc>) -> Row {
    let (booking, zone) = (&visit.booking, office.timezone);
    let service = office.service(&booking.seat.service);
    let (mark, state) = state(page, visit, now);
    let who = visit.applicant.as_ref().map(|applicant| applicant.details.name.short());
    let number = booking.queue_place().map(|(_, number)| number.to_string());
    Row {
        time: clock(page.locale, booking.seat.time),
        who: who.unwrap_or_else(|| page.say("(dihapus)", "(erased)").to_owned()),
        code: booking.code.to_string(),
        address: paths::visit(&office.id, booking.code),
        service: service.map(|service| page.text(&service.name).to_owned()).unwrap_or_default(),
        state,
        mark,
        number: number.unwrap_or_default(),
        until: booking.documents_deadline().map(|at| page.date_time(at, zone)),
    }
}

/// How a state is marked, beside its words.
fn mark(status: Status) -> &'static str {
    match status {
        Status::CheckedIn => "in",
        Status::AwaitingDocuments => "late",
        Status::Served => "done",
        _ => "gone",
    }
}

fn state(page: &Page, visit: &Expected, now: DateTime<Utc>) -> (&'static str, &'static str) {
    match visit.status {
        Status::Confirmed if visit.is_late(now) => ("late", page.say("terlambat", "late")),
        Status::Confirmed => ("", page.say("belum datang", "still to come")),
        other => (mark(other), change_words::state(page, other)),
    }
}
