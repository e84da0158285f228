//! Where to begin: find an office.

use std::sync::Arc;

use antrian::domain::language::Locale;
use antrian::domain::office::Office;
use antrian::http::body::Params;
use antrian::http::{AppState, Routes};
use antrian::storage::NextAvailable;
use antrian_pages::page::{Page, Shown, public};
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Utc};
use serde::Deserialize;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/", get(start))
}

#[derive(Debug, Deserialize)]
struct Search {
    /// A city, a province or a name.
    #[serde(default)]
    cari: String,
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start {
    page: Page,
    search: String,
    provinces: Vec<Province>,
    found: usize,
}

/// Offices of a province.
struct Province {
    name: String,
    offices: Vec<OfficeRow>,
}

pub(crate) struct OfficeRow {
    id: String,
    name: String,
    city: String,
    /// Latitude and longitude, from which the browser computes how far it is.
    at: Option<String>,
    next: String,
    /// Whether a seat is free.
    is_free: bool,
}

/// Longer searches find nothing that a shorter one does not.
const MAX_SEARCH_CHARS: usize = 60;

/// The offices that fit, each with its next free date.
async fn start(State(app): State<AppState>, page: Page, Params(search): Params<Search>) -> Shown {
    let now = app.clock.now();
    let search: String = search.cari.trim().chars().take(MAX_SEARCH_CHARS).collect();
    let offices = app.ledger.offices();
    let (directory, next) = tokio::try_join!(offices.all(now), offices.next_hours(now))?;
    let mut provinces: Vec<Province> = Vec::new();
    let mut fitting: Vec<&Arc<Office>> =
        directory.offices.iter().filter(|office| fits(office, &search)).collect();
    fitting.sort_by(|a, b| (&a.province, &a.city).cmp(&(&b.province, &b.city)));
    for office in &fitting {
        let row = row(&page, office, next.of(&office.id), now);
        match provinces.last_mut().filter(|last| last.name == office.province) {
            Some(province) => province.offices.push(row),
            None => provinces.push(Province { name: office.province.clone(), offices: vec![row] }),
        }
    }
    Ok(public(&Start { page, search, found: fitting.len(), provinces }))
}

/// Whether every word of a search stands in what an office is called.
fn fits(office: &Office, search: &str) -> bool {
    let names = [&office.name, &office.city, &office.province];
    let all = names.map(|name| name.to_lowercase()).join(" ");
    search.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

fn row(
    page: &Page,
    office: &Office,
    seen: Option<&NextAvailable>,
    now: DateTime<Utc>,
) -> OfficeRow {
    let free = seen.and_then(|seen| seen.slot.as_ref()).filter(|_| office.online);
    let next = match free {
        Some((date, time, _)) => page.date_time(time.on(*date, office.timezone), office.timezone),
        None => when_next(page, office, now),
    };
    OfficeRow {
        id: office.id.to_string(),
        name: office.name.clone(),
        city: office.city.clone(),
        at: office.location.map(|at| format!("{} {}", at.latitude, at.longitude)),
        next,
        is_free: free.is_some(),
    }
}

/// What to know of an office where nothing is free.
pub(crate) fn when_next(page: &Page, office: &Office, now: DateTime<Utc>) -> String {
    if !office.online {
        let said = page.say("Pendaftaran hanya di kantor", "Appointments at the office only");
        return said.to_owned();
    }
    let (at, from) = office.release.next_release(now, office.timezone);
    let (at, from) = (page.date_time(at, office.timezone), page.date(from));
    match page.locale {
        Locale::En => format!("Full. Dates from {from} open on {at}"),
        Locale::Id => format!("Penuh. Tanggal mulai {from} dibuka {at}"),
    }
}
