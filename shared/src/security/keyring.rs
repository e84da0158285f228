//! The keyring: versioned master keys and what is derived from them.
//!
//! Two versions have a role. `current` seals new data and signs tickets, and may change at any time,
//! because what is sealed or signed names its version. `lookup` makes the keyed hashes and derived
//! values, which are found again only under the key that made them, so that changing it is a
//! migration.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::fingerprint::Fingerprint;
use super::sealing::{self, NoSealingKeys, OpenError, Sealer};
use super::secret::{KeyringError, KeyringSecret};
use super::sub_keys::{Derive, Keys, Lookup, SubKey, parse_key};
use super::tokens;
use crate::domain::code::BookingCode;
use crate::domain::ids::AccountId;
use crate::domain::person::Contacts;
use crate::domain::personal::{Nik, PersonName, PhoneNumber, ScopedUserId};
use crate::domain::ticket::TicketSigner;

/// What one version opens, and signs or verifies.
struct Version {
    /// None: the keyring's sealing keys are wrapped.
    sealer: Option<Sealer>,
    ticket: TicketKey,
}

/// What a function has of a version's Ed25519 key.
pub(super) enum TicketKey {
    /// It signs.
    Seed(Zeroizing<[u8; 32]>),
    /// It verifies.
    Public([u8; 32]),
}

impl Version {
    fn new(version: u8, keys: &Keys, are_wrapped: bool) -> Result<Self, KeyringError> {
        let ticket = match keys.is_master() {
            true => TicketKey::Seed(keys.key("ticket")?),
            false => TicketKey::Public(*keys.key(TICKET_PUBLIC)?),
        };
        let sealer = match are_wrapped {
            true => None,
            false => Some(Sealer::new(version, &*keys.key(SEAL)?)),
        };
        Ok(Self { sealer, ticket })
    }
}

/// The name that the key that seals and opens has among the keys of purposes.
pub(super) const SEAL: &str = "seal";
/// The name that a public key has among them.
pub(super) const TICKET_PUBLIC: &str = "ticket-public";

/// This function was not given the key that signs tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this function has no key that signs tickets (ANTRIAN_TICKET_KEYS)")]
pub struct NoSigningKey;

/// Keys for hashing, sealing and signing. All methods are cheap and pure, [`Keyring::seal`] but for
/// its random nonce.
pub struct Keyring {
    current: u8,
    lookup: Lookup,
    versions: BTreeMap<u8, Version>,
    fingerprint: Fingerprint,
}

impl Keyring {
    /// Reads a keyring from its JSON:
    /// `{"current":1,"keys":{"1":"<base64 of 32 bytes>"},"lookup":1}`. In the place of a master key may
    /// stand an object of the keys that are made of it, by purpose: see `split.rs`. Without its sealing
    /// keys (`wrapped`, see `wrapping.rs`) a keyring finds and verifies, and seals and opens nothing.
    ///
    /// # Errors
    /// If the text is not of that form; the error names the field or version, never a value.
    pub fn from_json(secret: &SecretString) -> Result<Self, KeyringError> {
        let KeyringSecret { current, lookup, keys, wrapped } = KeyringSecret::parse(secret)?;
        let (mut all, mut versions) = (BTreeMap::new(), BTreeMap::new());
        let mut prints = BTreeMap::new();
        for (version, text) in keys {
            let keys = Keys::parse(version, &text)?;
            versions.insert(version, Version::new(version, &keys, wrapped.is_some())?);
            prints.insert(version.to_string(), print(&keys)?);
            all.insert(version, keys);
        }
        let role = |field, version: u8| {
            all.get(&version).ok_or(KeyringError::NoSuchKey { field, version })
        };
        role("current", current)?;
        Ok(Self {
            current,
            lookup: Lookup::new(lookup, role("lookup", lookup)?)?,
            versions,
            fingerprint: Fingerprint { lookup, keys: prints },
        })
    }

    /// This keyring with the keys that sign, for a function that does:
    /// `{"1":"<base64 of 32 bytes>"}`.
    ///
    /// # Errors
    /// If the current version has none, or one is not this keyring's.
    pub fn with_ticket_keys(mut self, secret: &SecretString) -> Result<Self, KeyringError> {
        let seeds: BTreeMap<u8, SecretString> = serde_json::from_str(secret.expose_secret())
            .map_err(|error| KeyringError::Form { line: error.line(), column: error.column() })?;
        for (version, text) in seeds {
            let seed = parse_key(&text).ok_or(KeyringError::TicketKey { version })?;
            let Some(own) = self.versions.get_mut(&version) else { continue };
            if own.ticket.public(version) != TicketSigner::new(version, *seed).public_key() {
                return Err(KeyringError::TicketKey { version });
            }
            own.ticket = TicketKey::Seed(seed);
        }
        match self.ticket_signer() {
            Ok(_) => Ok(self),
            Err(NoSigningKey) => Err(KeyringError::TicketKey { version: self.current }),
        }
    }

    /// By what a table recognises this keyring.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// A new secret with one random key, in the form that [`Keyring::from_json`] reads.
    pub fn generate_json() -> SecretString {
        KeyringSecret::generate().to_json()
    }

    /// The keyed hash by which a person is found: `<lookup version>.<64 hexadecimal digits>`.
    pub fn person(&self, nik: &Nik) -> String {
        self.lookup_hash(&self.lookup.person, &[nik.expose()])
    }

