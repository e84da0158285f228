//! Whose visit it is, as the desk sees it.

use antrian::domain::account::Applicant;
use antrian::domain::person::Category;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The person, for the clerk to compare with the KTP. It is never kept with an answer for repeated
/// requests: an erasure has to reach a name.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct PersonView {
    name: String,
    identity: Identity,
    /// Why the person goes before others, as was told when booking; the clerk sees whether it is so.
    #[serde(default = "general")]
    #[schema(required = true)]
    category: Category,
}

/// Answers that an earlier release kept do not know.
fn general() -> Category {
    Category::General
}

/// What is known of who the person is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Identity {
    Nik,
    /// Name and birth date only: look at the original documents.
    Weak,
}

impl From<&Applicant> for PersonView {
    fn from(applicant: &Applicant) -> Self {
        let details = &applicant.details;
        let identity = if details.nik.is_some() { Identity::Nik } else { Identity::Weak };
        let name = details.name.expose().to_owned();
        Self { name, identity, category: details.category }
    }
}
