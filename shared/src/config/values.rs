//! Values of settings that have a form.

use super::error::ConfigError;
use crate::security::OriginSecrets;

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

/// A number of days, at least one.
pub(super) fn days(variable: &'static str, value: &str) -> Result<u16, ConfigError> {
    let days = value.parse().ok().filter(|days| *days > 0);
    days.ok_or(ConfigError::Wrong { variable, why: "it is not a number of days, from 1 to 65535" })
}

/// `true` or `false`.
pub(super) fn flag(variable: &'static str, value: &str) -> Result<bool, ConfigError> {
    value.parse().map_err(|_| ConfigError::Wrong { variable, why: "it is neither true nor false" })
}

/// What the edge proves itself with.
pub(super) fn origin(variable: &'static str, value: &str) -> Result<OriginSecrets, ConfigError> {
    let why = "it is one value of at least 32 characters, or two with a comma between them";
    OriginSecrets::parse(value).ok_or(ConfigError::Wrong { variable, why })
}
