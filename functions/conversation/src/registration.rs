//! Verification of a registration: whoever sends its code has the number that it came from.

use antrian::domain::message::{Message, MessageKind};
use antrian::storage::{Registration, RegistrationState, StoreError};
use chrono::TimeDelta;

use crate::turn::Session;

/// Verifies the first pending registration with one of these codes. `false`: there is none.
pub(crate) async fn verify_any(
    session: &Session<'_>,
    codes: &[String],
) -> Result<bool, StoreError> {
    for code in codes {
        if verify(session, code).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Verifies the registration of this code. One that this account has verified before has had its
/// answer.
async fn verify(session: &Session<'_>, code: &str) -> Result<bool, StoreError> {
    let (app, now) = (session.app, session.now);
    let store = app.ledger.store();
    let id = store.registration_id(code)?;
    let Some(registration) = store.registration(&id).await? else { return Ok(false) };
    let account = &session.account.id;
    if registration.account.as_ref() == Some(account) {
        return Ok(true);
    }
    if registration.state != RegistrationState::Pending || registration.expires_at <= now {
        return Ok(false);
    }
    let Some(reply) = reply(session, &registration) else { return Ok(false) };
    let verified = store.verify_registration(&id, account, Some(&reply), now).await?;
    if verified {
        store.set_locale(account, registration.locale).await?;
        app.queue.announce(std::slice::from_ref(&reply.id)).await;
    }
    Ok(verified)
}

/// A reply is of use while the person waits for it.
const REPLY_MINUTES: i64 = 30;

fn reply(session: &Session<'_>, registration: &Registration) -> Option<Message> {
    let now = session.now;
    let id = format!("verified-{}", registration.id).parse().ok()?;
    let worthless_at = now + TimeDelta::minutes(REPLY_MINUTES);
    let message = Message::new(id, MessageKind::Verified, registration.locale, now, worthless_at);
    let (account, request_id) = (session.account.id.clone(), session.hash.to_owned());
    Some(Message { account: Some(account), request_id: Some(request_id), ..message })
}
