//! People act on their phones: they write, tap, react. Each action becomes a webhook.

use antrian::messaging::{ReplyOption, ReplyOptions};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::graph::Graph;
use super::person::is_scoped;
use super::record::{Content, Mark, Record, message_id};
use super::state::State;

/// What a person does on their phone.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    Text {
        text: String,
    },
    /// Taps a button or a row.
    Choice {
        /// The message with the button or row.
        message_id: String,
        /// The button's or row's id.
        id: String,
    },
    Image {
        #[serde(default)]
        caption: String,
    },
    Voice {},
    Location {},
    /// Reacts to a message; an empty emoji takes the reaction back.
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
    /// Digits only.
    pub phone: Option<String>,
    /// The business-scoped id.
    pub user_id: Option<String>,
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
    pub message_id: String,
    /// The status that the webhook was answered with; 0: no answer.
    pub webhook_status: u16,
}

/// A picture of one grey dot.
const DOT_PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81w\xcdr\xb6\0\0\0\0IEND\xaeB`\x82";
const NO_HASH: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

impl Graph {
    /// Acts as a person and posts a signed webhook to the business. `None` if the action names a
    /// message or an option that does not exist.
    pub async fn act(&self, sender: &Sender, action: &Action) -> Option<Posted> {
        let id = message_id();
        let delivery = self.change(|state| self.write(state, &id, sender, action))?;
        let webhook_status = self.post(&delivery).await;
        let mark = if webhook_status == 200 { Mark::Delivered } else { Mark::Failed };
        self.change(|state| state.mark(&id, mark));
        Some(Posted { message_id: id, webhook_status })
    }

    fn write(
        &self,
        state: &mut State,
        id: &str,
        sender: &Sender,
        action: &Action,
    ) -> Option<Value> {
        let now = self.now();
        let (content, mut message) = self.message(state, action, now)?;
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
        state.add_record(Record {
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
        state: &mut State,
        action: &Action,
        now: DateTime<Utc>,
    ) -> Option<(Content, Value)> {
        let (kind, text, payload) = match action {
            Action::Text { text } => ("text", text.clone(), json!({"body": text})),
            Action::Choice { message_id, id } => return self.tapped(state, message_id, id),
            Action::Image { caption } => ("image", caption.clone(), image(state, caption, now)),
            Action::Voice {} => ("audio", String::new(), voice(state, now)),
            Action::Location {} => {
                ("location", String::new(), json!({"latitude": -5.1477, "longitude": 119.4327}))
            }
            Action::Reaction { message_id, emoji } => {
                state.record(message_id)?;
                let payload = json!({"message_id": message_id, "emoji": emoji});
                ("reaction", emoji.clone(), payload)
            }
            Action::Opened {} => ("request_welcome", String::new(), Value::Null),
        };
        let mut message = json!({"type": kind});
        if !payload.is_null() {
            message[kind] = payload;
        }
        Some((Content { kind, text, ..Content::default() }, message))
    }

    fn tapped(&self, state: &State, message_id: &str, id: &str) -> Option<(Content, Value)> {
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

fn image(state: &mut State, caption: &str, now: DateTime<Utc>) -> Value {
    let id = state.upload("image/png", DOT_PNG.into(), now);
    let mut image = json!({"id": id, "mime_type": "image/png", "sha256": NO_HASH});
    if !caption.is_empty() {
        image["caption"] = caption.into();
    }
    image
}

fn voice(state: &mut State, now: DateTime<Utc>) -> Value {
    let mime = "audio/ogg; codecs=opus";
    let id = state.upload(mime, b"OggS".as_slice().into(), now);
    json!({"id": id, "mime_type": mime, "sha256": NO_HASH, "voice": true})
}

fn interactive(kind: &str, choice: &ReplyOption) -> Value {
    let mut reply = json!({"id": choice.id, "title": choice.title});
    if let Some(description) = choice.description.as_ref().filter(|_| kind == "list_reply") {
        reply["description"] = description.clone().into();
    }
    json!({"type": "interactive", "interactive": {"type": kind, kind: reply}})
}
