//! Template messages: the template must be there, approved, and given what it needs.

use antrian::messaging::{ReplyOption, ReplyOptions};
use chrono::{DateTime, Utc};

use super::content::picture;
use super::receiver::Receiver;
use crate::simulator::error::GraphError;
use crate::simulator::fields::Fields;
use crate::simulator::record::{Content, Template};
use crate::simulator::state::State;
use crate::simulator::templates::{Button, Form};

const MAX_PARAMETER: usize = 1024;

/// What a request gives to a template.
#[derive(Default)]
struct Given {
    parameters: Vec<String>,
    picture: Option<(axum::body::Bytes, String)>,
    /// Index and value for buttons.
    buttons: Vec<(usize, String)>,
}

pub(super) fn read(
    state: &State,
    fields: &Fields<'_>,
    receiver: &Receiver,
    now: DateTime<Utc>,
) -> Result<Content, GraphError> {
    fields.only(&["name", "language", "components"])?;
    let name = fields.text("name", 512)?;
    let language = fields.object("language")?;
    language.only(&["code", "policy"])?;
    let language = language.text("code", 10)?;
    let form = state.templates.form(name, language)?;
    if form.is_authentication && matches!(receiver, Receiver::Scoped(_)) {
        return Err(GraphError::new(131062, "Send this template to a phone number."));
    }
    let given = given(state, fields, now)?;
    agree(&form, &given)?;
    Ok(Content {
        kind: "template",
        text: form.filled(&given.parameters),
        choices: choices(&form, &given),
        picture: given.picture,
        template: Some(Template {
            name: name.to_owned(),
            language: language.to_owned(),
            parameters: given.parameters,
        }),
    })
}

fn given(state: &State, fields: &Fields<'_>, now: DateTime<Utc>) -> Result<Given, GraphError> {
    let mut given = Given::default();
    if !fields.has("components") {
        return Ok(given);
    }
    for component in fields.list("components", 0..=20)? {
        match component.word("type", &["header", "body", "button"])?.to_ascii_lowercase().as_str() {
            "header" => given.picture = Some(header(state, &component, now)?),
            "body" => given.parameters = parameters(&component)?,
            _ => given.buttons.push(button(&component)?),
        }
    }
    Ok(given)
}

fn header(
    state: &State,
    component: &Fields<'_>,
    now: DateTime<Utc>,
) -> Result<(axum::body::Bytes, String), GraphError> {
    component.only(&["type", "parameters"])?;
    let parameters = component.list("parameters", 1..=1)?;
    let parameter = &parameters[0];
    parameter.only(&["type", "image"])?;
    parameter.word("type", &["image"])?;
    let image = parameter.object("image")?;
    image.only(&["id"])?;
    picture(state, &image, now)
}

fn parameters(component: &Fields<'_>) -> Result<Vec<String>, GraphError> {
    component.only(&["type", "parameters"])?;
    let list = component.list("parameters", 0..=100)?;
    list.iter().map(parameter).collect()
}

/// Parameters stand within a line.
fn parameter(fields: &Fields<'_>) -> Result<String, GraphError> {
    fields.only(&["type", "text", "parameter_name"])?;
    fields.word("type", &["text"])?;
    let text = fields.text("text", MAX_PARAMETER)?;
    if text.contains(['\n', '\t']) || text.contains("     ") {
        let why = "cannot have new-line/tab characters or more than 4 consecutive spaces";
        return Err(GraphError::new(100, format!("Param {} {why}.", fields.path("text"))));
    }
    Ok(text.to_owned())
}

fn button(component: &Fields<'_>) -> Result<(usize, String), GraphError> {
    component.only(&["type", "sub_type", "index", "parameters"])?;
    component.word("sub_type", &["quick_reply", "url"])?;
    let index = component.index("index")?;
    let parameters = component.list("parameters", 1..=1)?;
    let parameter = &parameters[0];
    let name = match parameter.word("type", &["payload", "text"])? {
        "payload" => "payload",
        _ => "text",
    };
    parameter.only(&["type", name])?;
    Ok((index, parameter.text(name, 256)?.to_owned()))
}

fn agree(form: &Form, given: &Given) -> Result<(), GraphError> {
    let (expected, got) = (form.parameters, given.parameters.len());
    if expected != got {
        let details = format!(
            "body: number of localizable_params ({got}) does not match the expected number of params ({expected})"
        );
        return Err(GraphError::new(132000, details));
    }
    if form.has_picture != given.picture.is_some() {
        return Err(GraphError::new(132012, "header: Format mismatch, expected what was approved"));
    }
    let needed = form.buttons.iter().enumerate();
    for (at, button) in needed.filter(|(_, button)| matches!(button, Button::Variable(_))) {
        if !given.buttons.iter().any(|(index, _)| *index == at) {
            let details = format!("Button at index {at} of type {button} requires a parameter");
            return Err(GraphError::new(131008, details));
        }
    }
    match given.buttons.iter().find(|(index, _)| *index >= form.buttons.len()) {
        None => Ok(()),
        Some((index, _)) => {
            Err(GraphError::new(132012, format!("There is no button at index {index}.")))
        }
    }
}

/// Quick replies can be tapped; without a payload they give their title.
fn choices(form: &Form, given: &Given) -> Option<ReplyOptions> {
    let choice = |(at, button): (usize, &Button)| {
        let Button::QuickReply(title) = button else { return None };
        let payload = given.buttons.iter().find(|(index, _)| *index == at);
        let id = payload.map_or(title, |(_, payload)| payload).clone();
        Some(ReplyOption { id, title: title.clone(), description: None })
    };
    let buttons: Vec<_> = form.buttons.iter().enumerate().filter_map(choice).collect();
    (!buttons.is_empty()).then_some(ReplyOptions::Buttons(buttons))
}
