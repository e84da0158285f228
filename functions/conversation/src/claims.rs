//! A person whom another account has booked for: claiming them, and answering a claim.

use antrian::domain::chat::Remark;
use antrian::domain::code::BookingCode;
use antrian::domain::ids::ApplicantId;
use antrian::domain::language::fill;
use antrian::ledger::ClaimRefusal;
use antrian::messaging::compose::Reply;
use antrian::use_cases::person_claims;

use crate::context::TurnContext;
use crate::error::{TurnError, unless_busy};
use crate::remarks::remark;
use crate::say;
use crate::texts::TEXTS;

/// Claims a person of the account. What is said is the same whether somebody is asked or not.
pub(crate) async fn claim(context: &TurnContext<'_>, id: &ApplicantId) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let Some(person) = context.people.iter().find(|person| person.id == *id) else {
        return Ok(say::menu(locale));
    };
    let who = (&context.account.id, locale);
    let claimed = person_claims::claim(context.app, &context.ledger, who, person, context.now);
    let text = match unless_busy(claimed.await)? {
        None => &TEXTS.busy,
        Some(Ok(())) => &TEXTS.claim_made,
        Some(Err(ClaimRefusal::TooMany)) => &TEXTS.too_many_claims,
        Some(Err(ClaimRefusal::AccountGone)) => return Err(TurnError::AccountGone),
    };
    Ok(say::plain(locale, text, &[]))
}

/// Gives a booking up to whoever claims its person. Absent: the cancellation has a message of its own.
pub(crate) async fn give_up(
    context: &TurnContext<'_>,
    code: BookingCode,
) -> Result<Option<Reply>, TurnError> {
    let locale = context.account.locale;
    let Some(booking) = context.own(code).await? else {
        return Ok(Some(remark(context, Remark::UnknownCode)));
    };
    let office = context.ledger.offices().get(&booking.seat.office, context.now).await?;
    let Some(office) = office else { return Ok(Some(remark(context, Remark::Ended))) };
    let given_up = context.ledger.give_up(&office, booking, context.now).await;
    Ok(match unless_busy(given_up)? {
        None => Some(say::plain(locale, &TEXTS.busy, &[])),
        Some(Ok(changed)) if changed.already => {
            let store = context.ledger.store();
            let is_repeated = store.was_caused_by(&changed.booking, context.hash).await?;
            (!is_repeated).then(|| remark(context, Remark::Ended))
        }
        Some(Ok(_)) => None,
        Some(Err(_)) => Some(say::plain(locale, &TEXTS.claim_over, &[])),
    })
}

/// Keeps a booking whose person somebody claims.
pub(crate) async fn keep(context: &TurnContext<'_>, code: BookingCode) -> Result<Reply, TurnError> {
    let Some(booking) = context.own(code).await? else {
        return Ok(remark(context, Remark::UnknownCode));
    };
    let is_kept = context.ledger.keep_claimed(&booking, context.now).await?;
    let text = if is_kept { &TEXTS.claim_kept } else { &TEXTS.claim_over };
    Ok(Reply { text: fill(context.account.locale, text, &[]), options: None })
}
