//! Registrations: a code that a WhatsApp message has to carry, or a one-time code as the fallback.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::code_limits::CodeRequest;
use super::error::StoreError;
use super::expression::Expression;
use super::items::{from_item, to_item};
use super::outbox::message_item;
use super::transact::{Outcome, Write};
use super::values::{number, seconds, text};
use super::{Item, Store, keys};
use crate::domain::device::Device;
use crate::domain::ids::{AccountId, RegistrationId};
use crate::domain::language::Locale;
use crate::domain::message::Message;
use crate::domain::personal::PhoneNumber;
use crate::domain::sending::CodeRule;
use crate::security::{Derive, tokens};

/// Where a registration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationState {
    /// Waits for its message or one-time code.
    Pending,
    /// The number is proved.
    Verified,
}

/// The page that a registration began on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// What it shows: who answers in the chat chooses it.
    pub number: u8,
    /// What else there is to choose, the same however often it is asked: else the page's number would
    /// be the one that comes again.
    pub others: Vec<u8>,
    /// The device that it is open on.
    #[serde(default)]
    pub device: Device,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Derived from its code.
    pub id: RegistrationId,
    /// Keyed hash of the secret that its beginner holds.
    pub secret_hash: String,
    /// Where it stands.
    pub state: RegistrationState,
    /// Language.
    pub locale: Locale,
    /// Until when it can be verified and exchanged.
    #[serde(with = "chrono::serde::ts_seconds")]
    pub expires_at: DateTime<Utc>,
    /// Its page; absent: begun by a release that had none. A message does not verify it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// Whose it is, once verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Hash of the one-time code that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_hash: Option<String>,
    /// The number that it was sent to, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otp_phone: Option<String>,
    /// Until when it counts.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub otp_expires_at: Option<DateTime<Utc>>,
    /// When the last one was sent.
    #[serde(
        default,
        with = "chrono::serde::ts_seconds_option",
        skip_serializing_if = "Option::is_none"
    )]
    pub otp_sent_at: Option<DateTime<Utc>>,
    /// Tries so far, over all codes.
    #[serde(default)]
    pub otp_tries: u32,
}

/// A one-time code to be sent.
#[derive(Debug)]
pub struct OtpGrant<'a> {
    pub hash: &'a str,
    /// The number that it goes to, and what limits that.
    pub request: CodeRequest<'a>,
    /// The message that carries it.
    pub message: &'a Message,
    /// Until when it counts.
    pub expires_at: DateTime<Utc>,
}

/// What became of a request for a one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtpGranted {
    /// It is on its way.
    Granted,
    /// The last one was sent a moment ago: wait until then.
    TooSoon(DateTime<Utc>),
    /// The registration has had all its tries.
    TooMany,
    /// This rule's limit is reached.
    Limited(CodeRule),
    /// The registration has ended or is verified already.
    NotPending,
}

/// What became of trying a one-time code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtpChecked {
    /// It is right; verifying the registration uses it up.
    Correct,
    /// It is wrong; so many tries are left.
    Wrong(u32),
    /// All tries are used up.
    TooMany,
    /// None counts: not sent, too old, or used.
    None,
}

/// Tries of one-time codes per registration.
const MAX_TRIES: u32 = 5;
/// Time between two one-time codes.
const OTP_PAUSE_SECS: i64 = 60;
/// Ended registrations are cleaned up after a day.
const KEEP_HOURS: i64 = 24;

impl Store {
    /// The id that follows from a code; the code does not follow from the id.
    ///
    /// # Errors
    /// Never in practice: the id is made of what ids are made of.
    pub fn registration_id(&self, code: &str) -> Result<RegistrationId, StoreError> {
        let bytes = self.keyring().derive(Derive::RegistrationId, &[code]);
        let text = tokens::hex(&bytes[..16]);
        text.parse().map_err(|_| StoreError::corrupt("registration id"))
    }

    /// Begins a registration. `false`: its code is in use.
    pub async fn put_registration(&self, registration: &Registration) -> Result<bool, StoreError> {
        let put = Write::Put(registration_item(registration)?, Some(super::days::absent()));
        Ok(self.transact(vec![put]).await?.applied())
    }

    /// A registration.
    pub async fn registration(
        &self,
        id: &RegistrationId,
    ) -> Result<Option<Registration>, StoreError> {
        self.get("registration", &keys::registration(id)).await
    }

    /// Binds a pending registration to an account, and tells the person. `false`: it has ended or
    /// is somebody else's.
    pub async fn verify_registration(
        &self,
        id: &RegistrationId,
        account: &AccountId,
        message: Option<&Message>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let update = Expression::new(
            "SET #state = :verified, #account = :account REMOVE #otp_hash, #otp_phone",
        )
        .with(":verified", text("verified"))
        .with(":account", text(account.as_str()));
        let pending = Expression::new("#state = :pending AND #expires_at > :now")
            .with(":pending", text("pending"))
            .with(":now", seconds(now));
        let mut writes = vec![Write::Update(keys::registration(id), update, Some(pending))];
        if let Some(message) = message {
            writes.push(Write::Put(message_item(message)?, None));
        }
        Ok(match self.transact(writes).await? {
            Outcome::Applied => true,
            Outcome::Refused(old) => old
                .into_iter()
                .flatten()
                .any(|item| text_of_account(&item) == Some(account.as_str())),
        })
    }

