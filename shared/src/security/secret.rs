//! The keyring's secret: the text in which its master keys are kept.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Why a text is not a keyring. Says what is wrong, never what the text holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Not JSON of the wanted form.
    #[error(
        "the keyring is not JSON of the form {{\"current\":1,\"keys\":{{\"1\":\"…\"}},\"lookup\":1}} with \
         versions from 0 to 255 (line {line}, column {column})"
    )]
    Form {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
    #[error("the keyring has no `{field}`")]
    Missing {
        /// `current`, `lookup` or `keys`.
        field: &'static str,
    },
    /// A key is not what it must be.
    #[error("the keyring's key {version} is not the base64 of 32 bytes")]
    Key { version: u8 },
    /// A master key where keys of purposes are wanted.
    #[error("the keyring's key {version} is a master key: split it first")]
    NotDerived { version: u8 },
    /// What the key service has decrypted are not the keyring's sealing keys.
    #[error("the keyring's `wrapped` is not the base64 of its sealing keys, wrapped")]
    Wrapped,
    /// Keys of purposes, of which no others are made.
    #[error("the keyring's key {version} is no master key")]
    NotMaster { version: u8 },
    /// A key of one purpose is missing where there is no master key.
    #[error("the keyring's version {version} has no key for `{purpose}`")]
    NoPurpose { version: u8, purpose: &'static str },
    /// A key that signs tickets does not belong to the keyring.
    #[error("ANTRIAN_TICKET_KEYS has no key {version} that belongs to the keyring")]
    TicketKey { version: u8 },
    /// A role is given to a version that is not there.
    #[error("the keyring's `{field}` is version {version}, which is not among its keys")]
    NoSuchKey {
        /// `current` or `lookup`.
        field: &'static str,
        version: u8,
    },
}

/// The secret's JSON, of which a field may be missing.
#[derive(Deserialize)]
struct Json {
    current: Option<u8>,
    lookup: Option<u8>,
    keys: Option<BTreeMap<u8, KeyText>>,
    wrapped: Option<String>,
}

/// The keys of a version, in standard base64.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum KeyText {
    /// The one that all others are made of.
    Master(SecretString),
    /// Those that a function needs, by purpose.
    Derived(BTreeMap<String, SecretString>),
}

/// Keys by version, and the versions that have a role.
pub(super) struct KeyringSecret {
    pub(super) current: u8,
    pub(super) lookup: u8,
    pub(super) keys: BTreeMap<u8, KeyText>,
    /// The sealing keys of all versions, as a key service has encrypted them, in base64: see
    /// `wrapping.rs`.
    pub(super) wrapped: Option<String>,
}

impl std::fmt::Debug for KeyringSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let versions = self.keys.keys();
        f.debug_struct("KeyringSecret").field("versions", &versions).finish_non_exhaustive()
    }
}

impl KeyringSecret {
    /// A secret of one random key.
    pub(super) fn generate() -> Self {
        let keys = BTreeMap::from([(1, KeyText::Master(random_key()))]);
        Self { current: 1, lookup: 1, keys, wrapped: None }
    }

    /// Reads `{"current":1,"keys":{"1":"<base64 of 32 bytes>"},"lookup":1}`. Whether the keys are keys,
    /// and the roles' versions among them, is the keyring's to check.
    pub(super) fn parse(secret: &SecretString) -> Result<Self, KeyringError> {
        let json: Json = serde_json::from_str(secret.expose_secret())
            .map_err(|error| KeyringError::Form { line: error.line(), column: error.column() })?;
        let missing = |field| KeyringError::Missing { field };
        Ok(Self {
            current: json.current.ok_or(missing("current"))?,
            lookup: json.lookup.ok_or(missing("lookup"))?,
            keys: json.keys.ok_or(missing("keys"))?,
            wrapped: json.wrapped,
        })
    }

    /// The form that [`KeyringSecret::parse`] reads. Keys are base64 and need no escaping.
    pub(super) fn to_json(&self) -> SecretString {
        let keys = object(self.keys.iter().map(|(version, key)| (version, key.to_json())));
        let (current, lookup, keys) = (self.current, self.lookup, keys.as_str());
        let wrapped = self.wrapped.as_ref().map(|text| format!(",\"wrapped\":\"{text}\""));
        let wrapped = wrapped.unwrap_or_default();
        format!("{{\"current\":{current},\"keys\":{keys},\"lookup\":{lookup}{wrapped}}}").into()
    }

    /// The highest version: not below the current one, which has a key.
    pub(super) fn newest(&self) -> u8 {
        self.keys.keys().copied().fold(self.current, u8::max)
    }

    pub(super) fn add(&mut self, version: u8) {
        self.keys.insert(version, KeyText::Master(random_key()));
    }
}

impl KeyText {
    fn to_json(&self) -> Zeroizing<String> {
        let quoted = |key: &SecretString| Zeroizing::new(format!("\"{}\"", key.expose_secret()));
        match self {
            Self::Master(key) => quoted(key),
            Self::Derived(keys) => object(keys.iter().map(|(name, key)| (name, quoted(key)))),
        }
    }
}

/// A JSON object of names that need no escaping.
pub(super) fn object<N: std::fmt::Display>(
    members: impl Iterator<Item = (N, Zeroizing<String>)>,
) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::from("{"));
    for (name, value) in members {
        let comma = if text.len() > 1 { "," } else { "" };
        text.push_str(&Zeroizing::new(format!("{comma}\"{name}\":{}", value.as_str())));
    }
    text.push('}');
    text
}

/// 32 random bytes in base64.
fn random_key() -> SecretString {
    let mut key = Zeroizing::new([0u8; 32]);
    rand::rng().fill_bytes(key.as_mut_slice());
    STANDARD.encode(key.as_slice()).into()
}
