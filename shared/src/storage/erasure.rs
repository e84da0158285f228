//! Forgetting an account: its bookings keep their places in the count and tell nobody apart.

use chrono::{DateTime, Utc};

use super::accounts::ProfileItem;
use super::error::StoreError;
use super::expression::Expression;
use super::fair_use;
use super::items::{Query, from_item, key_of};
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::values::{number, seconds, text};
use super::{Item, Store, keys, person_claims};
use crate::domain::booking::Booking;
use crate::domain::ids::AccountId;

/// Items forgotten in one go; the query is repeated until nothing is left.
const PAGE: usize = 500;
/// Items that one transaction may hold.
const TRANSACTION_ITEMS: usize = 100;

impl Store {
    /// Takes the person out of a booking that is over, and the booking out of its account.
    /// `false`: the booking has changed since it was read.
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
    pub async fn close_account(
        &self,
        id: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_close(id, now)).await
    }

    async fn try_close(
        &self,
        id: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), ()>, StoreError> {
        let Some(item) = self.get_item(&keys::profile(id)).await? else {
            return Ok(Attempt::Done(()));
        };
        let record = fair_use::record_of(&item);
        let profile: ProfileItem = from_item("profile", item)?;
        self.forget_contacts(id, &profile.contacts, &record, now).await?;
        // Refused: it was given another contact meanwhile.
        let same = Expression::new("#sealed = :sealed").with(":sealed", text(profile.sealed));
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
            for person in items.iter().filter_map(|item| item.get("person")) {
                let person = person.as_s().map_err(|_| StoreError::corrupt("person"))?;
                self.forget_person(person, id, now).await?;
            }
            for some in items.chunks(TRANSACTION_ITEMS) {
                let delete = |item| Ok(Write::Delete(key_of(item)?, None));
                let deletes: Result<_, StoreError> = some.iter().map(delete).collect();
                self.transact(deletes?).await?;
            }
        }
    }

    /// Removes the account's contacts, unless another account has them by now. What counts against
    /// them stays under their hashes for a time.
    async fn forget_contacts(
        &self,
        id: &AccountId,
        hashes: &[String],
        record: &Item,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for hash in hashes {
            let own = Expression::new("#account = :id").with(":id", text(id.as_str()));
            let delete = Write::Delete(keys::contact(hash), Some(own));
            let kept = fair_use::kept(hash, record, now);
            self.transact([delete].into_iter().chain(kept).collect()).await?;
        }
        Ok(())
    }

    /// Removes a person's uniqueness guard, unless a live booking of another account has it. What counts
    /// against the person stays under the hash for a time, and nothing else of it.
    async fn forget_person(
        &self,
        person: &str,
        account: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.transact(vec![person_claims::forget(person, account)]).await?;
        let key = keys::person(person);
        let Some(item) = self.get_item(&key).await? else { return Ok(()) };
        let ended = Expression::new("attribute_not_exists(#free_at) OR #free_at <= :now")
            .with(":now", seconds(now));
        let record = fair_use::record_of(&item);
        let forget = match record.is_empty() {
            true => Write::Delete(key, Some(ended)),
            false => Write::Update(key, fair_use::only_record(&record, now), Some(ended)),
        };
        self.transact(vec![forget]).await.map(|_| ())
    }
}
