//! Messages with something to tap.

use std::collections::HashSet;

use antrian::messaging::{ReplyOption, ReplyOptions, Section};
use chrono::{DateTime, Utc};

use super::content::picture;
use crate::simulator::error::GraphError;
use crate::simulator::fields::Fields;
use crate::simulator::record::Content;
use crate::simulator::state::State;

/// Limits in characters and elements, as documented.
const MAX_ABOVE_BUTTONS: usize = 1024;
const MAX_ABOVE_LIST: usize = 4096;
const MAX_HEADING: usize = 60;
const MAX_BUTTONS: usize = 3;
const MAX_BUTTON_TITLE: usize = 20;
const MAX_BUTTON_ID: usize = 256;
const MAX_ROWS: usize = 10;
const MAX_ROW_TITLE: usize = 24;
const MAX_ROW_ID: usize = 200;
const MAX_DESCRIPTION: usize = 72;

pub(super) fn read(
    state: &State,
    fields: &Fields<'_>,
    now: DateTime<Utc>,
) -> Result<Content, GraphError> {
    fields.only(&["type", "header", "body", "footer", "action"])?;
    let is_list = fields.word("type", &["button", "list"])? == "list";
    let max = if is_list { MAX_ABOVE_LIST } else { MAX_ABOVE_BUTTONS };
    let body = fields.object("body")?;
    body.only(&["text"])?;
    let mut text = body.text("text", max)?.to_owned();
    let picture = header(state, fields, is_list, &mut text, now)?;
    footer(fields, &mut text)?;
    let action = fields.object("action")?;
    let choices = if is_list { list(&action)? } else { buttons(&action)? };
    Ok(Content { kind: "interactive", text, picture, choices: Some(choices), ..Content::default() })
}

fn header(
    state: &State,
    fields: &Fields<'_>,
    is_list: bool,
    text: &mut String,
    now: DateTime<Utc>,
) -> Result<Option<(axum::body::Bytes, String)>, GraphError> {
    if !fields.has("header") {
        return Ok(None);
    }
    let header = fields.object("header")?;
    let kinds: &[&str] = if is_list { &["text"] } else { &["text", "image"] };
    if header.word("type", kinds)? == "image" {
        header.only(&["type", "image"])?;
        let image = header.object("image")?;
        image.only(&["id"])?;
        return picture(state, &image, now).map(Some);
    }
    header.only(&["type", "text"])?;
    text.insert_str(0, &format!("*{}*\n", header.text("text", MAX_HEADING)?));
    Ok(None)
}

fn footer(fields: &Fields<'_>, text: &mut String) -> Result<(), GraphError> {
    if fields.has("footer") {
        let footer = fields.object("footer")?;
        footer.only(&["text"])?;
        text.push('\n');
        text.push_str(footer.text("text", MAX_HEADING)?);
    }
    Ok(())
}

fn buttons(action: &Fields<'_>) -> Result<ReplyOptions, GraphError> {
    action.only(&["buttons"])?;
    let mut buttons = Vec::new();
    for button in action.list("buttons", 1..=MAX_BUTTONS)? {
        button.only(&["type", "reply"])?;
        button.word("type", &["reply"])?;
        let reply = button.object("reply")?;
        reply.only(&["id", "title"])?;
        buttons.push(ReplyOption {
            id: reply.text("id", MAX_BUTTON_ID)?.to_owned(),
            title: reply.text("title", MAX_BUTTON_TITLE)?.to_owned(),
            description: None,
        });
    }
    distinct(action, "buttons", buttons.iter().map(|button| button.id.as_str()))?;
    distinct(action, "buttons", buttons.iter().map(|button| button.title.as_str()))?;
    Ok(ReplyOptions::Buttons(buttons))
}

fn list(action: &Fields<'_>) -> Result<ReplyOptions, GraphError> {
    action.only(&["button", "sections"])?;
    let button = action.text("button", MAX_BUTTON_TITLE)?.to_owned();
    let sections = action.list("sections", 1..=MAX_ROWS)?;
    let single = sections.len() == 1;
    let sections: Vec<Section> =
        sections.iter().map(|fields| section(fields, single)).collect::<Result<_, _>>()?;
    let rows = || sections.iter().flat_map(|section| &section.rows);
    if rows().count() > MAX_ROWS {
        return Err(action.wrong("sections", "must have at most 10 rows in all"));
    }
    distinct(action, "sections", rows().map(|row| row.id.as_str()))?;
    Ok(ReplyOptions::List { button, sections })
}

fn section(fields: &Fields<'_>, single: bool) -> Result<Section, GraphError> {
    fields.only(&["title", "rows"])?;
    let title = match single {
        true => fields.optional_text("title", MAX_ROW_TITLE)?.unwrap_or_default(),
        false => fields.text("title", MAX_ROW_TITLE)?,
    };
    let rows = fields.list("rows", 1..=MAX_ROWS)?;
    Ok(Section { title: title.to_owned(), rows: rows.iter().map(row).collect::<Result<_, _>>()? })
}

fn row(fields: &Fields<'_>) -> Result<ReplyOption, GraphError> {
    fields.only(&["id", "title", "description"])?;
    Ok(ReplyOption {
        id: fields.text("id", MAX_ROW_ID)?.to_owned(),
        title: fields.text("title", MAX_ROW_TITLE)?.to_owned(),
        description: fields.optional_text("description", MAX_DESCRIPTION)?.map(str::to_owned),
    })
}

fn distinct<'a>(
    action: &Fields<'_>,
    name: &str,
    values: impl Iterator<Item = &'a str>,
) -> Result<(), GraphError> {
    let mut seen = HashSet::new();
    match values.into_iter().all(|value| seen.insert(value)) {
        true => Ok(()),
        false => Err(action.wrong(name, "must not hold the same twice")),
    }
}
