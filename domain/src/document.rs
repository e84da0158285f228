//! Documents, and the rules by which they are asked for: data with a source and dates.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::ServiceId;
use super::language::Text;

/// Whether a person is of age: other documents are asked of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicantKind {
    /// Of age.
    Adult,
    /// Under age.
    Child,
}

/// Documents that one rule asks for, from a date, with the source of the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentRule {
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The applicants it is about; absent: all.
    #[serde(default)]
    pub applicant: Option<ApplicantKind>,
    /// First visit date for which it holds; absent: always held.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Last visit date for which it holds; absent: until replaced.
    #[serde(default)]
    pub until: Option<NaiveDate>,
    pub documents: Vec<Document>,
    /// Where the rule was found.
    pub source: String,
    /// When it was last compared with its source.
    pub as_of: NaiveDate,
}

/// A document to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// For example `ktp`.
    pub id: String,
    pub label: Text,
    /// What to mind, for example that a copy does not do.
    #[serde(default)]
    pub note: Option<Text>,
    /// `false`: better brought, and not asked for.
    pub required: bool,
}
