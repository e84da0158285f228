//! The request that a piece of work is done for.
//!
//! Its id comes with the request from the gateway, or is the hash of a message that somebody sent. It
//! is on every log line and record of what is done for it, goes with the outbox rows that this commits,
//! and from there with the lines of the notifier and of the provider's statuses.

use std::future::Future;
use std::sync::Arc;

tokio::task_local! {
    static REQUEST: Option<Arc<str>>;
}

/// Does work for the request of this id; absent: for none.
pub async fn scope<F: Future>(id: Option<Arc<str>>, work: F) -> F::Output {
    REQUEST.scope(id, work).await
}

/// The id of the request that this task works for at this moment.
pub fn current() -> Option<Arc<str>> {
    REQUEST.try_with(Clone::clone).ok().flatten()
}

/// As an outbox row keeps it.
pub fn current_text() -> Option<String> {
    current().map(|id| (*id).to_owned())
}
