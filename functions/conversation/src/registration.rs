//! Verification of a registration: whoever sends its code has the number that it came from.

use antrian::domain::ids::MessageId;
use antrian::domain::message::{Message, MessageKind};
use antrian::storage::{Registration, RegistrationState, StoreError};
use chrono::TimeDelta;

use crate::turn::TurnContext;

/// Verifies the first pending registration with one of these codes. `false`: there is none.
pub(crate) async fn verify_any(
    turn: &TurnContext<'_>,
    codes: &[String],
) -> Result<bool, StoreError> {
    for code in codes {
        if verify(turn, code).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Verifies the registration of this code. One that this account has verified before has had its
/// answer.
async fn verify(turn: &TurnContext<'_>, code: &str) -> Result<bool, StoreError> {
    let (app, now) = (turn.app, turn.now);
    let store = app.ledger.store();
    let id = store.registration_id(code)?;
    let Some(registration) = store.registration(&id).await? else { return Ok(false) };
    let account = &turn.account.id;
    if registration.account.as_ref() == Some(account) {
        return Ok(true);
    }
    if registration.state != RegistrationState::Pending || registration.expires_at <= now {
        return Ok(false);
    }
    let reply = reply(turn, &registration);
    let verified = store.verify_registration(&id, account, Some(&reply), now).await?;
    if verified {
        store.set_locale(account, registration.locale).await?;
        app.queue.enqueue(std::slice::from_ref(&reply.id)).await;
    }
    Ok(verified)
}

/// A reply is of use while the person waits for it.
const REPLY_MINUTES: i64 = 30;

fn reply(turn: &TurnContext<'_>, registration: &Registration) -> Message {
    let now = turn.now;
    let id = MessageId::of_verified(&registration.id);
    let expires_at = now + TimeDelta::minutes(REPLY_MINUTES);
    let message = Message::new(id, MessageKind::Verified, registration.locale, now, expires_at);
    let (account, request_id) = (turn.account.id.clone(), turn.hash.to_owned());
    Message { account: Some(account), request_id: Some(request_id), ..message }
}
