//! Secrets: keyed hashes, sealed personal data, tickets' seeds, and random tokens.
//!
//! Pure but for the generator of random numbers: no clock, no storage, no network. The [`Keyring`]
//! takes its keys as text; where that text is kept (a secret under a KMS key, a file of the
//! local stack) is not its business. Nothing here prints a key or what it protects.

mod derived;
mod fingerprint;
mod keyring;
mod origin;
mod rotation;
mod sealing;
mod secret;
mod split;
mod sub_keys;
#[cfg(test)]
mod tests;
pub mod tokens;
mod wrapping;

pub use fingerprint::{Fingerprint, KeyringMismatch};
pub use keyring::{Keyring, NoSigningKey};
pub use origin::OriginSecrets;
pub use rotation::{RotationError, RotationStep, rotated};
pub use sealing::{NoSealingKeys, OpenError};
pub use secret::KeyringError;
pub use split::{Split, split};
pub use sub_keys::Derive;
pub use wrapping::{Wrapped, Wrapping};
