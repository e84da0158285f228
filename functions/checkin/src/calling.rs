//! Counters call numbers: the next one, or one that is asked for.

use std::sync::{Arc, OnceLock};

use antrian::domain::code::BookingCode;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::domain::queue::{
    Counter, CounterAction, QueueDay, QueueEntry, QueueNumber, QueueState,
};
use antrian::domain::reason::Reason;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::{AppState, Routes};
use antrian::ledger::{CallTarget, Caller};
use antrian::staff::Scope;
use antrian::use_cases::desk::{self, person_at, person_behind};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::visit::PersonView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(call)).routes(routes!(step))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Call {
    /// The counter that calls, as its sign says: up to 12 letters, digits, blanks or `-`. `Loket 3` is
    /// counter 3.
    #[schema(value_type = String)]
    counter: Counter,
    /// Letters of the queues that it serves; if it names none, those that the counter was opened for,
    /// or all.
    #[serde(default)]
    groups: Vec<char>,
    /// This number instead of the next one: one that waits, or was skipped or parked, also if it was
    /// sent to another counter or looks like somebody who was served today.
    #[schema(value_type = Option<String>)]
    number: Option<QueueNumber>,
    /// Whoever this counter has parked for the longest time, instead of the next one.
    #[serde(default)]
    parked: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AtCounter {
    #[schema(value_type = String)]
    counter: Counter,
    /// The number that the clerk has in mind: refused if the counter has another one by now.
    #[schema(value_type = Option<String>)]
    number: Option<QueueNumber>,
}

/// Letters that there are.
const MAX_GROUPS: usize = 26;

/// A number at a counter.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct CalledView {
    #[schema(value_type = Option<String>)]
    counter: Option<Counter>,
    /// For example `A-014`.
    #[schema(value_type = String)]
    queue_number: QueueNumber,
    state: QueueState,
    /// How often it was called.
    calls: u32,
    /// Whether the person goes before others.
    priority: bool,
    /// Seconds in the line before the call; absent while a document is being fetched.
    waited_secs: Option<i64>,
    #[schema(value_type = String)]
    code: BookingCode,
    service: Option<String>,
    /// Absent if it could not be read at this moment.
    applicant: Option<PersonView>,
}

/// A member of staff who may do this at an office that there is, and its queue of today.
pub(crate) async fn queue_of(
    app: &AppState,
    staff: &StaffMember,
    scope: Scope,
    id: &OfficeId,
) -> Result<(Arc<Office>, QueueDay), Problem> {
    staff.may(scope, id)?;
    let found = desk::queue_of_today(app, id).await?;
    found.ok_or_else(|| Problem::new(Reason::NotFound))
}

