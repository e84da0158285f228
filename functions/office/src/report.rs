//! How days went: counts, charts with their tables, and a file for other programs.

use std::collections::BTreeMap;

use antrian::domain::day_report::{self, DayReport, Lasted, Sum};
use antrian::domain::field::FieldError;
use antrian::domain::forecast::Forecast;
use antrian::domain::ids::OfficeId;
use antrian::domain::language::{Locale, clock, short_date};
use antrian::domain::office::Office;
use antrian::domain::requirements::document_label;
use antrian::domain::time::local_date;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::{Problem, internal};
use antrian::http::{AppState, Routes, office};
use antrian::rendering::report_csv;
use antrian::staff::Scope;
use antrian::use_cases::report::{self, Period, report};
use antrian_pages::forms::{Faults, read_date};
use antrian_pages::page::{Keep, Page, Shown, download, shown};
use antrian_pages::words::{channel_words, service_name};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::chart::Chart;
use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/{office}/laporan", get(show))
        .route("/petugas/{office}/laporan.csv", get(file))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    dari: String,
    #[serde(default)]
    sampai: String,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    page: Page,
    office: &'a Office,
    path: String,
    faults: Faults,
    from: String,
    to: String,
    /// What the report is of, in words.
    title: String,
    /// Days to choose, with what they are called.
    presets: Vec<(String, &'static str)>,
    shown: Option<Shows>,
}

/// A report in words.
struct Shows {
    counts: Vec<(&'static str, u32)>,
    waiting: Option<String>,
    serving: Option<String>,
    charts: Vec<Chart>,
    tables: Vec<Table>,
    forecast: Option<ForecastWords>,
    missing: Vec<(String, u32)>,
    returned: u32,
    csv: String,
}

/// How many of those who may still come will not.
struct ForecastWords {
    basis: String,
    /// Date and hour, who may come, expected, from, to.
    rows: Vec<(String, u32, String, u32, u32)>,
}

/// A table of sums.
struct Table {
    title: &'static str,
    /// What its rows are by.
    by: &'static str,
    has_seats: bool,
    rows: Vec<TableRow>,
}

struct TableRow {
    name: String,
    sum: Sum,
    /// Half waited no longer.
    waiting: String,
    serving: String,
}

async fn show(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Asked>,
) -> Shown {
    clerk.may(Scope::Read, &id)?;
    let office = office(&app, &id).await?;
    let now = app.clock.now();
    let today = local_date(now, office.timezone);
    let period = match period(&asked, today) {
        Ok(period) => period,
        Err(fault) => return Ok(refused(page, &office, &asked, today, fault)),
    };
    let (days, past) =
        tokio::try_join!(report(&app, &id, period), report::forecast(&app, &office, period))?;
    let whole = ReportPage {
        path: paths::report(&id),
        faults: Faults::default(),
        from: period.from().to_string(),
        to: period.to().to_string(),
        title: page.dates(period.from(), period.to()),
        presets: presets(&page, &id, today),
        shown: Some(Shows {
            forecast: past
                .and_then(|past| forecast_words(&page, &past, &days, (office.timezone, now))),
            ..shows(&page, &office, period, &days)
        }),
        office: &office,
        page,
    };
    Ok(shown(StatusCode::OK, Keep::Never, &whole))
}

async fn file(
    State(app): State<AppState>,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Asked>,
) -> Shown {
    clerk.may(Scope::Read, &id)?;
    let office = office(&app, &id).await?;
    let today = local_date(app.clock.now(), office.timezone);
    let period = period(&asked, today).map_err(|fault| Problem::fields(&[fault]))?;
    let days = report(&app, &id, period).await?;
    let csv = report_csv(id.as_str(), &days).map_err(|error| internal(&error))?;
    let name = format!("antrian-{id}-{}-{}.csv", period.from(), period.to());
    Ok(download("text/csv; charset=utf-8", &name, csv))
}

/// The dates of an address: none is today.
fn period(asked: &Asked, today: NaiveDate) -> Result<Period, FieldError> {
    let date = |field, typed: &str| match typed.trim() {
        "" => Ok(None),
        typed => read_date(typed).map(Some).ok_or_else(|| {
            FieldError::new(
                field,
                "Tulis tanggal: hari, bulan, tahun. Contoh: 02 12 2026.",
                "Write a date: day, month, year. Example: 02 12 2026.",
            )
        }),
    };
    let (from, to) = (date("dari", &asked.dari)?, date("sampai", &asked.sampai)?);
    Period::new(from, to, today).map_err(|fault| FieldError { field: "sampai".to_owned(), ..fault })
}

fn refused(
    page: Page,
    office: &Office,
    asked: &Asked,
    today: NaiveDate,
    fault: FieldError,
) -> Response {
    let again = ReportPage {
        path: paths::report(&office.id),
        faults: Faults::new(page.locale, vec![fault]),
        from: asked.dari.clone(),
        to: asked.sampai.clone(),
        title: String::new(),
        presets: presets(&page, &office.id, today),
        shown: None,
        office,
        page,
    };
    shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &again)
}

