//! A free hour: the first free days, a month as a grid, the hours of a day.

use antrian::domain::code::BookingCode;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::language::{Locale, clock};
use antrian::domain::office::{Channel, Office, Service};
use antrian::domain::reason::Reason;
use antrian::domain::time::{SlotTime, local_date, zone_name};
use antrian::http::body::{Params, Segments};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes, office};
use antrian::ledger::{DayAvailability, DayStatus};
use antrian::use_cases::free_days::free_days;
use antrian_pages::page::{Page, Shown, public};
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use serde::Deserialize;

use crate::office::service_of;
use crate::start::when_next;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/kantor/{office}/{service}", get(days))
        .route("/kantor/{office}/{service}/{date}", get(hours))
}

/// Free days on one page.
const FIRST_DAYS: usize = 5;

#[derive(Debug, Deserialize)]
struct From {
    /// The first date that is looked at.
    dari: Option<NaiveDate>,
    /// A month, by any of its dates, as a grid.
    bulan: Option<NaiveDate>,
    /// A booking that is to be moved.
    #[serde(default)]
    pindah: String,
}

#[derive(Template)]
#[template(path = "days.html")]
struct DaysPage<'a> {
    page: Page,
    office: &'a Office,
    service: &'a Service,
    /// What follows every address: the booking that is to be moved, if one is.
    moving: String,
    days: Vec<DayRow>,
    more: Option<NaiveDate>,
    none: Option<String>,
    month: Option<Month>,
    this_month: NaiveDate,
}

/// A day with free hours.
struct DayRow {
    date: NaiveDate,
    name: String,
    seats: u32,
    hours: usize,
}

struct Month {
    name: String,
    before: Option<NaiveDate>,
    after: Option<NaiveDate>,
    weeks: Vec<Vec<Option<Cell>>>,
}

/// A date in a grid.
struct Cell {
    date: NaiveDate,
    day: u32,
    word: &'static str,
    /// The whole date, for ears.
    name: String,
    is_free: bool,
}

/// A booking's code in an address, or nothing.
fn moving(code: &str) -> String {
    code.parse().map_or_else(|_| String::new(), |code: BookingCode| code.to_string())
}

/// The first free days, or a month.
async fn days(
    State(app): State<AppState>,
    page: Page,
    Segments((id, service)): Segments<(OfficeId, ServiceId)>,
    Params(asked): Params<From>,
) -> Shown {
    let now = app.clock.now();
    let office = online(office(&app, &id).await?)?;
    let service = service_of(&office, &service)?;
    let today = local_date(now, office.timezone);
    let from = asked.dari.unwrap_or(today).max(today);
    let place = (&*office, &service.id);
    let found = free_days(&app.ledger, place, from, FIRST_DAYS, now).await?;
    let month = match asked.bulan {
        Some(date) => Some(month(&app, &page, place, date, now).await?),
        None => None,
    };
    let none = found.days.is_empty().then(|| when_next(&page, &office, now));
    let days = found.days.iter().map(|day| row(&page, day)).collect();
    Ok(public(&DaysPage {
        office: &office,
        service,
        moving: moving(&asked.pindah),
        days,
        more: found.more_from,
        none,
        month,
        this_month: today,
        page,
    }))
}

/// An office that gives appointments online.
fn online(office: std::sync::Arc<Office>) -> Result<std::sync::Arc<Office>, Problem> {
    if office.online { Ok(office) } else { Err(Problem::new(Reason::NotOnline)) }
}

fn row(page: &Page, day: &DayAvailability) -> DayRow {
    let free = day.slots.iter().filter(|slot| slot.seats_free > 0);
    let seats = free.clone().map(|slot| u32::from(slot.seats_free)).sum();
    DayRow { date: day.date, name: page.date(day.date), seats, hours: free.count() }
}

/// Months that can be looked at before and after this one.
const MONTHS_AHEAD: u32 = 13;

