//! The phone on the screen: `/simulator`, and the feed that keeps it up to date.

use std::time::Duration;

use antrian::messaging::ReplyOptions;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::graph::Graph;
use super::person::Person;
use super::record::{Mark, Record, Template};

const PAGE: &str = include_str!("../../assets/simulator.html");
const SCRIPT: &str = include_str!("../../assets/simulator.js");
const STYLE: &str = include_str!("../../assets/simulator.css");

/// Nothing but the stack's own script, style and pictures; no inline script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const SECURITY: HeaderName = header::CONTENT_SECURITY_POLICY;

/// The page and its parts.
pub(super) fn routes() -> Router {
    let page = async || asset("text/html; charset=utf-8", PAGE);
    Router::new()
        .route("/simulator", get(page))
        .route("/simulator/page.js", get(async || asset("text/javascript; charset=utf-8", SCRIPT)))
        .route("/simulator/page.css", get(async || asset("text/css; charset=utf-8", STYLE)))
}

fn asset(mime: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, mime), (SECURITY, POLICY)], text)
}

/// A feed without news answers after this time. It has to be less than the 20 seconds of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// A feed brings the newest messages, up to this many.
const MAX_MESSAGES: usize = 1_000;

#[derive(Debug, Deserialize)]
pub(super) struct FeedQuery {
    /// The cursor of the page's last feed; 0: none yet.
    #[serde(default)]
    after: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Feed {
    cursor: u64,
    now: DateTime<Utc>,
    people: Vec<PersonView>,
    messages: Vec<MessageView>,
}

#[derive(Debug, Serialize)]
struct PersonView {
    phone: Option<String>,
    user_id: Option<String>,
    name: String,
    typing: bool,
}

#[derive(Debug, Serialize)]
struct MessageView {
    id: String,
    /// Position among the people.
    person: usize,
    incoming: bool,
    at: DateTime<Utc>,
    kind: &'static str,
    text: String,
    picture: bool,
    choices: Option<ReplyOptions>,
    template: Option<Template>,
    mark: Mark,
}

/// What has changed since a cursor; waits a while for a change. A cursor of another run of the stack
/// is answered at once, perhaps with a smaller one.
pub(super) async fn feed(
    State(graph): State<Graph>,
    Query(FeedQuery { after }): Query<FeedQuery>,
) -> Json<Feed> {
    let mut changes = graph.changes();
    let changed = changes.wait_for(|cursor| *cursor != after);
    // The time may be up with nothing new: answer all the same.
    drop(tokio::time::timeout(PATIENCE, changed).await);
    let now = graph.now();
    let state = graph.state();
    let changed: Vec<_> = state.records.iter().filter(|record| record.changed > after).collect();
    let newest = &changed[changed.len().saturating_sub(MAX_MESSAGES)..];
    Json(Feed {
        cursor: state.cursor(),
        now,
        people: state.people.iter().map(|person| view_person(person, now)).collect(),
        messages: newest.iter().map(|record| view(record)).collect(),
    })
}

fn view_person(person: &Person, now: DateTime<Utc>) -> PersonView {
    PersonView {
        phone: person.phone.clone(),
        user_id: person.scoped.clone(),
        name: person.name.clone(),
        typing: person.typing_until.is_some_and(|until| until > now),
    }
}

fn view(record: &Record) -> MessageView {
    let content = record.content.clone();
    MessageView {
        id: record.id.clone(),
        person: record.person,
        incoming: record.incoming,
        at: record.at,
        kind: content.kind,
        text: content.text,
        picture: content.picture.is_some(),
        choices: content.choices,
        template: content.template,
        mark: record.mark,
    }
}