/// Days that people ask for, each as an address.
fn presets(page: &Page, office: &OfficeId, today: NaiveDate) -> Vec<(String, &'static str)> {
    let yesterday = today.pred_opt().unwrap_or(today);
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let first = today.with_day(1).unwrap_or(today);
    let last_before = first.pred_opt().unwrap_or(first);
    let first_before = last_before.with_day(1).unwrap_or(last_before);
    let of = |from, to| paths::report_of(office, from, to);
    vec![
        (of(today, today), page.say("Hari ini", "Today")),
        (of(yesterday, yesterday), page.say("Kemarin", "Yesterday")),
        (of(monday, monday + Days::new(6)), page.say("Minggu ini", "This week")),
        (of(first, today), page.say("Bulan ini", "This month")),
        (of(first_before, last_before), page.say("Bulan lalu", "Last month")),
    ]
}

fn shows(page: &Page, office: &Office, period: Period, days: &[DayReport]) -> Shows {
    let total = day_report::total(days);
    let (charts, tables) = drawn(page, office, days);
    let missing = day_report::missing(days).into_iter().map(|(id, people)| {
        let label = document_label(office, &id).map(|label| page.text(label).to_owned());
        (label.unwrap_or(id), people)
    });
    Shows {
        counts: counts(page, &total),
        waiting: total.waiting.lasted().map(|lasted| sentence(page, lasted)),
        serving: total.serving.lasted().map(|lasted| sentence(page, lasted)),
        charts,
        tables,
        forecast: None,
        missing: missing.collect(),
        returned: days.iter().map(|day| day.returned).sum(),
        csv: paths::report_file(&office.id, period.from(), period.to()),
    }
}

fn counts(page: &Page, total: &Sum) -> Vec<(&'static str, u32)> {
    let figures = total.figures;
    vec![
        (page.say("terjadwal", "booked"), figures.booked),
        (page.say("datang", "came"), figures.came),
        (page.say("selesai", "served"), figures.served),
        (page.say("belum datang", "still to come"), figures.to_come),
        (page.say("tidak datang", "did not come"), figures.no_shows),
        (page.say("batal", "cancelled"), figures.cancelled),
        (page.say("pindah tanggal", "moved to another date"), figures.moved_away),
        (page.say("kursi dibuka", "seats offered"), total.seats.offered),
        (page.say("kursi kosong", "unused seats"), total.seats.unused),
    ]
}

/// Whole minutes, up: nobody waited for zero of them.
fn minutes(secs: u32) -> u32 {
    secs.div_ceil(60)
}

fn sentence(page: &Page, lasted: Lasted) -> String {
    let (median, p90) = (minutes(lasted.median_secs), minutes(lasted.p90_secs));
    match page.locale {
        Locale::Id => format!(
            "Setengahnya paling lama {median} menit, sembilan dari sepuluh paling lama {p90} menit ({} orang).",
            lasted.people
        ),
        Locale::En => format!(
            "Half of them at most {median} min, nine of ten at most {p90} min ({} people).",
            lasted.people
        ),
    }
}

