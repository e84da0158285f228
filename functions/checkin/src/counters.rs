//! Counters are opened and closed, send people on, and bring back whoever was skipped.

use std::sync::OnceLock;

use antrian::domain::ids::OfficeId;
use antrian::domain::office::Office;
use antrian::domain::queue::{
    Counter, CounterSetup, QueueAct, QueueDay, QueueEntry, QueueEvent, QueueNumber, TransferTo,
};
use antrian::domain::reason::Reason;
use antrian::domain::time::whole_seconds;
use antrian::http::body::{Body, Segments};
use antrian::http::idempotency::{RequestKey, idempotent};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes};
use antrian::ledger::Caller;
use antrian::staff::Scope;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::calling::{CalledView, named, queue_of, scope, view};

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(transfer))
        .routes(routes!(bring_back))
        .routes(routes!(set_counter))
        .routes(routes!(history))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// The counter that has the person.
    #[schema(value_type = String)]
    counter: Counter,
    /// The number that the clerk has in mind: refused if the counter has another one by now.
    #[schema(value_type = Option<String>)]
    number: Option<QueueNumber>,
    /// Into the line of this letter, to another service; or:
    to_group: Option<char>,
    /// To this counter, which calls the person next.
    #[schema(value_type = Option<String>)]
    to_counter: Option<Counter>,
}

