//! Accounts that nobody signs in to: of people whom a clerk has booked for. They have no contact, so
//! nothing is ever sent to them.

use chrono::{DateTime, Utc};

use super::accounts::{ProfileItem, Usage};
use super::days::absent;
use super::error::StoreError;
use super::items::to_item;
use super::transact::Write;
use super::{Store, keys};
use crate::domain::ids::{AccountId, ApplicantId};
use crate::domain::language::Locale;
use crate::domain::person::Contacts;

impl Store {
    /// Makes the account of somebody at the desk, unless an earlier try has made it.
    pub async fn make_desk_account(
        &self,
        id: &AccountId,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let sealed = self.sealed(id, &Contacts { phone: None, scoped: None })?;
        let usage = Usage::default();
        let profile = ProfileItem { created_at: now, locale, sealed, contacts: vec![], usage };
        let item = to_item("profile", &keys::profile(id), &profile)?;
        self.transact(vec![Write::Put(item, Some(absent()))]).await.map(drop)
    }

    /// Removes such an account and its person: no seat was found for them. A booking that another try has made
    /// under this key keeps both.
    pub async fn drop_desk_account(
        &self,
        id: &AccountId,
        applicant: &ApplicantId,
        hold_key: &str,
    ) -> Result<(), StoreError> {
        let booking = keys::booking(self.keyring().booking_code(id, hold_key, 0));
        let writes = [keys::applicant(id, applicant), keys::profile(id)];
        let writes = writes.into_iter().map(|key| Write::Delete(key, None));
        let writes = writes.chain([Write::Check(booking, absent())]).collect();
        self.transact(writes).await.map(drop)
    }
}
