//! A status of a message that we sent.

use antrian::domain::message::MessageState;
use antrian::domain::report::Report;

use super::fields::Object;
use crate::updates::provider_id;

/// A status; absent if it is of no row of ours, or moves none.
///
/// The row's id goes with every message as `biz_opaque_callback_data` and comes back with every
/// status of it, also with one that is faster than the answer to the sending.
pub(super) fn report(status: &Object<'_>) -> Option<Report> {
    let message = status.text("biz_opaque_callback_data")?.parse().ok()?;
    let state = match status.text("status")?.as_str() {
        "sent" => MessageState::Sent,
        "delivered" => MessageState::Delivered,
        "read" | "played" => MessageState::Read,
        "failed" => MessageState::Failed,
        _ => return None,
    };
    let error = (state == MessageState::Failed).then(|| code(status));
    Some(Report { message, provider_id: status.text("id").and_then(provider_id), state, error })
}

fn code(status: &Object<'_>) -> String {
    let code = status.list("errors").first().and_then(|error| error.integer("code"));
    code.map_or_else(|| "unknown".to_owned(), |code| code.to_string())
}
