//! The keyring: versioned master keys and what is derived from them.
//!
//! Two versions have a role. `current` seals new data and signs tickets, and may change at any time,
//! because what is sealed or signed names its version. `lookup` makes the keyed hashes and derived
//! values, which are found again only under the key that made them, so that changing it is a
//! migration.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::fingerprint::Fingerprint;
use super::sealing::{self, OpenError, Sealer};
use super::secret::{KeyringError, KeyringSecret};
use super::sub_keys::{Derive, Lookup, Master, SubKey};
use super::tokens;
use crate::domain::code::BookingCode;
use crate::domain::ids::AccountId;
use crate::domain::person::Contacts;
use crate::domain::personal::{Nik, PersonName, PhoneNumber, ScopedUserId};

/// What one version of the master key opens and signs.
struct Version {
    sealer: Sealer,
    ticket_seed: Zeroizing<[u8; 32]>,
}

impl Version {
    fn new(version: u8, master: &Master) -> Self {
        Self {
            sealer: Sealer::new(version, &master.key("seal")),
            ticket_seed: master.key("ticket"),
        }
    }
}

/// Keys for hashing, sealing and signing. All methods are cheap and pure, [`Keyring::seal`] but for
/// its random nonce.
pub struct Keyring {
    current: u8,
    /// That of the current version.
    newest: Version,
    lookup: Lookup,
    versions: BTreeMap<u8, Version>,
    fingerprint: Fingerprint,
}

impl Keyring {
    /// Reads a keyring from its JSON:
    /// `{"current":1,"keys":{"1":"<base64 of 32 bytes>"},"lookup":1}`.
    ///
    /// # Errors
    /// If the text is not of that form; the error names the field or version, never a value.
    pub fn from_json(secret: &SecretString) -> Result<Self, KeyringError> {
        let KeyringSecret { current, lookup, keys } = KeyringSecret::parse(secret)?;
        let mut masters = BTreeMap::new();
        for (version, text) in keys {
            let master = Master::parse(&text).ok_or(KeyringError::Key { version })?;
            masters.insert(version, master);
        }
        let role = |field, version: u8| {
            let master = masters.get(&version);
            master.ok_or(KeyringError::NoSuchKey { field, version })
        };
        Ok(Self {
            current,
            newest: Version::new(current, role("current", current)?),
            lookup: Lookup::new(lookup, role("lookup", lookup)?),
            versions: masters
                .iter()
                .map(|(&version, master)| (version, Version::new(version, master)))
                .collect(),
            fingerprint: Fingerprint {
                lookup,
                keys: masters
                    .iter()
                    .map(|(version, master)| (version.to_string(), print(master)))
                    .collect(),
            },
        })
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

    /// The keyed hash by which a person without a NIK is found: the same for every spelling of the name
    /// in case and spaces.
    pub fn person_without_nik(&self, name: &PersonName, birth: NaiveDate) -> String {
        let parts = [name.expose().to_lowercase(), birth.to_string()];
        self.lookup_hash(&self.lookup.person, &[&parts[0], &parts[1]])
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

    /// The seed of the key that signs new tickets: that of [`Keyring::ticket_key_id`].
    pub fn signing_seed(&self) -> [u8; 32] {
        *self.newest.ticket_seed
    }

    /// All versions whose tickets are still accepted, in ascending order, with their seeds.
    pub fn ticket_seeds(&self) -> impl Iterator<Item = (u8, [u8; 32])> + '_ {
        self.versions.iter().map(|(version, keys)| (*version, *keys.ticket_seed))
    }

    /// The seed of a version's Ed25519 signing key. A secret: whoever has it makes tickets.
    pub fn ticket_seed(&self, version: u8) -> Option<[u8; 32]> {
        self.versions.get(&version).map(|keys| *keys.ticket_seed)
    }

    /// Encrypts `plaintext` under the current version; it opens only with the same `aad`, which is
    /// the key of the item that keeps it and the attribute's name.
    pub fn seal(&self, plaintext: &[u8], aad: &str) -> String {
        self.newest.sealer.seal(plaintext, aad)
    }

    /// Whether a sealed text is sealed under the current version.
    pub fn is_current(&self, sealed: &str) -> bool {
        sealing::parse(sealed).is_ok_and(|(version, _)| version == self.current)
    }

    /// Decrypts what [`Keyring::seal`] made under any version that is still in the keyring.
    ///
    /// # Errors
    /// If the text is not sealed, its key is gone, or it was changed or moved.
    pub fn open(&self, sealed: &str, aad: &str) -> Result<Vec<u8>, OpenError> {
        let (version, body) = sealing::parse(sealed)?;
        let keys = self.versions.get(&version).ok_or(OpenError::UnknownKey { version })?;
        keys.sealer.open(&body, aad)
    }
}

/// By what a version is recognised: the hash of nothing, under a key that hashes nothing else.
fn print(master: &Master) -> String {
    tokens::hex(&master.sub_key("fingerprint").hash(&[]))
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