async fn month(
    app: &AppState,
    page: &Page,
    (office, service): (&Office, &ServiceId),
    of: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Month, Problem> {
    let today = local_date(now, office.timezone);
    let first = of.with_day(1).unwrap_or(of);
    let this = today.with_day(1).unwrap_or(today);
    let limit = this.checked_add_months(Months::new(MONTHS_AHEAD)).unwrap_or(this);
    let first = first.clamp(this, limit);
    let after = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let last = after.pred_opt().unwrap_or(first);
    let from = first.max(today);
    let days = app.ledger.availability(office, service, from, last, Channel::Web, now).await?;
    let mut cells: Vec<Option<Cell>> = Vec::new();
    cells.resize_with(first.weekday().num_days_from_monday() as usize, || None);
    for date in first.iter_days().take_while(|date| *date <= last) {
        let day = days.iter().find(|day| day.date == date);
        cells.push(Some(cell(page, date, day)));
    }
    let mut weeks = Vec::new();
    while !cells.is_empty() {
        let rest = cells.split_off(cells.len().min(7));
        cells.resize_with(7, || None);
        weeks.push(std::mem::replace(&mut cells, rest));
    }
    let name = page.date(first);
    let name = name.split_once(", 1 ").map_or(name.as_str(), |(_, month)| month).to_owned();
    let before = (first > this).then(|| first.checked_sub_months(Months::new(1))).flatten();
    Ok(Month { name, before, after: (after < limit).then_some(after), weeks })
}

fn cell(page: &Page, date: NaiveDate, day: Option<&DayAvailability>) -> Cell {
    let (word, is_free) = match day.map(|day| &day.status) {
        Some(DayStatus::Open) => (page.say("kosong", "free"), true),
        Some(DayStatus::Full) => (page.say("penuh", "full"), false),
        Some(DayStatus::NotReleased(_)) => (page.say("nanti", "later"), false),
        Some(DayStatus::Closed(_)) => (page.say("tutup", "closed"), false),
        None => (page.say("lewat", "past"), false),
    };
    Cell { date, day: date.day(), word, name: page.date(date), is_free }
}

#[derive(Debug, Deserialize)]
struct Moving {
    #[serde(default)]
    pindah: String,
}

#[derive(Template)]
#[template(path = "hours.html")]
struct HoursPage<'a> {
    page: Page,
    office: &'a Office,
    service: &'a Service,
    moving: String,
    date: NaiveDate,
    groups: Vec<(&'static str, Vec<Hour>)>,
    /// Why there is none.
    none: Option<String>,
    zone: &'static str,
}

struct Hour {
    time: SlotTime,
    shown: String,
    seats: u16,
}

/// More hours than this are told apart by half days.
const MANY_HOURS: usize = 18;
const NOON_MINUTES: u16 = 12 * 60;

/// The hours of a day.
async fn hours(
    State(app): State<AppState>,
    page: Page,
    Segments((id, service, date)): Segments<(OfficeId, ServiceId, NaiveDate)>,
    Params(asked): Params<Moving>,
) -> Shown {
    let now = app.clock.now();
    let office = online(office(&app, &id).await?)?;
    let service = service_of(&office, &service)?;
    let near = (date - local_date(now, office.timezone)).num_days();
    if !(-1..=MAX_DAYS_AHEAD).contains(&near) {
        return Err(Problem::new(Reason::NotFound));
    }
    let days = app.ledger.availability(&office, &service.id, date, date, Channel::Web, now);
    let days = days.await?;
    let day = days.first().ok_or_else(|| Problem::new(Reason::NotFound))?;
    Ok(public(&HoursPage {
        office: &office,
        service,
        moving: moving(&asked.pindah),
        date,
        groups: groups(&page, day),
        none: why_none(&page, &office, day),
        zone: zone_name(office.timezone),
        page,
    }))
}

/// No office opens a date longer before it.
const MAX_DAYS_AHEAD: i64 = 366;

fn groups(page: &Page, day: &DayAvailability) -> Vec<(&'static str, Vec<Hour>)> {
    let free = day.slots.iter().filter(|slot| slot.seats_free > 0);
    let all: Vec<Hour> = free
        .map(|slot| Hour {
            time: slot.time,
            shown: clock(page.locale, slot.time),
            seats: slot.seats_free,
        })
        .collect();
    if all.len() <= MANY_HOURS {
        return vec![(page.say("Jam", "Hour"), all)];
    }
    let (morning, afternoon) = all.into_iter().partition(|hour| hour.time.minutes() < NOON_MINUTES);
    vec![(page.say("Pagi", "Morning"), morning), (page.say("Siang", "Afternoon"), afternoon)]
}

fn why_none(page: &Page, office: &Office, day: &DayAvailability) -> Option<String> {
    let date = page.date(day.date);
    match (&day.status, page.locale) {
        (DayStatus::Open, _) => None,
        (DayStatus::Full, Locale::Id) => Some(format!("Semua jam pada {date} sudah terisi.")),
        (DayStatus::Full, Locale::En) => Some(format!("Every hour on {date} is taken.")),
        (DayStatus::Closed(reason), Locale::Id) => {
            Some(format!("Kantor tidak melayani pada {date}: {}.", page.text(&reason.text)))
        }
        (DayStatus::Closed(reason), Locale::En) => {
            Some(format!("No appointments on {date}: {}.", page.text(&reason.text)))
        }
        (DayStatus::NotReleased(at), Locale::Id) => {
            Some(format!("Tanggal {date} baru dibuka {}.", page.date_time(*at, office.timezone)))
        }
        (DayStatus::NotReleased(at), Locale::En) => {
            Some(format!("{date} opens on {}.", page.date_time(*at, office.timezone)))
        }
    }
}
