//! Faults that are injected on request.

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

/// Faults that wait for their message: the next one, or the next with certain callback data.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: VecDeque<(Fault, Option<String>)>,
    /// Messages that are taken before the rate limit; absent: any number.
    allowance: Option<usize>,
}

/// Faults that may wait.
const MAX_WAITING: usize = 10_000;

impl Faults {
    pub(super) fn add(&mut self, fault: Fault, times: usize, callback: Option<String>) {
        let room = MAX_WAITING.saturating_sub(self.waiting.len());
        self.waiting.extend(std::iter::repeat_n((fault, callback), times.min(room)));
    }

    /// Takes so many messages more, then answers with 130429.
    pub(super) fn allow(&mut self, messages: usize) {
        self.allowance = Some(messages);
    }

    /// Counts a message; whether it is one too many.
    pub(super) fn is_over_allowance(&mut self) -> bool {
        let left = self.allowance.map(|left| left.checked_sub(1));
        self.allowance = left.map(Option::unwrap_or_default);
        left == Some(None)
    }

    /// The first fault that waits for a message with this callback data.
    pub(super) fn next(&mut self, callback: Option<&str>) -> Option<Fault> {
        let is_meant = |wanted: &Option<String>| wanted.is_none() || wanted.as_deref() == callback;
        let at = self.waiting.iter().position(|(_, wanted)| is_meant(wanted))?;
        self.waiting.remove(at).map(|(fault, _)| fault)
    }
}
