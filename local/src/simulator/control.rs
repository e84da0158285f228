//! What only a simulation has: a look at what was sent, and faults on request.

use antrian::http::body::Body;
use antrian::http::problem::{Code, Problem};
use antrian::messaging::ReplyOptions;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::faults::Fault;
use super::graph::Graph;
use super::phone::{Action, Posted, Sender};
use super::record::{SentMessage, Template};
use super::webhooks::Webhook;

pub(super) fn routes(graph: Graph) -> Router {
    Router::new()
        .route("/local/whatsapp", post(write))
        .route("/local/outbox", get(outbox))
        .route("/local/graph-faults", post(inject))
        .route("/local/webhooks-sent", get(webhooks_sent))
        .with_state(graph)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: String,
    text: String,
}

/// A person writes: the real route gets a signed webhook.
async fn write(State(graph): State<Graph>, body: Body<Written>) -> Result<Json<Posted>, Problem> {
    let Written { from, text } = body.value;
    let posted = graph.act(&Sender::named(&from), &Action::Text { text }).await;
    posted.map(Json).ok_or_else(|| Problem::new(Code::InternalError))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultRequest {
    kind: Fault,
    #[serde(default = "once")]
    times: usize,
    /// Only messages whose `biz_opaque_callback_data` is this.
    callback_data: Option<String>,
}

fn once() -> usize {
    1
}

/// Injects a fault into the next messages.
async fn inject(State(graph): State<Graph>, body: Body<FaultRequest>) -> StatusCode {
    let FaultRequest { kind, times, callback_data } = body.value;
    match callback_data {
        Some(callback) => graph.fail_for(callback, kind, times),
        None => graph.fail(kind, times),
    }
    StatusCode::NO_CONTENT
}

#[derive(Serialize)]
struct Webhooks {
    webhooks: Vec<Webhook>,
}

/// The webhooks posted last, with their signatures.
async fn webhooks_sent(State(graph): State<Graph>) -> Json<Webhooks> {
    Json(Webhooks { webhooks: graph.webhooks() })
}

#[derive(Serialize)]
struct Outbox {
    messages: Vec<Sent>,
}

#[derive(Serialize)]
struct Sent {
    message_id: String,
    provider_id: String,
    to: Option<String>,
    to_user_id: Option<String>,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture_png_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<ReplyOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Template>,
}

/// What was sent, oldest first.
async fn outbox(State(graph): State<Graph>) -> Json<Outbox> {
    let view = |sent: SentMessage| Sent {
        message_id: sent.message_id,
        provider_id: sent.provider_id,
        to: sent.to,
        to_user_id: sent.to_user_id,
        text: sent.text,
        picture_png_base64: sent.picture.map(|png| STANDARD.encode(png)),
        choices: sent.choices,
        template: sent.template,
    };
    Json(Outbox { messages: graph.sent().into_iter().map(view).collect() })
}
