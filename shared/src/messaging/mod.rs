//! From the outbox to people's phones.
//!
//! A change commits its messages with itself; [`crate::queues`] hands their ids to SQS; [`deliver`] leases a
//! row, drops it if it is stale, sends it through a [`Messenger`] and records what became of it;
//! [`sweep`] finds every row that SQS never got or lost.

mod answer;
mod ceiling;
pub mod cloud_api;
pub mod compose;
pub mod deliver;
mod limits;
pub mod messenger;
mod pace;
mod pause;
pub mod picture;
pub mod provider;
mod record;
pub mod sweep;
pub mod templates;
pub mod texts;
pub mod ticket_page;
pub mod twilio;

pub use cloud_api::CloudApi;
pub use deliver::{Courier, DeliverError, Delivery};
pub use messenger::{
    Body, Messenger, Outgoing, Receipt, ReplyOption, ReplyOptions, Section, SendError, TemplateCall,
};
pub use provider::{AnyMessenger, ProviderError};
pub use record::failed;
pub use twilio::Twilio;
