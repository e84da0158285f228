//! An office: where it is, what it gives and when, what to bring, how to reach a person.

use std::collections::BTreeMap;

use antrian::domain::document::ApplicantKind;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::language::{self, Locale, clock};
use antrian::domain::office::{Location, Office, Season, Service, WeeklySession};
use antrian::domain::release::ReleasePolicy;
use antrian::domain::requirements::Requirements;
use antrian::domain::time::{SlotTime, local_date, zone_name};
use antrian::http::body::{Params, Segments};
use antrian::http::problem::Problem;
use antrian::http::refusals::unknown_service;
use antrian::http::{AppState, Routes, office};
use antrian::use_cases::documents::{DocumentQuestion, UnknownService, checklist_for};
use antrian::use_cases::free_days::free_days;
use antrian_pages::forms::address;
use antrian_pages::page::{Page, Shown, public};
use antrian_pages::words::season_dates;
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/kantor/{office}", get(one))
        .route("/kantor/{office}/dokumen", get(documents))
}

#[derive(Template)]
#[template(path = "office.html")]
struct OfficePage<'a> {
    page: Page,
    office: &'a Office,
    place: String,
    map: String,
    services: Vec<ServiceRow<'a>>,
    weeks: Vec<Week>,
    rule: String,
    next_release: String,
    /// For a countdown, as the browser reads it.
    next_release_at: String,
    whatsapp: Option<String>,
}

/// A service and its first free date.
struct ServiceRow<'a> {
    service: &'a Service,
    next: Option<String>,
}

/// An office.
async fn one(State(app): State<AppState>, page: Page, Segments(id): Segments<OfficeId>) -> Shown {
    let now = app.clock.now();
    let office = office(&app, &id).await?;
    let (zone, today) = (office.timezone, local_date(now, office.timezone));
    let mut services = Vec::with_capacity(office.services.len());
    for service in &office.services {
        let first = match office.online {
            true => free_days(&app.ledger, (&office, &service.id), today, 1, now).await?.days,
            false => vec![],
        };
        let next = first.first().map(|day| page.date(day.date));
        services.push(ServiceRow { service, next });
    }
    let (at, _) = office.release.next_release(now, zone);
    Ok(public(&OfficePage {
        map: map(&office),
        place: place(&office),
        services,
        weeks: weeks(&page, &office, now),
        rule: release_rule(&page, &office),
        next_release: when_next_opens(&page, &office, now),
        next_release_at: at.to_rfc3339(),
        whatsapp: office.whatsapp_number.as_ref().map(|number| format!("https://wa.me/{number}")),
        office: &office,
        page,
    }))
}

/// Street, city and province, each once: some addresses name their city themselves.
pub(crate) fn place(office: &Office) -> String {
    let mut place = office.address.clone();
    for part in [&office.city, &office.province] {
        if !place.ends_with(part.as_str()) {
            place = format!("{place}, {part}");
        }
    }
    place
}

/// Where a map shows it. Nothing of a person or a booking stands in it.
pub(crate) fn map(office: &Office) -> String {
    match office.location {
        Some(Location { latitude, longitude }) => {
            let (mlat, mlon) = (latitude.to_string(), longitude.to_string());
            let marked = [("mlat", mlat.as_str()), ("mlon", &mlon), ("zoom", "16")];
            address("https://www.openstreetmap.org/", &marked)
        }
        None => address("https://www.openstreetmap.org/search", &[("query", &place(office))]),
    }
}

/// The next dates, and when they open.
fn when_next_opens(page: &Page, office: &Office, now: DateTime<Utc>) -> String {
    let (at, from) = office.release.next_release(now, office.timezone);
    let (at, from) = (page.date_time(at, office.timezone), page.date(from));
    match page.locale {
        Locale::Id => format!("Berikutnya: tanggal mulai {from} dibuka {at}."),
        Locale::En => format!("Next: dates from {from} open on {at}."),
    }
}

