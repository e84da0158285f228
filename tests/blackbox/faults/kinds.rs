//! What can go wrong between the SDK and AWS.

use std::time::Duration;

use antrian_tests::wire::{Action, Call};
use serde_json::{Value, json};

use super::stage::ATTEMPT_TIMEOUT;

/// A fault of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The transaction met another one on an item.
    Conflict,
    /// The transaction was cancelled because a partition has more to do than it can.
    Overloaded,
    /// Too many requests; nothing was done.
    Throttled,
    /// DynamoDB failed, and nothing was done.
    Failed,
    /// DynamoDB says that it failed, but did it.
    FailedAfter,
    /// It was done, but the connection broke before the answer came.
    AnswerLost,
    /// There was no connection.
    Refused,
    /// It took its time.
    Slow,
    /// It was done, but the answer came when nobody waited for it any more.
    AnswerTooLate,
}

impl Fault {
    pub(super) const ALL: &[Self] = &[
        Self::Conflict,
        Self::Overloaded,
        Self::Throttled,
        Self::Failed,
        Self::FailedAfter,
        Self::AnswerLost,
        Self::Refused,
        Self::Slow,
        Self::AnswerTooLate,
    ];

    /// Those that are also tried until they are lifted: one that ends as `busy` without the SDK's
    /// repetitions, one with them, and one that ends as `outcome_unknown`.
    pub(super) const LASTING: &[Self] = &[Self::Conflict, Self::Throttled, Self::AnswerLost];

    /// Whether a call of this operation can meet it: only transactions are cancelled. Where nothing
    /// is written faults differ in what the SDK makes of them and not in what has been done, so
    /// that two of them are enough.
    pub(super) fn meets(self, target: &str) -> bool {
        match self {
            Self::Conflict | Self::Overloaded => is_transaction(target),
            Self::Throttled | Self::Refused => is_table_call(target),
            Self::Failed
            | Self::FailedAfter
            | Self::AnswerLost
            | Self::Slow
            | Self::AnswerTooLate => is_write(target),
        }
    }

    /// What becomes of a call that meets it.
    pub(super) fn action(self, call: &Call) -> Action {
        let failed = error("InternalServerError");
        match self {
            Self::Conflict => cancelled(call, "TransactionConflict"),
            Self::Overloaded => cancelled(call, "ProvisionedThroughputExceeded"),
            Self::Throttled => Action::Answer { status: 400, body: error("ThrottlingException") },
            Self::Failed => Action::Answer { status: 500, body: failed },
            Self::FailedAfter => Action::AnswerAfter { status: 500, body: failed },
            Self::AnswerLost => Action::LoseAnswer,
            Self::Refused => Action::Refuse,
            Self::Slow => Action::Delay(Duration::from_millis(300)),
            Self::AnswerTooLate => Action::DelayAnswer(2 * ATTEMPT_TIMEOUT),
        }
    }
}

/// Whether a call goes to the table, and not to the queue.
pub(super) fn is_table_call(target: &str) -> bool {
    is_read(target) || is_write(target)
}

/// Whether a call reads the table.
pub(super) fn is_read(target: &str) -> bool {
    matches!(target, "GetItem" | "BatchGetItem" | "Query")
}

/// Whether a call changes the table.
pub(super) fn is_write(target: &str) -> bool {
    target == "UpdateItem" || is_transaction(target)
}

/// Whether a call is the one by which everything but a counter is written.
pub(super) fn is_transaction(target: &str) -> bool {
    target == "TransactWriteItems"
}

/// An answer of DynamoDB that names this exception.
pub(super) fn error(name: &str) -> Value {
    json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "injected"})
}

/// The transaction is cancelled because of its first item.
fn cancelled(call: &Call, code: &str) -> Action {
    let count = call.body["TransactItems"].as_array().map_or(0, Vec::len);
    let reason = |at| if at == 0 { code } else { "None" };
    let reasons: Vec<_> = (0..count).map(|at| json!({"Code": reason(at)})).collect();
    let mut body = error("TransactionCanceledException");
    body["CancellationReasons"] = json!(reasons);
    Action::Answer { status: 400, body }
}
