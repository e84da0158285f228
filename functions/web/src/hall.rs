//! The display in the hall: which number goes to which counter, and how long the lines are. It stays
//! open for weeks; its content is asked for every few seconds, and what changed is called out.

use std::sync::{Arc, LazyLock};

use antrian::domain::ids::OfficeId;
use antrian::domain::language::Text;
use antrian::domain::queue::QueueState;
use antrian::domain::reason::Reason;
use antrian::http::body::Segments;
use antrian::http::problem::{Problem, internal};
use antrian::http::{AppState, Routes};
use antrian::storage::AtCounter;
use antrian::use_cases::hall::{self, Hall, HallLine};
use antrian_pages::page::{Shown, policy};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::assets::{HALL as SCRIPT, ICON, SOUND_EN, SOUND_ID, WORDS_EN, WORDS_ID};

/// The style of the display alone.
const STYLE: &str = include_str!("../assets/hall.css");

pub(crate) fn routes() -> Routes {
    Routes::new().route("/papan/{office}", get(display)).route("/papan/{office}/isi", get(content))
}

/// Rows that are read across a hall: more would be smaller.
const MAX_ROWS: usize = 8;
/// A display asks every two or three seconds; several of one office share an answer.
const CACHE: &str = "public, max-age=2";
static POLICY: LazyLock<String> = LazyLock::new(|| policy(STYLE));

#[derive(Template)]
#[template(path = "hall.html")]
struct HallPage {
    style: &'static str,
    /// In milliseconds: the clock of a display is often wrong.
    now: i64,
    hall: Arc<Hall>,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "hall_content.html")]
struct Content {
    hall: Arc<Hall>,
    rows: Vec<Row>,
}

/// A number that was called.
struct Row {
    number: String,
    counter: String,
    /// How often, and when last: what differs in one of them is another call, which is called out.
    calls: u32,
    at: i64,
    /// On the way, and not at the counter yet.
    is_called: bool,
}

impl From<&AtCounter> for Row {
    fn from(at: &AtCounter) -> Self {
        Self {
            number: at.number.to_string(),
            counter: at.counter.as_str().to_owned(),
            calls: at.calls,
            at: at.called_at.timestamp(),
            is_called: at.state == QueueState::Called,
        }
    }
}

async fn found(app: &AppState, id: &OfficeId) -> Result<(Arc<Hall>, Vec<Row>), Problem> {
    let hall = hall::hall(app, id).await?.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let rows = hall.called.iter().take(MAX_ROWS).map(Row::from).collect();
    Ok((hall, rows))
}

/// The display with what it shows now. Without script it is loaded again every few seconds.
async fn display(State(app): State<AppState>, Segments(id): Segments<OfficeId>) -> Shown {
    let (hall, rows) = found(&app, &id).await?;
    let now = app.clock.now().timestamp_millis();
    Ok(shown(&HallPage { style: STYLE, now, hall, rows }))
}

/// What it shows alone.
async fn content(State(app): State<AppState>, Segments(id): Segments<OfficeId>) -> Shown {
    let (hall, rows) = found(&app, &id).await?;
    Ok(shown(&Content { hall, rows }))
}

fn shown(template: &impl Template) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY.as_str()),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, CACHE),
    ];
    match template.render() {
        Ok(html) => (headers, Html(html)).into_response(),
        Err(error) => internal(&error).into_response(),
    }
}

/// Names of services in one line, in one language.
fn named<'a>(services: &'a [Text], of: impl Fn(&'a Text) -> &'a str) -> String {
    services.iter().map(of).collect::<Vec<_>>().join(", ")
}

fn services_id(line: &HallLine) -> String {
    named(&line.services, |text| &text.id)
}

fn services_en(line: &HallLine) -> String {
    named(&line.services, |text| &text.en)
}
