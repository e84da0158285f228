//! What functions derive from the keyring: tokens of sessions, signers and verifiers of tickets.

use super::keyring::{NoSigningKey, TicketKey};
use super::{Derive, Keyring, tokens};
use crate::domain::ids::AccountId;
use crate::domain::ticket::{TicketSigner, TicketVerifier};

impl TicketKey {
    /// The public key.
    pub(super) fn public(&self, version: u8) -> [u8; 32] {
        match self {
            Self::Seed(seed) => TicketSigner::new(version, **seed).public_key(),
            Self::Public(key) => *key,
        }
    }
}

impl Keyring {
    /// The session token of a registration: the same one however often it is asked for.
    pub fn session_token(&self, account: &AccountId, registration: &str, secret: &str) -> String {
        let secret = self.derive(Derive::SessionToken, &[account.as_str(), registration, secret]);
        format!("{account}.{}", tokens::secret_text(&secret))
    }

    /// Signs new tickets, under [`Keyring::ticket_key_id`].
    ///
    /// # Errors
    /// If this function was not given that key.
    pub fn ticket_signer(&self) -> Result<TicketSigner, NoSigningKey> {
        let current = self.ticket_key_id();
        match self.ticket_keys().find(|(version, _)| *version == current) {
            Some((version, TicketKey::Seed(seed))) => Ok(TicketSigner::new(version, **seed)),
            _ => Err(NoSigningKey),
        }
    }

    /// Verifies tickets of all versions that are in the keyring. A public key that is none verifies
    /// nothing.
    pub fn ticket_verifier(&self) -> TicketVerifier {
        self.ticket_keys().fold(TicketVerifier::default(), |verifier, (version, key)| {
            verifier.clone().with_key(version, key.public(version)).unwrap_or(verifier)
        })
    }
}
