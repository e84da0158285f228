//! Forgetting an account: its bookings keep their places in the count and tell nobody apart.

use chrono::{DateTime, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::items::Query;
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::values::{number, seconds, text, text_of};
use super::{Item, Store, keys};
use crate::domain::booking::Booking;
use crate::domain::ids::AccountId;

/// Items forgotten in one go; the query is repeated until nothing is left.
const PAGE: usize = 500;
/// Items that one transaction may hold.
const TRANSACTION_ITEMS: usize = 100;

impl Store {
    /// Takes the person out of a booking that is over, and the booking out of its account.
    /// `false`: the booking has changed since it was read.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn forget_booking(&self, booking: &Booking) -> Result<bool, StoreError> {
        let nobody = Expression::new("SET #person = :nobody").with(":nobody", text("erased"));
        let unchanged =
            Expression::new("#version = :version").with(":version", number(booking.version));
        let pointer = keys::booking_pointer(&booking.account, booking.code);
        let writes = vec![
            Write::Update(keys::booking(booking.code), nobody, Some(unchanged)),
            Write::Delete(pointer, None),
        ];
        Ok(self.transact(writes).await?.applied())
    }

    /// Removes the account's contacts and its profile: nothing is added to an account without one, so
    /// that nobody books for it any more. Its sessions stay, for the erasure to be repeated.
    ///
    /// # Errors
    /// If the table does not answer; the same call again goes on where it stopped.
    pub async fn close_account(&self, id: &AccountId) -> Result<(), StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_close(id)).await
    }

    async fn try_close(&self, id: &AccountId) -> Result<Attempt<(), ()>, StoreError> {
        let Some(profile) = self.get_item(&keys::profile(id)).await? else {
            return Ok(Attempt::Done(()));
        };
        self.forget_contacts(id, &profile).await?;
        let sealed = text_of(&profile, "sealed").ok_or_else(|| StoreError::corrupt("profile"))?;
        // Refused: it was given another contact meanwhile.
        let same = Expression::new("#sealed = :sealed").with(":sealed", text(sealed));
        let closed = self.transact(vec![Write::Delete(keys::profile(id), Some(same))]).await?;
        Ok(if closed.applied() { Attempt::Done(()) } else { Attempt::Conflict(()) })
    }

    /// Removes everything that is known of an account that was closed and whose bookings were
    /// forgotten before.
    ///
    /// # Errors
    /// If the table does not answer; the same call again goes on where it stopped.
    pub async fn erase_account(
        &self,
        id: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        loop {
            let partition = keys::account_partition(id);
            let items = self.query(Query::partition(partition, PAGE)).await?;
            if items.is_empty() {
                return Ok(());
            }
            for person in items.iter().filter_map(|item| text_of(item, "person")) {
                self.forget_person(person, now).await?;
            }
            for some in items.chunks(TRANSACTION_ITEMS) {
                let deletes = some.iter().filter_map(own_key).map(|key| Write::Delete(key, None));
                self.transact(deletes.collect()).await?;
            }
        }
    }

    /// Removes the account's contacts, unless another account has them by now.
    async fn forget_contacts(&self, id: &AccountId, profile: &Item) -> Result<(), StoreError> {
        let hashes = profile.get("contacts").and_then(|list| list.as_l().ok());
        for hash in hashes.into_iter().flatten().filter_map(|hash| hash.as_s().ok()) {
            let own = Expression::new("#account = :id").with(":id", text(id.as_str()));
            self.transact(vec![Write::Delete(keys::contact(hash), Some(own))]).await?;
        }
        Ok(())
    }

    /// Removes a person's guard, unless a live booking of another account has it.
    async fn forget_person(&self, person: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let ended = Expression::new("attribute_not_exists(#pk) OR #free_at <= :now")
            .with(":now", seconds(now));
        self.transact(vec![Write::Delete(keys::person(person), Some(ended))]).await.map(|_| ())
    }
}

/// The key of an item.
pub(super) fn own_key(item: &Item) -> Option<keys::Key> {
    Some(keys::Key { pk: text_of(item, "pk")?.to_owned(), sk: text_of(item, "sk")?.to_owned() })
}
