//! Days that differ from the week. Closing a day that is open tells the people who booked it.

use std::collections::{BTreeMap, BTreeSet};

use antrian::app::App;
use antrian::domain::calendar::{PlannedDay, plan_day};
use antrian::domain::ids::OfficeId;
use antrian::domain::office::{DayException, Office};
use antrian::domain::time::local_date;
use antrian::http::body::{Body, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::offices::{check_change, current, write};

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(put))
}

/// All days that differ from the week: this list replaces the one before.
#[derive(Debug, Deserialize, ToSchema)]
struct Calendar {
    /// By date: closed with a reason, or open although it is a holiday.
    exceptions: BTreeMap<NaiveDate, DayException>,
}

/// What a new calendar changed.
#[derive(Debug, Serialize, ToSchema)]
struct Calendared {
    exceptions: BTreeMap<NaiveDate, DayException>,
    /// Open days that were closed now; their bookings are cancelled within a minute or two, and
    /// people are told that they may move free of charge.
    closed: Vec<NaiveDate>,
    /// Closed days that are open again; cancelled bookings stay cancelled.
    reopened: Vec<NaiveDate>,
}

/// An office lists at most so many days: about two years of Saturdays and Sundays.
const MAX_EXCEPTIONS: usize = 250;

/// Replaces the days that differ from the week.
#[utoipa::path(put, path = "/v1/offices/{office}/calendar", tag = "admin", request_body = Calendar,
    params(("office" = String, Path)),
    responses((status = 200, body = Calendared), (status = 403, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn put(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    body: Body<Calendar>,
) -> Result<Json<Calendared>, Problem> {
    staff.may(Scope::Office, &id)?;
    let exceptions = body.value.exceptions;
    if exceptions.len() > MAX_EXCEPTIONS {
        return Err(Problem::field("exceptions", "Paling banyak 250 hari.", "At most 250 days."));
    }
    let (before, revision) = current(&app, &id).await?;
    let after = Office { exceptions: exceptions.clone(), ..before.clone() };
    check_change(&before, &after)?;
    let dates = changed_dates(&app, &before, &after);
    let reopened = reopen_days(&app, (&after, revision), &dates).await?;
    write(&app, revision, &after).await?;
    let closed = close_days(&app, (&after, revision + 1), &dates).await?;
    Ok(Json(Calendared { exceptions, closed, reopened }))
}

/// Dates of either calendar that are not over.
fn changed_dates(app: &App, before: &Office, after: &Office) -> BTreeSet<NaiveDate> {
    let today = local_date(app.clock.now(), after.timezone);
    let dates = before.exceptions.keys().chain(after.exceptions.keys()).copied();
    dates.filter(|date| *date >= today).collect()
}

/// Takes marks off before the office is written: were it not written then, the scheduler would put
/// them on again, and until then nobody can claim a seat of a day that the office has closed.
async fn reopen_days(
    app: &App,
    office: (&Office, u32),
    dates: &BTreeSet<NaiveDate>,
) -> Result<Vec<NaiveDate>, Problem> {
    let mut reopened = vec![];
    for &date in dates {
        let is_open = matches!(plan_day(office.0, date), PlannedDay::Open(_));
        if is_open && app.ledger.store().reopen_day(office, date).await? {
            app.ledger.days().forget(&office.0.id, date).await;
            reopened.push(date);
        }
    }
    Ok(reopened)
}

/// Marks days after the office was written: a calendar that was refused cancels nobody's booking.
/// What a request that was cut short has not marked the scheduler marks.
async fn close_days(
    app: &App,
    office: (&Office, u32),
    dates: &BTreeSet<NaiveDate>,
) -> Result<Vec<NaiveDate>, Problem> {
    let mut closed = vec![];
    for &date in dates {
        if app.ledger.close_if_planned(office, date, app.clock.now()).await? {
            closed.push(date);
        }
    }
    Ok(closed)
}
