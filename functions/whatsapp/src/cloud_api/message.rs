//! A message from a person.
//!
//! Deletions and what vanishes by itself say nothing to an office. Neither does an edit: what was said first has been answered, with what was understood, and the new words of an old
//! message would be taken for the answer to whatever has been asked since.

use antrian::domain::inbound::{Content, Inbound};
use antrian::domain::person::Contacts;
use chrono::{DateTime, Utc};

use super::fields::Object;
use super::sender::{Senders, contacts};
use crate::updates::{choice, provider_id, text};

/// A message; absent if nobody can be answered, or nothing was said.
pub(super) fn inbound(
    message: &Object<'_>,
    senders: &Senders,
    now: DateTime<Utc>,
) -> Option<Inbound> {
    let kind = message.text("type");
    let (from, content) = match kind.as_deref() {
        // A group has no conversation with an office.
        _ if message.has("group_id") => return None,
        Some("system") => moved(message)?,
        kind => (senders.sender(message), content(message, kind)?),
    };
    let sent_at = message.integer("timestamp").and_then(|secs| DateTime::from_timestamp(secs, 0));
    (!from.is_empty()).then_some(Inbound {
        provider_id: provider_id(message.text("id")?)?,
        from,
        sent_at: sent_at.unwrap_or(now),
        content,
    })
}

fn content(message: &Object<'_>, kind: Option<&str>) -> Option<Content> {
    let words = match kind {
        Some("revoke" | "edit" | "ephemeral") => return None,
        Some("reaction") => return reaction(message),
        Some("request_welcome") => return Some(Content::Opened),
        Some("text") | None => message.object("text").and_then(|said| said.text("body")),
        Some(kind @ ("image" | "video" | "document")) => {
            message.object(kind).and_then(|media| media.text("caption"))
        }
        Some("button") => return Some(button(message)),
        Some("interactive") => return Some(reply(message).unwrap_or(Content::Unreadable)),
        Some(_) => None,
    };
    Some(words.map_or(Content::Unreadable, |words| Content::Text(text(&words))))
}

/// A reaction agrees to nothing, for nobody knows here which message it is about: as a message without words it
/// is answered by what waits. Absent: it was taken back.
fn reaction(message: &Object<'_>) -> Option<Content> {
    let emoji = message.object("reaction")?.text("emoji")?;
    (!emoji.is_empty()).then(|| Content::Text(text("")))
}

/// A quick reply of a template.
fn button(message: &Object<'_>) -> Content {
    let button = message.object("button");
    let field = |name| button.as_ref().and_then(|button| button.text(name));
    match (field("payload"), field("text")) {
        (Some(id), title) => {
            Content::Choice { id: choice(&id), title: choice(&title.unwrap_or_default()) }
        }
        (None, Some(title)) => Content::Text(text(&title)),
        (None, None) => Content::Unreadable,
    }
}

/// A button or a row of a list that we offered; absent: a form or something else that we did not.
fn reply(message: &Object<'_>) -> Option<Content> {
    let interactive = message.object("interactive")?;
    let kind = interactive.text("type")?;
    if !matches!(kind.as_str(), "button_reply" | "list_reply") {
        return None;
    }
    let tapped = interactive.object(&kind)?;
    let title = choice(&tapped.text("title").unwrap_or_default());
    Some(Content::Choice { id: choice(&tapped.text("id")?), title })
}

/// Somebody's number or scoped id has changed; absent: some other notice, or none that helps.
fn moved(message: &Object<'_>) -> Option<(Contacts, Content)> {
    let system = message.object("system")?;
    if !matches!(system.text("type")?.as_str(), "user_changed_number" | "user_changed_user_id") {
        return None;
    }
    let new_scoped = system.text("user_id");
    // Who speaks may be named by the new id already.
    let speaker = message.text("from_user_id").filter(|id| Some(id) != new_scoped.as_ref());
    let old_scoped = system.text("previous_user_id").or(speaker);
    let new_phone = system.text("wa_id").or_else(|| system.text("new_wa_id"));
    let from = contacts(message.text("from").as_deref(), old_scoped.as_deref());
    let to = contacts(new_phone.as_deref(), new_scoped.as_deref());
    (!to.is_empty() && to != from).then_some((from, Content::Moved { to }))
}