    /// The keyed hash by which a person of an account is found who told no NIK: the same for every
    /// spelling of the name in case and spaces. Bound to the account: many people share a name and a
    /// birth date, and nobody keeps another from booking by knowing them.
    pub fn person_without_nik(
        &self,
        account: &AccountId,
        name: &PersonName,
        birth: NaiveDate,
    ) -> String {
        let parts = [account.to_string(), name.expose().to_lowercase(), birth.to_string()];
        self.lookup_hash(&self.lookup.person, &[&parts[0], &parts[1], &parts[2]])
    }

    /// The keyed hash by which two visits of probably one person are noticed.
    pub fn likeness(&self, name: &PersonName, birth: NaiveDate) -> String {
        let parts = [name.expose().to_lowercase(), birth.to_string()];
        self.lookup_hash(&self.lookup.person, &["likeness", &parts[0], &parts[1]])
    }

    /// The keyed hash by which a phone number's account is found.
    pub fn contact_phone(&self, phone: &PhoneNumber) -> String {
        self.lookup_hash(&self.lookup.contact_phone, &[phone.expose()])
    }

    /// The keyed hash by which a business-scoped user's account is found.
    pub fn contact_scoped(&self, user: &ScopedUserId) -> String {
        self.lookup_hash(&self.lookup.contact_scoped, &[user.expose()])
    }

    /// Keyed hashes of a person's contacts, the one that decides first.
    pub fn contacts(&self, contacts: &Contacts) -> Vec<String> {
        let scoped = contacts.scoped.as_ref().map(|id| self.contact_scoped(id));
        let phone = contacts.phone.as_ref().map(|phone| self.contact_phone(phone));
        scoped.into_iter().chain(phone).collect()
    }

    /// The keyed hash under which a session token or a registration code is stored.
    pub fn token_hash(&self, token: &str) -> String {
        self.lookup_hash(&self.lookup.token, &[token])
    }

    /// The keyed hash by which an account that was erased is known again.
    pub fn erased_account(&self, account: &AccountId) -> String {
        self.lookup_hash(&self.lookup.erased_account, &[account.as_str()])
    }

    /// The keyed hash of a one-time code, good for one registration and number only.
    pub fn otp_hash(&self, registration: &str, phone: &str, otp: &str) -> String {
        self.lookup_hash(&self.lookup.otp, &[registration, phone, otp])
    }

    fn lookup_hash(&self, key: &SubKey, parts: &[&str]) -> String {
        format!("{}.{}", self.lookup.version, tokens::hex(&key.hash(parts)))
    }

    /// A value that only this keyring's holders can make, always the same for the same purpose and
    /// list of parts.
    pub fn derive(&self, purpose: Derive, parts: &[&str]) -> [u8; 32] {
        self.lookup.derives(purpose).hash(parts)
    }

    /// The code of the booking that an account asks for under `idempotency_key`; another for each
    /// `attempt`, should the first be another account's.
    pub fn booking_code(
        &self,
        account: &AccountId,
        idempotency_key: &str,
        attempt: u32,
    ) -> BookingCode {
        let parts = [account.as_str(), idempotency_key, &attempt.to_string()];
        let [a, b, c, d, e, f, g, h, ..] = self.derive(Derive::BookingCode, &parts);
        BookingCode::from_bits(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    /// The version that signs new tickets.
    pub fn ticket_key_id(&self) -> u8 {
        self.current
    }

    /// What there is of the keys of all versions whose tickets are still accepted.
    pub(super) fn ticket_keys(&self) -> impl Iterator<Item = (u8, &TicketKey)> {
        self.versions.iter().map(|(version, keys)| (*version, &keys.ticket))
    }

    /// Encrypts `plaintext` under the current version; it opens only with the same `aad`, which is
    /// the key of the item that keeps it and the attribute's name.
    ///
    /// # Errors
    /// If this function was not given the sealing keys.
    pub fn seal(&self, plaintext: &[u8], aad: &str) -> Result<String, NoSealingKeys> {
        let current = self.versions.get(&self.current).and_then(|keys| keys.sealer.as_ref());
        Ok(current.ok_or(NoSealingKeys)?.seal(plaintext, aad))
    }

    /// Whether a sealed text is sealed under the current version.
    pub fn is_current(&self, sealed: &str) -> bool {
        sealing::parse(sealed).is_ok_and(|(version, _)| version == self.current)
    }

    /// Decrypts what [`Keyring::seal`] made under any version that is still in the keyring.
    ///
    /// # Errors
    /// If the text is not sealed, its key is gone or was not given, or it was changed or moved.
    pub fn open(&self, sealed: &str, aad: &str) -> Result<Vec<u8>, OpenError> {
        let (version, body) = sealing::parse(sealed)?;
        let keys = self.versions.get(&version).ok_or(OpenError::UnknownKey { version })?;
        keys.sealer.as_ref().ok_or(OpenError::NoKeys)?.open(&body, aad)
    }
}

/// By what a version is recognised: the hash of nothing, under a key that hashes nothing else.
fn print(keys: &Keys) -> Result<String, KeyringError> {
    Ok(tokens::hex(&keys.sub_key("fingerprint")?.hash(&[])))
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("current", &self.current)
            .field("lookup", &self.lookup.version)
            .field("versions", &self.versions.keys())
            .finish_non_exhaustive()
    }
}
