//! Templates: registered, approved, listed.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};

use super::error::GraphError;
use super::fields::Fields;

/// Templates that a business may have.
pub(super) const MAX_TEMPLATES: usize = 250;
const MAX_BODY: usize = 1024;
/// How long the platform tries to deliver, in seconds: 30 seconds to 12 hours.
const LIVES_SECS: std::ops::RangeInclusive<i64> = 30..=43_200;

/// The templates of the business, as Meta lists them.
#[derive(Debug, Default)]
pub(super) struct Templates {
    list: Vec<Value>,
}

/// A button of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Button {
    /// Answers with its payload; its title.
    QuickReply(String),
    /// Needs a parameter; its type.
    Variable(String),
    /// Needs nothing; its type.
    Fixed(String),
}

impl fmt::Display for Button {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::QuickReply(_) => f.write_str("QUICK_REPLY"),
            Self::Variable(kind) | Self::Fixed(kind) => f.write_str(kind),
        }
    }
}

/// What a template needs when it is sent.
#[derive(Debug)]
pub(super) struct Form {
    body: String,
    /// Variables of the body.
    pub(super) parameters: usize,
    /// Whether a picture stands above.
    pub(super) has_picture: bool,
    /// Its buttons, in order.
    pub(super) buttons: Vec<Button>,
    /// Whether it carries a one-time code.
    pub(super) is_authentication: bool,
}

impl Form {
    /// The body with its parameters.
    pub(super) fn filled(&self, parameters: &[String]) -> String {
        let fill = |text: String, (at, value): (usize, &String)| {
            text.replace(&format!("{{{{{}}}}}", at + 1), value)
        };
        parameters.iter().enumerate().fold(self.body.clone(), fill)
    }
}

impl Templates {
    /// Adds a template, under review until [`Templates::set_status`] approves it.
    pub(super) fn register(&mut self, body: &Value) -> Result<Value, GraphError> {
        check(body)?;
        let same =
            |known: &&Value| known["name"] == body["name"] && known["language"] == body["language"];
        if self.list.iter().any(|known| same(&known)) {
            let details = "There is already content in this language for this template.";
            return Err(GraphError::new(100, details).with_subcode(2_388_024));
        }
        if self.list.len() == MAX_TEMPLATES {
            return Err(GraphError::new(100, "Too many templates.").with_subcode(2_388_019));
        }
        let mut template = body.clone();
        let id = format!("{}", 900_000_000_000_000_u64 + self.list.len() as u64);
        template["id"] = id.clone().into();
        template["status"] = "PENDING".into();
        let format = template["parameter_format"].as_str().unwrap_or("POSITIONAL").to_owned();
        template["parameter_format"] = format.into();
        self.list.push(template);
        Ok(json!({"id": id, "status": "PENDING", "category": body["category"]}))
    }

    /// Sets the state of all languages of a template, such as `APPROVED` or `PAUSED`.
    pub(super) fn set_status(&mut self, name: &str, status: &str) {
        for template in self.list.iter_mut().filter(|template| template["name"] == name) {
            template["status"] = status.into();
        }
    }

    pub(super) fn listed(&self, name: Option<&str>) -> Vec<Value> {
        let is_named = |template: &&Value| name.is_none_or(|name| template["name"] == name);
        self.list.iter().filter(is_named).cloned().collect()
    }

    /// What an approved template needs.
    pub(super) fn form(&self, name: &str, language: &str) -> Result<Form, GraphError> {
        let is_it =
            |template: &&Value| template["name"] == name && template["language"] == language;
        let template = self.list.iter().find(is_it).ok_or_else(|| {
            let details = format!("template name ({name}) does not exist in {language}");
            GraphError::new(132001, details)
        })?;
        match template["status"].as_str().unwrap_or_default() {
            "APPROVED" => Ok(form(template)),
            "PAUSED" => Err(GraphError::new(132015, format!("Template {name} is paused"))),
            _ => Err(GraphError::new(132001, format!("Template {name} is not approved"))),
        }
    }
}

