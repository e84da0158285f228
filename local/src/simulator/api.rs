//! The routes of the Graph API that a business uses.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::check::{self, Order, Receiver};
use super::error::GraphError;
use super::faults::Fault;
use super::record::{Mark, Record};
use super::state::{Person, State as Kept, message_id};
use super::{Graph, media, statuses, templates};

/// Free-form messages go out within so long of the person's last one.
const WINDOW: TimeDelta = TimeDelta::hours(24);
/// To the same person: one message in six seconds, and 45 at once.
const PACE: TimeDelta = TimeDelta::seconds(6);
const BURST: i32 = 45;
/// A typing indicator goes away by itself.
const TYPING: TimeDelta = TimeDelta::seconds(25);

/// The API below its base URL.
pub fn routes(graph: Graph) -> Router {
    let upload = post(media::upload).layer(DefaultBodyLimit::max(media::MAX_FORM_BYTES));
    let templates = get(templates::list).post(templates::register);
    Router::new()
        .route("/download/{id}", get(media::download))
        .route("/{version}/{id}", get(describe))
        .route("/{version}/{id}/messages", post(send))
        .route("/{version}/{id}/media", upload)
        .route("/{version}/{id}/message_templates", templates)
        .fallback(async || GraphError::new(2500, "Unknown path components"))
        .layer(middleware::from_fn_with_state(graph.clone(), guard))
        .with_state(graph)
}

/// Who calls must have the token; the version must be one.
async fn guard(State(graph): State<Graph>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let version =
        request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let is_version = |text: &str| text.trim_start_matches('v').split('.').all(is_number);
    if !antrian::security::tokens::same(token, &graph.inner.account.token) {
        return GraphError::new(190, "Invalid OAuth access token").into_response();
    }
    if version != "download" && !(version.starts_with('v') && is_version(version)) {
        return GraphError::new(2500, "Unknown path components").into_response();
    }
    next.run(request).await
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The segments of a path.
pub(super) struct Path<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, GraphError> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| GraphError::new(2500, "Unknown path components"))
    }
}

/// A JSON body.
pub(super) struct Graphic(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for Graphic {
    type Rejection = GraphError;

    async fn from_request(request: Request, state: &S) -> Result<Self, GraphError> {
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let is_json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| GraphError::new(100, "The body is too large."))?;
        let parsed = serde_json::from_slice(&bytes).ok().filter(|_| is_json);
        parsed.map(Self).ok_or_else(|| GraphError::new(100, "The body is not JSON."))
    }
}

/// An object that is not there, or not the caller's.
pub(super) fn no_such(id: &str) -> GraphError {
    let details = format!(
        "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"
    );
    GraphError::new(100, details).with_subcode(33)
}

/// `GET /{id}`: the number, or an upload.
async fn describe(
    State(graph): State<Graph>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, GraphError> {
    if graph.is_number(&id).is_err() {
        return media::describe(&graph, &id).map(Json);
    }
    Ok(Json(json!({
        "id": id, "display_phone_number": format!("+{}", graph.inner.account.number),
        "verified_name": "Antrian", "quality_rating": "GREEN", "platform_type": "CLOUD_API",
        "code_verification_status": "VERIFIED", "throughput": {"level": "STANDARD"},
    })))
}

/// `POST /{number}/messages`.
async fn send(
    State(graph): State<Graph>,
    Path((_, number)): Path<(String, String)>,
    Graphic(body): Graphic,
) -> Result<Response, GraphError> {
    graph.is_number(&number)?;
    let now = graph.inner.clock.now();
    if body.get("status").is_some() {
        let receipt = check::receipt(&body)?;
        graph.change(|state| take_receipt(state, &receipt, now))?;
        return Ok(Json(json!({"success": true})).into_response());
    }
    let (answer, fault) = graph.change(|state| take(state, &body, now))?;
    match fault {
        Some(Fault::TimeoutAfterAcceptance) => Ok(cut()),
        _ => Ok(Json(answer).into_response()),
    }
}

/// An answer that ends before it has begun.
fn cut() -> Response {
    let broken =
        futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
    (StatusCode::OK, Body::from_stream(broken)).into_response()
}

fn take(
    state: &mut Kept,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<(Value, Option<Fault>), GraphError> {
    let order = check::order(state, body, now)?;
    let fault = state.faults.next(order.callback.as_deref());
    if let Some(code) = fault.and_then(Fault::refusal) {
        return Err(GraphError::new(code, "as it was told to"));
    }
    let id = message_id();
    let answer = answer(&order.receiver, &id);
    if !matches!(order.receiver, Receiver::Lost(_)) {
        deliver(state, order, &id, fault, now)?;
    }
    Ok((answer, fault))
}

fn answer(receiver: &Receiver, id: &str) -> Value {
    let contact = match receiver {
        Receiver::Phone(phone) => json!({"input": phone, "wa_id": phone}),
        Receiver::Scoped(scoped) => json!({"input": scoped, "user_id": scoped}),
        Receiver::Lost(to) => json!({"input": to}),
    };
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": id}]})
}

fn deliver(
    state: &mut Kept,
    order: Order,
    id: &str,
    fault: Option<Fault>,
    now: DateTime<Utc>,
) -> Result<(), GraphError> {
    let (Receiver::Phone(who) | Receiver::Scoped(who) | Receiver::Lost(who)) = &order.receiver;
    let at = state.person_named(who);
    let ignored = state.windows_ignored;
    let person = &mut state.people[at];
    let is_open = person.wrote_at.is_some_and(|wrote| wrote + WINDOW > now);
    if order.free_form && !is_open && !ignored {
        let details =
            "More than 24 hours have passed since the customer last replied to this number.";
        return Err(GraphError::new(131047, details));
    }
    pace(person, now)?;
    person.typing_until = None;
    state.keep(Record {
        id: id.to_owned(),
        person: at,
        incoming: false,
        at: now,
        to_scoped: matches!(order.receiver, Receiver::Scoped(_)),
        content: order.content,
        mark: Mark::Accepted,
        callback: order.callback,
        changed: 0,
    });
    statuses::plan(state, id, fault, now);
    Ok(())
}

/// Counts a message to a person, unless it is one too many.
fn pace(person: &mut Person, now: DateTime<Utc>) -> Result<(), GraphError> {
    let busy_until = person.busy_until.unwrap_or(now).max(now) + PACE;
    if busy_until - now > PACE * BURST {
        return Err(GraphError::new(131056, "Too many messages to the same person."));
    }
    person.busy_until = Some(busy_until);
    Ok(())
}

fn take_receipt(
    state: &mut Kept,
    receipt: &check::Receipt,
    now: DateTime<Utc>,
) -> Result<(), GraphError> {
    let incoming = state.record(&receipt.message_id).filter(|record| record.incoming);
    let Some(person) = incoming.map(|record| record.person) else {
        return Err(GraphError::new(100, "Param message_id is not a message that was received."));
    };
    state.mark(&receipt.message_id, Mark::Read);
    state.people[person].typing_until = receipt.typing.then(|| now + TYPING);
    Ok(())
}

impl Graph {
    pub(super) fn is_number(&self, id: &str) -> Result<(), GraphError> {
        if id == self.inner.account.phone_number_id { Ok(()) } else { Err(no_such(id)) }
    }
}