/// Sends the person whom a counter has into the line of another letter or to another counter, with their
/// number and the time that they have waited. The counter is free. Refused with `counter_closed` if nobody
/// sits at the other one: it is closed, or has neither been opened nor called anybody today.
#[utoipa::path(post, path = "/v1/offices/{office}/queue/transfer", tag = "staff", request_body = Transfer,
    params(("office" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = CalledView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn transfer(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    key: RequestKey,
    body: Body<Transfer>,
) -> Result<Json<CalledView>, Problem> {
    let (office, day) = queue_of(&app, &staff, Scope::Queue, &id).await?;
    let scope = scope("transfer", &day, &staff);
    let (request, sent) = (key.hash(&app, &scope), OnceLock::new());
    let by = Caller {
        counter: &body.value.counter,
        staff: &staff.0.subject,
        request: request.as_deref(),
    };
    let sending = transfer_once(&app, (&office, &day), by, &body.value, &sent);
    let view = idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, sending).await?;
    Ok(Json(named(&app, view, sent.get()).await))
}

async fn transfer_once(
    app: &AppState,
    (office, day): (&Office, &QueueDay),
    by: Caller<'_>,
    asked: &Transfer,
    sent: &OnceLock<QueueEntry>,
) -> Result<CalledView, Problem> {
    let (to, now) = (aim(office, asked)?, app.clock.now());
    let entry = app.ledger.transfer(day, by, asked.number, &to, now).await??;
    Ok(view(sent.get_or_init(|| entry), now))
}

fn aim(office: &Office, asked: &Transfer) -> Result<TransferTo, Problem> {
    let bad = || {
        Problem::field(
            "to_group",
            "Sebutkan satu tujuan: huruf antrean kantor ini, atau loket lain.",
            "Name one aim: a letter of this office's queues, or another counter.",
        )
    };
    match (asked.to_group, &asked.to_counter) {
        (Some(letter), None) => {
            known_letter(office, letter).map(TransferTo::Letter).ok_or_else(bad)
        }
        (None, Some(counter)) if *counter != asked.counter => {
            Ok(TransferTo::Counter(counter.clone()))
        }
        _ => Err(bad()),
    }
}

/// A letter of one of the office's services, as a large one.
fn known_letter(office: &Office, letter: char) -> Option<char> {
    let letter = letter.to_ascii_uppercase();
    office.queue_letters().contains(&letter).then_some(letter)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BringBack {
    /// A number that was skipped or parked.
    #[schema(value_type = String)]
    number: QueueNumber,
}

/// Brings a number that was skipped or parked back into its line, behind three of those who wait there.
#[utoipa::path(post, path = "/v1/offices/{office}/queue/bring-back", tag = "staff", request_body = BringBack,
    params(("office" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = CalledView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn bring_back(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    key: RequestKey,
    body: Body<BringBack>,
) -> Result<Json<CalledView>, Problem> {
    let (office, day) = queue_of(&app, &staff, Scope::Queue, &id).await?;
    let (scope, back) = (scope("bring-back", &day, &staff), OnceLock::new());
    let (number, by, now) = (body.value.number, &staff.0.subject, app.clock.now());
    let bringing = async {
        let entry = app.ledger.bring_back(&office, &day, number, by, now).await??;
        Ok(view(back.get_or_init(|| entry), now))
    };
    let view = idempotent(&app, &key, &scope, &body.hash(), StatusCode::OK, bringing).await?;
    Ok(Json(named(&app, view, back.get()).await))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetCounter {
    /// Whether it calls people.
    open: bool,
    /// Letters of the queues that it serves; all if it names none.
    #[serde(default)]
    groups: Vec<char>,
}

/// A counter as staff have set it today.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CounterSetupView {
    #[schema(value_type = String)]
    counter: Counter,
    open: bool,
    /// Letters of the queues that it serves; none: all.
    groups: Vec<char>,
    /// Since when.
    since: String,
}

impl CounterSetupView {
    pub(crate) fn of(setup: CounterSetup, zone: Tz) -> Self {
        Self {
            counter: setup.counter,
            open: setup.open,
            groups: setup.letters,
            since: instant(setup.since, zone),
        }
    }
}

/// Opens a counter for today, for the letters that it serves, or closes it. One that has a number is not
/// closed; whoever was sent to a closed one is called by any other.
#[utoipa::path(put, path = "/v1/offices/{office}/counters/{counter}", tag = "staff", request_body = SetCounter,
    params(("office" = String, Path), ("counter" = String, Path)),
    responses((status = 200, body = CounterSetupView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn set_counter(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, counter)): Segments<(OfficeId, Counter)>,
    body: Body<SetCounter>,
) -> Result<Json<CounterSetupView>, Problem> {
    let (office, day) = queue_of(&app, &staff, Scope::Queue, &id).await?;
    let (letters, since) = (letters(&office, &body.value.groups)?, app.clock.now());
    let (open, since) = (body.value.open, whole_seconds(since));
    let setup = CounterSetup { counter, open, letters, since, staff: staff.0.subject };
    let set = app.ledger.set_counter(&day, &setup).await??;
    Ok(Json(CounterSetupView::of(set, office.timezone)))
}

/// Letters of the office, each once, in their order.
fn letters(office: &Office, named: &[char]) -> Result<Vec<char>, Problem> {
    let known: Option<Vec<_>> = named.iter().map(|of| known_letter(office, *of)).collect();
    let mut letters = known.ok_or_else(|| {
        Problem::field(
            "groups",
            "Sebutkan huruf antrean layanan kantor ini.",
            "Name letters of the queues of this office's services.",
        )
    })?;
    letters.sort_unstable();
    letters.dedup();
    Ok(letters)
}

/// What was done to a number of today.
#[derive(Debug, Serialize, ToSchema)]
struct HistoryView {
    #[schema(value_type = String)]
    queue_number: QueueNumber,
    events: Vec<QueueEventView>,
}

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
struct QueueEventView {
    at: String,
    act: QueueAct,
    /// The counter; absent: done without one.
    #[schema(value_type = Option<String>)]
    counter: Option<Counter>,
    /// The clerk, by the issuer's identifier.
    subject: String,
}

impl QueueEventView {
    fn of(event: QueueEvent, zone: Tz) -> Self {
        let (act, counter, subject) = (event.act, event.counter, event.staff);
        Self { at: instant(event.at, zone), act, counter, subject }
    }
}

/// What counters did with a number of today, who, and when.
#[utoipa::path(get, path = "/v1/offices/{office}/queue-numbers/{number}", tag = "staff",
    params(("office" = String, Path), ("number" = String, Path)),
    responses((status = 200, body = HistoryView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn history(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments((id, number)): Segments<(OfficeId, QueueNumber)>,
) -> Result<Json<HistoryView>, Problem> {
    let (office, day) = queue_of(&app, &staff, Scope::Queue, &id).await?;
    let store = app.ledger.store();
    let (entry, events) =
        tokio::try_join!(store.queue_entry(&day, number), store.queue_events(&day, number))?;
    if entry.is_none() {
        return Err(Problem::new(Reason::NotFound));
    }
    let events = events.into_iter().map(|event| QueueEventView::of(event, office.timezone));
    Ok(Json(HistoryView { queue_number: number, events: events.collect() }))
}
