//! What functions derive from the keyring: tokens of sessions, signers and verifiers of tickets.

use super::{Derive, Keyring, tokens};
use crate::domain::ids::AccountId;
use crate::domain::ticket::{TicketSigner, TicketVerifier};

impl Keyring {
    /// The session token of a registration: the same one however often it is asked for.
    pub fn session_token(&self, account: &AccountId, registration: &str, secret: &str) -> String {
        let secret = self.derive(Derive::SessionToken, &[account.as_str(), registration, secret]);
        format!("{account}.{}", tokens::secret_text(&secret))
    }

    pub fn ticket_signer(&self) -> TicketSigner {
        TicketSigner::new(self.ticket_key_id(), self.signing_seed())
    }

    /// Verifies tickets of all versions that are in the keyring.
    pub fn ticket_verifier(&self) -> TicketVerifier {
        let signers = self.ticket_seeds().map(|(id, seed)| TicketSigner::new(id, seed));
        signers.fold(TicketVerifier::default(), |verifier, signer| verifier.with_signer(&signer))
    }
}
