//! Counters as an office opens and closes them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Counter;

/// A counter of a day as staff have set it. One that nobody has set calls whom it likes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterSetup {
    pub counter: Counter,
    /// A closed one calls nobody.
    pub open: bool,
    /// Letters of the queues that it serves; all if it names none.
    #[serde(default)]
    pub letters: Vec<char>,
    /// Since when.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub since: DateTime<Utc>,
    /// The issuer's opaque identifier of the clerk.
    pub staff: String,
}

/// Whether people are sent to a counter: it is open, or nobody has set it and it has called today. Whoever
/// is sent to another one would wait where nobody calls.
pub fn takes_people(setup: Option<&CounterSetup>, has_called: bool) -> bool {
    setup.map_or(has_called, |setup| setup.open)
}

/// The counters among these that are closed.
pub fn closed(setups: &[CounterSetup]) -> Vec<Counter> {
    setups.iter().filter(|setup| !setup.open).map(|setup| setup.counter.clone()).collect()
}
