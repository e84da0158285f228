//! After a restore: who was erased is erased again, and what was signed out is signed out.

use super::LedgerError;
use super::account::remove;
use crate::clock::Clock;
use crate::ledger::Ledger;

/// What a restore had brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reapplied {
    /// Accounts that are erased again.
    pub accounts: usize,
    /// Sessions that are ended again, besides those of these accounts.
    pub sessions: usize,
}

/// Does again what the restored table does not know: before it opens, and as often as wanted.
///
/// # Errors
/// If the table does not answer; the same call again goes on where it stopped.
pub async fn reapply(ledger: &Ledger, clock: &Clock) -> Result<Reapplied, LedgerError> {
    let store = ledger.store();
    let returned = store.returned().await?;
    for account in &returned.accounts {
        // A visit that the table believes is under way was over when its account was erased.
        let removed = remove(ledger, clock, account, |_, _| false).await?;
        debug_assert!(removed.is_ok(), "no visit is waited for");
    }
    store.end_returned(&returned).await?;
    Ok(Reapplied { accounts: returned.accounts.len(), sessions: returned.sessions() })
}
