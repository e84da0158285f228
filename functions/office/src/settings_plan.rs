//! What a new description of an office does, before it is written.

use std::collections::BTreeMap;

use antrian::domain::ids::ServiceId;
use antrian::domain::language::clock;
use antrian::domain::office::Office;
use antrian::domain::time::SlotTime;
use antrian::http::AppState;
use antrian::http::problem::internal;
use antrian::use_cases::descriptions::{self, WeekChange, WeekPlan};
use antrian_pages::forms::Faults;
use antrian_pages::page::{Keep, Page, Shown, shown};
use antrian_pages::words::{season_dates, service_name};
use askama::Template;
use axum::http::StatusCode;

use crate::paths;
use crate::settings_words::{ChangedPart, changes, day_name};

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

pub(crate) fn plan(
    app: &AppState,
    page: Page,
    (office, revision): &(Office, u32),
    (wanted, title): (&Office, String),
    (status, faults): (StatusCode, Faults),
) -> Shown {
    let descriptions::Plan { from, weeks } = descriptions::plan(office, wanted, app.clock.now());
    let description = serde_json::to_string(wanted);
    let description = description.map_err(|error| internal(&error))?;
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
