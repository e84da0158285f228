//! Messages as Twilio takes them: a form.

use std::collections::BTreeMap;

use crate::config::TwilioConfig;
use crate::messaging::cloud_api::language;
use crate::messaging::messenger::{Body, ReplyOption, ReplyOptions, TemplateCall};

/// Field names and values.
pub(super) type Fields = Vec<(&'static str, String)>;

/// What a message says, or why it cannot be said. `picture` is where Twilio finds the message's
/// picture.
pub(super) fn content(
    config: &TwilioConfig,
    body: &Body,
    picture: impl Fn() -> String,
) -> Result<Fields, &'static str> {
    Ok(match body {
        Body::Text(text) => vec![("Body", text.clone())],
        Body::Picture { caption, .. } => {
            vec![("Body", caption.clone()), ("MediaUrl", picture())]
        }
        Body::Options { text, options } => vec![("Body", listed(text, options))],
        Body::Template(call) => template(config, call, picture)?,
    })
}

/// Buttons need an approved form with Twilio: what could be tapped is numbered instead, and typed.
fn listed(text: &str, options: &ReplyOptions) -> String {
    let all: Vec<&ReplyOption> = match options {
        ReplyOptions::Buttons(buttons) => buttons.iter().collect(),
        ReplyOptions::List { sections, .. } => sections.iter().flat_map(|s| &s.rows).collect(),
    };
    let line = |(at, option): (usize, &&ReplyOption)| match &option.description {
        Some(description) => format!("{}. {}: {description}", at + 1, option.title),
        None => format!("{}. {}", at + 1, option.title),
    };
    let lines: Vec<_> = all.iter().enumerate().map(line).collect();
    format!("{text}\n\n{}", lines.join("\n"))
}

/// The variables of a content are numbered: first the body's, then the picture's address, then what
/// its buttons give back.
fn template(
    config: &TwilioConfig,
    call: &TemplateCall,
    picture: impl Fn() -> String,
) -> Result<Fields, &'static str> {
    let name = format!("{}_{}", call.name, language(call.locale));
    let sid = config.content_sids.get(&name).ok_or("no_content_sid")?;
    let picture = call.png.as_ref().map(|_| picture());
    let values =
        call.parameters.iter().cloned().chain(picture).chain(call.payloads.iter().cloned());
    let numbered: BTreeMap<String, String> =
        values.enumerate().map(|(at, value)| ((at + 1).to_string(), value)).collect();
    let variables = serde_json::to_string(&numbered).map_err(|_| "variables")?;
    Ok(vec![("ContentSid", sid.clone()), ("ContentVariables", variables)])
}
