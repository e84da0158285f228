//! Whoever writes to us: the account of known contacts without a write, and contacts that change.

use chrono::{DateTime, Utc};

use super::accounts::ProfileItem;
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
        if self.is_doubtful(&holder, from)? {
            tracing::warn!("a number whose account may be another person's has changed");
            return Ok(Attempt::Done(()));
        }
        let Some((before, after)) = self.with_contacts(&holder, to)? else {
            return Ok(Attempt::Done(()));
        };
        let mut writes = vec![replace_profile(&holder.id, before, &after)?];
        writes.extend(self.relinked(&holder.id, before, &after, to));
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

    /// Whether it is not known that an account is theirs who come with these contacts.
    fn is_doubtful(&self, holder: &Holder, from: &Contacts) -> Result<bool, StoreError> {
        let Some(profile) = &holder.profile else { return Ok(false) };
        let is_asked = profile.usage.is_asked(&self.keyring().contacts(from));
        Ok(is_asked || self.is_other_person(&holder.id, profile, from)?)
    }

    pub(super) async fn holder_of(
        &self,
        contacts: &Contacts,
    ) -> Result<Option<Holder>, StoreError> {
        for hash in self.keyring().contacts(contacts) {
            if let Some(holder) = self.holder(Some(hash)).await?.filter(|h| h.profile.is_some()) {
                return Ok(Some(holder));
            }
        }
        Ok(None)
    }

    /// The profile of an account, and as it is with these contacts too. Absent: it has none any more.
    pub(super) fn with_contacts<'a>(
        &self,
        holder: &'a Holder,
        to: &Contacts,
    ) -> Result<Option<(&'a ProfileItem, ProfileItem)>, StoreError> {
        let Some(before) = &holder.profile else { return Ok(None) };
        let all = to.clone().or(self.open_contacts(&holder.id, &before.sealed)?);
        let mut after = before.clone();
        after.contacts = self.keyring().contacts(&all);
        after.sealed = self.sealed(&holder.id, &all)?;
        Ok(Some((before, after)))
    }

    /// Leads the contacts `to` to the account, and those that it has no more to none. Refused: they are
    /// another account's.
    pub(super) fn relinked(
        &self,
        id: &AccountId,
        before: &ProfileItem,
        after: &ProfileItem,
        to: &Contacts,
    ) -> Vec<Write> {
        let own = || {
            Expression::new("attribute_not_exists(#pk) OR #account = :id")
                .with(":id", text(id.as_str()))
        };
        let added = self.keyring().contacts(to).into_iter().map(|hash| {
            let mut item = keys::contact(&hash).attributes();
            item.insert("account".to_owned(), text(id.as_str()));
            Write::Put(item, Some(own()))
        });
        let gone = before.contacts.iter().filter(|hash| !after.contacts.contains(hash));
        added.chain(gone.map(|hash| Write::Delete(keys::contact(hash), Some(own())))).collect()
    }
}
