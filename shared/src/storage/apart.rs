//! Keeping the SDK's large futures out of a request's own state.

use std::future::Future;
use std::pin::Pin;

/// A call of the SDK is large while it runs. Kept apart from the request's own state,
/// which is made and moved for every request, it costs only those that come to it.
pub(super) fn apart<F: Future>(call: F) -> Pin<Box<F>> {
    Box::pin(call)
}
