//! Which keyring the table was written with: see `security::Fingerprint`. It is read where a start asks
//! whether the table answers, and written by the first start of all and by a rotation's command.

use aws_sdk_dynamodb::Client;

use super::days::absent;
use super::error::StoreError;
use super::expression::Expression;
use super::items::{from_item, get_item, to_item};
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::{Outcome, Write};
use super::{Item, Store, keys};
use crate::security::{Fingerprint, KeyringMismatch};

/// What the table knows of its keyring. Absent: no function has started on it.
pub(crate) async fn known_keyring(
    client: &Client,
    table: &str,
) -> Result<Option<Fingerprint>, StoreError> {
    let item = get_item(client, table, &keys::keyring()).await?;
    item.map(|item| from_item("keyring", item)).transpose()
}

impl Store {
    /// Whether this store's keyring is the table's, of which `known` was read. A table that knows of
    /// none takes this one.
    pub async fn match_keyring(
        &self,
        known: Option<Fingerprint>,
    ) -> Result<Result<(), KeyringMismatch>, StoreError> {
        let own = self.keyring().fingerprint();
        if let Some(known) = known {
            return Ok(own.fits(&known));
        }
        match self.transact(vec![Write::Put(self.keyring_item()?, Some(absent()))]).await? {
            Outcome::Applied => Ok(Ok(())),
            // Another one started at the same time.
            Outcome::Refused(old) => {
                let item = old.into_iter().flatten().next();
                let item = item.ok_or_else(|| StoreError::corrupt("keyring"))?;
                Ok(own.fits(&from_item("keyring", item)?))
            }
        }
    }

    /// Whether this store's keyring is the table's; one that knows of none says nothing against it.
    pub async fn fits_keyring(&self) -> Result<Result<(), KeyringMismatch>, StoreError> {
        let known = known_keyring(&self.client, &self.table).await?;
        Ok(known.map_or(Ok(()), |known| self.keyring().fingerprint().fits(&known)))
    }

    /// Makes this store's keyring the table's: an operator's work after a key was added and before one
    /// is retired. Only one that came of the table's keyring is taken.
    pub async fn record_keyring(&self) -> Result<Result<(), KeyringMismatch>, StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_record()).await
    }

    async fn try_record(&self) -> Result<Attempt<(), Result<(), KeyringMismatch>>, StoreError> {
        let before = self.get_item(&keys::keyring()).await?;
        let unchanged = match before {
            None => absent(),
            Some(item) => {
                let kept = item.get("keys").cloned();
                let kept = kept.ok_or_else(|| StoreError::corrupt("keyring"))?;
                let known: Fingerprint = from_item("keyring", item)?;
                if let Err(mismatch) = self.keyring().fingerprint().continues(&known) {
                    return Ok(Attempt::Done(Err(mismatch)));
                }
                Expression::new("#keys = :kept").with(":kept", kept)
            }
        };
        let put = Write::Put(self.keyring_item()?, Some(unchanged));
        let applied = self.transact(vec![put]).await?.applied();
        Ok(if applied { Attempt::Done(Ok(())) } else { Attempt::Conflict(()) })
    }

    fn keyring_item(&self) -> Result<Item, StoreError> {
        to_item("keyring", &keys::keyring(), self.keyring().fingerprint())
    }
}
