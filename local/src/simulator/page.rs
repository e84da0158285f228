//! The phones on the screen: `/simulator`, and the routes that the page calls.

use std::time::Duration;

use antrian::domain::reason::Reason;
use antrian::http::body::{Body, Segments};
use antrian::http::problem::Problem;
use antrian::messaging::ReplyOptions;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::graph::Graph;
use super::person::Person;
use super::phone::{Action, Posted, Sender};
use super::record::{Mark, Record, Template};

const PAGE: &str = include_str!("../../assets/simulator.html");
const SCRIPT: &str = include_str!("../../assets/simulator.js");
const STYLE: &str = include_str!("../../assets/simulator.css");

/// Nothing but the stack's own script, style and pictures; no inline script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const SECURITY: HeaderName = header::CONTENT_SECURITY_POLICY;

/// The page, and what it calls.
pub(super) fn routes(graph: Graph) -> Router {
    let page = async || asset("text/html; charset=utf-8", PAGE);
    Router::new()
        .route("/simulator", get(page))
        .route("/simulator/page.js", get(async || asset("text/javascript; charset=utf-8", SCRIPT)))
        .route("/simulator/page.css", get(async || asset("text/css; charset=utf-8", STYLE)))
        .route("/local/phones", get(feed))
        .route("/local/phones/{who}/messages", post(act))
        .route("/local/phones/{who}/seen", post(seen))
        .route("/local/pictures/{message}", get(picture))
        .with_state(graph)
}

fn asset(mime: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, mime), (SECURITY, POLICY)], text)
}

/// How long a feed without news waits for some. A request may take 20 seconds.
const LONG_POLL: Duration = Duration::from_secs(10);
/// A feed brings the newest messages, up to this many.
const MAX_MESSAGES: usize = 1_000;

#[derive(Debug, Deserialize)]
struct FeedQuery {
    /// The cursor of the page's last feed; 0: none yet.
    #[serde(default)]
    after: u64,
}

#[derive(Debug, Serialize)]
struct Feed {
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
async fn feed(
    State(graph): State<Graph>,
    Query(FeedQuery { after }): Query<FeedQuery>,
) -> Json<Feed> {
    let mut changes = graph.changes();
    let changed = changes.wait_for(|cursor| *cursor != after);
    // The time may be up with nothing new: answer all the same.
    drop(tokio::time::timeout(LONG_POLL, changed).await);
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionRequest {
    name: Option<String>,
    /// The business-scoped id of a person with a number, if they have both.
    user_id: Option<String>,
    message: Action,
}

/// A person acts.
async fn act(
    State(graph): State<Graph>,
    Segments(who): Segments<String>,
    body: Body<ActionRequest>,
) -> Result<Json<Posted>, Problem> {
    let ActionRequest { name, user_id, message } = body.value;
    let sender = Sender::named(&who);
    let sender = Sender { name, user_id: sender.user_id.or(user_id), ..sender };
    graph.act(&sender, &message).await.map(Json).ok_or_else(|| Problem::new(Reason::NotFound))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    message_ids: Vec<String>,
}

/// The person has these messages on the screen.
async fn seen(
    State(graph): State<Graph>,
    Segments(_): Segments<String>,
    body: Body<Seen>,
) -> Json<Value> {
    let read = body.value.message_ids.iter().filter(|id| graph.read(id)).count();
    Json(json!({"read": read}))
}

async fn picture(
    State(graph): State<Graph>,
    Segments(message): Segments<String>,
) -> Result<Response, Problem> {
    let state = graph.state();
    let picture = state.record(&message).and_then(|record| record.content.picture.clone());
    let (bytes, mime) = picture.ok_or_else(|| Problem::new(Reason::NotFound))?;
    let cache = "private, max-age=86400, immutable";
    Ok(([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, cache.into())], bytes)
        .into_response())
}
