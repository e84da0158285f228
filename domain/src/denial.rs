//! Members of staff whose tokens are not taken, however long they are good for.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A member of staff as the issuer of their tokens names them: the claim `sub`. With Cognito a UUID; OpenID
/// Connect allows 255 characters of ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StaffSubject(String);

/// A text that names no member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the subject of a staff token")]
pub struct InvalidSubject;

const MAX_CHARS: usize = 255;

impl StaffSubject {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StaffSubject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for StaffSubject {
    type Error = InvalidSubject;

    fn try_from(text: String) -> Result<Self, InvalidSubject> {
        let fits = (1..=MAX_CHARS).contains(&text.len());
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits && is_visible { Ok(Self(text)) } else { Err(InvalidSubject) }
    }
}

impl From<StaffSubject> for String {
    fn from(subject: StaffSubject) -> Self {
        subject.0
    }
}

impl fmt::Display for StaffSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why somebody is denied. A choice, for a text would tell about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DenialReason {
    /// They do not work here any more, or elsewhere in the office.
    Left,
    /// A device that they are signed in on is lost, or a password is known to others.
    Lost,
    /// They did, or may have done, what they may not.
    Misuse,
    Other,
}

/// Whether a member of staff is denied, and how that came about. Who is readmitted stays on the list: it is
/// the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    pub subject: StaffSubject,
    pub is_denied: bool,
    /// The last changes, the newest at the end.
    pub changes: Vec<DenialChange>,
}

/// Who changed it, when, to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DenialChange {
    #[serde(with = "chrono::serde::ts_seconds")]
    pub at: DateTime<Utc>,
    /// The administrator, as the issuer names them.
    pub by: String,
    /// Why they are denied from then on; absent: they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DenialReason>,
}

/// Changes that are kept of one member of staff.
const MAX_CHANGES: usize = 20;

impl Denial {
    /// A member of staff of whom nothing was ever said.
    pub fn none(subject: StaffSubject) -> Self {
        Self { subject, is_denied: false, changes: vec![] }
    }

    /// What a change makes of it. Absent: it is so already.
    #[must_use]
    pub fn changed(&self, change: DenialChange) -> Option<Self> {
        let is_denied = change.reason.is_some();
        if self.is_denied == is_denied {
            return None;
        }
        let too_many = (self.changes.len() + 1).saturating_sub(MAX_CHANGES);
        let kept = self.changes.iter().skip(too_many).cloned();
        let changes = kept.chain([change]).collect();
        Some(Self { subject: self.subject.clone(), is_denied, changes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(second: i64, reason: Option<DenialReason>) -> DenialChange {
        let at = DateTime::from_timestamp(second, 0).unwrap();
        DenialChange { at, by: "head".to_owned(), reason }
    }

    #[test]
    fn a_subject_is_whatever_an_issuer_may_call_somebody() {
        for good in ["a", "5f0c3a1e-93b1-4d5e-8a43-0f1f2a1c9b7d", "auth0|5f7c8ec7"] {
            assert!(good.parse::<StaffSubject>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "\u{e9}", "a\n", &"a".repeat(256)] {
            assert!(bad.parse::<StaffSubject>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_last_changes_are_kept_and_what_is_so_already_is_none() {
        let mut denial = Denial::none("clerk".parse().unwrap());
        assert_eq!(denial.changed(change(0, None)), None);
        for second in 0..30 {
            let reason = (second % 2 == 0).then_some(DenialReason::Left);
            denial = denial.changed(change(second, reason)).unwrap();
            assert_eq!(denial.changed(change(99, reason)), None);
        }
        assert!(!denial.is_denied);
        let seconds: Vec<_> = denial.changes.iter().map(|one| one.at.timestamp()).collect();
        assert_eq!(seconds, (10..30).collect::<Vec<_>>());
    }
}
