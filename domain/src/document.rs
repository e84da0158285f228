//! Documents, and the rules by which they are asked for: data with a source and dates.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ids::ServiceId;
use super::language::Text;

/// Grown up or not, for the choice of documents.
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
    /// The service it is about.
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
    /// What to bring.
    pub documents: Vec<Document>,
    /// Where the rule was found.
    pub source: String,
    /// When it was last checked.
    pub as_of: NaiveDate,
}

/// A document to bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Document {
    /// For example `ktp`.
    pub id: String,
    /// What it is called.
    pub label: Text,
    /// What to mind.
    #[serde(default)]
    pub note: Option<Text>,
    /// `false`: advisable.
    pub required: bool,
}
