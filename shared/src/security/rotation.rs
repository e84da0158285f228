//! Changing the keys of a keyring's secret, one step at a time.
//!
//! Functions read their keyring when they start, so old and new ones run side by side. A key that is
//! to seal and sign is therefore there for all of them (`Add`) before any uses it (`Use`). The role
//! `lookup` no step changes: hashes under another key find nobody, and a person could hold two
//! bookings.

use secrecy::SecretString;

use super::keyring::Keyring;
use super::secret::{KeyText, KeyringError, KeyringSecret};

/// What is done to a keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationStep {
    /// A new key is there, and seals and signs nothing yet.
    Add,
    /// The newest key seals and signs from now on.
    Use,
    /// A version is forgotten: what it sealed is lost, tickets that it signed are strangers'.
    Retire(u8),
}

/// Why a step is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// There is nothing to take it on.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// All versions are in use.
    #[error("the keyring has a key of version 255, and there is no version above it")]
    Full,
    /// The newest key is in use.
    #[error("version {version} is the newest key and in use already: add one first")]
    InUse { version: u8 },
    /// The key is `current` or `lookup`, and has to stay.
    #[error("version {version} is `{role}` and has to stay")]
    HasRole { version: u8, role: &'static str },
    #[error("the keyring has no key of version {version}")]
    NoSuchKey { version: u8 },
}

/// The secret after a step, in the form that [`Keyring::from_json`] reads.
///
/// # Errors
/// Says why the step is not taken; the secret stays what it is.
pub fn rotated(secret: &SecretString, step: RotationStep) -> Result<SecretString, RotationError> {
    Keyring::from_json(secret)?;
    let mut keyring = KeyringSecret::parse(secret)?;
    let is_part = |(_, key): &(&u8, &KeyText)| matches!(key, KeyText::Derived(_));
    if let Some((&version, _)) = keyring.keys.iter().find(is_part) {
        return Err(KeyringError::NotMaster { version }.into());
    }
    let newest = keyring.newest();
    match step {
        RotationStep::Add => keyring.add(newest.checked_add(1).ok_or(RotationError::Full)?),
        RotationStep::Use if keyring.current == newest => {
            return Err(RotationError::InUse { version: newest });
        }
        RotationStep::Use => keyring.current = newest,
        RotationStep::Retire(version) => retire(&mut keyring, version)?,
    }
    Ok(keyring.to_json())
}

fn retire(keyring: &mut KeyringSecret, version: u8) -> Result<(), RotationError> {
    for (role, holder) in [("current", keyring.current), ("lookup", keyring.lookup)] {
        if holder == version {
            return Err(RotationError::HasRole { version, role });
        }
    }
    let gone = keyring.keys.remove(&version);
    gone.map(drop).ok_or(RotationError::NoSuchKey { version })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn after(secret: &SecretString, steps: &[RotationStep]) -> SecretString {
        steps.iter().fold(secret.clone(), |secret, step| rotated(&secret, *step).unwrap())
    }

    fn read(secret: &SecretString) -> Keyring {
        Keyring::from_json(secret).unwrap()
    }

    #[test]
    fn a_key_is_known_to_all_before_any_uses_it() {
        let first = Keyring::generate_json();
        let added = after(&first, &[RotationStep::Add]);
        assert_eq!(
            format!("{:?}", read(&added)),
            "Keyring { current: 1, lookup: 1, versions: [1, 2], .. }"
        );
        let used = after(&added, &[RotationStep::Use]);
        let sealed = read(&used).seal(b"text", "a").unwrap();
        assert!(sealed.starts_with("v2."));
        assert_eq!(read(&added).open(&sealed, "a").unwrap(), b"text");
        assert!(read(&first).open(&sealed, "a").is_err());
    }

    #[test]
    fn whoever_is_looked_up_is_found_after_any_rotation() {
        let (first, nik) = (Keyring::generate_json(), "9971014501909001".parse().unwrap());
        let later = after(
            &first,
            &[
                RotationStep::Add,
                RotationStep::Use,
                RotationStep::Add,
                RotationStep::Use,
                RotationStep::Retire(2),
            ],
        );
        assert_eq!(read(&first).person(&nik), read(&later).person(&nik));
        let shown = format!("{:?}", read(&later));
        assert_eq!(shown, "Keyring { current: 3, lookup: 1, versions: [1, 3], .. }");
    }

    #[test]
    fn a_step_that_would_lose_something_is_refused() {
        let secret = after(&Keyring::generate_json(), &[RotationStep::Add, RotationStep::Use]);
        let refused = |step| rotated(&secret, step).unwrap_err();
        assert_eq!(refused(RotationStep::Use), RotationError::InUse { version: 2 });
        let has_role = |version, role| RotationError::HasRole { version, role };
        assert_eq!(refused(RotationStep::Retire(1)), has_role(1, "lookup"));
        assert_eq!(refused(RotationStep::Retire(2)), has_role(2, "current"));
        assert_eq!(refused(RotationStep::Retire(3)), RotationError::NoSuchKey { version: 3 });
        let full = secret.expose_secret().replace("\"2\":", "\"255\":").replace(":2,", ":255,");
        assert_eq!(rotated(&full.into(), RotationStep::Add).unwrap_err(), RotationError::Full);
        assert!(matches!(rotated(&"{}".into(), RotationStep::Add), Err(RotationError::Keyring(_))));
    }
}
