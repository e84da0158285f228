//! The languages that people are written to in: texts in both, and how dates and times are said.

mod dates;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use dates::{clock, date, date_time, short_date, time, weekday};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Text {
    /// Indonesian.
    pub id: String,
    pub en: String,
}

/// Language of a person's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Indonesian.
    #[default]
    Id,
    En,
}

pub fn in_language(locale: Locale, text: &Text) -> &str {
    match locale {
        Locale::Id => &text.id,
        Locale::En => &text.en,
    }
}

/// The text in this language, each `{name}` replaced by its value. A name without one becomes nothing,
/// and fails tests.
pub fn fill(locale: Locale, text: &Text, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = in_language(locale, text);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        debug_assert!(value.is_some(), "`{name}` has no value in: {text:?}");
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled + rest
}

/// At most `limit` characters, the last of them `…` if something is left out.
pub fn clip(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let start: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let text = Text { id: "{a} dan {b}.".to_owned(), en: "{a} and {b}.".to_owned() };
        assert_eq!(fill(Locale::Id, &text, &[("a", "{b}"), ("b", "x")]), "{b} dan x.");
        assert_eq!(clip("Kantor Imigrasi", 7), "Kantor…");
    }
}
