//! A number that may have come to another person: who was asked and how often they have answered, the
//! account that turned out to be theirs, and one of their own. What was asked stands beside the profile, so
//! that chat and one-time codes share it.

use chrono::{DateTime, TimeDelta, Utc};

use super::accounts::{ProfileItem, Usage};
use super::contacts::{contact_write, unchanged};
use super::error::StoreError;
use super::expression::Expression;
use super::fair_use::{counted, more};
use super::items::to_item;
use super::retry::{Attempt, CONTENTION, compare_and_set};
use super::transact::Write;
use super::turn_reads::Sender;
use super::values::{number, seconds, text};
use super::{Item, Store, keys};
use crate::domain::ids::AccountId;
use crate::domain::language::Locale;
use crate::domain::owner::{Claimed, MAX_OWNER_TRIES, Standing};
use crate::domain::person::Contacts;
use crate::security::tokens;

/// What is kept beside a profile until it is settled whose account it is.
const QUESTION: [&str; 3] = ["owner_asked", "owner_tries", "owner_try"];

/// How an account stands to whoever uses its number.
#[derive(Debug, Clone, Copy)]
pub struct OwnerSeen {
    pub standing: Standing,
    pub is_asked: bool,
    /// Answers that are left.
    pub left: u32,
}

impl Usage {
    /// Whether somebody with these contacts was asked: what decides is the id of WhatsApp, or else the
    /// number, and stands first.
    pub(super) fn is_asked(&self, contacts: &[String]) -> bool {
        contacts.first().is_some_and(|decides| self.owner_asked.contains(decides))
    }
}

impl Store {
    /// How an account stands to somebody with these contacts, if it may be another person's after `rest`.
    pub fn owner_seen(
        &self,
        sender: &Sender,
        from: &Contacts,
        rest: TimeDelta,
        now: DateTime<Utc>,
    ) -> OwnerSeen {
        let (account, people, usage) = (&sender.account, &*sender.people, &sender.usage);
        let used = [usage.active_at, sender.chat.last_inbound_at];
        let active_at = used.into_iter().flatten().fold(account.created_at, DateTime::max);
        let is_asked = usage.is_asked(&self.keyring().contacts(from));
        let claimed = Claimed { account, people, active_at, is_asked };
        let standing = claimed.standing(from, rest, now);
        let left = MAX_OWNER_TRIES.saturating_sub(usage.owner_tries);
        OwnerSeen { standing, is_asked, left }
    }

    /// Notes that somebody with these contacts is asked from now on.
    pub async fn ask_owner(&self, id: &AccountId, from: &Contacts) -> Result<(), StoreError> {
        let asked = super::values::texts(self.keyring().contacts(from));
        let ask = Expression::new("SET #owner_asked = :asked").with(":asked", asked);
        let there = Expression::new("attribute_exists(#pk)");
        self.transact(vec![Write::Update(keys::profile(id), ask, Some(there))]).await.map(|_| ())
    }

    /// Counts an answer, before it is compared: how many are left after it. The same `cause` again is the
    /// same answer. Absent: there was none left.
    pub async fn count_owner_try(
        &self,
        id: &AccountId,
        cause: &str,
    ) -> Result<Option<u32>, StoreError> {
        let count = Expression::new(format!("SET {}, #owner_try = :cause", more("owner_tries")));
        let count = counted(count).with(":cause", text(cause));
        let allowed = Expression::new(
            "attribute_exists(#pk) AND (attribute_not_exists(#owner_tries) OR #owner_tries < :most) \
             AND (attribute_not_exists(#owner_try) OR #owner_try <> :cause)",
        );
        let allowed = allowed.with(":most", number(MAX_OWNER_TRIES)).with(":cause", text(cause));
        let write = Write::Update(keys::profile(id), count, Some(allowed));
        let is_counted = self.transact(vec![write]).await?.applied();
        let profile: Option<ProfileItem> = self.get("profile", &keys::profile(id)).await?;
        let usage = profile.map(|profile| profile.usage).unwrap_or_default();
        let is_it = is_counted || usage.owner_try.as_deref() == Some(cause);
        Ok(is_it.then(|| MAX_OWNER_TRIES.saturating_sub(usage.owner_tries)))
    }

