//! Sessions: opaque tokens, stored hashed, in their account's partition.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::accounts::account_used;
use super::error::StoreError;
use super::expression::Expression;
use super::items::{Query, from_item, key_of, to_item};
use super::transact::{Outcome, Write};
use super::values::{seconds, text_of};
use super::{Item, Store, keys};
use crate::domain::account::Applicant;
use crate::domain::booking::Booking;
use crate::domain::code::BookingCode;
use crate::domain::device::Device;
use crate::domain::ids::{AccountId, ApplicantId, RegistrationId, SessionId};
use crate::domain::language::Locale;

/// A signed-in device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// Language of messages that its actions cause.
    pub locale: Locale,
    /// Until when.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub expires_at: DateTime<Utc>,
    /// Since when; long ago: opened by a release that did not note it.
    #[serde(default, with = "chrono::serde::ts_seconds")]
    pub opened_at: DateTime<Utc>,
    /// On what.
    #[serde(default)]
    pub device: Device,
}

/// Items that one transaction may hold.
const MAX_ENDED: usize = 100;
/// Hexadecimal digits of a session's id.
const SESSION_ID_DIGITS: usize = 16;

/// What a session's hash ends with: enough to tell an account's sessions apart, and no way to a token.
pub fn session_id(token_hash: &str) -> Result<SessionId, StoreError> {
    let digits = token_hash.len().saturating_sub(SESSION_ID_DIGITS);
    let id = token_hash.get(digits..).and_then(|digits| digits.parse().ok());
    id.ok_or_else(|| StoreError::corrupt("session"))
}

impl Store {
    /// Opens the session of a registration; opened before, it is the same one. `false`: it was
    /// opened before and has been signed out, the registration has ended, or its account was erased.
    pub async fn open_session(
        &self,
        registration: &RegistrationId,
        session: &Session,
        token_hash: &str,
    ) -> Result<bool, StoreError> {
        let key = keys::session(&session.account, token_hash);
        let mut item = to_item("session", &key, session)?;
        item.insert("ttl".to_owned(), seconds(session.expires_at));
        // Ended meanwhile: its owner has said that somebody else began it.
        let first = "attribute_not_exists(#exchanged) AND NOT #expires_at <= :now";
        let first = Expression::new(first).with(":now", seconds(session.opened_at));
        let mark =
            Expression::new("SET #exchanged = :yes").with(":yes", AttributeValue::Bool(true));
        let writes = vec![
            Write::Put(item, Some(super::days::absent())),
            Write::Update(keys::registration(registration), mark, Some(first)),
            account_used(&session.account, session.opened_at),
        ];
        match self.transact(writes).await? {
            Outcome::Applied => Ok(true),
            Outcome::Refused(_) => Ok(self.get_item(&key).await?.is_some()),
        }
    }

    /// The session of a token, unless it has ended by `now`.
    pub async fn session(
        &self,
        account: &AccountId,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Session>, StoreError> {
        let session: Option<Session> =
            self.get("session", &keys::session(account, token_hash)).await?;
        Ok(session.filter(|session| session.expires_at > now))
    }

    /// The session of a token, unless it has ended by `now`, and a person of its account, by one
    /// call: what a hold needs to know.
    pub async fn session_with_applicant(
        &self,
        account: &AccountId,
        token_hash: &str,
        applicant: &ApplicantId,
        now: DateTime<Utc>,
    ) -> Result<(Option<Session>, Option<Applicant>), StoreError> {
        let wanted = [keys::session(account, token_hash), keys::applicant(account, applicant)];
        let [session, person] = self.get_items(&wanted).await?;
        let session: Option<Session> =
            session.map(|item| from_item("session", item)).transpose()?;
        let person = person.map(|item| self.open_applicant(account, item)).transpose()?;
        Ok((session.filter(|session| session.expires_at > now), person))
    }

    /// The session of a token, unless it has ended by `now`, and a booking, by one call: what a change
    /// of a booking needs to know. Whose booking it is the caller looks at.
    pub async fn session_with_booking(
        &self,
        account: &AccountId,
        token_hash: &str,
        code: BookingCode,
        now: DateTime<Utc>,
    ) -> Result<(Option<Session>, Option<Booking>), StoreError> {
        let wanted = [keys::session(account, token_hash), keys::booking(code)];
        let [session, booking] = self.get_items(&wanted).await?;
        let session: Option<Session> =
            session.map(|item| from_item("session", item)).transpose()?;
        let booking = booking.map(|item| from_item("booking", item)).transpose()?;
        Ok((session.filter(|session| session.expires_at > now), booking))
    }

    /// An account's sessions that have not ended by `now`, the newest first. No more are looked at than
    /// one transaction could end.
    pub async fn sessions(
        &self,
        account: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<Vec<(SessionId, Session)>, StoreError> {
        let mut all = Vec::new();
        for item in self.session_items(account).await? {
            let id = session_id(text_of(&item, "sk").unwrap_or_default())?;
            let session: Session = from_item("session", item)?;
            if session.expires_at > now {
                all.push((id, session));
            }
        }
        all.sort_by_key(|(_, session)| std::cmp::Reverse(session.opened_at));
        Ok(all)
    }

    /// Ends one session of an account. `false`: there is none of this id.
    pub async fn end_session(
        &self,
        account: &AccountId,
        id: &SessionId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        for item in self.session_items(account).await? {
            let key = key_of(&item)?;
            if session_id(&key.sk)? == *id {
                let hash = key.sk.strip_prefix(keys::SESSION_PREFIX).unwrap_or_default();
                self.record_ended([hash].into_iter(), now).await?;
                return Ok(self.transact(vec![Write::Delete(key, None)]).await?.applied());
            }
        }
        Ok(false)
    }

    async fn session_items(&self, account: &AccountId) -> Result<Vec<Item>, StoreError> {
        let partition = keys::account_partition(account);
        self.query(Query::prefix(partition, keys::SESSION_PREFIX.to_owned(), MAX_ENDED)).await
    }

    /// Ends every session of an account; none of them comes back with a restored table.
    pub async fn delete_sessions(
        &self,
        account: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        loop {
            let open = self.session_items(account).await?;
            if open.is_empty() {
                return Ok(());
            }
            let hash = |item| text_of(item, "sk")?.strip_prefix(keys::SESSION_PREFIX);
            self.record_ended(open.iter().filter_map(hash), now).await?;
            let delete = |item| Ok(Write::Delete(key_of(item)?, None));
            let deletes: Result<_, StoreError> = open.iter().map(delete).collect();
            self.transact(deletes?).await?;
        }
    }

    /// Ends a session; it does not come back with a restored table.
    pub async fn delete_session(
        &self,
        account: &AccountId,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.record_ended([token_hash].into_iter(), now).await?;
        let key = keys::session(account, token_hash);
        self.transact(vec![Write::Delete(key, None)]).await.map(|_| ())
    }
}
