//! Addresses of pictures, for a provider that fetches them itself.
//!
//! An address names an outbox row, nobody's data, and is good for a short time: it says until when,
//! under a keyed hash of both.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::domain::ids::MessageId;
use crate::security::{Derive, Keyring, tokens};

/// A provider fetches at once; its own retries end before this time.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(30);

/// Makes addresses.
#[derive(Debug, Clone)]
pub struct PictureLinks {
    keyring: Arc<Keyring>,
    clock: Clock,
    public_url: String,
}

impl PictureLinks {
    /// Addresses below `public_url`.
    pub fn new(keyring: Arc<Keyring>, clock: Clock, public_url: impl Into<String>) -> Self {
        Self { keyring, clock, public_url: public_url.into() }
    }

    /// Where the system is reached, without a slash at its end.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Where the picture of this row is found from now on.
    pub fn of(&self, message: &MessageId) -> String {
        let until = (self.clock.now() + GOOD_FOR).timestamp();
        let hash = hash(&self.keyring, message, until);
        format!("{}/media/tickets/{message}.{until}.{hash}.png", self.public_url)
    }
}

/// The row that the last segment of an address names, if it is genuine and still good.
pub fn message_of(keyring: &Keyring, segment: &str, now: DateTime<Utc>) -> Option<MessageId> {
    let mut parts = segment.strip_suffix(".png")?.split('.');
    let (message, until, given) = (parts.next()?, parts.next()?, parts.next()?);
    let message: MessageId = message.parse().ok()?;
    let until: i64 = until.parse().ok()?;
    let is_genuine = tokens::same(&hash(keyring, &message, until), given);
    (parts.next().is_none() && is_genuine && now.timestamp() < until).then_some(message)
}

fn hash(keyring: &Keyring, message: &MessageId, until: i64) -> String {
    let parts = [message.as_str(), &until.to_string()];
    tokens::hex(&keyring.derive(Derive::PictureAddress, &parts))
}
