//! Connections to others: the HTTP clients, and the settings of the AWS SDK.

pub mod aws;
pub mod client;
pub mod kms;
pub mod sdk;
