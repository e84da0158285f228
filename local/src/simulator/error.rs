//! Errors as the Graph API answers them.

use antrian::security::tokens;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An error with its documented code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    /// The code: what a caller branches on.
    pub code: u32,
    subcode: Option<u32>,
    details: String,
}

impl GraphError {
    pub(super) fn new(code: u32, details: impl Into<String>) -> Self {
        Self { code, subcode: None, details: details.into() }
    }

    pub(super) fn with_subcode(self, subcode: u32) -> Self {
        Self { subcode: Some(subcode), ..self }
    }

    fn status(&self) -> StatusCode {
        match self.code {
            190 => StatusCode::UNAUTHORIZED,
            3 | 10 | 200..=299 | 368 | 131005 | 131031 => StatusCode::FORBIDDEN,
            132001 => StatusCode::NOT_FOUND,
            4 | 80007 | 130429 | 131048 => StatusCode::TOO_MANY_REQUESTS,
            1 | 131000 => StatusCode::INTERNAL_SERVER_ERROR,
            2 | 131016 | 133004 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The documented title of the code.
    pub(super) fn title(&self) -> &'static str {
        match self.code {
            0 => "AuthException",
            1 => "API Unknown",
            2 => "API Service",
            4 => "API Too Many Calls",
            100 => "Invalid parameter",
            190 => "Access token has expired",
            368 => "Temporarily blocked for policies violations",
            80007 => "Rate limit issues",
            130429 => "Rate limit hit",
            130472 => "User's number is part of an experiment",
            131000 => "Something went wrong",
            131008 => "Required parameter is missing",
            131009 => "Parameter value is not valid",
            131016 => "Service unavailable",
            131026 => "Message undeliverable",
            131031 => "Account has been locked",
            131047 => "Re-engagement message",
            131048 => "Spam rate limit hit",
            131049 => "Meta chose not to deliver",
            131050 => "User has stopped marketing messages",
            131051 => "Unsupported message type",
            131052 => "Media download error",
            131053 => "Media upload error",
            131056 => "(Business Account, Consumer Account) pair rate limit hit",
            131057 => "Account in maintenance mode",
            131062 => "Business-scoped user ID recipients are not supported for this message",
            132000 => "Template param count mismatch",
            132001 => "Template does not exist",
            132012 => "Template parameter format mismatch",
            132015 => "Template is paused",
            _ => "Error",
        }
    }

    /// As it stands in a failed status.
    pub(super) fn in_status(&self) -> Value {
        json!({
            "code": self.code, "title": self.title(), "message": self.title(),
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        })
    }

    fn to_json(&self) -> Value {
        let mut error = json!({
            "message": format!("(#{}) {}", self.code, self.title()),
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": tokens::random_id("A"),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        json!({"error": error})
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        (self.status(), Json(self.to_json())).into_response()
    }
}
