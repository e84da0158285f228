//! What the edge proves itself with: requests that came around it lack this.

use secrecy::{ExposeSecret, SecretString};

use super::tokens::same;

/// A value has at least this many characters: 190 bits of letters and digits.
const MIN_CHARS: usize = 32;

/// The values that are taken: one, or two while the edge changes from one to the other.
#[derive(Debug, Clone)]
pub struct OriginSecrets(Vec<SecretString>);

impl OriginSecrets {
    /// Reads one value, or two with a comma between them.
    pub fn parse(text: &str) -> Option<Self> {
        let values: Vec<&str> = text.split(',').map(str::trim).collect();
        let are_long = values.iter().all(|value| value.len() >= MIN_CHARS);
        let taken = || Self(values.iter().map(|value| (*value).into()).collect());
        (values.len() <= 2 && are_long).then(taken)
    }

    /// Whether this is one of them, in a time that does not tell how much of it is right.
    pub fn proves(&self, given: &str) -> bool {
        self.0.iter().fold(false, |found, value| found | same(value.expose_secret(), given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_or_two_are_taken_and_nothing_short() {
        let (old, new) = ("a".repeat(MIN_CHARS), "b".repeat(MIN_CHARS));
        let one = OriginSecrets::parse(&old).unwrap();
        assert!(one.proves(&old) && !one.proves(&new) && !one.proves(""));
        let two = OriginSecrets::parse(&format!("{old}, {new}")).unwrap();
        assert!(two.proves(&old) && two.proves(&new) && !two.proves(&format!("{old},{new}")));
        for wrong in ["", ",", "short", &format!("{old},"), &format!("{old},{new},{old}")] {
            assert!(OriginSecrets::parse(wrong).is_none(), "{wrong}");
        }
    }
}
