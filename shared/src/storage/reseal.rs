//! Sealing under the current key what earlier keys have sealed: an operator's work, never a function's.

use super::error::StoreError;
use super::expression::Expression;
use super::items::key_of;
use super::schema::known;
use super::transact::Write;
use super::values::text;
use super::{Item, Store};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    pub read: u64,
    pub resealed: u64,
    /// Items that somebody changed meanwhile; the next run looks at them again.
    pub changed_meanwhile: u64,
}

/// Profiles, applicants and conversations seal this attribute for their own key and keep it for long.
const SEALED: &str = "sealed";
/// The partition that holds them; what others seal is over within a month.
const ACCOUNTS: &str = "ACCOUNT#";

impl Store {
    /// Seals under the current key what accounts keep under earlier ones. May run beside everything
    /// else, and again.
    ///
    /// # Errors
    /// If the table does not answer, or an item does not open.
    pub async fn reseal(&self) -> Result<Resealed, StoreError> {
        let (mut done, mut after) = (Resealed::default(), None);
        loop {
            let (items, next) = self.scan(after).await?;
            for item in items {
                done.read += 1;
                self.reseal_item(&item, &mut done).await?;
            }
            after = next;
            if after.is_none() {
                return Ok(done);
            }
        }
    }

    async fn reseal_item(&self, item: &Item, done: &mut Resealed) -> Result<(), StoreError> {
        let key = key_of(item)?;
        let sealed = item.get(SEALED).filter(|_| key.pk.starts_with(ACCOUNTS));
        let Some(sealed) = sealed else { return Ok(()) };
        let sealed = sealed.as_s().map_err(|_| StoreError::corrupt(SEALED))?;
        if self.keyring().is_current(sealed) {
            return Ok(());
        }
        known(item)?;
        let aad = key.aad(SEALED);
        let opened = self
            .keyring()
            .open(sealed, &aad)
            .map_err(|error| StoreError::Corrupt { kind: SEALED, source: Some(Box::new(error)) })?;
        let set = Expression::new("SET #sealed = :anew")
            .with(":anew", text(self.keyring().seal(&opened, &aad)?));
        let same = Expression::new("#sealed = :sealed").with(":sealed", text(sealed));
        match self.transact(vec![Write::Update(key, set, Some(same))]).await?.applied() {
            true => done.resealed += 1,
            false => done.changed_meanwhile += 1,
        }
        Ok(())
    }
}
