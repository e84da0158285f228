//! Messages as the Cloud API takes them.

use serde_json::{Map, Value, json};

use crate::domain::language::Locale;
use crate::domain::person::Contacts;
use crate::messaging::messenger::{
    Body, Outgoing, ReplyOption, ReplyOptions, Section, TemplateCall,
};

/// The address: a number goes into `to`, a scoped id into `recipient`; in `to` it would be taken and
/// lost. If both are known the number is given alone: it would win anyway, authentication templates
/// need it, and the answers then keep naming it.
pub(super) fn address(to: &Contacts) -> Option<(&'static str, &str)> {
    let phone = to.phone.as_ref().map(|phone| ("to", phone.expose()));
    phone.or_else(|| to.scoped.as_ref().map(|id| ("recipient", id.expose())))
}

/// The message as JSON; `media` is the uploaded picture, if the message has one.
pub(super) fn message(message: &Outgoing, media: Option<&str>) -> Option<Value> {
    let (field, address) = address(&message.to)?;
    let (kind, content) = content(&message.body, media)?;
    let mut all = Map::new();
    all.insert("messaging_product".to_owned(), json!("whatsapp"));
    all.insert("recipient_type".to_owned(), json!("individual"));
    all.insert(field.to_owned(), json!(address));
    all.insert("type".to_owned(), json!(kind));
    all.insert(kind.to_owned(), content);
    all.insert("biz_opaque_callback_data".to_owned(), json!(message.id.as_str()));
    Some(Value::Object(all))
}

fn content(body: &Body, media: Option<&str>) -> Option<(&'static str, Value)> {
    Some(match body {
        Body::Text(text) => ("text", json!({"preview_url": false, "body": text})),
        Body::Picture { caption, .. } => ("image", json!({"id": media?, "caption": caption})),
        Body::Options { text, options } => ("interactive", interactive(text, options)),
        Body::Template(call) => ("template", template(call, media)),
    })
}

fn interactive(text: &str, options: &ReplyOptions) -> Value {
    let (kind, action) = match options {
        ReplyOptions::Buttons(buttons) => {
            let buttons: Vec<_> = buttons.iter().map(button).collect();
            ("button", json!({"buttons": buttons}))
        }
        ReplyOptions::List { button, sections } => {
            let sections: Vec<_> = sections.iter().map(section).collect();
            ("list", json!({"button": button, "sections": sections}))
        }
    };
    json!({"type": kind, "body": {"text": text}, "action": action})
}

fn button(option: &ReplyOption) -> Value {
    json!({"type": "reply", "reply": {"id": option.id, "title": option.title}})
}

fn section(section: &Section) -> Value {
    let rows: Vec<_> = section.rows.iter().map(row).collect();
    match section.title.is_empty() {
        true => json!({"rows": rows}),
        false => json!({"title": section.title, "rows": rows}),
    }
}

fn row(option: &ReplyOption) -> Value {
    match &option.description {
        Some(description) => {
            json!({"id": option.id, "title": option.title, "description": description})
        }
        None => json!({"id": option.id, "title": option.title}),
    }
}

fn template(call: &TemplateCall, media: Option<&str>) -> Value {
    let mut components = Vec::new();
    if let Some(media) = media {
        let picture = json!({"type": "image", "image": {"id": media}});
        components.push(json!({"type": "header", "parameters": [picture]}));
    }
    if !call.parameters.is_empty() {
        let text = |text| json!({"type": "text", "text": text});
        let parameters: Vec<_> = call.parameters.iter().map(text).collect();
        components.push(json!({"type": "body", "parameters": parameters}));
    }
    for (index, payload) in call.payloads.iter().enumerate() {
        components.push(json!({"type": "button", "sub_type": "quick_reply",
            "index": index.to_string(), "parameters": [{"type": "payload", "payload": payload}]}));
    }
    if let Some(copied) = &call.copies {
        components.push(json!({"type": "button", "sub_type": "url", "index": "0",
            "parameters": [{"type": "text", "text": copied}]}));
    }
    json!({"name": call.name, "language": {"code": language(call.locale)}, "components": components})
}

/// Meta's code of a language.
pub fn language(locale: Locale) -> &'static str {
    match locale {
        Locale::Id => "id",
        Locale::En => "en",
    }
}
