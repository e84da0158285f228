//! Whoever writes to us: the account of known contacts without a write, and contacts that change.

use chrono::{DateTime, Utc};

use super::contacts::{Holder, replace_profile};
use super::error::StoreError;
use super::expression::Expression;
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::values::text;
use super::{Store, keys};
use crate::domain::ids::AccountId;
use crate::domain::language::Locale;
use crate::domain::person::Contacts;

impl Store {
    /// The account of whoever writes, made if there is none; its language stays as it is. Contacts
    /// that are known cost two reads and no write.
    pub async fn known_account(
        &self,
        contacts: &Contacts,
        now: DateTime<Utc>,
    ) -> Result<AccountId, StoreError> {
        let hashes = self.keyring().contacts(contacts);
        let mut locale = Locale::default();
        for hash in &hashes {
            let Some(Holder { id, profile: Some(profile) }) =
                self.holder(Some(hash.clone())).await?
            else {
                continue;
            };
            if hashes.iter().all(|hash| profile.contacts.contains(hash)) {
                return Ok(id);
            }
            locale = profile.locale;
            break;
        }
        self.account_of_contacts(contacts, locale, now).await
    }

    /// An account is reached otherwise from now on: what is new replaces what it had. Where the new
    /// contacts have an account of their own already, both stay as they are.
    pub async fn move_contacts(
        &self,
        from: &Contacts,
        to: &Contacts,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_move_contacts(from, to, now)).await
    }

    async fn try_move_contacts(
        &self,
        from: &Contacts,
        to: &Contacts,
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), ()>, StoreError> {
        let Some(holder) = self.holder_of(from).await? else { return Ok(Attempt::Done(())) };
        let Some(writes) = self.moving(&holder, to)? else { return Ok(Attempt::Done(())) };
        // Whoever has the old number, or a phone that was left with it, is not signed in any more. Before
        // the move: what is cut short here is found again by the old contacts.
        if to.phone.is_some() {
            self.delete_sessions(&holder.id, now).await?;
        }
        if self.transact(writes).await?.applied() {
            return Ok(Attempt::Done(()));
        }
        let is_taken = self.holder_of(to).await?.is_some_and(|other| other.id != holder.id);
        if is_taken {
            tracing::warn!("the new contacts of an account are another account's");
            return Ok(Attempt::Done(()));
        }
        Ok(Attempt::Conflict(()))
    }

    async fn holder_of(&self, contacts: &Contacts) -> Result<Option<Holder>, StoreError> {
        for hash in self.keyring().contacts(contacts) {
            if let Some(holder) = self.holder(Some(hash)).await?.filter(|h| h.profile.is_some()) {
                return Ok(Some(holder));
            }
        }
        Ok(None)
    }

    /// Refused: the account has other contacts meanwhile, or the new ones are another account's.
    fn moving(&self, holder: &Holder, to: &Contacts) -> Result<Option<Vec<Write>>, StoreError> {
        let Some(profile) = &holder.profile else { return Ok(None) };
        let id = &holder.id;
        let all = to.clone().or(self.open_contacts(id, &profile.sealed)?);
        let mut after = profile.clone();
        after.contacts = self.keyring().contacts(&all);
        after.sealed = self.sealed(id, &all)?;
        let mut writes = vec![replace_profile(id, profile, &after)?];
        let own = |text_before: &str| {
            Expression::new("attribute_not_exists(#pk) OR #account = :id")
                .with(":id", text(text_before))
        };
        for hash in self.keyring().contacts(to) {
            let mut item = keys::contact(&hash).attributes();
            item.insert("account".to_owned(), text(id.as_str()));
            writes.push(Write::Put(item, Some(own(id.as_str()))));
        }
        for hash in profile.contacts.iter().filter(|hash| !after.contacts.contains(hash)) {
            writes.push(Write::Delete(keys::contact(hash), Some(own(id.as_str()))));
        }
        Ok(Some(writes))
    }
}
