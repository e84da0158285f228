//! Verification of a registration: whoever sends its code has the number that it came from.

use antrian::domain::message::MessageKind;
use antrian::messaging::compose::Reply;
use antrian::storage::RegistrationState;

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::say;
use crate::texts::TEXTS;

/// Verifies the first pending registration with one of these codes, which has a message of its own.
pub(crate) async fn verify(
    context: &TurnContext<'_>,
    codes: &[String],
) -> Result<Option<Reply>, TurnError> {
    for code in codes {
        if is_verified(context, code).await? {
            return Ok(None);
        }
    }
    Ok(Some(say::plain(context.account.locale, &TEXTS.registration_unknown, &[])))
}

/// Whether there is a registration of this code, and this account has it now. One that it had before
/// has had its answer.
async fn is_verified(context: &TurnContext<'_>, code: &str) -> Result<bool, TurnError> {
    let (store, now) = (context.ledger.store(), context.now);
    let id = store.registration_id(code)?;
    let Some(registration) = store.registration(&id).await? else { return Ok(false) };
    let account = &context.account.id;
    if registration.account.as_ref() == Some(account) {
        return Ok(true);
    }
    if registration.state != RegistrationState::Pending || registration.expires_at <= now {
        return Ok(false);
    }
    let answer_id = format!("verified-{}", registration.id).parse()?;
    let answer = context.answer(answer_id, MessageKind::Verified, registration.locale);
    let verified = store.verify_registration(&id, account, Some(&answer), now).await?;
    if verified {
        store.set_locale(account, registration.locale).await?;
        context.app.queue.enqueue(std::slice::from_ref(&answer.id)).await;
    }
    Ok(verified)
}
