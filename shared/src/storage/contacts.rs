//! Which account a contact belongs to.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use super::accounts::{ProfileItem, Usage};
use super::error::StoreError;
use super::expression::Expression;
use super::fair_use;
use super::items::to_item;
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::values::{text, text_of};
use super::{Item, Store, keys};
use crate::domain::ids::AccountId;
use crate::domain::language::Locale;
use crate::domain::person::Contacts;
use crate::security::tokens;

/// Whom a contact leads to. Its account may have been erased in this very moment.
pub(super) struct Holder {
    pub(super) id: AccountId,
    pub(super) profile: Option<ProfileItem>,
}

/// Whose contacts these are.
struct Ownership {
    /// The account that they belong to; absent: a new one.
    owner: Option<(AccountId, ProfileItem)>,
    /// Another account that has the number until now: numbers come to other people.
    loser: Option<Holder>,
}

impl Store {
    /// The account that these contacts belong to, made if there is none. A number that was another
    /// account's is not known of that one any more.
    ///
    /// A scoped id decides over a number: a number can come to another person, a scoped id cannot.
    pub async fn account_of_contacts(
        &self,
        contacts: &Contacts,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<AccountId, StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_link(contacts, locale, now)).await
    }

    async fn try_link(
        &self,
        contacts: &Contacts,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), AccountId>, StoreError> {
        let ownership = self.ownership(contacts).await?;
        let id = match &ownership.owner {
            Some((id, _)) => id.clone(),
            None => tokens::account_id(),
        };
        let record = match ownership.owner {
            Some(_) => Item::new(),
            None => self.kept_record(contacts).await?,
        };
        let mut writes =
            vec![self.profile_write(&id, &ownership, (contacts, record), locale, now)?];
        if let Some(loser) = &ownership.loser {
            writes.extend(self.without_number(loser, contacts)?);
        }
        for hash in self.keyring().contacts(contacts) {
            writes.push(contact_write(&hash, &id, ownership.loser.as_ref()));
        }
        let applied = self.transact(writes).await?.applied();
        Ok(if applied { Attempt::Done(id) } else { Attempt::Conflict(()) })
    }

    async fn ownership(&self, contacts: &Contacts) -> Result<Ownership, StoreError> {
        let scoped = contacts.scoped.as_ref().map(|scoped| self.keyring().contact_scoped(scoped));
        let phone = contacts.phone.as_ref().map(|phone| self.keyring().contact_phone(phone));
        let (by_scoped, by_number) = tokio::try_join!(self.holder(scoped), self.holder(phone))?;
        if let Some(Holder { id, profile: Some(profile) }) = by_scoped {
            let loser = by_number.filter(|holder| holder.id != id);
            return Ok(Ownership { owner: Some((id, profile)), loser });
        }
        match by_number {
            Some(Holder { id, profile: Some(profile) })
                if !self.is_other_person(&id, &profile, contacts)? =>
            {
                Ok(Ownership { owner: Some((id, profile)), loser: None })
            }
            loser => Ok(Ownership { owner: None, loser }),
        }
    }

    /// Whether the account's scoped id is not the one that came with its number now.
    pub(super) fn is_other_person(
        &self,
        id: &AccountId,
        profile: &ProfileItem,
        contacts: &Contacts,
    ) -> Result<bool, StoreError> {
        let known = self.open_contacts(id, &profile.sealed)?;
        Ok(contacts.scoped.is_some() && known.scoped.is_some() && known.scoped != contacts.scoped)
    }

    pub(super) async fn holder(&self, hash: Option<String>) -> Result<Option<Holder>, StoreError> {
        let Some(hash) = hash else { return Ok(None) };
        let item = self.get_item(&keys::contact(&hash)).await?;
        let Some(account) = item.as_ref().and_then(|item| text_of(item, "account")) else {
            return Ok(None);
        };
        let id: AccountId = account.parse().map_err(|_| StoreError::corrupt("contact"))?;
        let profile = self.get("profile", &keys::profile(&id)).await?;
        Ok(Some(Holder { id, profile }))
    }

    /// What counts against the person whose account with this contact was erased.
    async fn kept_record(&self, contacts: &Contacts) -> Result<Item, StoreError> {
        let hashes = self.keyring().contacts(contacts);
        let keys: Vec<_> = hashes.iter().map(|hash| keys::contact_record(hash)).collect();
        let found = try_join_all(keys.iter().map(|key| self.get_item(key))).await?;
        Ok(found.into_iter().flatten().flat_map(|item| fair_use::record_of(&item)).collect())
    }

    /// Refused: the account was made, erased, or has other contacts meanwhile.
    fn profile_write(
        &self,
        id: &AccountId,
        ownership: &Ownership,
        (contacts, record): (&Contacts, Item),
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<Write, StoreError> {
        let hashes = self.keyring().contacts(contacts);
        let (all, mut known, created_at) = match &ownership.owner {
            Some((_, profile)) => (
                contacts.clone().or(self.open_contacts(id, &profile.sealed)?),
                profile.contacts.clone(),
                profile.created_at,
            ),
            None => (contacts.clone(), vec![], now),
        };
        known.retain(|hash| !hashes.contains(hash));
        known.extend(hashes);
        let (sealed, usage) = (self.sealed(id, &all)?, Usage::default());
        let profile = ProfileItem { created_at, locale, sealed, contacts: known, usage };
        match &ownership.owner {
            Some((_, before)) => replace_profile(id, before, &profile),
            None => {
                let mut item = to_item("profile", &keys::profile(id), &profile)?;
                item.extend(record);
                Ok(Write::Put(item, Some(super::days::absent())))
            }
        }
    }

    /// The profile of the account that loses the number. Refused: it has other contacts meanwhile.
    fn without_number(
        &self,
        loser: &Holder,
        contacts: &Contacts,
    ) -> Result<Option<Write>, StoreError> {
        let Some(profile) = &loser.profile else { return Ok(None) };
        let mut left = self.open_contacts(&loser.id, &profile.sealed)?;
        let mut known = profile.contacts.clone();
        if let Some(phone) = &contacts.phone {
            let hash = self.keyring().contact_phone(phone);
            known.retain(|known| *known != hash);
            left.phone = left.phone.filter(|own| own.expose() != phone.expose());
        }
        let sealed = self.sealed(&loser.id, &left)?;
        let after = ProfileItem { sealed, contacts: known, ..profile.clone() };
        replace_profile(&loser.id, profile, &after).map(Some)
    }

    pub(super) fn sealed(&self, id: &AccountId, contacts: &Contacts) -> Result<String, StoreError> {
        let aad = keys::profile(id).aad("sealed");
        Ok(self.keyring().seal(contacts.to_json().as_bytes(), &aad)?)
    }
}

/// Refused: the profile is not as it was read any more; what is sealed anew is never the same text.
pub(super) fn replace_profile(
    id: &AccountId,
    before: &ProfileItem,
    after: &ProfileItem,
) -> Result<Write, StoreError> {
    // Every attribute of a profile is always there: none has to go.
    let after = to_item("profile", &keys::profile(id), after)?;
    Ok(Write::Replace(Item::new(), after, unchanged(before)))
}

pub(super) fn unchanged(before: &ProfileItem) -> Expression {
    Expression::new("#sealed = :sealed").with(":sealed", text(before.sealed.clone()))
}

/// Refused: the contact belongs to an account that was not looked at.
pub(super) fn contact_write(hash: &str, id: &AccountId, loser: Option<&Holder>) -> Write {
    let mut item = keys::contact(hash).attributes();
    item.insert("account".to_owned(), text(id.as_str()));
    let before = loser.map_or(id, |loser| &loser.id);
    let condition =
        Expression::new("attribute_not_exists(#pk) OR #account = :id OR #account = :before");
    let condition = condition.with(":id", text(id.as_str())).with(":before", text(before.as_str()));
    Write::Put(item, Some(condition))
}
