//! A messenger that keeps what it is given, and misbehaves when told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::messenger::{Messenger, Outgoing, Receipt, SendError};

/// Messages kept at most; the oldest go first.
const MOST_KEPT: usize = 10_000;

/// What the simulator was given.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The message.
    pub message: Outgoing,
    /// The id that it got.
    pub provider_id: String,
}

#[derive(Debug, Default)]
struct State {
    kept: VecDeque<Kept>,
    taken: u64,
    failures: VecDeque<SendError>,
}

/// The simulator; clones share what they keep.
#[derive(Debug, Clone, Default)]
pub struct Simulator {
    state: Arc<Mutex<State>>,
}

impl Simulator {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything kept, oldest first.
    pub fn kept(&self) -> Vec<Kept> {
        self.state().kept.iter().cloned().collect()
    }

    /// Answers the next message with this error. [`SendError::Unknown`] keeps the message all the
    /// same: the answer is what gets lost.
    pub fn fail_next(&self, error: SendError) {
        self.state().failures.push_back(error);
    }
}

impl Messenger for Simulator {
    async fn send(&self, message: &Outgoing) -> Result<Receipt, SendError> {
        let mut state = self.state();
        let failure = state.failures.pop_front();
        if let Some(error) = failure.clone().filter(|error| *error != SendError::Unknown) {
            return Err(error);
        }
        state.taken += 1;
        let provider_id = format!("simulated.{}", state.taken);
        if state.kept.len() == MOST_KEPT {
            state.kept.pop_front();
        }
        state.kept.push_back(Kept { message: message.clone(), provider_id: provider_id.clone() });
        failure.map_or(Ok(Receipt { provider_id }), Err)
    }

    async fn seen(&self, _provider_id: &str, _typing: bool) {}
}