/// Calls the next number to a counter, or one that is asked for. Who was sent to this counter comes
/// first, then priority as the office's rule says, then who came first. Of several counters that ask at
/// the same moment each gets another one; a counter that still has one is told which, a closed one calls
/// nobody, and if the next one looks like somebody who was served today, the counter is asked
/// (`served_before`).
#[utoipa::path(post, path = "/v1/offices/{office}/queue/call", tag = "staff", request_body = Call,
    params(("office" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = CalledView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn call(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    key: RequestKey,
    body: Body<Call>,
) -> Result<Json<CalledView>, Problem> {
    let (office, day) = queue_of(&app, &staff, Scope::Queue, &id).await?;
    let scope = scope("call", &day, &staff);
    let request = key.hash(&app, &scope);
    let called = OnceLock::new();
    let by = (staff.0.subject.as_str(), request.as_deref());
    let calling = call_one(&app, &office, &day, &body.value, by, &called);
    let view = idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, calling).await?;
    Ok(Json(named(&app, view, called.get()).await))
}

/// With who the person is, which is not kept for repeated requests. A replay has seen no entry.
pub(crate) async fn named(
    app: &AppState,
    view: CalledView,
    entry: Option<&QueueEntry>,
) -> CalledView {
    let applicant = match entry {
        Some(entry) => person_at(app, entry).await,
        None => person_behind(app, view.code).await,
    };
    CalledView { applicant: applicant.as_ref().map(PersonView::from), ..view }
}

/// Requests of one person about one office's queue.
pub(crate) fn scope(what: &str, day: &QueueDay, staff: &StaffMember) -> String {
    format!("queue\n{what}\n{}\n{}", day.office, staff.0.subject)
}

async fn call_one(
    app: &AppState,
    office: &Office,
    day: &QueueDay,
    call: &Call,
    (staff, request): (&str, Option<&str>),
    called: &OnceLock<QueueEntry>,
) -> Result<CalledView, Problem> {
    let (target, now) = (target(call)?, app.clock.now());
    let caller = Caller { counter: &call.counter, staff, request };
    let entry = app.ledger.call(office, day, caller, &target, now).await??;
    Ok(view(called.get_or_init(|| entry), now))
}

fn target(call: &Call) -> Result<CallTarget, Problem> {
    let is_letter = |group: &char| group.is_ascii_alphabetic();
    match call.number {
        Some(number) if call.groups.is_empty() && !call.parked => Ok(CallTarget::Number(number)),
        None if call.parked && call.groups.is_empty() => Ok(CallTarget::Parked),
        None if !call.parked
            && call.groups.len() <= MAX_GROUPS
            && call.groups.iter().all(is_letter) =>
        {
            Ok(CallTarget::Next(call.groups.iter().map(char::to_ascii_uppercase).collect()))
        }
        _ => Err(Problem::field(
            "groups",
            "Sebutkan huruf antrean A sampai Z, atau satu nomor, atau `parked`, bukan beberapa sekaligus.",
            "Name letters of queues from A to Z, or one number, or `parked`, not several of them.",
        )),
    }
}

/// What a counter does with the number that it has: `recall` calls it once more; `serve`: the person
/// has come; `finish`: is done, the booking is `served`; `skip`: did not come, and can be called by
/// number or brought back; `park`: waits for something and will go on here; `pass-back`: the call was a
/// mistake, and the number is where it was before it. After the last four the counter is free.
#[utoipa::path(post, path = "/v1/offices/{office}/queue/{step}", tag = "staff", request_body = AtCounter,
    params(("office" = String, Path), ("step" = inline(CounterAction), Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = CalledView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn step(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, step)): Segments<(OfficeId, CounterAction)>,
    key: RequestKey,
    body: Body<AtCounter>,
) -> Result<Json<CalledView>, Problem> {
    let (_, day) = queue_of(&app, &staff, Scope::Queue, &id).await?;
    let scope = scope(step.as_str(), &day, &staff);
    let request = key.hash(&app, &scope);
    let stepped = OnceLock::new();
    let by = Caller {
        counter: &body.value.counter,
        staff: &staff.0.subject,
        request: request.as_deref(),
    };
    let stepping = step_once(&app, &day, by, (body.value.number, step), &stepped);
    let view = idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, stepping).await?;
    Ok(Json(named(&app, view, stepped.get()).await))
}

async fn step_once(
    app: &AppState,
    day: &QueueDay,
    by: Caller<'_>,
    (number, action): (Option<QueueNumber>, CounterAction),
    stepped: &OnceLock<QueueEntry>,
) -> Result<CalledView, Problem> {
    let now = app.clock.now();
    let entry = app.ledger.step(day, by, number, action, now).await??;
    Ok(view(stepped.get_or_init(|| entry), now))
}

pub(crate) fn view(entry: &QueueEntry, now: DateTime<Utc>) -> CalledView {
    CalledView {
        counter: entry.counter.clone(),
        queue_number: entry.queue_number(),
        state: entry.state,
        calls: entry.calls,
        priority: entry.priority,
        waited_secs: entry.waited(now).map(|time| time.num_seconds()),
        code: entry.code,
        service: entry.service.as_ref().map(ToString::to_string),
        applicant: None,
    }
}
