//! Which keys these are, without telling any: for each version a keyed hash of a constant, under a key
//! of its own. The table keeps it, so that a function with another keyring is noticed before it writes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The versions of a keyring, and by what each is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    pub(super) lookup: u8,
    /// By version.
    pub(super) keys: BTreeMap<String, String>,
}

/// In what a keyring is not the one that the table was written with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringMismatch {
    /// Nobody who was looked up would be found.
    #[error(
        "the table was written with `lookup` version {table}, and this keyring's `lookup` is \
         version {own}"
    )]
    Lookup { table: u8, own: u8 },
    #[error("the keyring's key {version} is another one than the table was written with")]
    Other { version: String },
    /// What it sealed would not open.
    #[error("the keyring lacks key {version}, with which the table was written")]
    Missing { version: String },
}

impl Fingerprint {
    /// Whether this keyring is the one of a table: it finds and opens all that stands there. It may
    /// know more keys: a new one is known to every function before any uses it.
    ///
    /// # Errors
    /// Names the first difference.
    pub fn fits(&self, table: &Self) -> Result<(), KeyringMismatch> {
        self.continues(table)?;
        match table.keys.keys().find(|version| !self.keys.contains_key(*version)) {
            Some(version) => Err(KeyringMismatch::Missing { version: version.clone() }),
            None => Ok(()),
        }
    }

    /// Whether this keyring came of a table's by steps of a rotation, the forgetting of a version
    /// among them.
    ///
    /// # Errors
    /// Names the first difference.
    pub fn continues(&self, table: &Self) -> Result<(), KeyringMismatch> {
        if self.lookup != table.lookup {
            return Err(KeyringMismatch::Lookup { table: table.lookup, own: self.lookup });
        }
        let differs = |(version, own): &(&String, &String)| {
            table.keys.get(*version).is_some_and(|known| known != *own)
        };
        match self.keys.iter().find(differs) {
            Some((version, _)) => Err(KeyringMismatch::Other { version: version.clone() }),
            None => Ok(()),
        }
    }

    /// Its versions.
    pub fn versions(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::security::{Keyring, RotationStep, rotated};

    fn print(secret: &secrecy::SecretString) -> Fingerprint {
        Keyring::from_json(secret).unwrap().fingerprint().clone()
    }

    #[test]
    fn a_keyring_fits_what_it_has_written_and_what_it_wrote_before_a_rotation() {
        let first = Keyring::generate_json();
        let added = rotated(&first, RotationStep::Add).unwrap();
        let used = rotated(&added, RotationStep::Use).unwrap();
        let [first, added, used] = [first, added, used].map(|secret| print(&secret));
        for own in [&first, &added, &used] {
            assert_eq!(own.fits(&first), Ok(()));
        }
        assert_eq!(added, used);
        assert_eq!(first.fits(&added), Err(KeyringMismatch::Missing { version: "2".into() }));
        assert_eq!(first.continues(&added), Ok(()));
    }

    #[test]
    fn another_key_and_another_lookup_are_named() {
        let secret = Keyring::generate_json();
        let (own, other) = (print(&secret), print(&Keyring::generate_json()));
        assert_eq!(other.fits(&own), Err(KeyringMismatch::Other { version: "1".into() }));
        let added = rotated(&secret, RotationStep::Add).unwrap();
        let moved = added.expose_secret().replace("\"lookup\":1", "\"lookup\":2");
        assert_eq!(
            print(&moved.into()).fits(&own),
            Err(KeyringMismatch::Lookup { table: 1, own: 2 })
        );
    }

    #[test]
    fn no_two_keys_look_alike_and_none_is_shown() {
        let secret = Keyring::generate_json();
        let shown = format!("{:?}", print(&secret));
        assert!(!secret.expose_secret().contains(&shown[shown.len() - 20..shown.len() - 4]));
        assert_ne!(print(&secret).keys["1"], print(&Keyring::generate_json()).keys["1"]);
        assert_eq!(print(&secret).keys["1"].len(), 64);
    }
}
