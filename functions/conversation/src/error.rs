//! Why a message could not be dealt with. SQS brings it again.

use antrian::domain::ids::InvalidId;
use antrian::ledger::LedgerError;
use antrian::storage::{Contention, StoreError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    #[error("a queue message is not one of ours")]
    Foreign(#[source] serde_json::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Turns begin again, and seats are tried again, only so often.
    #[error("others were always faster")]
    Contention,
    #[error("the account was erased while its message was dealt with")]
    AccountGone,
    #[error("an answer cannot have its id")]
    MessageId(#[from] InvalidId),
    #[error("an answer cannot be written as JSON")]
    Reply(#[source] serde_json::Error),
}

impl From<Contention> for TurnError {
    fn from(_: Contention) -> Self {
        Self::Contention
    }
}

impl From<LedgerError> for TurnError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => Self::Store(error),
            LedgerError::Contention => Self::Contention,
        }
    }
}

/// What the ledger has done. Absent: too many people wanted the same seats, and nothing was changed; a
/// person is told so rather than served later.
pub(crate) fn unless_busy<T>(outcome: Result<T, LedgerError>) -> Result<Option<T>, TurnError> {
    match outcome {
        Ok(outcome) => Ok(Some(outcome)),
        Err(LedgerError::Contention) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
