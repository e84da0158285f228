//! What a person does with their phone: writes, taps, shows a picture, reads.

use antrian::domain::reason::Reason;
use antrian::http::body::{Body, Segments};
use antrian::http::problem::Problem;
use antrian::messaging::{ReplyOption, ReplyOptions};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::graph::Graph;
use super::person::is_scoped;
use super::record::{Content, Mark, Record, message_id};
use super::state::State as PlatformState;

/// What a person does.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Said {
    /// Writes.
    Text {
        /// The words.
        text: String,
    },
    /// Taps a button or a row.
    Choice {
        /// The message that offers it.
        message_id: String,
        /// The button or row.
        id: String,
    },
    /// Sends a picture.
    Image {
        /// The words below it.
        #[serde(default)]
        caption: String,
    },
    /// Sends a voice message.
    Voice {},
    /// Sends a place.
    Location {},
    /// Reacts to a message; without an emoji: takes the reaction back.
    Reaction {
        message_id: String,
        #[serde(default)]
        emoji: String,
    },
    /// Opens the chat for the first time.
    Opened {},
}

/// The person who does something.
#[derive(Debug, Clone, Default)]
pub struct Sender {
    /// Their number, digits only.
    pub phone: Option<String>,
    /// Their business-scoped id.
    pub user_id: Option<String>,
    /// Their profile's name.
    pub name: Option<String>,
}

impl Sender {
    /// Somebody by their number or business-scoped id.
    pub fn named(who: &str) -> Self {
        if is_scoped(who) {
            return Self { user_id: Some(who.to_owned()), ..Self::default() };
        }
        let digits = who.chars().filter(char::is_ascii_digit).collect();
        Self { phone: Some(digits), ..Self::default() }
    }
}

/// The outcome of what a person did.
#[derive(Debug, Clone, Serialize)]
pub struct Posted {
    /// The message's id.
    pub message_id: String,
    /// What the webhook was answered with; 0: nothing.
    pub webhook_status: u16,
}

/// A picture of one grey dot.
const DOT_PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82";
const NO_HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

impl Graph {
    /// Does something as a person and posts a signed webhook to the business. `None` if there is no
    /// such message or choice.
    pub async fn say(&self, sender: &Sender, said: &Said) -> Option<Posted> {
        let id = message_id();
        let delivery = self.change(|state| self.write(state, &id, sender, said))?;
        let webhook_status = self.post(&delivery).await;
        let mark = if webhook_status == 200 { Mark::Delivered } else { Mark::Failed };
        self.change(|state| state.mark(&id, mark));
        Some(Posted { message_id: id, webhook_status })
    }

    fn write(
        &self,
        state: &mut PlatformState,
        id: &str,
        sender: &Sender,
        said: &Said,
    ) -> Option<Value> {
        let now = self.now();
        let (content, mut message) = self.message(state, said, now)?;
        let at = state.person(sender.phone.as_deref(), sender.user_id.as_deref());
        let person = &mut state.people[at];
        person.last_inbound_at = Some(now);
        if let Some(name) = &sender.name {
            person.name.clone_from(name);
        }
        message["id"] = id.into();
        message["timestamp"] = now.timestamp().to_string().into();
        if let Some(phone) = &person.phone {
            message["from"] = phone.clone().into();
        }
        if let Some(scoped) = &person.scoped {
            message["from_user_id"] = scoped.clone().into();
        }
        let contact = person.contact();
        state.keep(Record {
            id: id.to_owned(),
            person: at,
            incoming: true,
            at: now,
            content,
            mark: Mark::Sent,
            callback: None,
            to_scoped: false,
            changed: 0,
        });
        Some(self.account().delivery(contact, "messages", message))
    }

