//! The keyring's secret in parts, so that a function gets no key that it does not need: the keys that
//! find, seal and verify for all of them, those that sign for the two that make tickets, and the master
//! keys, of which all others are made, for an operator.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::keyring::{SEAL, TICKET_PUBLIC};
use super::secret::{KeyText, KeyringError, KeyringSecret, object};
use super::sub_keys::{Keys, LOOKUP_PURPOSES};
use crate::domain::ticket::TicketSigner;

/// What becomes of a secret with master keys.
#[derive(Debug)]
pub struct Split {
    /// A keyring that finds, seals and verifies.
    pub data: SecretString,
    /// What adds to it the keys that sign: see [`super::Keyring::with_ticket_keys`].
    pub tickets: SecretString,
}

/// The parts of a secret that has its master keys.
///
/// # Errors
/// If it is no keyring, or has not all of its master keys.
pub fn split(secret: &SecretString) -> Result<Split, KeyringError> {
    let mut keyring = KeyringSecret::parse(secret)?;
    let mut seeds = Vec::new();
    for (&version, text) in &mut keyring.keys {
        let keys = Keys::parse(version, text)?;
        if !keys.is_master() {
            return Err(KeyringError::NotMaster { version });
        }
        let seed = keys.key("ticket")?;
        let public = TicketSigner::new(version, *seed).public_key();
        seeds.push((version, Zeroizing::new(format!("\"{}\"", STANDARD.encode(seed.as_slice())))));
        *text = KeyText::Derived(derived(&keys, version == keyring.lookup, public)?);
    }
    let tickets = object(seeds.into_iter()).as_str().to_owned().into();
    Ok(Split { data: keyring.to_json(), tickets })
}

/// The keys of one version that are no secret of whoever signs.
fn derived(
    keys: &Keys,
    is_lookup: bool,
    ticket_public: [u8; 32],
) -> Result<BTreeMap<String, SecretString>, KeyringError> {
    let lookup = LOOKUP_PURPOSES.iter().filter(|_| is_lookup);
    let mut all = BTreeMap::new();
    for purpose in [SEAL, "fingerprint"].iter().chain(lookup) {
        all.insert((*purpose).to_owned(), STANDARD.encode(keys.key(purpose)?.as_slice()).into());
    }
    all.insert(TICKET_PUBLIC.to_owned(), STANDARD.encode(ticket_public).into());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::security::{Derive, Keyring, RotationError, RotationStep, rotated};

    fn after(steps: &[RotationStep]) -> SecretString {
        let rotate = |secret, step: &RotationStep| rotated(&secret, *step).unwrap();
        steps.iter().fold(Keyring::generate_json(), rotate)
    }

    #[test]
    fn the_parts_find_seal_sign_and_verify_as_the_whole_does() {
        let secret = after(&[RotationStep::Add, RotationStep::Use]);
        let parts = split(&secret).unwrap();
        let whole = Keyring::from_json(&secret).unwrap();
        let data = Keyring::from_json(&parts.data).unwrap();
        let nik = "9971014501909001".parse().unwrap();
        assert_eq!(whole.person(&nik), data.person(&nik));
        assert_eq!(
            whole.derive(Derive::SessionToken, &["a"]),
            data.derive(Derive::SessionToken, &["a"])
        );
        assert_eq!(data.open(&whole.seal(b"text", "a").unwrap(), "a").unwrap(), b"text");
        assert_eq!(whole.open(&data.seal(b"text", "a").unwrap(), "a").unwrap(), b"text");
        assert_eq!(whole.fingerprint(), data.fingerprint());
        assert!(data.ticket_signer().is_err());
        let signing = data.with_ticket_keys(&parts.tickets).unwrap();
        let key = |keyring: &Keyring| keyring.ticket_signer().unwrap().public_key();
        assert_eq!(key(&whole), key(&signing));
    }

    #[test]
    fn what_verifies_holds_nothing_that_signs() {
        let secret = Keyring::generate_json();
        let parts = split(&secret).unwrap();
        let seed = parts.tickets.expose_secret().split('"').nth(3).unwrap();
        let master = secret.expose_secret().split('"').nth(7).unwrap();
        for hidden in [seed, master] {
            assert_eq!(hidden.len(), 44);
            assert!(!parts.data.expose_secret().contains(hidden));
        }
    }

    #[test]
    fn parts_are_not_split_or_rotated_and_those_of_others_do_not_join() {
        let (one, two) = (split(&after(&[])).unwrap(), split(&after(&[])).unwrap());
        assert_eq!(split(&one.data).unwrap_err(), KeyringError::NotMaster { version: 1 });
        let refused = rotated(&one.data, RotationStep::Add).unwrap_err();
        assert_eq!(refused, RotationError::Keyring(KeyringError::NotMaster { version: 1 }));
        let keyring = || Keyring::from_json(&one.data).unwrap();
        let strange = KeyringError::TicketKey { version: 1 };
        assert_eq!(keyring().with_ticket_keys(&two.tickets).unwrap_err(), strange);
        assert_eq!(keyring().with_ticket_keys(&"{}".into()).unwrap_err(), strange);
        let lacking = one.data.expose_secret().replace("\"otp\"", "\"other\"");
        assert_eq!(
            Keyring::from_json(&lacking.into()).unwrap_err(),
            KeyringError::NoPurpose { version: 1, purpose: "otp" }
        );
    }
}
