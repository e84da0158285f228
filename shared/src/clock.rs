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

    /// A clock that shows `instant` now and goes on from there.
    pub fn set_to(instant: DateTime<Utc>) -> Self {
        Self::ahead((instant - Self::default().now()).num_seconds())
    }

    /// Moves the clock forward and tells how far it is ahead now.
    pub fn advance(&self, secs: i64) -> i64 {
        self.ahead_secs.fetch_add(secs, Ordering::SeqCst) + secs
    }
}