    /// The content to store, and the message as the webhook carries it.
    fn message(
        &self,
        state: &mut PlatformState,
        said: &Said,
        now: DateTime<Utc>,
    ) -> Option<(Content, Value)> {
        let (kind, text, payload) = match said {
            Said::Text { text } => ("text", text.clone(), json!({"body": text})),
            Said::Choice { message_id, id } => return self.tapped(state, message_id, id),
            Said::Image { caption } => {
                let media = state.upload("image/png", DOT_PNG.into(), now);
                let mut image = json!({"id": media, "mime_type": "image/png", "sha256": NO_HASH});
                if !caption.is_empty() {
                    image["caption"] = caption.clone().into();
                }
                ("image", caption.clone(), image)
            }
            Said::Voice {} => {
                let mime = "audio/ogg; codecs=opus";
                let media = state.upload(mime, b"OggS".as_slice().into(), now);
                let audio =
                    json!({"id": media, "mime_type": mime, "sha256": NO_HASH, "voice": true});
                ("audio", String::new(), audio)
            }
            Said::Location {} => {
                ("location", String::new(), json!({"latitude": -5.1477, "longitude": 119.4327}))
            }
            Said::Reaction { message_id, emoji } => {
                state.record(message_id)?;
                let payload = json!({"message_id": message_id, "emoji": emoji});
                ("reaction", emoji.clone(), payload)
            }
            Said::Opened {} => ("request_welcome", String::new(), Value::Null),
        };
        let mut message = json!({"type": kind});
        if !payload.is_null() {
            message[kind] = payload;
        }
        Some((Content { kind, text, ..Content::default() }, message))
    }

    fn tapped(
        &self,
        state: &PlatformState,
        message_id: &str,
        id: &str,
    ) -> Option<(Content, Value)> {
        let offered = state.record(message_id).filter(|record| !record.incoming)?;
        let choices = offered.content.choices.as_ref()?;
        let choice = all(choices).into_iter().find(|choice| choice.id == id)?;
        let reply = match choices {
            _ if offered.content.template.is_some() => {
                json!({"type": "button", "button": {"payload": id, "text": choice.title}})
            }
            ReplyOptions::Buttons(_) => interactive("button_reply", choice),
            ReplyOptions::List { .. } => interactive("list_reply", choice),
        };
        let mut message = reply;
        message["context"] = json!({"from": self.account().number, "id": message_id});
        let content = Content { kind: "choice", text: choice.title.clone(), ..Content::default() };
        Some((content, message))
    }
}

fn all(choices: &ReplyOptions) -> Vec<&ReplyOption> {
    match choices {
        ReplyOptions::Buttons(buttons) => buttons.iter().collect(),
        ReplyOptions::List { sections, .. } => {
            sections.iter().flat_map(|section| &section.rows).collect()
        }
    }
}

fn interactive(kind: &str, choice: &ReplyOption) -> Value {
    let mut reply = json!({"id": choice.id, "title": choice.title});
    if let Some(description) = choice.description.as_ref().filter(|_| kind == "list_reply") {
        reply["description"] = description.clone().into();
    }
    json!({"type": "interactive", "interactive": {"type": kind, kind: reply}})
}

/// The routes of phones, below `/local/phones`.
pub fn routes(graph: Graph) -> Router {
    Router::new()
        .route("/local/phones", get(super::page::feed))
        .route("/local/phones/{who}/messages", post(write))
        .route("/local/phones/{who}/seen", post(seen))
        .route("/local/pictures/{message}", get(picture))
        .with_state(graph)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    name: Option<String>,
    /// The business-scoped id of somebody who has both.
    user_id: Option<String>,
    message: Said,
}

async fn write(
    State(graph): State<Graph>,
    Segments(who): Segments<String>,
    body: Body<Act>,
) -> Result<Json<Posted>, Problem> {
    let Act { name, user_id, message } = body.value;
    let sender = Sender::named(&who);
    let sender = Sender { name, user_id: sender.user_id.or(user_id), ..sender };
    graph.say(&sender, &message).await.map(Json).ok_or_else(|| Problem::new(Reason::NotFound))
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
    let keep = "private, max-age=86400, immutable";
    Ok(([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, keep.into())], bytes)
        .into_response())
}
