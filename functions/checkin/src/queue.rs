//! What the desk and the hall see of the queue of today.

use antrian::domain::ids::OfficeId;
use antrian::domain::queue::{Counter, QueueEntry, QueueNumber, QueueState};
use antrian::domain::reason::Reason;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::storage::AtCounter;
use antrian::use_cases::hall::{self, Hall, HallLine};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::calling::queue_of;
use crate::counters::CounterSetupView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(today)).routes(routes!(board))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Page {
    /// What the last page gave as `next`.
    #[param(value_type = Option<String>)]
    after: Option<QueueNumber>,
}

/// The queue of today, by letter and number.
#[derive(Debug, Serialize, ToSchema)]
struct QueueView {
    #[schema(value_type = String)]
    office: OfficeId,
    /// Today at the office.
    date: NaiveDate,
    /// How many wait to be called.
    waiting: usize,
    /// How many are fetching a document.
    awaiting_documents: usize,
    /// How many were called and did not come.
    skipped: usize,
    /// How many wait for something to go on at their counter.
    parked: usize,
    /// What the counters have, by their names.
    counters: Vec<CounterView>,
    /// The counters that staff have opened or closed today, by their names.
    counter_setups: Vec<CounterSetupView>,
    entries: Vec<EntryView>,
    /// Ask for the next page with this as `after`; `null`: there is none.
    #[schema(value_type = Option<String>)]
    next: Option<QueueNumber>,
}

/// A number at a counter.
#[derive(Debug, Serialize, ToSchema)]
struct CounterView {
    #[schema(value_type = String)]
    counter: Counter,
    #[schema(value_type = String)]
    queue_number: QueueNumber,
    /// `called`, or `serving` once the person is there.
    state: QueueState,
    /// When it was last called.
    called_at: String,
    /// How often: a display that sees it grow calls again.
    calls: u32,
}

impl CounterView {
    fn of(at: &AtCounter, zone: Tz) -> Self {
        Self {
            queue_number: at.number,
            counter: at.counter.clone(),
            state: at.state,
            called_at: instant(at.called_at, zone),
            calls: at.calls,
        }
    }
}

/// A place in the queue. Whose it is, the code tells; names are told one at a time.
#[derive(Debug, Serialize, ToSchema)]
struct EntryView {
    #[schema(value_type = String)]
    queue_number: QueueNumber,
    code: String,
    service: Option<String>,
    priority: bool,
    state: QueueState,
    /// In the line of which letter it waits.
    queue_group: char,
    /// The counter that the person was sent to and is called at next.
    #[schema(value_type = Option<String>)]
    for_counter: Option<Counter>,
    /// Whether its scan was undone: nobody has the number.
    undone: bool,
    /// The counter that called last.
    #[schema(value_type = Option<String>)]
    counter: Option<Counter>,
    /// Since when the person is in the queue.
    since: String,
    /// Seconds that the person has waited, or waited before the call; absent while a document is being
    /// fetched.
    waited_secs: Option<i64>,
}

impl EntryView {
    fn of(entry: &QueueEntry, zone: Tz, now: DateTime<Utc>) -> Self {
        Self {
            queue_number: entry.queue_number(),
            code: entry.code.to_string(),
            service: entry.service.as_ref().map(ToString::to_string),
            priority: entry.priority,
            state: entry.state,
            queue_group: entry.line(),
            for_counter: entry.for_counter.clone(),
            undone: entry.undone,
            counter: entry.counter.clone(),
            since: instant(entry.since, zone),
            waited_secs: entry.waited(now).map(|time| time.num_seconds()),
        }
    }
}

/// Places of one answer: an office's day fits into one or two.
const PAGE: usize = 500;

/// The queue of today.
#[utoipa::path(get, path = "/v1/offices/{office}/queue", tag = "staff",
    params(("office" = String, Path), Page),
    responses((status = 200, body = QueueView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn today(
    State(app): State<AppState>,
    staff: StaffMember,
    Segments(id): Segments<OfficeId>,
    Params(page): Params<Page>,
) -> Result<Json<QueueView>, Problem> {
    let (office, day) = queue_of(&app, &staff, Scope::Read, &id).await?;
    let (store, now, zone) = (app.ledger.store(), app.clock.now(), office.timezone);
    let (counters, entries, setups) = tokio::try_join!(
        store.at_counters(&day),
        store.queue_entries(&day),
        store.counter_setups(&day)
    )?;
    let counters = counters.into_iter().filter(AtCounter::is_busy);
    let count = |state| entries.iter().filter(|entry| entry.state == state).count();
    let is_later =
        |entry: &&QueueEntry| page.after.is_none_or(|after| entry.queue_number() > after);
    let mut later = entries.iter().filter(is_later);
    let shown: Vec<_> = later.by_ref().take(PAGE).collect();
    let next = later.next().and(shown.last()).map(|last| last.queue_number());
    Ok(Json(QueueView {
        office: day.office,
        date: day.date,
        waiting: count(QueueState::Waiting),
        awaiting_documents: count(QueueState::AwaitingDocuments),
        skipped: count(QueueState::Skipped),
        parked: count(QueueState::Parked),
        counters: counters.map(|at| CounterView::of(&at, zone)).collect(),
        counter_setups: setups.into_iter().map(|set| CounterSetupView::of(set, zone)).collect(),
        entries: shown.into_iter().map(|entry| EntryView::of(entry, zone, now)).collect(),
        next,
    }))
}

/// What the screen in the hall shows: numbers and counters, nobody's name or code.
#[derive(Debug, Serialize, ToSchema)]
struct Board {
    #[schema(value_type = String)]
    office: OfficeId,
    office_name: String,
    /// Today at the office.
    date: NaiveDate,
    /// What the counters have, the last call first.
    counters: Vec<CounterView>,
    /// How long the lines are, by letter.
    lines: Vec<LineView>,
}

/// The line of one letter.
#[derive(Debug, Serialize, ToSchema)]
struct LineView {
    queue_group: char,
    /// How many wait.
    waiting: u32,
    /// About how many minutes somebody waits who comes now, at least; absent: there is no pace yet.
    least_minutes: Option<i64>,
    /// And at most.
    most_minutes: Option<i64>,
}

impl LineView {
    fn of(line: &HallLine) -> Self {
        Self {
            queue_group: line.letter,
            waiting: line.waiting,
            least_minutes: line.minutes.map(|(least, _)| least),
            most_minutes: line.minutes.map(|(_, most)| most),
        }
    }
}

/// A screen asks every few seconds; several screens and phones of one office share an answer.
const BOARD_CACHE: &str = "public, max-age=2";

/// The public display: numbers now called, by counter.
#[utoipa::path(get, path = "/v1/offices/{office}/board", tag = "public",
    params(("office" = String, Path)),
    responses((status = 200, body = Board), (status = 404, body = ProblemDetails)))]
async fn board(
    State(app): State<AppState>,
    Segments(id): Segments<OfficeId>,
) -> Result<impl IntoResponse, Problem> {
    let hall = hall::hall(&app, &id).await?.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let Hall { office, day, called, lines } = &*hall;
    let view = Board {
        office: day.office.clone(),
        office_name: office.name.clone(),
        date: day.date,
        lines: lines.iter().map(LineView::of).collect(),
        counters: called.iter().map(|at| CounterView::of(at, office.timezone)).collect(),
    };
    Ok(([(header::CACHE_CONTROL, BOARD_CACHE)], Json(view)))
}