    /// The account is theirs who come with these contacts: they lead to it from now on, the id of
    /// WhatsApp that it had no more. `false`: it is not known by them any more.
    pub async fn prove_owner(
        &self,
        id: &AccountId,
        from: &Contacts,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        compare_and_set(CONTENTION, (), |()| self.try_prove(id, from, now)).await
    }

    async fn try_prove(
        &self,
        id: &AccountId,
        from: &Contacts,
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), bool>, StoreError> {
        let holder = self.holder_of(from).await?.filter(|holder| holder.id == *id);
        let Some(holder) = holder else { return Ok(Attempt::Done(false)) };
        let Some((before, after)) = self.with_contacts(&holder, from)? else {
            return Ok(Attempt::Done(false));
        };
        let mut item = to_item("profile", &keys::profile(id), &after)?;
        item.insert("active_at".to_owned(), seconds(now));
        let mut writes = vec![Write::Replace(question(), item, unchanged(before))];
        writes.extend(self.relinked(id, before, &after, from));
        let is_applied = self.transact(writes).await?.applied();
        Ok(if is_applied { Attempt::Done(true) } else { Attempt::Conflict(()) })
    }

    /// Ends the sessions of `old` and closes it to these contacts, which get an account of their own. Its
    /// people and bookings stay with it. Done before, it is done.
    pub async fn begin_anew(
        &self,
        old: &AccountId,
        from: &Contacts,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // First, so that whoever finds the contacts moved knows that this was done too.
        self.delete_sessions(old, now).await?;
        compare_and_set(CONTENTION, (), |()| self.try_anew(old, from, locale, now)).await
    }

    async fn try_anew(
        &self,
        old: &AccountId,
        from: &Contacts,
        locale: Locale,
        now: DateTime<Utc>,
    ) -> Result<Attempt<(), ()>, StoreError> {
        let holder = self.holder_of(from).await?.filter(|holder| holder.id == *old);
        let Some(holder) = holder else { return Ok(Attempt::Done(())) };
        let Some(before) = &holder.profile else { return Ok(Attempt::Done(())) };
        let (id, hashes) = (tokens::account_id(), self.keyring().contacts(from));
        let new = ProfileItem {
            created_at: now,
            locale,
            sealed: self.sealed(&id, from)?,
            contacts: hashes.clone(),
            usage: Usage::default(),
        };
        let new = to_item("profile", &keys::profile(&id), &new)?;
        let left = self.without(old, before, from)?;
        let left = to_item("profile", &keys::profile(old), &left)?;
        let mut writes = vec![
            Write::Replace(question(), left, unchanged(before)),
            Write::Put(new, Some(super::days::absent())),
        ];
        writes.extend(hashes.iter().map(|hash| contact_write(hash, &id, Some(&holder))));
        let is_applied = self.transact(writes).await?.applied();
        Ok(if is_applied { Attempt::Done(()) } else { Attempt::Conflict(()) })
    }

    /// A profile that knows these contacts no more.
    fn without(
        &self,
        id: &AccountId,
        before: &ProfileItem,
        from: &Contacts,
    ) -> Result<ProfileItem, StoreError> {
        let known = self.open_contacts(id, &before.sealed)?;
        let left = Contacts {
            phone: known.phone.filter(|phone| from.phone.as_ref() != Some(phone)),
            scoped: known.scoped.filter(|scoped| from.scoped.as_ref() != Some(scoped)),
        };
        let mut after = before.clone();
        after.sealed = self.sealed(id, &left)?;
        after.contacts = self.keyring().contacts(&left);
        Ok(after)
    }
}

/// What goes once it is settled whose account it is.
fn question() -> Item {
    QUESTION.iter().map(|&name| (name.to_owned(), number(0))).collect()
}
