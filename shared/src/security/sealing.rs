//! Sealing: AES-256-GCM with a random nonce, as text that says which key opens it.
//!
//! The form is `v<key version>.<base64url of nonce, ciphertext and tag>`. The associated data names
//! the item and attribute that hold the text, so that it opens nowhere else.

use aes_gcm::aead::{Aead, KeyInit, Nonce, Payload};
use aes_gcm::{Aes256Gcm, Key};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;

/// 96 bits, the nonce size that GCM is made for. Random nonces allow 2³² seals under one key (NIST
/// SP 800-38D, 8.3): at two seals for each of 30 million applications a year, seventy years.
const NONCE_BYTES: usize = 12;

/// Why a sealed text does not open. None of them tells anything about what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("the text is not of the sealed form")]
    Form,
    /// Sealed under a version that the keyring does not hold.
    #[error("the text is sealed under key version {version}, which is not in the keyring")]
    UnknownKey { version: u8 },
    /// The keyring was not given its sealing keys.
    #[error("{NoSealingKeys}")]
    NoKeys,
    /// Changed, moved from another item, or sealed under another key of the same version.
    #[error("the text was changed, moved, or sealed under another key")]
    Refused,
}

/// This function was not given the keys that seal and open what tells of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this function has no keys that seal and open (ANTRIAN_DATA_KEY)")]
pub struct NoSealingKeys;

/// Seals and opens under one key.
#[derive(Clone)]
pub(super) struct Sealer {
    version: u8,
    cipher: Aes256Gcm,
}

impl Sealer {
    pub(super) fn new(version: u8, key: &[u8; 32]) -> Self {
        Self { version, cipher: Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key)) }
    }

    /// Seals `plaintext` for the place that `aad` names.
    pub(super) fn seal(&self, plaintext: &[u8], aad: &str) -> String {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: plaintext, aad: aad.as_bytes() };
        #[expect(clippy::expect_used, reason = "only plaintexts beyond 64 GiB are refused")]
        let ciphertext = self.cipher.encrypt(&nonce.into(), payload).expect("a short plaintext");
        let body = [nonce.as_slice(), &ciphertext].concat();
        format!("v{}.{}", self.version, URL_SAFE_NO_PAD.encode(body))
    }

    pub(super) fn open(&self, body: &[u8], aad: &str) -> Result<Vec<u8>, OpenError> {
        let (nonce, ciphertext) = body.split_first_chunk().ok_or(OpenError::Form)?;
        let nonce: Nonce<Aes256Gcm> = <[u8; NONCE_BYTES]>::into(*nonce);
        let payload = Payload { msg: ciphertext, aad: aad.as_bytes() };
        self.cipher.decrypt(&nonce, payload).map_err(|_| OpenError::Refused)
    }
}

/// The key version and the bytes of a sealed text.
pub(super) fn parse(sealed: &str) -> Result<(u8, Vec<u8>), OpenError> {
    let (version, body) =
        sealed.strip_prefix('v').and_then(|rest| rest.split_once('.')).ok_or(OpenError::Form)?;
    let version = version.parse().map_err(|_| OpenError::Form)?;
    let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| OpenError::Form)?;
    Ok((version, body))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(sealer: &Sealer, sealed: &str, aad: &str) -> Result<Vec<u8>, OpenError> {
        let (version, body) = parse(sealed)?;
        if version != sealer.version {
            return Err(OpenError::UnknownKey { version });
        }
        sealer.open(&body, aad)
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_in_its_place_and_nowhere_else(
            plaintext: Vec<u8>, aad: String, other: String, key: [u8; 32]
        ) {
            let sealer = Sealer::new(1, &key);
            let sealed = sealer.seal(&plaintext, &aad);
            prop_assert_eq!(open(&sealer, &sealed, &aad), Ok(plaintext));
            prop_assume!(aad != other);
            prop_assert_eq!(open(&sealer, &sealed, &other), Err(OpenError::Refused));
        }

        #[test]
        fn any_changed_byte_is_noticed(
            plaintext: Vec<u8>, at: prop::sample::Index, to in b'!'..b'~', key: [u8; 32]
        ) {
            let sealer = Sealer::new(1, &key);
            let mut sealed = sealer.seal(&plaintext, "a").into_bytes();
            let at = at.index(sealed.len());
            prop_assume!(sealed[at] != to);
            sealed[at] = to;
            prop_assert!(open(&sealer, &String::from_utf8(sealed).unwrap(), "a").is_err());
        }

        #[test]
        fn another_key_is_refused(plaintext: Vec<u8>, key: [u8; 32], other: [u8; 32]) {
            prop_assume!(key != other);
            let sealed = Sealer::new(1, &key).seal(&plaintext, "a");
            prop_assert_eq!(open(&Sealer::new(1, &other), &sealed, "a"), Err(OpenError::Refused));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = open(&Sealer::new(1, &[0; 32]), &text, "a");
            let _ = open(&Sealer::new(1, &[0; 32]), &format!("v1.{text}"), "a");
        }
    }

    #[test]
    fn sealing_twice_gives_two_texts() {
        let sealer = Sealer::new(1, &[7; 32]);
        assert_ne!(sealer.seal(b"same", "a"), sealer.seal(b"same", "a"));
    }

    #[test]
    fn what_is_not_sealed_is_told_apart_from_what_was_changed() {
        let sealer = Sealer::new(1, &[7; 32]);
        for text in ["", "v", "v1", "1.AAAA", "v1.AAAA", "v1.=", "vx.AAAA", "v256.AAAA", "v1.AA+A"]
        {
            assert_eq!(open(&sealer, text, "a"), Err(OpenError::Form), "{text}");
        }
    }
}
