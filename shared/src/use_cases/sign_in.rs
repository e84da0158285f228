//! Signing in on the web by way of the chat: whoever sends the code of a page is asked which number
//! that page shows. Only the answer verifies, and there is one.

use chrono::{DateTime, TimeDelta, Utc};

use super::registration::REGISTRATION_MINUTES;
use crate::app::App;
use crate::domain::device::Device;
use crate::domain::ids::{AccountId, MessageId, RegistrationId};
use crate::domain::language::Locale;
use crate::domain::message::{Message, MessageKind};
use crate::storage::{Page, Registration, RegistrationState, StoreError};

/// A reply is of use while the person waits for it.
const REPLY_MINUTES: i64 = 30;

/// Somebody wants to sign in: what the owner of the number is asked.
#[derive(Debug)]
pub struct SignIn {
    pub registration: RegistrationId,
    /// Language of the page.
    pub locale: Locale,
    /// What they choose among.
    pub numbers: Vec<u8>,
    /// What the page is open on.
    pub device: Device,
    /// When it was opened.
    pub began_at: DateTime<Utc>,
}

/// What a code of a page leads to.
#[derive(Debug)]
pub enum CodeSent {
    /// It waits for its number.
    Ask(SignIn),
    /// This account has signed in by it, and was told.
    Before,
    /// There is none, it has ended, or it is somebody else's.
    Unknown,
}

/// The first of these codes that a page has.
pub async fn by_code(
    app: &App,
    account: &AccountId,
    codes: &[String],
    now: DateTime<Utc>,
) -> Result<CodeSent, StoreError> {
    let store = app.ledger.store();
    for code in codes {
        let id = store.registration_id(code)?;
        let Some(registration) = store.registration(&id).await? else { continue };
        if registration.account.as_ref() == Some(account) {
            return Ok(CodeSent::Before);
        }
        let locale = registration.locale;
        let began_at = registration.expires_at - TimeDelta::minutes(REGISTRATION_MINUTES);
        if let Some(Page { number, others, device }) = waiting(registration, now) {
            let numbers = others.into_iter().chain([number]).collect();
            return Ok(CodeSent::Ask(SignIn {
                registration: id,
                locale,
                numbers,
                device,
                began_at,
            }));
        }
    }
    Ok(CodeSent::Unknown)
}

/// The page of a registration that waits for its number.
fn waiting(registration: Registration, now: DateTime<Utc>) -> Option<Page> {
    let is_open = registration.state == RegistrationState::Pending && registration.expires_at > now;
    registration.page.filter(|_| is_open)
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// It is right; a message of its own says so.
    SignedIn,
    /// It is not: the registration has ended.
    WrongNumber,
    /// There was nothing left to answer.
    Over,
}

/// Verifies a registration for `account` if its page shows `number`, and ends it if not. `hash` is
/// that of the message. The same answer again has been dealt with.
pub async fn answer(
    app: &App,
    account: &AccountId,
    id: &RegistrationId,
    number: u8,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<Answered, StoreError> {
    let store = app.ledger.store();
    let Some(registration) = store.registration(id).await? else { return Ok(Answered::Over) };
    if registration.account.as_ref() == Some(account) {
        return Ok(Answered::SignedIn);
    }
    let locale = registration.locale;
    let Some(page) = waiting(registration, now) else { return Ok(Answered::Over) };
    if page.number != number {
        store.end_registration(id, now).await?;
        return Ok(Answered::WrongNumber);
    }
    let reply = verified_message(id, locale, account, hash, now);
    if !store.verify_registration(id, account, Some(&reply), now).await? {
        return Ok(Answered::Over);
    }
    store.set_locale(account, locale).await?;
    app.queue.enqueue([&reply]).await;
    Ok(Answered::SignedIn)
}

/// What became of a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody has signed in, and nobody will by this registration.
    Closed,
    /// This account had said yes before: all its sessions have ended.
    SignedOut,
    /// There was nothing left to refuse.
    Over,
}

/// Ends a registration that somebody else began. Whoever has said yes by mistake takes it back so.
pub async fn refuse(
    app: &App,
    account: &AccountId,
    id: &RegistrationId,
    now: DateTime<Utc>,
) -> Result<Refused, StoreError> {
    let store = app.ledger.store();
    let Some(registration) = store.registration(id).await? else { return Ok(Refused::Over) };
    match &registration.account {
        None if registration.expires_at <= now => return Ok(Refused::Over),
        Some(other) if other != account => return Ok(Refused::Over),
        _ => {}
    }
    // Before the sessions: none is opened by it afterwards.
    store.end_registration(id, now).await?;
    if registration.account.is_none() {
        return Ok(Refused::Closed);
    }
    store.delete_sessions(account, now).await?;
    Ok(Refused::SignedOut)
}

fn verified_message(
    registration: &RegistrationId,
    locale: Locale,
    account: &AccountId,
    hash: &str,
    now: DateTime<Utc>,
) -> Message {
    let id = MessageId::of_verified(registration);
    let expires_at = now + TimeDelta::minutes(REPLY_MINUTES);
    let message = Message::new(id, MessageKind::Verified, locale, now, expires_at);
    let (account, request_id) = (Some(account.clone()), Some(hash.to_owned()));
    Message { account, request_id, ..message }
}
