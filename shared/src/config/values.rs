//! Values of settings that have a form.

use super::error::ConfigError;

/// An address, without the slash at its end.
pub(super) fn url(variable: &'static str, value: String) -> Result<String, ConfigError> {
    if value.starts_with("https://") || value.starts_with("http://") {
        Ok(value.trim_end_matches('/').to_owned())
    } else {
        Err(ConfigError::Wrong { variable, why: "it is not a URL" })
    }
}

/// A phone number in international form: its digits, the country's first.
pub(super) fn digits(variable: &'static str, value: String) -> Result<String, ConfigError> {
    if (8..=15).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(value)
    } else {
        Err(ConfigError::Wrong {
            variable,
            why: "a number has 8 to 15 digits, with its country and nothing else",
        })
    }
}
