//! What an outbox row keeps of its last attempt: one text, absent if there is nothing to keep.

use serde::{Deserialize, Serialize};

/// What is known of the last attempt to send a message. It decides how the message goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<String>", into = "Option<String>")]
pub enum LastAttempt {
    /// There was none, or nothing went wrong.
    #[default]
    None,
    /// The sender was lost, or the provider's answer was: a status is awaited.
    Unconfirmed,
    /// No status came: it is being sent once more, for the last time.
    Resent,
    /// The person has not written for a day, says the provider: it goes as a template.
    WindowClosed,
    /// Sending was paused: it waits for the end of the pause.
    Paused,
    /// The day's messages have cost what they may cost: it waits.
    AtCeiling,
    /// It could not be composed: the provider was not asked.
    NotComposed,
    /// The person wants no reminders.
    OptedOut,
    /// There is nobody to send it to.
    NoContact,
    /// It failed, with this code.
    Failed(FailureCode),
}

/// The code of a failure that only people read: a provider's own, or `network`, `http_502` …; never a
/// text from outside. Made by [`LastAttempt::from`], so that it is never one of the other states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCode(String);

impl LastAttempt {
    /// Whether there is nothing to keep.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// As it is stored and logged.
    pub fn code(&self) -> Option<&str> {
        Some(match self {
            Self::None => return None,
            Self::Unconfirmed => "unconfirmed",
            Self::Resent => "resent",
            Self::WindowClosed => "window_closed",
            Self::Paused => "paused",
            Self::AtCeiling => "at_ceiling",
            Self::NotComposed => "not_composed",
            Self::OptedOut => "opted_out",
            Self::NoContact => "no_contact",
            Self::Failed(FailureCode(code)) => code,
        })
    }
}

impl From<String> for LastAttempt {
    fn from(code: String) -> Self {
        match code.as_str() {
            "unconfirmed" => Self::Unconfirmed,
            "resent" => Self::Resent,
            "window_closed" => Self::WindowClosed,
            "paused" => Self::Paused,
            "at_ceiling" => Self::AtCeiling,
            "not_composed" => Self::NotComposed,
            "opted_out" => Self::OptedOut,
            "no_contact" => Self::NoContact,
            _ => Self::Failed(FailureCode(code)),
        }
    }
}

impl From<Option<String>> for LastAttempt {
    fn from(code: Option<String>) -> Self {
        code.map_or(Self::None, Self::from)
    }
}

impl From<LastAttempt> for Option<String> {
    fn from(attempt: LastAttempt) -> Self {
        attempt.code().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::language::Locale;
    use crate::message::{Message, MessageKind};

    const NAMED: [(&str, LastAttempt); 8] = [
        ("unconfirmed", LastAttempt::Unconfirmed),
        ("resent", LastAttempt::Resent),
        ("window_closed", LastAttempt::WindowClosed),
        ("paused", LastAttempt::Paused),
        ("at_ceiling", LastAttempt::AtCeiling),
        ("not_composed", LastAttempt::NotComposed),
        ("opted_out", LastAttempt::OptedOut),
        ("no_contact", LastAttempt::NoContact),
    ];

    /// A row as it is stored, with this `error`.
    fn stored(error: Option<&str>) -> Value {
        let (id, at) = ("7kq4mm2xr9-1-hold".parse().unwrap(), DateTime::UNIX_EPOCH);
        let row = Message::new(id, MessageKind::Hold, Locale::Id, at, at);
        let mut stored = serde_json::to_value(row).unwrap();
        assert_eq!(stored.get("error"), None, "absent if there is nothing to keep");
        if let Some(error) = error {
            stored["error"] = json!(error);
        }
        stored
    }

    fn read(stored: &Value) -> Message {
        serde_json::from_value(stored.clone()).unwrap()
    }

    #[test]
    fn each_state_has_its_text_in_both_directions() {
        for (text, attempt) in NAMED {
            assert_eq!(read(&stored(Some(text))).last_attempt, attempt);
            assert_eq!(attempt.code(), Some(text));
        }
    }

    #[test]
    fn a_row_without_an_error_reads_as_none_and_stays_without() {
        let row = read(&stored(None));
        assert!(row.last_attempt.is_none());
        assert_eq!(serde_json::to_value(row).unwrap(), stored(None));
        assert_eq!(serde_json::from_value::<LastAttempt>(Value::Null).unwrap(), LastAttempt::None);
    }

    proptest! {
        #[test]
        fn every_stored_text_is_written_back_as_it_was_read(
            text in prop_oneof![
                prop::sample::select(NAMED.map(|(text, _)| text.to_owned()).to_vec()),
                "[0-9]{0,6}", "[a-z_]{0,16}", "\\PC*",
            ],
        ) {
            let stored = stored(Some(&text));
            prop_assert_eq!(serde_json::to_value(read(&stored)).unwrap(), stored);
        }

        #[test]
        fn an_unknown_code_stays_a_failure_with_that_code(code in "[0-9]{3,6}|http_[0-9]{3}") {
            let attempt = LastAttempt::from(code.clone());
            prop_assert!(matches!(attempt, LastAttempt::Failed(_)));
            prop_assert_eq!(attempt.code(), Some(code.as_str()));
        }
    }
}
