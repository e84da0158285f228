//! Messages that the business sends, and its receipts for those that it has read.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::extract::{JsonBody, Path};
use crate::simulator::check::{self, Receiver, SendRequest};
use crate::simulator::error::GraphError;
use crate::simulator::faults::Fault;
use crate::simulator::graph::Graph;
use crate::simulator::person::Person;
use crate::simulator::record::{Mark, Record, message_id};
use crate::simulator::state::State as PlatformState;
use crate::simulator::statuses;

/// The customer service window: free-form messages go out within 24 hours of the person's last one.
const WINDOW: TimeDelta = TimeDelta::hours(24);
/// To the same person: one message in six seconds; up to 45 may come at once.
const PACE: TimeDelta = TimeDelta::seconds(6);
const BURST: i32 = 45;
/// A typing indicator goes away by itself.
const TYPING: TimeDelta = TimeDelta::seconds(25);

/// `POST /{number}/messages`.
pub(super) async fn send(
    State(graph): State<Graph>,
    Path((_, number)): Path<(String, String)>,
    JsonBody(body): JsonBody,
) -> Result<Response, GraphError> {
    graph.is_number(&number)?;
    let now = graph.now();
    if body.get("status").is_some() {
        let receipt = check::receipt(&body)?;
        graph.change(|state| accept_receipt(state, &receipt, now))?;
        return Ok(Json(json!({"success": true})).into_response());
    }
    let (answer, fault) = graph.change(|state| accept(state, &body, now))?;
    match fault {
        Some(Fault::TimeoutAfterAcceptance) => Ok(cut()),
        _ => Ok(Json(answer).into_response()),
    }
}

/// An answer whose connection ends before the first byte.
fn cut() -> Response {
    let broken =
        futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
    (StatusCode::OK, Body::from_stream(broken)).into_response()
}

fn accept(
    state: &mut PlatformState,
    body: &Value,
    now: DateTime<Utc>,
) -> Result<(Value, Option<Fault>), GraphError> {
    let request = check::send_request(state, body, now)?;
    let fault = state.faults.next(request.callback.as_deref());
    if let Some(code) = fault.and_then(Fault::refusal) {
        return Err(GraphError::new(code, "an injected fault"));
    }
    if state.faults.is_over_allowance() {
        return Err(GraphError::new(130429, "Rate limit hit"));
    }
    let id = message_id();
    let answer = answer(&request.receiver, &id);
    if !matches!(request.receiver, Receiver::Lost(_)) {
        deliver(state, request, &id, fault, now)?;
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
    state: &mut PlatformState,
    request: SendRequest,
    id: &str,
    fault: Option<Fault>,
    now: DateTime<Utc>,
) -> Result<(), GraphError> {
    let (Receiver::Phone(who) | Receiver::Scoped(who) | Receiver::Lost(who)) = &request.receiver;
    let at = state.person_named(who);
    let ignored = state.windows_ignored;
    let person = &mut state.people[at];
    let is_open = person.last_inbound_at.is_some_and(|inbound| inbound + WINDOW > now);
    if request.free_form && !is_open && !ignored {
        let details =
            "More than 24 hours have passed since the customer last replied to this number.";
        return Err(GraphError::new(131047, details));
    }
    limit_rate(person, now)?;
    person.typing_until = None;
    state.add_record(Record {
        id: id.to_owned(),
        person: at,
        incoming: false,
        at: now,
        to_scoped: matches!(request.receiver, Receiver::Scoped(_)),
        content: request.content,
        mark: Mark::Accepted,
        callback: request.callback,
        changed: 0,
    });
    statuses::plan(state, id, fault, now);
    Ok(())
}

/// Counts a message toward the rate limit of its receiver.
fn limit_rate(person: &mut Person, now: DateTime<Utc>) -> Result<(), GraphError> {
    let busy_until = person.busy_until.unwrap_or(now).max(now) + PACE;
    if busy_until - now > PACE * BURST {
        return Err(GraphError::new(131056, "Too many messages to the same person."));
    }
    person.busy_until = Some(busy_until);
    Ok(())
}

fn accept_receipt(
    state: &mut PlatformState,
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
