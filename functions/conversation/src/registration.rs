//! Verification of a registration: whoever sends its code has the number that it came from.

use antrian::app::App;
use antrian::domain::ids::AccountId;
use antrian::domain::inbound::Inbound;
use antrian::domain::message::{Message, MessageKind};
use antrian::storage::{Registration, RegistrationState, StoreError};
use chrono::{DateTime, TimeDelta, Utc};

/// Verifies the first pending registration whose code stands in the text.
pub(crate) async fn verify_any(
    app: &App,
    text: &str,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for code in codes(text) {
        if verify(app, &code, inbound, now).await? {
            break;
        }
    }
    Ok(())
}

/// Words of a text that could be a registration code, at most a few.
fn codes(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter_map(code).take(3).collect()
}

/// A word as a registration code: eight symbols, read as Crockford says.
fn code(word: &str) -> Option<String> {
    let symbol = |symbol: char| match symbol.to_ascii_uppercase() {
        'O' => Some('0'),
        'I' | 'L' => Some('1'),
        'U' => None,
        other => Some(other),
    };
    (word.len() == 8).then(|| word.chars().map(symbol).collect()).flatten()
}

/// Verifies the pending registration of this code, if there is one.
async fn verify(
    app: &App,
    code: &str,
    inbound: &Inbound,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let store = app.ledger.store();
    let id = store.registration_id(code)?;
    let pending = |r: &Registration| r.state == RegistrationState::Pending && r.expires_at > now;
    let Some(registration) = store.registration(&id).await?.filter(pending) else {
        return Ok(false);
    };
    let account = store.account_of_contacts(&inbound.from, registration.locale, now).await?;
    let Some(reply) = reply(&registration, &account, now) else { return Ok(false) };
    let verified = store.verify_registration(&id, &account, Some(&reply), now).await?;
    if verified {
        app.queue.announce(std::slice::from_ref(&reply.id)).await;
    }
    Ok(verified)
}

/// A reply is of use while the person waits for it.
const REPLY_MINUTES: i64 = 30;

fn reply(registration: &Registration, account: &AccountId, now: DateTime<Utc>) -> Option<Message> {
    let id = format!("verified-{}", registration.id).parse().ok()?;
    let worthless_at = now + TimeDelta::minutes(REPLY_MINUTES);
    let message = Message::new(id, MessageKind::Verified, registration.locale, now, worthless_at);
    Some(Message { account: Some(account.clone()), ..message })
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn a_code_is_found_however_it_is_written() {
        assert_eq!(codes("DAFTAR 7KQ4MM2X"), ["7KQ4MM2X"]);
        assert_eq!(codes("daftar: 7kq4mm2x."), ["7KQ4MM2X"]);
        assert!(codes("halo, apa kabar?").is_empty());
    }
}
