//! The receiver of a message.

use crate::simulator::error::GraphError;
use crate::simulator::fields::Fields;
use crate::simulator::person::is_scoped;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) enum Receiver {
    /// A number, digits only.
    Phone(String),
    /// A business-scoped id in `recipient`.
    Scoped(String),
    /// A business-scoped id in `to`: accepted, and never delivered.
    Lost(String),
}

/// `to` takes precedence over `recipient`.
pub(super) fn read(fields: &Fields<'_>) -> Result<Receiver, GraphError> {
    if !fields.has("to") && fields.has("recipient") {
        let id = fields.text("recipient", 200)?;
        let letters =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
        return match is_scoped(id) && id.split('.').all(letters) {
            true => Ok(Receiver::Scoped(id.to_owned())),
            false => Err(fields.wrong("recipient", "is not a business-scoped user ID")),
        };
    }
    let to = fields.text("to", 200)?;
    if is_scoped(to) {
        return Ok(Receiver::Lost(to.to_owned()));
    }
    let digits: String = to.chars().filter(|c| !matches!(c, '+' | ' ' | '-' | '(' | ')')).collect();
    match (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(Receiver::Phone(digits)),
        false => Err(fields.wrong("to", "is not a valid phone number")),
    }
}
