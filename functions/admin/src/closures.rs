//! Closing days: what it would do to people, and doing it.

use antrian::app::App;
use antrian::domain::ids::OfficeId;
use antrian::domain::language::Text;
use antrian::domain::office::Office;
use antrian::domain::time::SlotTime;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::calendar::{self, ClosedDates, Closing, DateState};
use antrian::use_cases::closures::{self, Preview, PreviewDate, PreviewHour, Proposal};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::offices::current;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(preview)).routes(routes!(close))
}

/// Days that are to be closed: at most 62, from today on.
#[derive(Debug, Deserialize, ToSchema)]
struct Closure {
    from: NaiveDate,
    /// The last one.
    to: NaiveDate,
    /// What people read: 1 to 120 characters.
    reason: Text,
}

impl Closure {
    fn closing(&self) -> Closing<'_> {
        Closing { from: self.from, to: self.to, reason: &self.reason }
    }
}

/// What closing would do.
#[derive(Debug, Serialize, ToSchema)]
struct ClosurePreview {
    /// Confirmed bookings that would leave their day.
    bookings: usize,
    /// Those of them for which no other seat is free now: they wait for one, and are cancelled when their
    /// day is near.
    without_seat: usize,
    /// Every date, in order.
    dates: Vec<ClosureDate>,
    /// Where each booking would go, by date, hour and code; a proposal, for others book meanwhile.
    moves: Vec<ClosureMove>,
}

/// What closing does to a date.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ClosureState {
    /// It would be closed.
    Open,
    /// It is closed already, and stays as it is.
    Closed,
    /// It has no session that could be closed.
    NoSession,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClosureDate {
    date: NaiveDate,
    state: ClosureState,
    /// Why it is closed already.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Text>,
    hours: Vec<ClosureHour>,
}

/// An hour that would be taken away, all services together.
#[derive(Debug, Serialize, ToSchema)]
struct ClosureHour {
    slot: String,
    seats: u32,
    /// Confirmed bookings.
    bookings: u32,
    /// Seats that are held and not confirmed: they are given back.
    held: u32,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClosureMove {
    code: String,
    service: String,
    date: NaiveDate,
    slot: String,
    /// Absent: no other seat is free now.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<ClosureTarget>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClosureTarget {
    date: NaiveDate,
    slot: String,
}

/// What became of the dates.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ClosureMade {
    /// Closed now: within a minute or two their bookings are moved to the next free seats, and people are
    /// told.
    closed: Vec<NaiveDate>,
    /// Closed before: nothing of them was changed.
    already_closed: Vec<NaiveDate>,
    /// Without any session: nothing of them was changed.
    no_session: Vec<NaiveDate>,
}

/// Tells what closing days would do to the people who have booked them. Changes nothing.
#[utoipa::path(post, path = "/v1/offices/{office}/closures/preview", tag = "admin", request_body = Closure,
    params(("office" = String, Path)),
    responses((status = 200, body = ClosurePreview), (status = 403, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn preview(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    body: Body<Closure>,
) -> Result<Json<ClosurePreview>, Problem> {
    staff.may(Scope::Office, &id)?;
    let (office, _) = current(&app, &id).await?;
    let preview = previewed(&app, &office, &body.value).await?;
    Ok(Json(preview.into()))
}

async fn previewed(app: &App, office: &Office, closure: &Closure) -> Result<Preview, Problem> {
    let states = calendar::states(app, office, &closure.closing())?;
    Ok(closures::preview(app, office, states).await?)
}

/// Closes days. Their bookings are moved to the next free seats, and people are told once; days that are
/// closed already stay as they are.
#[utoipa::path(post, path = "/v1/offices/{office}/closures", tag = "admin", request_body = Closure,
    params(("office" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = ClosureMade), (status = 403, body = ProblemDetails),
        (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["admin"])))]
async fn close(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    key: RequestKey,
    body: Body<Closure>,
) -> Result<Json<ClosureMade>, Problem> {
    staff.may(Scope::Office, &id)?;
    let scope = format!("closure\n{id}");
    let closing = async {
        let ClosedDates { closed, already_closed, no_session } =
            calendar::close(&app, &id, &body.value.closing(), &staff.0.subject).await??;
        Ok(ClosureMade { closed, already_closed, no_session })
    };
    idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, closing).await.map(Json)
}

impl From<Preview> for ClosurePreview {
    fn from(preview: Preview) -> Self {
        Self {
            bookings: preview.moves.len(),
            without_seat: preview.without_seat(),
            dates: preview.dates.into_iter().map(ClosureDate::from).collect(),
            moves: preview.moves.into_iter().map(ClosureMove::from).collect(),
        }
    }
}

impl From<PreviewDate> for ClosureDate {
    fn from(of: PreviewDate) -> Self {
        let (state, reason) = match of.state {
            DateState::Open => (ClosureState::Open, None),
            DateState::Closed(reason) => (ClosureState::Closed, Some(reason.text)),
            DateState::NoSession => (ClosureState::NoSession, None),
        };
        let hours = of.hours.into_iter().map(ClosureHour::from).collect();
        Self { date: of.date, state, reason, hours }
    }
}

impl From<PreviewHour> for ClosureHour {
    fn from(hour: PreviewHour) -> Self {
        let PreviewHour { time, seats, bookings, held } = hour;
        Self { slot: time.to_string(), seats, bookings, held }
    }
}

impl From<Proposal> for ClosureMove {
    fn from(one: Proposal) -> Self {
        let target =
            |(date, time): (NaiveDate, SlotTime)| ClosureTarget { date, slot: time.to_string() };
        Self {
            code: one.code.to_string(),
            service: one.service.to_string(),
            date: one.date,
            slot: one.time.to_string(),
            to: one.to.map(target),
        }
    }
}
