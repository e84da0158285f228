//! A field that does not fit, for whoever filled it in.

use serde::Serialize;
use utoipa::ToSchema;

/// A field that does not fit. What stands in it is never repeated: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Path of the field.
    pub field: String,
    /// What it should be, in Indonesian.
    pub detail: String,
    /// What it should be, in English.
    pub detail_en: String,
}

impl FieldError {
    /// An error of `field`.
    pub fn new(field: &str, detail: &str, detail_en: &str) -> Self {
        Self { field: field.to_owned(), detail: detail.to_owned(), detail_en: detail_en.to_owned() }
    }
}
