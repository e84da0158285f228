//! The pause of all sending, while the provider's account is in trouble: one item, or none; and the one
//! of what can wait, while the provider is at its rate limit: another.

use chrono::{DateTime, Utc};

use super::error::StoreError;
use super::expression::Expression;
use super::transact::Write;
use super::values::{instant_of, seconds};
use super::{Store, keys};

impl Store {
    /// Until when nothing is sent, if sending is paused. An end that has passed stays until a
    /// message was sent again.
    pub async fn pause(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Some(item) = self.get_item(&keys::pause()).await? else { return Ok(None) };
        instant_of(&item, "until").map(Some).ok_or_else(|| StoreError::corrupt("pause"))
    }

    /// Until when nothing is sent that can wait, if that was ever so.
    pub async fn bulk_pause(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let Some(item) = self.get_item(&keys::bulk_pause()).await? else { return Ok(None) };
        instant_of(&item, "until").map(Some).ok_or_else(|| StoreError::corrupt("pause"))
    }

    /// Keeps what can wait from being sent until then.
    pub async fn pause_bulk(&self, until: DateTime<Utc>) -> Result<(), StoreError> {
        let mut item = keys::bulk_pause().attributes();
        item.insert("until".to_owned(), seconds(until));
        self.transact(vec![Write::Put(item, None)]).await.map(|_| ())
    }

    /// Pauses sending, or lengthens the pause. Answers with whether there was none before.
    pub async fn begin_pause(&self, until: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut item = keys::pause().attributes();
        item.insert("until".to_owned(), seconds(until));
        let put = |condition| vec![Write::Put(item.clone(), Some(condition))];
        if self.transact(put(super::days::absent())).await?.applied() {
            return Ok(true);
        }
        let longer = Expression::new("#until < :until").with(":until", seconds(until));
        self.transact(put(longer)).await.map(|_| false)
    }

    /// Claims the first message after a pause that ended at `ended`: everybody else's waits until
    /// `until`. `false`: somebody else has claimed it.
    pub async fn claim_probe(
        &self,
        ended: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let set = Expression::new("SET #until = :until").with(":until", seconds(until));
        let unclaimed = Expression::new("#until = :ended").with(":ended", seconds(ended));
        let writes = vec![Write::Update(keys::pause(), set, Some(unclaimed))];
        Ok(self.transact(writes).await?.applied())
    }

    /// Ends the pause, if nobody has lengthened it since it was to last until `until`.
    pub async fn end_pause(&self, until: DateTime<Utc>) -> Result<(), StoreError> {
        let unchanged = Expression::new("#until = :until").with(":until", seconds(until));
        self.transact(vec![Write::Delete(keys::pause(), Some(unchanged))]).await.map(|_| ())
    }
}
