//! Faults of the table: a write did not happen, or may have happened, or an item makes no sense (to
//! anybody, or to this release).
//!
//! A refused condition is not here: it is an answer and comes back as a value.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::retry::Contention;
use crate::security::{NoSealingKeys, NoSigningKey};

type Source = Box<dyn StdError + Send + Sync>;

/// A fault of the table.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing was changed: throttled, in conflict for too long, refused, or never sent.
    #[error("the table did not do it ({reason})")]
    NotApplied {
        /// AWS error code, or what kind of failure it was.
        reason: String,
        /// The SDK's error.
        #[source]
        source: Option<Source>,
    },
    /// A write may or may not have happened; the same request again will tell.
    #[error("the table's answer was lost ({reason})")]
    Unknown {
        /// AWS error code, or what kind of failure it was.
        reason: String,
        /// The SDK's error.
        #[source]
        source: Option<Source>,
    },
    /// An item does not have the form that this code writes.
    #[error("an item of kind {kind} is corrupt")]
    Corrupt {
        /// The kind of item.
        kind: &'static str,
        /// What could not be read.
        #[source]
        source: Option<Source>,
    },
    /// An item was written by a later release, in a form that this one does not understand. It was
    /// neither read nor changed.
    #[error(
        "an item of kind {kind} has version {version}, and this release understands versions up to \
         {understood}"
    )]
    Newer {
        /// What the item's key begins with.
        kind: String,
        version: u32,
        /// The newest version that is understood.
        understood: u32,
    },
}

impl StoreError {
    pub(crate) fn corrupt(kind: &'static str) -> Self {
        Self::Corrupt { kind, source: None }
    }

    pub(crate) fn not_applied(reason: &str) -> Self {
        Self::NotApplied { reason: reason.to_owned(), source: None }
    }
}

impl From<NoSigningKey> for StoreError {
    fn from(error: NoSigningKey) -> Self {
        Self::Corrupt { kind: "ticket", source: Some(Box::new(error)) }
    }
}

impl From<NoSealingKeys> for StoreError {
    fn from(error: NoSealingKeys) -> Self {
        Self::Corrupt { kind: "sealed", source: Some(Box::new(error)) }
    }
}

impl From<Contention> for StoreError {
    fn from(contention: Contention) -> Self {
        Self::NotApplied { reason: "contention".to_owned(), source: Some(Box::new(contention)) }
    }
}

/// What a failed call means for the write that it carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing happened; trying again may help.
    Busy,
    /// It may have happened.
    Lost,
    /// Nothing happened, and trying again is of no use.
    Final,
}

/// Codes after which DynamoDB has changed nothing and asks for patience.
const BUSY_CODES: [&str; 6] = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "TransactionConflictException",
    "Throttling",
];
/// Codes after which the write may have been made or is still being made.
const LOST_CODES: [&str; 4] = [
    "InternalServerError",
    "InternalFailure",
    "ServiceUnavailable",
    "TransactionInProgressException",
];

/// Sorts an SDK error. An answer that is no DynamoDB error, or none at all, leaves the write open.
pub(crate) fn classify<E, R>(error: &SdkError<E, R>) -> (Failure, String)
where
    E: ProvideErrorMetadata,
{
    match error {
        SdkError::ServiceError(context) => {
            let code = context.err().code().unwrap_or("unknown").to_owned();
            let fault = if BUSY_CODES.contains(&code.as_str()) {
                Failure::Busy
            } else if LOST_CODES.contains(&code.as_str()) || code == "unknown" {
                Failure::Lost
            } else {
                Failure::Final
            };
            (fault, code)
        }
        SdkError::ConstructionFailure(_) => {
            (Failure::Final, "request could not be built".to_owned())
        }
        SdkError::TimeoutError(_) => (Failure::Lost, "timeout".to_owned()),
        SdkError::DispatchFailure(_) => (Failure::Lost, "connection".to_owned()),
        _ => (Failure::Lost, "unreadable answer".to_owned()),
    }
}

/// The fault as an error.
pub(crate) fn fault<E, R>(error: SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let (fault, reason) = classify(&error);
    let source: Option<Source> = Some(Box::new(error));
    match fault {
        Failure::Lost => StoreError::Unknown { reason, source },
        Failure::Busy | Failure::Final => StoreError::NotApplied { reason, source },
    }
}
