//! SQS: the queues of messages to be sent, the one of messages received, and how a function takes a
//! batch of either. Ids and hashes only, no personal data.

mod batch;
mod inbox;
mod messages;
mod sqs;

pub use batch::Batch;
pub use inbox::{ACCOUNT_ATTRIBUTE, Inbox, InboxBody};
pub use messages::{LaneUrls, MessageQueue, QueueBody};
pub(crate) use sqs::ping;