fn form(template: &Value) -> Form {
    let components = template["components"].as_array().cloned().unwrap_or_default();
    let of_type = |kind: &str| {
        components.iter().find(|component| {
            component["type"].as_str().is_some_and(|found| found.eq_ignore_ascii_case(kind))
        })
    };
    let is_authentication = is_word(&template["category"], "AUTHENTICATION");
    let body = of_type("BODY").and_then(|body| body["text"].as_str()).unwrap_or("*{{1}}*");
    let has_picture = of_type("HEADER").is_some_and(|header| is_word(&header["format"], "IMAGE"));
    let buttons = of_type("BUTTONS").and_then(|buttons| buttons["buttons"].as_array().cloned());
    Form {
        parameters: variables(body).len(),
        body: body.to_owned(),
        has_picture,
        buttons: buttons.unwrap_or_default().iter().map(button).collect(),
        is_authentication,
    }
}

fn is_word(value: &Value, word: &str) -> bool {
    value.as_str().is_some_and(|found| found.eq_ignore_ascii_case(word))
}

fn button(button: &Value) -> Button {
    let kind = button["type"].as_str().unwrap_or_default().to_ascii_uppercase();
    let is_variable = button["url"].as_str().is_some_and(|url| !variables(url).is_empty());
    match kind.as_str() {
        "QUICK_REPLY" => Button::QuickReply(button["text"].as_str().unwrap_or_default().to_owned()),
        "OTP" => Button::Variable(kind),
        _ if is_variable => Button::Variable(kind),
        _ => Button::Fixed(kind),
    }
}

/// The numbers of a text's `{{1}}`, `{{2}}` ….
fn variables(text: &str) -> BTreeSet<usize> {
    let number = |part: &str| part.split("}}").next()?.trim().parse().ok();
    text.split("{{").skip(1).filter_map(number).collect()
}

fn check(body: &Value) -> Result<(), GraphError> {
    let fields = Fields::root(body)?;
    fields.only(&[
        "name",
        "language",
        "category",
        "components",
        "message_send_ttl_seconds",
        "parameter_format",
        "allow_category_change",
    ])?;
    let name = fields.text("name", 512)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.chars().all(plain) {
        return Err(fields.wrong("name", "has lower-case letters, digits and underscores only"));
    }
    fields.text("language", 10)?;
    let category = fields.word("category", &["UTILITY", "MARKETING", "AUTHENTICATION"])?;
    let life = fields.number("message_send_ttl_seconds").filter(|secs| *secs != -1);
    if life.is_some_and(|secs| !LIVES_SECS.contains(&secs)) {
        return Err(fields.wrong("message_send_ttl_seconds", "is out of range"));
    }
    for component in fields.list("components", 1..=4)? {
        let kind = component.word("type", &["HEADER", "BODY", "FOOTER", "BUTTONS"])?;
        if kind.eq_ignore_ascii_case("BODY") && category != "AUTHENTICATION" {
            check_body(&component)?;
        }
    }
    Ok(())
}

/// Variables count from 1 without a gap, stand neither first nor last, and come with an example.
fn check_body(component: &Fields<'_>) -> Result<(), GraphError> {
    component.only(&["type", "text", "example"])?;
    let text = component.text("text", MAX_BODY)?;
    let variables = variables(text);
    if variables.iter().copied().ne(1..=variables.len()) {
        return Err(component.wrong("text", "must number its variables from 1 on"));
    }
    let trimmed = text.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        let details = "Variables can't be at the start or end of the template.";
        return Err(GraphError::new(100, details).with_subcode(2_388_299));
    }
    match variables.is_empty() || component.has("example") {
        true => Ok(()),
        false => Err(GraphError::new(100, "body: an example is missing").with_subcode(2_388_043)),
    }
}
