//! Antrian: appointments and queues for public offices.
//!
//! The crate that all functions share. They meet only in the table's conditional writes and in the
//! message queue; nothing here calls another function.
//!
//! - [`domain`]: the rules, pure.
//! - [`storage`]: the only DynamoDB code.
//! - [`ledger`]: what every channel does with seats.
//! - [`messaging`]: outbox to queue to provider.
//! - [`http`]: problem details, bodies, sign-in.
//! - [`lambda`]: how a function runs in the cloud.
//! - [`rendering`]: tickets as pictures and calendar entries.
//! - [`security`]: keyed hashes, sealing, tokens.
//! - [`health`]: whether table and queues answer.

pub use antrian_domain as domain;

pub mod app;
pub mod clock;
pub mod config;
pub mod health;
pub mod http;
pub mod lambda;
pub mod ledger;
pub mod messaging;
pub mod net;
pub mod queues;
pub mod rendering;
pub mod security;
pub mod staff;
pub mod storage;
pub mod telemetry;
pub mod use_cases;