/// The release rule, in words.
fn release_rule(page: &Page, office: &Office) -> String {
    let zone = zone_name(office.timezone);
    let at_clock = |at: SlotTime| match page.locale {
        Locale::Id => format!("pukul {} {zone}", clock(Locale::Id, at)),
        Locale::En => format!("{at} {zone}"),
    };
    match (office.release, page.locale) {
        (ReleasePolicy::Rolling { days_ahead, at }, Locale::Id) => {
            format!(
                "Setiap hari {} dibuka satu tanggal baru, {days_ahead} hari ke depan.",
                at_clock(at)
            )
        }
        (ReleasePolicy::Rolling { days_ahead, at }, Locale::En) => {
            format!("Every day at {} one more date opens, {days_ahead} days ahead.", at_clock(at))
        }
        (ReleasePolicy::Weekly { weekday, at, .. }, Locale::Id) => {
            format!(
                "Setiap {} {} dibuka seluruh pekan berikutnya.",
                language::weekday(page.locale, weekday),
                at_clock(at)
            )
        }
        (ReleasePolicy::Weekly { weekday, at, .. }, Locale::En) => {
            format!(
                "Every {} at {} a whole week opens.",
                language::weekday(page.locale, weekday),
                at_clock(at)
            )
        }
        (ReleasePolicy::Monthly { day, at, .. }, Locale::Id) => {
            format!("Setiap tanggal {day} {} dibuka seluruh bulan berikutnya.", at_clock(at))
        }
        (ReleasePolicy::Monthly { day, at, .. }, Locale::En) => {
            format!("On day {day} of each month at {} a whole month opens.", at_clock(at))
        }
    }
}

/// Hours of the usual week, and of seasons that are on or will be.
struct Week {
    /// Absent: the usual week.
    season: Option<(String, String)>,
    hours: Vec<(String, String)>,
}

fn weeks(page: &Page, office: &Office, now: DateTime<Utc>) -> Vec<Week> {
    let today = local_date(now, office.timezone);
    let usual = Week { season: None, hours: hours(page, office.timezone, &office.sessions) };
    let of_season = |season: &Season| {
        let name = page.text(&season.name).to_owned();
        Week {
            season: Some((name, season_dates(page, season))),
            hours: hours(page, office.timezone, &season.sessions),
        }
    };
    [usual].into_iter().chain(office.coming_seasons(today).map(of_season)).collect()
}

/// Opening hours by weekday, from the sessions of all services: from the first slot to the last end.
fn hours(page: &Page, zone: Tz, sessions: &[WeeklySession]) -> Vec<(String, String)> {
    let mut days: BTreeMap<u32, (SlotTime, SlotTime)> = BTreeMap::new();
    for session in sessions {
        for day in &session.days {
            let (from, until) =
                days.entry(day.num_days_from_monday()).or_insert((session.from, session.until));
            *from = (*from).min(session.from);
            *until = (*until).max(session.until);
        }
    }
    let zone = zone_name(zone);
    let text = |(day, (from, until)): (u32, (SlotTime, SlotTime))| {
        let name = Weekday::try_from(u8::try_from(day).unwrap_or_default());
        let name = name.map_or("", |day| language::weekday(page.locale, day));
        let span = format!("{}–{} {zone}", clock(page.locale, from), clock(page.locale, until));
        (name.to_owned(), span)
    };
    days.into_iter().map(text).collect()
}

#[derive(Debug, Deserialize)]
struct Question {
    layanan: Option<ServiceId>,
    pemohon: Option<ApplicantKind>,
    /// City or regency that issued the KTP.
    #[serde(default)]
    asal: String,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct DocumentsPage<'a> {
    page: Page,
    office: &'a Office,
    service: Option<&'a Service>,
    is_child: bool,
    regency: String,
    list: Option<Requirements>,
}

/// What to bring, by two questions.
async fn documents(
    State(app): State<AppState>,
    page: Page,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Question>,
) -> Shown {
    let office = office(&app, &id).await?;
    let regency = asked.asal.split_whitespace().collect::<Vec<_>>().join(" ");
    let list = match &asked.layanan {
        Some(service) => {
            let question = DocumentQuestion {
                service,
                applicant: asked.pemohon,
                ktp_regency: Some(&*regency).filter(|text| !text.is_empty()),
                date: None,
            };
            let list = checklist_for(&office, &question, app.clock.now());
            Some(list.map_err(|UnknownService| unknown_service())?)
        }
        None => None,
    };
    let service = asked.layanan.and_then(|id| office.service(&id));
    let is_child = asked.pemohon == Some(ApplicantKind::Child);
    let template = DocumentsPage { page, office: &office, service, is_child, regency, list };
    Ok(public(&template))
}

/// A service of an office.
pub(crate) fn service_of<'a>(office: &'a Office, id: &ServiceId) -> Result<&'a Service, Problem> {
    office.service(id).ok_or_else(unknown_service)
}
