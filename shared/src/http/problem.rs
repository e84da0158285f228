//! RFC 9457 problem details: one place where refusals and faults become answers.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::views::AlternativeView;
use crate::app::StartError;
use crate::config::ConfigError;
use crate::domain::booking::Refusal;
use crate::domain::field::FieldError;
use crate::domain::language::Locale;
use crate::domain::reason::Reason;
use crate::ledger::LedgerError;
use crate::security::tokens;
use crate::storage::StoreError;

/// The stable name of a problem; its status and sentences stand in `texts/problems.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// What was asked for is refused.
    Refused(Reason),
    /// The body is larger than [`super::body::MAX_BYTES`].
    BodyTooLarge,
    /// Try again: the table, or the seat, is busy. Nothing was changed.
    Busy,
    /// A fault of ours, logged under the incident's number.
    InternalError,
    /// The body is no JSON.
    MalformedJson,
    /// The address knows other methods.
    MethodNotAllowed,
    /// The function lacks something that it works with.
    NotReady,
    /// It may have been done: the same request again tells.
    OutcomeUnknown,
    /// A webhook that the provider did not sign.
    BadSignature,
    /// The body is of another type than JSON.
    UnsupportedMediaType,
    /// The request did not come by the edge.
    WrongAddress,
    /// A form that was posted from another site.
    ForeignForm,
}

impl Code {
    /// As it stands in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused(reason) => reason.as_str(),
            Self::BodyTooLarge => "body_too_large",
            Self::Busy => "busy",
            Self::InternalError => "internal_error",
            Self::MalformedJson => "malformed_json",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotReady => "not_ready",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::BadSignature => "bad_signature",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::WrongAddress => "wrong_address",
            Self::ForeignForm => "foreign_form",
        }
    }
}

impl From<Reason> for Code {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason)
    }
}

#[derive(Debug, Deserialize)]
struct Words {
    status: u16,
    id: String,
    en: String,
}

/// By code.
static WORDS: LazyLock<HashMap<String, Words>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses it")]
    serde_json::from_str(include_str!("../../texts/problems.json")).expect("problems.json")
});

/// A refusal or a fault, as a client sees it.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    /// What says more.
    fields: Map<String, Value>,
    retry_after_secs: Option<u32>,
}

/// The document of a problem, for the API's description.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Always `about:blank`: `code` tells problems apart.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status' own words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable name of the problem.
    pub code: String,
    /// What to do, in Indonesian.
    pub detail: String,
    /// What to do, in English.
    pub detail_en: String,
    /// With `invalid_request`: the fields that do not fit.
    pub errors: Option<Vec<FieldError>>,
    /// With `slot_full`: what is free instead.
    pub alternatives: Option<Vec<AlternativeView>>,
    /// With `already_booked`: the live booking, which is this account's own.
    pub booking_code: Option<String>,
    /// With `not_released`: when the date opens.
    pub release_at: Option<String>,
    /// With `office_closed` and, from the health check, with `not_ready`: why.
    pub reason: Option<String>,
    /// With `internal_error`: the number to quote.
    pub incident: Option<String>,
}

impl Problem {
    /// A problem with this code.
    pub fn new(code: impl Into<Code>) -> Self {
        Self { code: code.into(), fields: Map::new(), retry_after_secs: None }
    }

    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence that a person reads.
    pub fn sentence(&self, locale: Locale) -> &'static str {
        let words = WORDS.get(self.code.as_str());
        words.map_or("", |words| match locale {
            Locale::Id => &words.id,
            Locale::En => &words.en,
        })
    }

    /// A field that says more, if it is a text.
    pub fn said(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    /// What it says in this very case, or else its code's sentence.
    pub fn detail(&self, locale: Locale) -> &str {
        let name = match locale {
            Locale::Id => "detail",
            Locale::En => "detail_en",
        };
        let of_field = || self.first_error(name);
        self.said(name).or_else(of_field).unwrap_or_else(|| self.sentence(locale))
    }

    /// Of the first field that does not fit, what this part says.
    pub fn first_error(&self, name: &str) -> Option<&str> {
        self.fields.get("errors")?.get(0)?.get(name)?.as_str()
    }

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        let words = WORDS.get(self.code.as_str());
        let status = words.and_then(|words| StatusCode::from_u16(words.status).ok());
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Adds a field that says more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => drop(self.fields.insert(name.to_owned(), value)),
            Err(error) => tracing::error!(name, %error, "a problem lacks a field"),
        }
        self
    }

    /// Says what is so in this very case, instead of the code's own sentences.
    #[must_use]
    pub fn saying(self, detail: &str, detail_en: &str) -> Self {
        self.with("detail", detail).with("detail_en", detail_en)
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, secs: u32) -> Self {
        self.retry_after_secs = Some(secs);
        self
    }

    /// After how many seconds it makes sense to ask again, if that is known.
    pub fn retry_after_secs(&self) -> Option<u32> {
        self.retry_after_secs
    }

    /// Fields that do not fit.
    pub fn fields(faults: &[FieldError]) -> Self {
        Self::new(Reason::InvalidRequest).with("errors", faults)
    }

    /// One field that does not fit.
    pub fn field(field: &str, detail: &str, detail_en: &str) -> Self {
        Self::fields(&[FieldError::new(field, detail, detail_en)])
    }
}

