//! Which account a contact belongs to.

use chrono::{DateTime, Utc};

use super::accounts::ProfileItem;
use super::error::StoreError;
use super::items::{text, text_of, to_item};
use super::transact::{Expression, Write};
use super::{Store, keys};
use crate::domain::ids::AccountId;
use crate::domain::message::Locale;
use crate::domain::person::Contacts;
use crate::security::tokens;

/// Whose contacts these are.
enum Owner {
    /// An account's.
    Known(AccountId, Box<ProfileItem>),
    /// Nobody's yet. The number may have been this other account's: numbers come to other people.
    New { number_was_of: Option<AccountId> },
}

/// Times that linking starts over because contacts changed meanwhile.
const MOST_ROUNDS: u32 = 4;

impl Store {
    /// The account that these contacts belong to, made if there is none.
    ///
    /// A scoped id decides over a number: a number can come to another person, a scoped id cannot.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn account_of_contacts(
        &self,
        contacts: &Contacts,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<AccountId, StoreError> {
        for _ in 0..MOST_ROUNDS {
            let owner = self.owner(contacts).await?;
            let id = match &owner {
                Owner::Known(id, _) => id.clone(),
                Owner::New { .. } => tokens::account_id(),
            };
            let writes = self.link(&id, &owner, contacts, locale, now)?;
            if self.transact(writes).await?.applied() {
                return Ok(id);
            }
        }
        Err(StoreError::not_applied("contacts kept changing"))
    }

    async fn owner(&self, contacts: &Contacts) -> Result<Owner, StoreError> {
        if let Some(scoped) = &contacts.scoped {
            let hash = self.keyring().contact_scoped(scoped);
            if let Some((id, profile)) = self.account_of_hash(&hash).await? {
                return Ok(Owner::Known(id, Box::new(profile)));
            }
        }
        let Some(phone) = &contacts.phone else { return Ok(Owner::New { number_was_of: None }) };
        let hash = self.keyring().contact_phone(phone);
        let Some((id, profile)) = self.account_of_hash(&hash).await? else {
            return Ok(Owner::New { number_was_of: None });
        };
        let known = self.open_contacts(&id, &profile.sealed)?;
        let is_other_person =
            contacts.scoped.is_some() && known.scoped.is_some() && known.scoped != contacts.scoped;
        if is_other_person {
            return Ok(Owner::New { number_was_of: Some(id) });
        }
        Ok(Owner::Known(id, Box::new(profile)))
    }

    async fn account_of_hash(
        &self,
        hash: &str,
    ) -> Result<Option<(AccountId, ProfileItem)>, StoreError> {
        let item = self.get_item(&keys::contact(hash)).await?;
        let Some(account) = item.as_ref().and_then(|item| text_of(item, "account")) else {
            return Ok(None);
        };
        let id: AccountId = account.parse().map_err(|_| StoreError::corrupt("contact"))?;
        let profile = self.get("profile", &keys::profile(&id)).await?;
        Ok(profile.map(|profile| (id, profile)))
    }

    /// Writes profile and contacts together. Refused: the account or a contact changed meanwhile.
    fn link(
        &self,
        id: &AccountId,
        owner: &Owner,
        contacts: &Contacts,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<Vec<Write>, StoreError> {
        let key = keys::profile(id);
        let hashes = contacts.hashes(self.keyring());
        let (all, mut known, created_at, condition) = match owner {
            Owner::Known(_, profile) => (
                contacts.clone().or(self.open_contacts(id, &profile.sealed)?),
                profile.contacts.clone(),
                profile.created_at,
                Expression::new("attribute_exists(#pk)"),
            ),
            Owner::New { .. } => (contacts.clone(), vec![], now, super::days::absent()),
        };
        known.retain(|hash| !hashes.contains(hash));
        known.extend(hashes.iter().cloned());
        let sealed = self.keyring().seal(all.to_json().as_bytes(), &key.aad("sealed"));
        let profile = ProfileItem { created_at, locale, sealed, contacts: known };
        let mut writes = vec![Write::Put(to_item("profile", &key, &profile)?, Some(condition))];
        for hash in &hashes {
            let mut item = keys::contact(hash).attributes();
            item.insert("account".to_owned(), text(id.as_str()));
            writes.push(Write::Put(item, linkable(id, owner)));
        }
        Ok(writes)
    }
}

/// Refused: the contact belongs to an account that was not looked at. A known account takes a contact
/// from whoever had it: the message proves whose it is now.
fn linkable(id: &AccountId, owner: &Owner) -> Option<Expression> {
    let before = match owner {
        Owner::Known(..) => return None,
        Owner::New { number_was_of: Some(before) } => before,
        Owner::New { number_was_of: None } => id,
    };
    let condition =
        Expression::new("attribute_not_exists(#pk) OR #account = :id OR #account = :before");
    Some(condition.with(":id", text(id.as_str())).with(":before", text(before.as_str())))
}
