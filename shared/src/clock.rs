//! The one place that reads the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The time, which a local stack may move forward for everybody who shares the clock.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_secs: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that runs so many seconds ahead of the machine's.
    pub fn ahead(secs: i64) -> Self {
        Self { ahead_secs: Arc::new(AtomicI64::new(secs)) }
    }

    /// The time now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.ahead_secs.load(Ordering::SeqCst))
    }

    /// A clock that has just come to `instant`, less than a second ago, and goes on from there.
    pub fn set_to(instant: DateTime<Utc>) -> Self {
        Self::ahead(Self::default().secs_until(instant))
    }

    /// By how many whole seconds it has to advance to come to `instant`; negative if it is past it.
    pub fn secs_until(&self, instant: DateTime<Utc>) -> i64 {
        let wait = instant - self.now();
        let secs = wait.num_seconds();
        secs + i64::from(wait > TimeDelta::seconds(secs))
    }

    /// Moves the clock forward and tells how far it is ahead now.
    pub fn advance(&self, secs: i64) -> i64 {
        self.ahead_secs.fetch_add(secs, Ordering::SeqCst) + secs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_never_shows_an_earlier_time() {
        let machine = Clock::default().now();
        for ms in (-3_000..3_000).step_by(37) {
            let instant = machine + TimeDelta::milliseconds(ms);
            let clock = Clock::set_to(instant);
            assert!(clock.now() >= instant, "{ms}");
            assert!(clock.secs_until(instant) <= 0, "{ms}");
        }
    }
}
