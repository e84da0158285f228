//! What providers have in common when an answer is missing or is no answer of theirs.

use reqwest::StatusCode;

use super::cloud_api::Remedy;
use super::messenger::SendError;

impl Remedy {
    /// For a code that nothing is known of but the status that it came with.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::Limited,
            status if status.is_server_error() => Self::Later,
            _ => Self::Defect,
        }
    }
}

impl SendError {
    /// No answer came. Without a connection the message certainly did not arrive.
    pub(super) fn lost(error: &reqwest::Error) -> Self {
        if error.is_connect() {
            Self::Later { code: "network".to_owned(), after: None }
        } else if error.is_builder() {
            Self::Defect { code: "request".to_owned() }
        } else {
            Self::Unknown
        }
    }

    /// An answer without the provider's form. A server's error is that of somebody on the way, behind
    /// whom the message may have got through.
    pub(super) fn of_status(status: StatusCode, attempt: u32) -> Self {
        match status.is_server_error() {
            true => Self::Unknown,
            false => Remedy::of_status(status).error(format!("http_{}", status.as_u16()), attempt),
        }
    }
}