fn forecast_words(
    page: &Page,
    past: &Forecast,
    days: &[DayReport],
    (zone, now): (Tz, DateTime<Utc>),
) -> Option<ForecastWords> {
    let number = |of: f64| match page.locale {
        Locale::Id => format!("{of:.1}").replace('.', ","),
        Locale::En => format!("{of:.1}"),
    };
    let rows = day_report::to_come(days, zone, now).into_iter().map(|((date, time), people)| {
        let expected = past.expect(time, people);
        let when = format!("{} {}", short_date(page.locale, date), clock(page.locale, time));
        (when, people, number(expected.no_shows), expected.at_least, expected.at_most)
    });
    let rows: Vec<_> = rows.collect();
    let days = past.days;
    let basis = match (page.locale, past.error) {
        (Locale::Id, Some(error)) => format!(
            "Dari {days} hari terakhir di jam yang sama. Diuji pada 14 hari yang disisihkan: meleset rata-rata {} orang per jam, dan {:.0} % jam ada di dalam rentang.",
            number(error.mean_people),
            error.within * 100.0
        ),
        (Locale::En, Some(error)) => format!(
            "From the same hours of the last {days} days. Tried on 14 days that it had not seen: off by {} people an hour on average, and {:.0} % of the hours were within the range.",
            number(error.mean_people),
            error.within * 100.0
        ),
        (Locale::Id, None) => {
            format!("Dari {days} hari terakhir di jam yang sama; belum cukup untuk diuji.")
        }
        (Locale::En, None) => {
            format!("From the same hours of the last {days} days; too few to be tried.")
        }
    };
    (!rows.is_empty()).then_some(ForecastWords { basis, rows })
}

/// Charts by hour and, of several days, by date; and all tables.
fn drawn(page: &Page, office: &Office, days: &[DayReport]) -> (Vec<Chart>, Vec<Table>) {
    let by_hour = named(day_report::by_hour(days), |time| clock(page.locale, time));
    let by_date = named(day_report::by_date(days), |date| short_date(page.locale, date));
    let by_service = named(day_report::by_service(days), |id| service_name(page, office, &id));
    let by_channel =
        named(day_report::by_channel(days), |channel| channel_words(page, channel).to_owned());
    let hours = page.say("Menurut jam", "By hour");
    let dates = page.say("Menurut tanggal", "By date");
    let mut charts = vec![chart(page, hours, &by_hour)];
    let mut tables = vec![table(hours, page.say("Jam", "Hour"), true, by_hour)];
    if days.len() > 1 {
        charts.push(chart(page, dates, &by_date));
        tables.push(table(dates, page.say("Tanggal", "Date"), true, by_date));
    }
    let services = page.say("Menurut layanan", "By service");
    tables.push(table(services, page.say("Layanan", "Service"), true, by_service));
    let channels = page.say("Menurut jalur", "By channel");
    tables.push(table(channels, page.say("Jalur", "Channel"), false, by_channel));
    (charts, tables)
}

type Named = Vec<(String, Sum)>;

fn named<K>(sums: BTreeMap<K, Sum>, name: impl Fn(K) -> String) -> Named {
    sums.into_iter().map(|(key, sum)| (name(key), sum)).collect()
}

fn chart(page: &Page, title: &'static str, sums: &Named) -> Chart {
    let bars: Vec<_> = sums.iter().map(|(name, sum)| (name.clone(), sum)).collect();
    Chart::of(page, title, &bars)
}

fn table(title: &'static str, by: &'static str, has_seats: bool, sums: Named) -> Table {
    let lasted = |lasted: Option<Lasted>| {
        lasted.map(|of| minutes(of.median_secs).to_string()).unwrap_or_default()
    };
    let rows = sums.into_iter().map(|(name, sum)| TableRow {
        name,
        waiting: lasted(sum.waiting.lasted()),
        serving: lasted(sum.serving.lasted()),
        sum,
    });
    Table { title, by, has_seats, rows: rows.collect() }
}
