//! Misbehaving on request.

use std::collections::VecDeque;

use serde::Deserialize;

/// What goes wrong, for one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Answers with 130429.
    RateLimit,
    /// Answers with 131047.
    WindowClosed,
    /// Takes the message and ends the connection instead of answering.
    TimeoutAfterAcceptance,
    /// Answers with 500 and code 1.
    ServerError,
    /// Reports a minute late, by the stack's clock.
    LateStatuses,
    /// Reports everything twice.
    DoubledStatuses,
    /// Reports the delivery before the sending.
    StatusesOutOfOrder,
    /// Reports nothing.
    NoStatuses,
    /// Answers with this code.
    Code(u32),
    /// Takes the message and reports later that it failed, with this code.
    Failed(u32),
}

impl Fault {
    /// The code that it answers with instead of taking the message.
    pub(super) fn refusal(self) -> Option<u32> {
        match self {
            Self::RateLimit => Some(130429),
            Self::WindowClosed => Some(131047),
            Self::ServerError => Some(1),
            Self::Code(code) => Some(code),
            _ => None,
        }
    }
}

/// Faults that wait for their message.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: VecDeque<Fault>,
}

/// Faults that may wait.
const MOST_WAITING: usize = 10_000;

impl Faults {
    pub(super) fn add(&mut self, fault: Fault, times: usize) {
        let room = MOST_WAITING.saturating_sub(self.waiting.len());
        self.waiting.extend(std::iter::repeat_n(fault, times.min(room)));
    }

    pub(super) fn next(&mut self) -> Option<Fault> {
        self.waiting.pop_front()
    }
}
