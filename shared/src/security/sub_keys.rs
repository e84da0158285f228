//! Sub-keys: what a master key becomes for each purpose.
//!
//! A master key is never used itself. The key of a purpose is HMAC-SHA256(master,
//! `antrian/v1/<purpose>`), made once when the keyring is built. A function is given the keys of some
//! purposes and no master: what it does not need it cannot make.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::secret::{KeyText, KeyringError};

/// What a derived value is for; values for different purposes have nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Derive {
    /// A booking's code, see [`super::Keyring::booking_code`].
    BookingCode,
    RegistrationId,
    /// The code that an applicant sends to prove a number.
    RegistrationCode,
    /// The secret with which a registration's starter fetches the token.
    RegistrationSecret,
    SessionToken,
    /// An address that is handed out: of a message's picture, of a booking's page.
    PictureAddress,
    /// What is counted of somebody without knowing who it is.
    Throttle,
}

/// A key of one purpose, ready to hash.
#[derive(Clone)]
pub(super) struct SubKey(Hmac<Sha256>);

impl SubKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        // HMAC fills a short key up to the hash's block with zeros.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(key);
        Self(Hmac::new(&(*block).into()))
    }

    /// The hash of `parts`, each with its length before it, so that no two lists are hashed alike.
    pub(super) fn hash(&self, parts: &[&str]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

type Key = Zeroizing<[u8; 32]>;

/// The keys of a version; lives only while the keyring is built.
pub(super) struct Keys {
    version: u8,
    source: Source,
}

enum Source {
    /// From which the key of every purpose is made.
    Master(Key),
    /// Those that there are, by purpose.
    Derived(BTreeMap<String, Key>),
}

impl Keys {
    pub(super) fn parse(version: u8, text: &KeyText) -> Result<Self, KeyringError> {
        let key = |text| parse_key(text).ok_or(KeyringError::Key { version });
        let source = match text {
            KeyText::Master(text) => Source::Master(key(text)?),
            KeyText::Derived(keys) => {
                let keys = keys.iter().map(|(purpose, text)| Ok((purpose.clone(), key(text)?)));
                Source::Derived(keys.collect::<Result<_, KeyringError>>()?)
            }
        };
        Ok(Self { version, source })
    }

    pub(super) fn is_master(&self) -> bool {
        matches!(self.source, Source::Master(_))
    }

    pub(super) fn key(&self, purpose: &'static str) -> Result<Key, KeyringError> {
        match &self.source {
            Source::Master(master) => Ok(derived(master, purpose)),
            Source::Derived(keys) => keys
                .get(purpose)
                .cloned()
                .ok_or(KeyringError::NoPurpose { version: self.version, purpose }),
        }
    }

    pub(super) fn sub_key(&self, purpose: &'static str) -> Result<SubKey, KeyringError> {
        Ok(SubKey::new(&*self.key(purpose)?))
    }
}

/// The key of the base64 of 32 bytes.
pub(super) fn parse_key(text: &SecretString) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text.expose_secret()).ok()?);
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

fn derived(master: &Key, purpose: &str) -> Key {
    let mut mac = SubKey::new(master).0;
    mac.update(b"antrian/v1/");
    mac.update(purpose.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The keys of the `lookup` version.
pub(super) struct Lookup {
    pub(super) version: u8,
    pub(super) person: SubKey,
    pub(super) contact_phone: SubKey,
    pub(super) contact_scoped: SubKey,
    pub(super) token: SubKey,
    pub(super) otp: SubKey,
    pub(super) erased_account: SubKey,
    booking_code: SubKey,
    registration_id: SubKey,
    registration_code: SubKey,
    registration_secret: SubKey,
    session_token: SubKey,
    picture_address: SubKey,
    throttle: SubKey,
}

/// What the `lookup` version has a key for.
pub(super) const LOOKUP_PURPOSES: [&str; 13] = [
    "person",
    "contact/phone",
    "contact/scoped",
    "token",
    "otp",
    "erased-account",
    "derive/booking-code",
    "derive/registration-id",
    "derive/registration-code",
    "derive/registration-secret",
    "derive/session-token",
    "derive/picture-address",
    "derive/throttle",
];

impl Lookup {
    pub(super) fn new(version: u8, keys: &Keys) -> Result<Self, KeyringError> {
        Ok(Self {
            version,
            person: keys.sub_key("person")?,
            contact_phone: keys.sub_key("contact/phone")?,
            contact_scoped: keys.sub_key("contact/scoped")?,
            token: keys.sub_key("token")?,
            otp: keys.sub_key("otp")?,
            erased_account: keys.sub_key("erased-account")?,
            booking_code: keys.sub_key("derive/booking-code")?,
            registration_id: keys.sub_key("derive/registration-id")?,
            registration_code: keys.sub_key("derive/registration-code")?,
            registration_secret: keys.sub_key("derive/registration-secret")?,
            session_token: keys.sub_key("derive/session-token")?,
            picture_address: keys.sub_key("derive/picture-address")?,
            throttle: keys.sub_key("derive/throttle")?,
        })
    }

    pub(super) fn derives(&self, purpose: Derive) -> &SubKey {
        match purpose {
            Derive::BookingCode => &self.booking_code,
            Derive::RegistrationId => &self.registration_id,
            Derive::RegistrationCode => &self.registration_code,
            Derive::RegistrationSecret => &self.registration_secret,
            Derive::SessionToken => &self.session_token,
            Derive::PictureAddress => &self.picture_address,
            Derive::Throttle => &self.throttle,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_hashes_as_hmac_of_its_32_bytes(key: [u8; 32], part: String) {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
            let expected: [u8; 32] = mac.finalize().into_bytes().into();
            prop_assert_eq!(SubKey::new(&key).hash(&[&part]), expected);
        }

        #[test]
        fn other_parts_hash_otherwise(
            left in prop::collection::vec("[ab\0]{0,3}", 0..3),
            right in prop::collection::vec("[ab\0]{0,3}", 0..3),
        ) {
            let hash = |parts: &[String]| {
                let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                SubKey::new(&[1; 32]).hash(&parts)
            };
            prop_assert_eq!(hash(&left) == hash(&right), left == right);
        }
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        let key = SubKey::new(&[1; 32]);
        let lists: [&[&str]; 6] = [&[], &[""], &["", ""], &["ab", "c"], &["a", "bc"], &["abc"]];
        for (at, left) in lists.iter().enumerate() {
            for right in &lists[at + 1..] {
                assert_ne!(key.hash(left), key.hash(right), "{left:?} {right:?}");
            }
        }
    }

    #[test]
    fn every_purpose_has_its_own_key() {
        let master = Zeroizing::new([1; 32]);
        assert_eq!(derived(&master, "seal"), derived(&master, "seal"));
        assert_ne!(derived(&master, "seal"), derived(&master, "ticket"));
        assert_ne!(*derived(&master, "seal"), [1; 32]);
    }
}
