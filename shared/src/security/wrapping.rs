//! Sealing keys that stand in the keyring's secret only as what a key service has encrypted: without
//! it the secret and the table together tell nobody's name.
//!
//! The keys of all versions are encrypted as one text, `version, 32 bytes` for each, so that a function
//! asks once in its life. A key service encrypts 4,096 bytes at the most: 124 versions.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::keyring::SEAL;
use super::secret::{KeyText, KeyringError, KeyringSecret};
use super::sub_keys::parse_key;

/// One version's place in the text.
const ENTRY_BYTES: usize = 33;

/// A keyring's part for functions, from which the sealing keys were taken.
#[derive(Debug)]
pub struct Wrapping {
    secret: KeyringSecret,
    /// What the key service is to encrypt.
    pub keys: Zeroizing<Vec<u8>>,
}

impl Wrapping {
    /// Takes the sealing keys out of the part `data` of a keyring: see [`super::split`].
    ///
    /// # Errors
    /// If it is no such part, or its sealing keys are wrapped already.
    pub fn begin(data: &SecretString) -> Result<Self, KeyringError> {
        let mut secret = KeyringSecret::parse(data)?;
        let mut taken = Zeroizing::new(Vec::new());
        for (&version, text) in &mut secret.keys {
            let KeyText::Derived(keys) = text else {
                return Err(KeyringError::NotDerived { version });
            };
            let missing = KeyringError::NoPurpose { version, purpose: SEAL };
            let text = keys.remove(SEAL).ok_or(missing)?;
            let key = parse_key(&text).ok_or(KeyringError::Key { version })?;
            taken.push(version);
            taken.extend_from_slice(key.as_slice());
        }
        Ok(Self { secret, keys: taken })
    }

    /// The secret with what became of the keys.
    pub fn finish(mut self, ciphertext: &[u8]) -> SecretString {
        self.secret.wrapped = Some(STANDARD.encode(ciphertext));
        self.secret.to_json()
    }
}

/// A keyring whose sealing keys are wrapped.
#[derive(Debug)]
pub struct Wrapped {
    secret: KeyringSecret,
    /// What the key service is to decrypt.
    pub ciphertext: Vec<u8>,
}

impl Wrapped {
    /// The keyring of this secret; nothing, if its sealing keys are not wrapped.
    ///
    /// # Errors
    /// If the text is not of the keyring's form.
    pub fn parse(secret: &SecretString) -> Result<Option<Self>, KeyringError> {
        let mut secret = KeyringSecret::parse(secret)?;
        let Some(text) = secret.wrapped.take() else { return Ok(None) };
        let ciphertext = STANDARD.decode(text).map_err(|_| KeyringError::Wrapped)?;
        Ok(Some(Self { secret, ciphertext }))
    }

    /// The secret with the sealing keys in their places.
    ///
    /// # Errors
    /// If these are not the sealing keys of its versions.
    pub fn finish(mut self, keys: &[u8]) -> Result<SecretString, KeyringError> {
        let (entries, rest) = keys.as_chunks::<ENTRY_BYTES>();
        let mut found: BTreeMap<u8, SecretString> = entries
            .iter()
            .map(|[version, key @ ..]| (*version, STANDARD.encode(key).into()))
            .collect();
        for (version, text) in &mut self.secret.keys {
            let KeyText::Derived(keys) = text else { return Err(KeyringError::Wrapped) };
            let key = found.remove(version).ok_or(KeyringError::Wrapped)?;
            keys.insert(SEAL.to_owned(), key);
        }
        match rest.is_empty() && found.is_empty() {
            true => Ok(self.secret.to_json()),
            false => Err(KeyringError::Wrapped),
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::security::{Keyring, NoSealingKeys, OpenError, RotationStep, rotated, split};

    /// As a key service does it, in a word.
    fn encrypt(keys: &[u8]) -> Vec<u8> {
        keys.iter().map(|byte| byte ^ 0x5a).collect()
    }

    fn two_versions() -> SecretString {
        rotated(&Keyring::generate_json(), RotationStep::Add).unwrap()
    }

    fn wrapped(data: &SecretString) -> SecretString {
        let wrapping = Wrapping::begin(data).unwrap();
        let ciphertext = encrypt(&wrapping.keys);
        wrapping.finish(&ciphertext)
    }

    #[test]
    fn what_is_wrapped_and_unwrapped_is_the_same_keyring() {
        let whole = two_versions();
        let data = split(&whole).unwrap().data;
        let read = Wrapped::parse(&wrapped(&data)).unwrap().unwrap();
        let keys = encrypt(&read.ciphertext);
        let again = read.finish(&keys).unwrap();
        assert_eq!(again.expose_secret(), data.expose_secret());
        let (whole, again) = (Keyring::from_json(&whole), Keyring::from_json(&again));
        let sealed = whole.unwrap().seal(b"text", "a").unwrap();
        assert_eq!(again.unwrap().open(&sealed, "a").unwrap(), b"text");
    }

    #[test]
    fn a_wrapped_keyring_finds_and_verifies_and_has_no_key_that_seals() {
        let data = split(&two_versions()).unwrap().data;
        let secret = wrapped(&data);
        let json: serde_json::Value = serde_json::from_str(data.expose_secret()).unwrap();
        for version in ["1", "2"] {
            let key = json["keys"][version]["seal"].as_str().unwrap();
            assert!(!secret.expose_secret().contains(key));
        }
        let (bare, whole) = (Keyring::from_json(&secret).unwrap(), Keyring::from_json(&data));
        let (whole, nik) = (whole.unwrap(), "9971014501909001".parse().unwrap());
        assert_eq!(bare.person(&nik), whole.person(&nik));
        assert_eq!(bare.fingerprint(), whole.fingerprint());
        assert_eq!(bare.seal(b"text", "a"), Err(NoSealingKeys));
        let sealed = whole.seal(b"text", "a").unwrap();
        assert_eq!(bare.open(&sealed, "a"), Err(OpenError::NoKeys));
    }

    #[test]
    fn keys_of_another_keyring_and_other_bytes_are_refused() {
        let (data, other) = (split(&two_versions()), split(&Keyring::generate_json()));
        let (data, other) = (data.unwrap().data, other.unwrap().data);
        let (keys, others) = (Wrapping::begin(&data).unwrap(), Wrapping::begin(&other).unwrap());
        let secret = wrapped(&data);
        let finish = |keys: &[u8]| Wrapped::parse(&secret).unwrap().unwrap().finish(keys).err();
        assert_eq!(finish(&keys.keys), None);
        for wrong in [&others.keys, &keys.keys[1..], &[keys.keys.as_slice(), &[3; 33]].concat()] {
            assert_eq!(finish(wrong), Some(KeyringError::Wrapped));
        }
        assert!(Wrapped::parse(&data).unwrap().is_none());
        let again = Wrapping::begin(&secret).unwrap_err();
        assert_eq!(again, KeyringError::NoPurpose { version: 1, purpose: "seal" });
        let master = Wrapping::begin(&Keyring::generate_json()).unwrap_err();
        assert_eq!(master, KeyringError::NotDerived { version: 1 });
    }
}
