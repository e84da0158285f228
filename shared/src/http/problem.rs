//! RFC 9457 problem details: one place where refusals and faults become answers.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::views::AlternativeView;
use crate::app::StartError;
use crate::config::ConfigError;
use crate::domain::booking::Refusal;
use crate::ledger::LedgerError;
use crate::security::tokens;
use crate::storage::StoreError;

macro_rules! codes {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// The stable name of a problem; its status and sentences stand in `texts/problems.json`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the sentences are the documentation")]
        pub enum Code { $($name),* }

        impl Code {
            /// As it stands in answers.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

codes! {
    MalformedJson = "malformed_json",
    Unauthenticated = "unauthenticated",
    Forbidden = "forbidden",
    NotFound = "not_found",
    MethodNotAllowed = "method_not_allowed",
    NotVerified = "not_verified",
    RegistrationEnded = "registration_ended",
    SlotFull = "slot_full",
    AlreadyBooked = "already_booked",
    NotReleased = "not_released",
    OfficeClosed = "office_closed",
    NotOnline = "not_online",
    HoldExpired = "hold_expired",
    BookingEnded = "booking_ended",
    AlreadyCheckedIn = "already_checked_in",
    TooLateToMove = "too_late_to_move",
    ApplicantsFull = "applicants_full",
    ChangedMeanwhile = "changed_meanwhile",
    VisitInProgress = "visit_in_progress",
    WrongOffice = "wrong_office",
    WrongDay = "wrong_day",
    TooEarly = "too_early",
    TooLate = "too_late",
    NotConfirmed = "not_confirmed",
    NotCheckedIn = "not_checked_in",
    DeadlinePassed = "deadline_passed",
    QueueEmpty = "queue_empty",
    CounterBusy = "counter_busy",
    CounterIdle = "counter_idle",
    NotWaiting = "not_waiting",
    BodyTooLarge = "body_too_large",
    UnsupportedMediaType = "unsupported_media_type",
    InvalidRequest = "invalid_request",
    IdempotencyMismatch = "idempotency_mismatch",
    BadTicket = "bad_ticket",
    WrongOtp = "wrong_otp",
    TooManyTries = "too_many_tries",
    TooManyRequests = "too_many_requests",
    BadSignature = "bad_signature",
    InternalError = "internal_error",
    NotReady = "not_ready",
    Busy = "busy",
    OutcomeUnknown = "outcome_unknown",
}

#[derive(Debug, Deserialize)]
struct Words {
    status: u16,
    id: String,
    en: String,
}

/// What depends on a problem's code alone, made once: in a rush most answers are refusals.
#[derive(Debug)]
struct Fixed {
    status: StatusCode,
    /// The document, without the brace that closes it.
    opened: String,
}

impl Fixed {
    fn new(code: &str, words: &Words) -> Self {
        let status = StatusCode::from_u16(words.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut opened = json!({
            "type": "about:blank", "title": status.canonical_reason().unwrap_or_default(),
            "status": status.as_u16(), "code": code, "detail": words.id, "detail_en": words.en,
        })
        .to_string();
        opened.pop();
        Self { status, opened }
    }
}

/// By code.
static FIXED: LazyLock<HashMap<String, Fixed>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses it")]
    let words: HashMap<String, Words> =
        serde_json::from_str(include_str!("../../texts/problems.json")).expect("problems.json");
    words.iter().map(|(code, words)| (code.clone(), Fixed::new(code, words))).collect()
});

/// A refusal or a fault, as a client sees it.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    /// JSON of the fields that say more, each with a comma before it.
    fields: String,
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
    /// With `already_booked`: the live booking, if it is this account's own.
    pub booking_code: Option<String>,
    /// With `not_released`: when the date opens.
    pub release_at: Option<String>,
    /// With `office_closed` and, from the health check, with `not_ready`: why.
    pub reason: Option<String>,
    /// With `internal_error`: the number to quote.
    pub incident: Option<String>,
}

/// A field that does not fit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    /// Path of the field.
    pub field: String,
    /// What it should be, in Indonesian.
    pub detail: String,
    /// What it should be, in English.
    pub detail_en: String,
}

impl FieldError {
    /// A fault of `field`.
    pub fn new(field: &str, detail: &str, detail_en: &str) -> Self {
        Self { field: field.to_owned(), detail: detail.to_owned(), detail_en: detail_en.to_owned() }
    }
}

impl Problem {
    /// A problem with this code.
    pub fn new(code: Code) -> Self {
        Self { code, fields: String::new(), retry_after_secs: None }
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Adds a field that says more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        let value = serde_json::to_string(&value).unwrap_or_else(|_| "null".to_owned());
        self.fields.extend([",\"", name, "\":", &value]);
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, secs: u32) -> Self {
        self.retry_after_secs = Some(secs);
        self
    }

    /// Fields that do not fit.
    pub fn fields(faults: &[FieldError]) -> Self {
        Self::new(Code::InvalidRequest).with("errors", faults)
    }

    /// One field that does not fit.
    pub fn field(field: &str, detail: &str, detail_en: &str) -> Self {
        Self::fields(&[FieldError::new(field, detail, detail_en)])
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // A test sees that every code has its words.
        let Some(fixed) = FIXED.get(self.code.as_str()) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = Response::new(Body::from([&fixed.opened, &self.fields, "}"].concat()));
        *response.status_mut() = fixed.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, secs.into());
        }
        if fixed.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(match refusal {
            Refusal::HoldExpired => Code::HoldExpired,
            Refusal::Ended | Refusal::NotDue => Code::BookingEnded,
            Refusal::CheckedIn => Code::AlreadyCheckedIn,
            Refusal::TooLateToMove => Code::TooLateToMove,
            Refusal::MovedTooOften => Code::TooManyRequests,
            Refusal::NotConfirmed => Code::NotConfirmed,
            Refusal::TooEarly => Code::TooEarly,
            Refusal::TooLate => Code::TooLate,
            Refusal::WrongDay => Code::WrongDay,
            Refusal::NotCheckedIn => Code::NotCheckedIn,
            Refusal::DeadlinePassed => Code::DeadlinePassed,
        })
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

    #[test]
    fn a_refusal_is_counted_under_the_code_of_its_problem() {
        use Refusal::*;
        for refusal in [
            HoldExpired,
            Ended,
            CheckedIn,
            TooLateToMove,
            NotConfirmed,
            TooEarly,
            TooLate,
            WrongDay,
            MovedTooOften,
            NotDue,
            NotCheckedIn,
            DeadlinePassed,
        ] {
            assert_eq!(Problem::from(refusal).code().as_str(), refusal.code(), "{refusal:?}");
        }
    }

    #[test]
    fn every_code_has_its_words_and_every_word_its_code() {
        assert_eq!(Code::ALL.len(), FIXED.len());
        for code in Code::ALL {
            let Fixed { status, opened } = &FIXED[code.as_str()];
            let told: serde_json::Value = serde_json::from_str(&format!("{opened}}}")).unwrap();
            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
            assert_eq!(told["status"], status.as_u16(), "{code:?}");
            assert!(told["detail"].as_str().unwrap().ends_with('.'), "{code:?}");
            assert!(told["detail_en"].as_str().unwrap().ends_with('.'), "{code:?}");
        }
    }
}
