//! Adding the person of a wish to the account.

use antrian::domain::account::PersonDetails;
use antrian::domain::chat::Chat;
use antrian::domain::chat::words::{Details, Misread};
use antrian::domain::language::fill;
use antrian::domain::person::Category;
use antrian::domain::time::local_date;
use antrian::messaging::compose::Reply;
use antrian::use_cases::people::{self, AddRefusal};
use chrono_tz::Asia::Jayapura;

use crate::context::TurnContext;
use crate::error::TurnError;
use crate::texts::TEXTS;
use crate::{ask, say};

/// Makes the person of these details the one of the wish. Absent: done, and the wish goes on.
pub(crate) async fn add(
    context: &mut TurnContext<'_>,
    chat: &mut Chat,
    details: Details,
) -> Result<Option<Reply>, TurnError> {
    let locale = context.account.locale;
    let Some(new) = person_of(details, context) else {
        return Ok(Some(ask::details(locale, Some(Misread::Unclear), chat)));
    };
    let adding = people::add(context.app, &context.account.id, &new, Some(&context.people));
    let (added, ()) = tokio::join!(adding, foresee(context, chat));
    let added = match added? {
        Ok(added) => added,
        Err(AddRefusal::Full) => {
            let text = fill(locale, &TEXTS.people_full, &[]);
            return Ok(Some(Reply { text, ..ask::person(context) }));
        }
        Err(AddRefusal::NotCorrected(as_told, _)) => *as_told,
        Err(AddRefusal::TooMany) => {
            return Ok(Some(say::plain(locale, &TEXTS.too_many_people, &[])));
        }
    };
    chat.draft.person = Some(added.id.clone());
    context.people.retain(|person| person.id != added.id);
    context.people.push(added);
    Ok(None)
}

/// The day of the wish is read meanwhile: the hold looks at it next.
async fn foresee(context: &TurnContext<'_>, chat: &Chat) {
    let office = match (&chat.draft.office, &*context.offices) {
        (Some(office), _) => office,
        (None, [only]) => &only.id,
        (None, _) => return,
    };
    context.ledger.foresee(office, chat.draft.date, context.now).await;
}

/// The person of these details. A birth date that was not stated is the one in the NIK. Today is the
/// date where it begins first.
fn person_of(details: Details, context: &TurnContext<'_>) -> Option<PersonDetails> {
    let today = local_date(context.now, Jayapura);
    let of_nik = details.nik.as_ref().and_then(|nik| nik.birth_date(today));
    Some(PersonDetails {
        name: details.name?,
        birth_date: details.birth_date.or(of_nik)?,
        nik: details.nik,
        ktp_regency: details.regency,
        category: Category::General,
    })
}