impl Problem {
    /// Status and document. A test sees that every code has its words.
    fn document(self) -> (StatusCode, Map<String, Value>) {
        let words = WORDS.get(self.code.as_str());
        let status = self.status();
        let mut document = Map::new();
        let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
        put("type", "about:blank".into());
        put("title", status.canonical_reason().unwrap_or_default().into());
        put("status", status.as_u16().into());
        put("code", self.code.as_str().into());
        put("detail", words.map_or("", |words| &words.id).into());
        put("detail_en", words.map_or("", |words| &words.en).into());
        document.extend(self.fields);
        (status, document)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_after_secs = self.retry_after_secs;
        // Whoever shows pages makes one of it.
        let problem = self.clone();
        let (status, document) = self.document();
        let mut response = (status, Value::Object(document).to_string()).into_response();
        response.extensions_mut().insert(problem);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = retry_after_secs {
            headers.insert(header::RETRY_AFTER, secs.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.reason())
    }
}

/// Time after which a busy system is asked again.
const RETRY_SECS: u32 = 2;

impl From<StoreError> for Problem {
    /// Faults are logged here, once, under the number that the client is told.
    fn from(error: StoreError) -> Self {
        let incident = tokens::random_id("e");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        match error {
            StoreError::NotApplied { .. } => {
                tracing::warn!(incident, %error, source, "not applied");
                Self::new(Code::Busy).retry_after(RETRY_SECS)
            }
            StoreError::Unknown { .. } => {
                tracing::warn!(incident, %error, source, "outcome unknown");
                Self::new(Code::OutcomeUnknown).retry_after(RETRY_SECS)
            }
            // A release is on its way to every function: another try may meet one that understands.
            StoreError::Newer { .. } => {
                tracing::error!(incident, %error, "newer");
                Self::new(Code::Busy).retry_after(RETRY_SECS)
            }
            StoreError::Corrupt { .. } => {
                tracing::error!(incident, %error, "corrupt");
                Self::new(Code::InternalError).with("incident", incident)
            }
        }
    }
}

impl From<StartError> for Problem {
    /// What is missing is logged; the caller decides whether it is told.
    fn from(error: StartError) -> Self {
        tracing::error!(%error, "not ready");
        Self::new(Code::NotReady).retry_after(RETRY_SECS)
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        StartError::from(error).into()
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => error.into(),
            LedgerError::Contention => Self::new(Code::Busy).retry_after(RETRY_SECS),
        }
    }
}

/// What is missing, for the health check.
pub fn not_ready(error: StartError) -> Problem {
    let reason = error.to_string();
    Problem::from(error).with("reason", reason)
}

/// A fault that has no other place: logged under the number that the client is told.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> Problem {
    let incident = tokens::random_id("e");
    tracing::error!(incident, error, "internal error");
    Problem::new(Code::InternalError).with("incident", incident)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAULTS: [Code; 11] = [
        Code::ForeignForm,
        Code::BodyTooLarge,
        Code::Busy,
        Code::InternalError,
        Code::MalformedJson,
        Code::MethodNotAllowed,
        Code::NotReady,
        Code::OutcomeUnknown,
        Code::BadSignature,
        Code::UnsupportedMediaType,
        Code::WrongAddress,
    ];

    #[test]
    fn every_code_has_its_words_and_every_word_its_code() {
        let reasons = Reason::ALL.iter().map(|reason| Code::from(*reason));
        let all: Vec<_> = reasons.chain(FAULTS).collect();
        assert_eq!(all.len(), WORDS.len());
        for code in all {
            let (status, document) = Problem::new(code).document();
            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
            assert_eq!(document["status"], status.as_u16(), "{code:?}");
            assert!(document["detail"].as_str().unwrap().ends_with('.'), "{code:?}");
            assert!(document["detail_en"].as_str().unwrap().ends_with('.'), "{code:?}");
        }
    }
}
