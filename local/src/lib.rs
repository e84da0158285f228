//! The whole system in one process, for newcomers, development and tests.
//!
//! The functions run here as they do in the cloud: the same routers and handlers, the real AWS SDK,
//! against an embedded DynamoDB and SQS on loopback ports.

mod background;
pub mod cloud;
mod compression;
pub mod demo;
mod developer;
mod environment;
pub mod home;
pub mod issuer;
pub mod openapi;
pub mod options;
pub mod poller;
pub mod routes;
mod server;
pub mod settings;
pub mod setup;
pub mod simulator;
pub mod stack;
pub mod welcome;
mod whatsapp;

pub use cloud::Storage;
pub use options::Options;
pub use stack::Stack;