    /// Ends a registration: it is neither verified nor exchanged any more.
    pub async fn end_registration(
        &self,
        id: &RegistrationId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let end = Expression::new("SET #expires_at = :now").with(":now", seconds(now));
        let open = Expression::new("#expires_at > :now").with(":now", seconds(now));
        self.transact(vec![Write::Update(keys::registration(id), end, Some(open))])
            .await
            .map(|_| ())
    }

    /// Sets the one-time code of a registration and commits the message that carries it.
    pub async fn grant_otp(
        &self,
        id: &RegistrationId,
        grant: &OtpGrant<'_>,
        now: DateTime<Utc>,
    ) -> Result<OtpGranted, StoreError> {
        let key = keys::registration(id);
        let phone = grant.request.phone.expose();
        let sealed = self.keyring().seal(phone.as_bytes(), &key.aad("otp_phone"))?;
        let set = Expression::new(
            "SET #otp_hash = :hash, #otp_phone = :phone, #otp_expires_at = :expires, #otp_sent_at = :now",
        )
        .with(":hash", text(grant.hash))
        .with(":phone", text(sealed))
        .with(":expires", seconds(grant.expires_at))
        .with(":now", seconds(now));
        let quiet = Expression::new(
            "#state = :pending AND #expires_at > :now AND #otp_tries < :most \
             AND (attribute_not_exists(#otp_sent_at) OR #otp_sent_at <= :pause)",
        )
        .with(":pending", text("pending"))
        .with(":most", number(MAX_TRIES))
        .with(":pause", seconds(now - TimeDelta::seconds(OTP_PAUSE_SECS)));
        let counted = self.count_code(id, grant.request, now);
        let (rules, counted): (Vec<_>, Vec<_>) = counted.into_iter().unzip();
        let mut writes = vec![Write::Update(key, set, Some(quiet))];
        writes.extend(counted);
        writes.push(Write::Put(message_item(grant.message)?, None));
        match self.transact(writes).await? {
            Outcome::Applied => Ok(OtpGranted::Granted),
            Outcome::Refused(old) => otp_refusal(old, &rules, now),
        }
    }

    /// The number that the last one-time code was sent to.
    ///
    /// # Errors
    /// If the item is corrupt.
    pub fn otp_phone(
        &self,
        registration: &Registration,
    ) -> Result<Option<PhoneNumber>, StoreError> {
        let Some(sealed) = &registration.otp_phone else { return Ok(None) };
        let corrupt = || StoreError::corrupt("registration");
        let aad = keys::registration(&registration.id).aad("otp_phone");
        let opened = self.keyring().open(sealed, &aad).map_err(|_| corrupt())?;
        let phone = String::from_utf8(opened).map_err(|_| corrupt())?;
        phone.parse().map(Some).map_err(|_| corrupt())
    }

    /// Counts a try, then compares.
    pub async fn try_otp(
        &self,
        id: &RegistrationId,
        otp_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<OtpChecked, StoreError> {
        let count = Expression::new("SET #otp_tries = #otp_tries + :one").with(":one", number(1));
        let allowed = Expression::new(
            "#state = :pending AND #expires_at > :now AND #otp_expires_at > :now \
             AND attribute_exists(#otp_hash) AND #otp_tries < :most",
        )
        .with(":pending", text("pending"))
        .with(":now", seconds(now))
        .with(":most", number(MAX_TRIES));
        let counted = self
            .transact(vec![Write::Update(keys::registration(id), count, Some(allowed))])
            .await?;
        let Some(registration) = self.registration(id).await? else { return Ok(OtpChecked::None) };
        let spent = registration.otp_tries >= MAX_TRIES;
        if !counted.applied() {
            return Ok(if spent { OtpChecked::TooMany } else { OtpChecked::None });
        }
        let hash = registration.otp_hash.clone().unwrap_or_default();
        if tokens::same(&hash, otp_hash) {
            return Ok(OtpChecked::Correct);
        }
        Ok(OtpChecked::Wrong(MAX_TRIES.saturating_sub(registration.otp_tries)))
    }
}

fn text_of_account(item: &Item) -> Option<&str> {
    super::values::text_of(item, "account")
}

fn registration_item(registration: &Registration) -> Result<Item, StoreError> {
    let mut item = to_item("registration", &keys::registration(&registration.id), registration)?;
    let ttl = registration.expires_at + TimeDelta::hours(KEEP_HOURS);
    item.insert("ttl".to_owned(), seconds(ttl));
    Ok(item)
}

/// `rules` are those of the writes after the registration's, in order.
fn otp_refusal(
    old: Vec<Option<Item>>,
    rules: &[CodeRule],
    now: DateTime<Utc>,
) -> Result<OtpGranted, StoreError> {
    let mut old = old.into_iter();
    let Some(Some(item)) = old.next() else {
        let limited = rules.iter().zip(old).find_map(|(rule, item)| item.map(|_| *rule));
        return limited.map(OtpGranted::Limited).ok_or_else(|| StoreError::corrupt("refusal"));
    };
    if item.is_empty() {
        return Ok(OtpGranted::NotPending);
    }
    let registration: Registration = from_item("registration", item)?;
    let again = registration.otp_sent_at.map(|at| at + TimeDelta::seconds(OTP_PAUSE_SECS));
    Ok(match again {
        _ if registration.state != RegistrationState::Pending || registration.expires_at <= now => {
            OtpGranted::NotPending
        }
        Some(again) if again > now && registration.otp_tries < MAX_TRIES => {
            OtpGranted::TooSoon(again)
        }
        _ => OtpGranted::TooMany,
    })
}
