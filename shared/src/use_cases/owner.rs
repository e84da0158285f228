//! Whose an account is, where its number may have come to another person: the chat and the pages ask the
//! same question and count the same answers.

use chrono::{DateTime, Utc};

use super::Outcome;
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::ids::AccountId;
use crate::domain::language::Locale;
use crate::domain::owner::{NikDigits, Standing};
use crate::domain::person::Contacts;
use crate::storage::{OwnerSeen, Sender, StoreError};

/// How somebody shows that an account is theirs.
#[derive(Debug, Clone)]
pub enum OwnerProof {
    /// Not at all so far.
    None,
    /// The last digits of the NIK of one of its people.
    Digits(NikDigits),
    /// It is not theirs: their number gets an account of its own.
    NewAccount,
}

/// Somebody who may not be the account's owner.
#[derive(Debug)]
pub struct Claim<'a> {
    pub account: &'a AccountId,
    pub people: &'a [Applicant],
    pub from: &'a Contacts,
    pub seen: OwnerSeen,
    /// Language of an account of their own.
    pub locale: Locale,
}

/// Whose the account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerSettled {
    /// Theirs.
    Proved,
    /// Somebody else's: their contacts lead to an account of their own from now on.
    Anew,
}

/// It is asked for; so many answers are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerAsked {
    pub left: u32,
    /// This one was not right.
    pub was_wrong: bool,
}

/// Whether an account is that of whoever wrote with these contacts. If it is, or the id of WhatsApp says
/// so, those that are new lead to it too. Absent: it was erased meanwhile.
pub async fn recognise(
    app: &App,
    sender: Sender,
    from: &Contacts,
    now: DateTime<Utc>,
) -> Result<Option<(Sender, OwnerSeen)>, StoreError> {
    let store = app.ledger.store();
    let look = |sender: &Sender| store.owner_seen(sender, from, app.account_rest, now);
    let seen = look(&sender);
    let has_id = from.scoped.is_some() && sender.account.contacts.scoped == from.scoped;
    if store.knows(&sender, from) || seen.standing != Standing::Own && !has_id {
        return Ok(Some((sender, seen)));
    }
    let id = store.known_account(from, now).await?;
    let linked = store.sender_of(&id).await?;
    Ok(linked.map(|sender| {
        let seen = look(&sender);
        (sender, seen)
    }))
}

/// Takes an answer: it is counted before it is compared, by what it came with (`cause`).
pub async fn answer(
    app: &App,
    claim: &Claim<'_>,
    proof: &OwnerProof,
    cause: &str,
    now: DateTime<Utc>,
) -> Outcome<OwnerSettled, OwnerAsked> {
    let store = app.ledger.store();
    let Claim { account, people, from, seen, locale } = claim;
    if !seen.is_asked && !matches!(proof, OwnerProof::NewAccount) {
        store.ask_owner(account, from).await?;
    }
    let (left, was_wrong) = match proof {
        OwnerProof::NewAccount => (0, false),
        OwnerProof::None => (seen.left, false),
        OwnerProof::Digits(digits) => match store.count_owner_try(account, cause).await? {
            Some(_) if digits.are_of_one(people) => {
                if store.prove_owner(account, from, now).await? {
                    return Ok(Ok(OwnerSettled::Proved));
                }
                (0, false)
            }
            left => (left.unwrap_or(0), true),
        },
    };
    if left > 0 {
        return Ok(Err(OwnerAsked { left, was_wrong }));
    }
    store.begin_anew(account, from, *locale, now).await?;
    Ok(Ok(OwnerSettled::Anew))
}
