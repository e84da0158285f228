//! What is known of a person while the rest is asked for, so that nobody types it twice.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::words::{Details, Misread};

/// What is known of a person. It is kept sealed with the conversation.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pending {
    name: Option<String>,
    nik: Option<String>,
    birth_date: Option<NaiveDate>,
    regency: Option<String>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending(…)")
    }
}

impl Pending {
    pub(super) fn of(details: &Details) -> Self {
        Self {
            name: details.name.as_ref().map(|name| name.expose().to_owned()),
            nik: details.nik.as_ref().map(|nik| nik.expose().to_owned()),
            birth_date: details.birth_date,
            regency: details.regency.clone(),
        }
    }

    /// Whether the name is known and the NIK is not.
    pub fn lacks_only_nik(&self) -> bool {
        self.name.is_some() && self.nik.is_none()
    }

    /// Whether the name is not known, and something else is.
    pub fn lacks_only_name(&self) -> bool {
        self.name.is_none() && (self.nik.is_some() || self.birth_date.is_some())
    }

    /// What was said now, and for the rest what was said before. A line without a NIK is a name only if
    /// none is known: else it may be the regency.
    pub(super) fn complete(&self, mut said: Details) -> Details {
        // Whoever is called like a city: another one than the regency that is known is the name.
        if said.name.is_none()
            && self.name.is_none()
            && self.regency.is_some()
            && said.regency != self.regency
        {
            said.name = said.regency.take().and_then(|name| name.parse().ok());
        }
        let known = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        said.name = said.name.or_else(|| known(&self.name));
        let nik = self.nik.as_ref().and_then(|nik| nik.parse().ok());
        let is_bad = said.misread.iter().any(|misread| matches!(misread, Misread::Nik(_)));
        said.nik = said.nik.or(nik.filter(|_| !is_bad));
        said.birth_date = said.birth_date.or(self.birth_date);
        said.regency = said.regency.or_else(|| self.regency.clone());
        said
    }
}
