//! The display in the hall of an office.

use std::sync::Arc;

use super::LedgerError;
use super::desk::queue_of_today;
use crate::app::App;
use crate::domain::ids::OfficeId;

pub use crate::ledger::{Hall, HallLine};

/// What the hall sees. Absent: there is no such office.
pub async fn hall(app: &App, id: &OfficeId) -> Result<Option<Arc<Hall>>, LedgerError> {
    let Some((office, day)) = queue_of_today(app, id).await? else { return Ok(None) };
    Ok(Some(app.ledger.halls().get(&office, &day, app.clock.now()).await?))
}
