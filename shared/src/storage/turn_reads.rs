//! What a turn of a conversation reads, in as few rounds as its keys allow: a message tells a contact,
//! a contact its account, a person the booking.

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use super::accounts::{ProfileItem, Usage};
use super::chats::ChatKept;
use super::error::StoreError;
use super::items::from_item;
use super::values::text_of;
use super::{Store, keys};
use crate::domain::account::{Account, Applicant};
use crate::domain::booking::Booking;
use crate::domain::ids::AccountId;
use crate::domain::inbound::Inbound;
use crate::domain::person::Contacts;

/// A message that waits to be dealt with.
#[derive(Debug)]
pub struct Received {
    /// The message.
    pub inbound: Inbound,
    /// The account that its group led to. Only a hint: the group may be that of an earlier key.
    hint: Option<AccountId>,
    /// That account, if it was read in the same round.
    pub sender: Option<Sender>,
}

/// Who wrote a message, and what was said so far.
#[derive(Debug)]
pub struct Sender {
    pub account: Account,
    pub people: Vec<Applicant>,
    /// The conversation with it.
    pub chat: ChatKept,
    /// Keyed hashes of its contacts.
    contacts: Vec<String>,
    pub(super) usage: Usage,
}

impl Store {
    /// A message that waits to be dealt with; absent: it was dealt with, or there is no such message.
    /// `group` is its group in the queue, the keyed hash of the sender, and `account` whose it was when
    /// the message came: so the account is looked up, and read, in the same round.
    pub async fn received(
        &self,
        hash: &str,
        group: &str,
        account: Option<&AccountId>,
    ) -> Result<Option<Received>, StoreError> {
        let wanted = [keys::inbound(hash), keys::contact(group)];
        let sender = async {
            match account {
                Some(account) => self.sender_of(account).await,
                None => Ok(None),
            }
        };
        let ([inbound, contact], sender) = tokio::try_join!(self.get_items(&wanted), sender)?;
        let Some(item) = inbound else { return Ok(None) };
        let Some(inbound) = self.open_inbound(hash, item)? else { return Ok(None) };
        let hint = contact.as_ref().and_then(|item| text_of(item, "account")).map(str::parse);
        let hint = hint.transpose().map_err(|_| StoreError::corrupt("contact"))?;
        // The number may be another account's by now.
        let sender = sender.filter(|sender| hint.as_ref() == Some(&sender.account.id));
        Ok(Some(Received { inbound, hint, sender }))
    }

    /// Who wrote a message. An account is made for contacts that are new. Those that are known only in part
    /// are [`Store::knows`]'s to tell: that they belong together has to be asked first.
    /// `read` is the sender as it came with the message. Absent: the account was erased meanwhile.
    pub async fn sender(
        &self,
        received: &Received,
        read: Option<Sender>,
        now: DateTime<Utc>,
    ) -> Result<Option<Sender>, StoreError> {
        let contacts = &received.inbound.from;
        let is_known = |sender: &Sender| self.knows(sender, contacts);
        if let Some(sender) = read.filter(is_known) {
            return Ok(Some(sender));
        }
        if let Some(id) = &received.hint
            && let Some(sender) = self.sender_of(id).await?.filter(is_known)
        {
            return Ok(Some(sender));
        }
        if let Some(sender) = self.claimed(contacts).await? {
            return Ok(Some(sender));
        }
        let id = self.known_account(contacts, now).await?;
        self.sender_of(&id).await
    }

    /// Whether all of these contacts lead to the account.
    pub fn knows(&self, sender: &Sender, contacts: &Contacts) -> bool {
        self.keyring().contacts(contacts).iter().all(|hash| sender.contacts.contains(hash))
    }

    /// The account that one of these contacts leads to.
    pub async fn claimed(&self, contacts: &Contacts) -> Result<Option<Sender>, StoreError> {
        match self.holder_of(contacts).await? {
            Some(holder) => self.sender_of(&holder.id).await,
            None => Ok(None),
        }
    }

    /// An account, its people and its chat.
    pub async fn sender_of(&self, id: &AccountId) -> Result<Option<Sender>, StoreError> {
        let wanted = [keys::profile(id), keys::chat(id)];
        let ([profile, chat], people) =
            tokio::try_join!(self.get_items(&wanted), self.applicants(id))?;
        let Some(profile) = profile else { return Ok(None) };
        let profile: ProfileItem = from_item("profile", profile)?;
        Ok(Some(Sender {
            account: self.open_account(id, &profile)?,
            people,
            chat: self.open_chat(id, chat)?,
            contacts: profile.contacts,
            usage: profile.usage,
        }))
    }

    /// An account's bookings that are on, in order of its people.
    pub async fn live_bookings(
        &self,
        account: &AccountId,
        people: &[Applicant],
        now: DateTime<Utc>,
    ) -> Result<Vec<Booking>, StoreError> {
        let found = people.iter().map(|person| self.live_booking(&person.person, now));
        let found = try_join_all(found).await?.into_iter().flatten();
        // Another account may have booked for the same person.
        Ok(found.filter(|booking| booking.account == *account).collect())
    }
}
