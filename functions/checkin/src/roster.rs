//! The roster of a date: who comes, who is late, who waits for a document. Names are searched for on the
//! page of the office: in an address they would stand in histories.

use antrian::domain::booking::Status;
use antrian::domain::code::BookingCode;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Channel;
use antrian::domain::time::local_date;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::use_cases::roster::{self, Expected};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// A date in the office's zone; absent: today.
    date: Option<NaiveDate>,
    /// The code of the last visit of the page before.
    #[param(value_type = Option<String>)]
    after: Option<BookingCode>,
}

/// Visits of a date, by hour and code.
#[derive(Debug, Serialize, ToSchema)]
struct RosterView {
    date: NaiveDate,
    /// Of all pages.
    total: usize,
    visits: Vec<VisitRow>,
    /// Ask for the next page with this as `after`; `null`: there is none.
    #[schema(value_type = Option<String>)]
    next: Option<BookingCode>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RosterVisit)]
struct VisitRow {
    #[schema(value_type = String)]
    code: BookingCode,
    /// First name and initials; `null`: removed from its account, or the account was erased.
    who: Option<String>,
    status: Status,
    service: String,
    /// `HH:MM` in the office's zone.
    slot: String,
    channel: Channel,
    /// Whether the person goes before others.
    priority: bool,
    /// The hour has begun, and the person has not come.
    late: bool,
    /// For example `A-014`; `null`: has not come.
    queue_number: Option<String>,
    /// Until when missing documents may be brought.
    documents_deadline: Option<String>,
}

impl VisitRow {
    fn of(visit: &Expected, zone: Tz, now: DateTime<Utc>) -> Self {
        let booking = &visit.booking;
        Self {
            code: booking.code,
            who: visit.applicant.as_ref().map(|applicant| applicant.details.name.short()),
            status: visit.status,
            service: booking.seat.service.to_string(),
            slot: booking.seat.time.to_string(),
            channel: booking.channel,
            priority: booking.has_priority(),
            late: visit.is_late(now),
            queue_number: booking.queue_place().map(|(_, number)| number.to_string()),
            documents_deadline: booking.documents_deadline().map(|at| instant(at, zone)),
        }
    }
}

/// Visits on one page.
const PAGE: usize = 100;

/// Who comes on a date. Names are shortened: the clerk who has somebody before them sees who it is.
#[utoipa::path(get, path = "/v1/offices/{office}/roster", tag = "staff",
    params(("office" = String, Path), Asked),
    responses((status = 200, body = RosterView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn list(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    Params(asked): Params<Asked>,
) -> Result<Json<RosterView>, Problem> {
    staff.may(Scope::Desk, &id)?;
    let (office, now) = (office(&app, &id).await?, app.clock.now());
    let date = asked.date.unwrap_or_else(|| local_date(now, office.timezone));
    let all = roster::expected(&app, &id, date).await?;
    let is_last = |visit: &Expected| Some(visit.booking.code) == asked.after;
    let from = all.iter().position(is_last).map_or(0, |at| at + 1);
    let page = &all[from..all.len().min(from + PAGE)];
    let has_more = from + page.len() < all.len();
    Ok(Json(RosterView {
        date,
        total: all.len(),
        visits: page.iter().map(|visit| VisitRow::of(visit, office.timezone, now)).collect(),
        next: page.last().map(|visit| visit.booking.code).filter(|_| has_more),
    }))
}
