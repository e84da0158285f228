//! What a counter does with a number, and what becomes of the place by it. Nobody is ever in no list: a
//! place waits, is at a counter, parked, skipped, away for a document, or finished.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BeforeCall, Counter, QueueEntry, QueueState};

/// What a counter does with the number that it has called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CounterAction {
    /// Calls it once more.
    Recall,
    /// The person has come to the counter.
    Serve,
    /// The person did not come.
    Skip,
    /// The person is done.
    Finish,
    /// The person waits for something and will go on here.
    Park,
    /// The call was a mistake: the number is where it was before it.
    PassBack,
}

impl CounterAction {
    /// The name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::Serve => "serve",
            Self::Skip => "skip",
            Self::Finish => "finish",
            Self::Park => "park",
            Self::PassBack => "pass-back",
        }
    }
}

/// Where a counter sends the person whom it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    /// Into the line of this letter: to another service.
    Letter(char),
    /// To this counter.
    Counter(Counter),
}

/// What was done to a place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueAct {
    Call,
    Recall,
    Serve,
    Skip,
    Finish,
    Park,
    PassBack,
    Transfer,
    BringBack,
}

impl From<CounterAction> for QueueAct {
    fn from(action: CounterAction) -> Self {
        match action {
            CounterAction::Recall => Self::Recall,
            CounterAction::Serve => Self::Serve,
            CounterAction::Skip => Self::Skip,
            CounterAction::Finish => Self::Finish,
            CounterAction::Park => Self::Park,
            CounterAction::PassBack => Self::PassBack,
        }
    }
}

/// One thing that was done to a place, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEvent {
    #[serde(with = "chrono::serde::ts_seconds")]
    pub at: DateTime<Utc>,
    pub act: QueueAct,
    /// The counter; absent: done without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counter: Option<Counter>,
    /// The issuer's opaque identifier of the clerk.
    pub staff: String,
}

impl QueueEntry {
    /// At a counter that calls it.
    #[must_use]
    pub fn called(&self, counter: &Counter, now: DateTime<Utc>) -> Self {
        let before = BeforeCall {
            state: self.state,
            counter: self.counter.clone(),
            called_at: self.called_at,
            calls: self.calls,
            for_counter: self.for_counter.clone(),
            turn: self.turn,
            parked_at: self.parked_at,
        };
        Self {
            state: QueueState::Called,
            counter: Some(counter.clone()),
            called_at: Some(now),
            calls: self.calls + 1,
            served_at: None,
            for_counter: None,
            turn: None,
            parked_at: None,
            before_call: Some(Box::new(before)),
            ..self.clone()
        }
    }

    /// What it is after a step of the counter that called it.
    #[must_use]
    pub fn after(&self, step: CounterAction, now: DateTime<Utc>) -> Self {
        match step {
            CounterAction::Recall => Self { calls: self.calls + 1, ..self.clone() },
            CounterAction::Serve => {
                let served_at = self.served_at.or(Some(now));
                Self { state: QueueState::Serving, served_at, ..self.clone() }
            }
            CounterAction::Skip => self.away(QueueState::Skipped, now),
            CounterAction::Finish => {
                Self { before_call: None, ..self.moved_to(QueueState::Finished) }
            }
            CounterAction::Park => {
                let parked_at = self.parked_at.or(Some(now));
                Self { parked_at, ..self.away(QueueState::Parked, now) }
            }
            CounterAction::PassBack => self.passed_back(now),
        }
    }

    /// From its counter to another state. What was served counts: a misclick takes no time away.
    #[must_use]
    pub fn away(&self, state: QueueState, now: DateTime<Utc>) -> Self {
        let served = self.served_at.map_or(0, |begun| (now - begun).num_seconds().max(0));
        Self {
            state,
            served_secs: self.served_secs + served,
            served_at: None,
            before_call: None,
            ..self.clone()
        }
    }

    /// Where it was before the call, all but the time that a counter has been at it.
    fn passed_back(&self, now: DateTime<Utc>) -> Self {
        // An entry that an earlier version called does not know.
        let before = self.before_call.as_deref().cloned().unwrap_or(BeforeCall {
            state: QueueState::Waiting,
            counter: None,
            called_at: None,
            calls: self.calls.saturating_sub(1),
            for_counter: None,
            turn: None,
            parked_at: None,
        });
        Self {
            counter: before.counter,
            called_at: before.called_at,
            calls: before.calls,
            for_counter: before.for_counter,
            turn: before.turn,
            parked_at: before.parked_at,
            ..self.away(before.state, now)
        }
    }

    /// Sent on by the counter that has it. The number and the time of waiting stay.
    #[must_use]
    pub fn transferred(&self, to: &TransferTo, now: DateTime<Utc>) -> Self {
        let sent = self.away(QueueState::Waiting, now);
        match to {
            TransferTo::Letter(letter) => {
                Self { line: Some(*letter).filter(|line| *line != self.group), ..sent }
            }
            TransferTo::Counter(counter) => Self { for_counter: Some(counter.clone()), ..sent },
        }
    }

    /// In the line again, as if come at `turn`: was called and did not come, or was parked.
    #[must_use]
    pub fn brought_back(&self, turn: DateTime<Utc>) -> Self {
        Self { turn: Some(turn), parked_at: None, ..self.moved_to(QueueState::Waiting) }
    }
}
