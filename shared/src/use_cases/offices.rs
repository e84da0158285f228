//! An office's description, read to be changed and written as a whole.

use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::field::FieldError;
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use crate::domain::validate::violations;
use crate::storage::Written;

/// Why an office stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfficeRefusal {
    /// There is none of this id, or nothing of it to be changed.
    NotFound,
    /// What was asked for makes no sense.
    Fields(Vec<FieldError>),
    /// Somebody else has changed it.
    ChangedMeanwhile,
}

impl OfficeRefusal {
    /// One field that does not fit.
    pub fn field(field: &str, detail: &str, detail_en: &str) -> Self {
        Self::Fields(vec![FieldError::new(field, detail, detail_en)])
    }

    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NotFound => Reason::NotFound,
            Self::Fields(_) => Reason::InvalidRequest,
            Self::ChangedMeanwhile => Reason::ChangedMeanwhile,
        }
    }
}

/// The office as the table has it now, and its revision.
///
/// # Errors
/// If the table does not answer.
pub async fn current(app: &App, id: &OfficeId) -> Outcome<(Office, u32), OfficeRefusal> {
    Ok(app.ledger.store().office(id).await?.ok_or(OfficeRefusal::NotFound))
}

/// Refuses the description of another office.
///
/// # Errors
/// The field `id`.
pub fn check_id(office: &Office, id: &OfficeId) -> Result<(), OfficeRefusal> {
    match office.id == *id {
        true => Ok(()),
        false => Err(OfficeRefusal::field(
            "id",
            "Harus sama dengan kantor pada alamat.",
            "Must be the office of the address.",
        )),
    }
}

/// Refuses a description that makes no sense.
///
/// # Errors
/// The fields that do not fit.
pub fn check(office: &Office) -> Result<(), OfficeRefusal> {
    refuse(violations(office))
}

/// Refuses what a change brings with it. What an earlier release has let in keeps nobody from closing a
/// day.
///
/// # Errors
/// The fields that do not fit.
pub fn check_change(before: &Office, after: &Office) -> Result<(), OfficeRefusal> {
    let known = violations(before);
    refuse(violations(after).into_iter().filter(|one| !known.contains(one)).collect())
}

fn refuse(found: Vec<FieldError>) -> Result<(), OfficeRefusal> {
    if found.is_empty() { Ok(()) } else { Err(OfficeRefusal::Fields(found)) }
}

/// Writes an office that nobody else has changed since it had this revision; `by` is the member of staff.
///
/// # Errors
/// If the table does not answer.
pub async fn write(
    app: &App,
    revision: u32,
    office: &Office,
    by: &str,
) -> Outcome<(), OfficeRefusal> {
    let written = Written { at: app.clock.now(), by: Some(by.to_owned()) };
    let is_written = app.ledger.store().put_office(revision, office, &written).await;
    let is_written = is_written.map_err(LedgerError::from)?;
    app.ledger.offices().forget(&office.id).await;
    Ok(if is_written { Ok(()) } else { Err(OfficeRefusal::ChangedMeanwhile) })
}
