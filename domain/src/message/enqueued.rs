//! That a row was enqueued by the sweeper.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A row was enqueued by the sweeper: it is ready, and looked at again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enqueued {
    /// Since when it has been ready to be sent.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub since: DateTime<Utc>,
    /// When it is looked at again. The row's `due` is the same; once it is another one, the row has moved
    /// on and this is of no meaning.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub until: DateTime<Utc>,
}
