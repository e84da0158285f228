//! WhatsApp, simulated: what Meta's servers and people's phones do, on this machine only.
//!
//! [`Graph`] answers the Graph API as strictly as it is documented, stores what was sent, reports
//! statuses by signed webhooks, and misbehaves on request. [`phone`] acts as people do, and
//! `/simulator` is the phone on the screen. No function contains any of this.

mod account;
mod api;
mod check;
mod control;
mod error;
pub mod faults;
mod fields;
mod graph;
mod page;
mod person;
pub mod phone;
mod record;
mod routes;
pub mod server;
mod state;
mod statuses;
mod templates;
mod webhooks;

pub use account::{APP_SECRET, Account, GRAPH_VERSION, NUMBER, PHONE_NUMBER_ID, TOKEN, WABA_ID};
pub use error::GraphError;
pub use faults::Fault;
pub use graph::Graph;
pub use record::{Mark, SentMessage, Template};
pub use routes::routes;
pub use webhooks::{Webhook, sign};
