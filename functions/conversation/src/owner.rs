//! The number may be another person's by now: the chat asks for what only the account's owner knows, and
//! says nothing of the account before.

use antrian::domain::chat::{Act, Chat, Input, OwnerHeard, Pick, Remark};
use antrian::domain::language::fill;
use antrian::domain::owner::NIK_DIGITS;
use antrian::domain::person::Contacts;
use antrian::messaging::compose::Reply;
use antrian::storage::OwnerSeen;
use antrian::use_cases::owner::{self, Claim, OwnerAsked, OwnerProof, OwnerSettled};

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::say;
use crate::texts::TEXTS;

/// What a message leads to of somebody who may be another person than the owner: a question, or what is
/// said now that it is settled, of the account that is theirs.
pub(crate) async fn hear(
    context: &TurnContext<'_>,
    chat: &Chat,
    input: &Input,
    seen: OwnerSeen,
    from: &Contacts,
) -> Result<Result<Remark, Act>, TurnError> {
    let proof = match chat.owner_heard(input, seen.is_asked, &context.world()) {
        OwnerHeard::Digits(digits) => OwnerProof::Digits(digits),
        OwnerHeard::NewAccount => OwnerProof::NewAccount,
        OwnerHeard::Other => OwnerProof::None,
    };
    let answered = answer(context, seen, from, &proof).await?;
    Ok(match answered {
        Ok(OwnerSettled::Proved) => Ok(Remark::OwnerProved),
        Ok(OwnerSettled::Anew) => Ok(Remark::NewAccount),
        Err(OwnerAsked { left, was_wrong }) => Err(Act::AskOwner { left, was_wrong }),
    })
}

/// Begins an account for somebody who cannot be asked: nothing is said of it.
pub(crate) async fn begin_anew(
    context: &TurnContext<'_>,
    seen: OwnerSeen,
    from: &Contacts,
) -> Result<(), TurnError> {
    answer(context, seen, from, &OwnerProof::NewAccount).await.map(|_| ())
}

async fn answer(
    context: &TurnContext<'_>,
    seen: OwnerSeen,
    from: &Contacts,
    proof: &OwnerProof,
) -> Result<Result<OwnerSettled, OwnerAsked>, TurnError> {
    let (account, people) = (&context.account.id, &*context.people);
    let claim = Claim { account, people, from, seen, locale: context.account.locale };
    Ok(owner::answer(context.app, &claim, proof, context.hash, context.now).await?)
}

/// The question, with the rule that it follows from.
pub(crate) fn ask(context: &TurnContext<'_>, left: u32, was_wrong: bool) -> Reply {
    let locale = context.account.locale;
    let days = context.app.account_rest.num_days().to_string();
    let (digits, left) = (NIK_DIGITS.to_string(), left.to_string());
    let values = [("days", &*days), ("digits", &*digits), ("left", &*left)];
    let question = fill(locale, &TEXTS.ask_owner, &values);
    let reply = say::with_buttons(question, locale, &[(Pick::NewAccount, &TEXTS.new_account)]);
    match was_wrong {
        true => say::before(fill(locale, &TEXTS.owner_wrong, &[]), reply),
        false => reply,
    }
}
