//! From the outbox to people's phones.
//!
//! A change commits its messages with itself; [`queue`] hands their ids to SQS; [`deliver`] leases a
//! row, drops it if it is stale, sends it through a [`Messenger`] and records what became of it;
//! [`sweep`] finds every row that SQS never got or lost.

mod answer;
pub mod batch;
pub mod cloud_api;
pub mod compose;
pub mod deliver;
pub mod inbox;
mod limits;
pub mod messenger;
mod pace;
mod pause;
pub mod picture;
pub mod provider;
pub mod queue;
pub mod sweep;
pub mod templates;
pub mod texts;
mod told;
pub mod twilio;

pub use cloud_api::CloudApi;
pub use deliver::{Courier, DeliverError, Delivery};
pub use inbox::{Inbox, InboxBody};
pub use messenger::{
    Body, Choice, Choices, Messenger, Outgoing, Receipt, Section, SendError, TemplateCall,
};
pub use provider::AnyMessenger;
pub use queue::MessageQueue;
pub(crate) use queue::ping;
pub use told::failed;
pub use twilio::Twilio;
