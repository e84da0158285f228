//! Verification of a registration: whoever sends its code has the number that it came from.

use antrian::messaging::compose::Reply;
use antrian::use_cases::registration::verify_by_message;

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::say;
use crate::texts::TEXTS;

/// Verifies the first pending registration with one of these codes, which has a message of its own.
pub(crate) async fn verify(
    context: &TurnContext<'_>,
    codes: &[String],
) -> Result<Option<Reply>, TurnError> {
    let (account, hash) = (&context.account.id, context.hash);
    if verify_by_message(context.app, account, codes, hash, context.now).await? {
        return Ok(None);
    }
    Ok(Some(say::plain(context.account.locale, &TEXTS.registration_unknown, &[])))
}
