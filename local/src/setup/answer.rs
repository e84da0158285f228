//! Reading a provider's answer.

use serde_json::Value;

/// A text of an answer; empty if there is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
