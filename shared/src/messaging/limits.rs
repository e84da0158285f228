//! Lengths that WhatsApp takes. What is longer is a mistake of whoever composed it: it is neither cut
//! nor split on the way, for both would say something else.

use std::collections::HashSet;

use super::messenger::{Body, ReplyOption, ReplyOptions, Section, TemplateCall};
use super::texts::CAPTION_CHARS;

const TEXT_CHARS: usize = 4_096;
const BUTTONS: usize = 3;
const BUTTON_TITLE_CHARS: usize = 20;
const BUTTON_ID_CHARS: usize = 256;
const ROWS: usize = 10;
const ROW_TITLE_CHARS: usize = 24;
const ROW_DESCRIPTION_CHARS: usize = 72;
const ROW_ID_CHARS: usize = 200;
const PARAMETER_CHARS: usize = 1_024;
/// Pictures up to 5 MB.
const PICTURE_BYTES: usize = 5 * 1024 * 1024;

/// What of a message WhatsApp would not take, if anything.
///
/// # Errors
/// A code that names it.
pub(super) fn check(body: &Body) -> Result<(), &'static str> {
    match body {
        Body::Text(text) => length(text, TEXT_CHARS, "text_length"),
        Body::Picture { png, caption } => {
            length(caption, CAPTION_CHARS, "caption_length")?;
            require(png.len() <= PICTURE_BYTES, "picture_size")
        }
        Body::Options { text, options: ReplyOptions::Buttons(buttons) } => {
            length(text, CAPTION_CHARS, "text_length")?;
            check_buttons(buttons)
        }
        Body::Options { text, options: ReplyOptions::List { button, sections } } => {
            length(text, TEXT_CHARS, "text_length")?;
            length(button, BUTTON_TITLE_CHARS, "list_button_length")?;
            check_list(sections)
        }
        Body::Template(call) => check_template(call),
    }
}

fn check_buttons(buttons: &[ReplyOption]) -> Result<(), &'static str> {
    require((1..=BUTTONS).contains(&buttons.len()), "button_count")?;
    for button in buttons {
        length(&button.title, BUTTON_TITLE_CHARS, "button_title_length")?;
        length(&button.id, BUTTON_ID_CHARS, "button_id_length")?;
    }
    unlike(buttons.iter())
}

fn check_list(sections: &[Section]) -> Result<(), &'static str> {
    let rows = || sections.iter().flat_map(|section| &section.rows);
    require((1..=ROWS).contains(&rows().count()), "row_count")?;
    for section in sections {
        // A title may be absent if there is no other section.
        let untitled = sections.len() == 1 && section.title.is_empty();
        require(untitled || !section.title.is_empty(), "section_title_length")?;
        require(section.title.chars().count() <= ROW_TITLE_CHARS, "section_title_length")?;
    }
    rows().try_for_each(check_row)?;
    unlike(rows())
}

fn check_row(row: &ReplyOption) -> Result<(), &'static str> {
    length(row.title.trim(), ROW_TITLE_CHARS, "row_title_length")?;
    length(&row.id, ROW_ID_CHARS, "row_id_length")?;
    let description = row.description.as_deref().unwrap_or_default();
    let fits = description.chars().count() <= ROW_DESCRIPTION_CHARS;
    require(fits, "row_description_length")
}

/// A list without the rows that WhatsApp would not take, for one of them keeps all others from people: an
/// office's texts stand in them. What is left out stands in the log, by its id. Absent: nothing is left.
pub(super) fn carried(options: ReplyOptions) -> Option<ReplyOptions> {
    let ReplyOptions::List { button, mut sections } = options else { return Some(options) };
    let mut seen = HashSet::new();
    for section in &mut sections {
        section.rows.retain(|row| {
            let code = match check_row(row) {
                Ok(()) if seen.insert(row.id.clone()) => return true,
                Ok(()) => "same_id_twice",
                Err(code) => code,
            };
            tracing::error!(row = row.id, code, "a row of a list cannot be sent and was left out");
            false
        });
    }
    sections.retain(|section| !section.rows.is_empty());
    (!sections.is_empty()).then_some(ReplyOptions::List { button, sections })
}

/// What is tapped comes back as its id.
fn unlike<'a>(options: impl Iterator<Item = &'a ReplyOption>) -> Result<(), &'static str> {
    let mut seen = HashSet::new();
    require(options.into_iter().all(|option| seen.insert(option.id.as_str())), "same_id_twice")
}

/// A parameter has no line breaks, tabs, or more than four blanks in a row.
fn check_template(call: &TemplateCall) -> Result<(), &'static str> {
    for parameter in &call.parameters {
        length(parameter, PARAMETER_CHARS, "parameter_length")?;
        let plain = !parameter.contains(['\n', '\r', '\t']) && !parameter.contains("     ");
        require(plain, "parameter_blanks")?;
    }
    for payload in &call.payloads {
        length(payload, BUTTON_ID_CHARS, "button_id_length")?;
    }
    Ok(())
}

/// Something, and no more than so many characters.
fn length(text: &str, most: usize, code: &'static str) -> Result<(), &'static str> {
    require(!text.is_empty() && text.chars().count() <= most, code)
}

fn require(holds: bool, code: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(code) }
}

#[cfg(test)]
mod tests;
