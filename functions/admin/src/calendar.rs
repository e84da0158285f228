//! Days that differ from the week. Closing a day that is open tells the people who booked it.

use std::collections::{BTreeMap, BTreeSet};

use antrian::app::App;
use antrian::domain::calendar::{PlannedDay, plan_day};
use antrian::domain::ids::OfficeId;
use antrian::domain::office::{DayException, Office};
use antrian::domain::time::local_date;
use antrian::http::body::{Body, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::staff::Scope;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::offices::{check, current, write};

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(put))
}

/// All days that differ from the week: this list replaces the one before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
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
const MOST_EXCEPTIONS: usize = 250;

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
    staff.may(Scope::Admin, &id)?;
    let exceptions = body.value.exceptions;
    if exceptions.len() > MOST_EXCEPTIONS {
        return Err(Problem::field("exceptions", "Paling banyak 250 hari.", "At most 250 days."));
    }
    let (before, revision) = current(&app, &id).await?;
    let after = Office { exceptions: exceptions.clone(), ..before.clone() };
    check(&after)?;
    let (closed, reopened) = mark_days(&app, &before, &after).await?;
    write(&app, revision, &after).await?;
    Ok(Json(Calendared { exceptions, closed, reopened }))
}

/// Marks days before the office is written: a request cut short is begun again and changes nothing
/// twice.
async fn mark_days(
    app: &App,
    before: &Office,
    after: &Office,
) -> Result<(Vec<NaiveDate>, Vec<NaiveDate>), Problem> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let (mut closed, mut reopened) = (vec![], vec![]);
    let dates: BTreeSet<_> =
        before.exceptions.keys().chain(after.exceptions.keys()).copied().collect();
    let today = local_date(now, after.timezone);
    for date in dates.into_iter().filter(|date| *date >= today) {
        let done = match plan_day(after, date) {
            PlannedDay::Closed(reason) => {
                let open = store.day(&after.id, date).await?.closed() != Some(&reason);
                if open && store.close_day(after, date, &reason, now).await? {
                    closed.push(date);
                }
                open
            }
            PlannedDay::Open(_) => {
                let opened = store.reopen_day(after, date).await?;
                if opened {
                    reopened.push(date);
                }
                opened
            }
        };
        if done {
            app.ledger.days().forget(&after.id, date).await;
        }
    }
    Ok((closed, reopened))
}
