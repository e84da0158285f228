//! People of the account, corrected or removed.

use antrian::domain::account::Applicant;
use antrian::domain::booking::{Booking, Status};
use antrian::domain::chat::words::{Details, Misread};
use antrian::domain::chat::{Chat, PersonPurpose, Pick, Question};
use antrian::domain::field::FieldError;
use antrian::domain::ids::ApplicantId;
use antrian::domain::language::{Locale, date, fill, in_language};
use antrian::domain::requirements::checklist;
use antrian::ledger::CorrectionRefused;
use antrian::messaging::compose::Reply;
use antrian::use_cases::corrections::{self, CorrectRefusal, CorrectionForm};

use crate::context::TurnContext;
use crate::error::{TurnError, unless_busy};
use crate::say::{self, row};
use crate::texts::TEXTS;
use crate::{ask, bookings};

/// Which person is meant.
pub(crate) fn ask_whom(context: &TurnContext<'_>, purpose: PersonPurpose) -> Reply {
    let locale = context.account.locale;
    let (text, pick): (_, fn(ApplicantId) -> Pick) = match purpose {
        PersonPurpose::Correct => (&TEXTS.ask_whom_correct, Pick::Correct),
        PersonPurpose::Remove => (&TEXTS.ask_whom_remove, Pick::Remove),
    };
    let rows = context.people.iter().map(|person| {
        row(&pick(person.id.clone()), person.details.name.expose(), &ask::told_apart(person))
    });
    say::with_list(fill(locale, text, &[]), locale, rows.collect())
}

/// What is to be otherwise; what was wrong with the last answer comes first.
pub(crate) fn ask_correction(
    context: &TurnContext<'_>,
    id: &ApplicantId,
    misread: Option<Misread>,
) -> Reply {
    let locale = context.account.locale;
    let Some(person) = person(context, id) else { return say::menu(locale) };
    let values = [("person", &*lines(locale, person))];
    let question = say::plain(locale, &TEXTS.ask_correction, &values);
    match misread {
        Some(misread) => ask::after_misread(locale, misread, question),
        None => question,
    }
}

/// Whether a person is really to be removed.
pub(crate) fn ask_removal(context: &TurnContext<'_>, id: &ApplicantId) -> Reply {
    let locale = context.account.locale;
    let Some(person) = person(context, id) else { return say::menu(locale) };
    let text = fill(locale, &TEXTS.ask_removal, &[("who", &person.details.who())]);
    let surely = (Pick::RemoveSurely(id.clone()), &TEXTS.remove_surely);
    say::with_buttons(text, locale, &[surely, (Pick::Keep, &TEXTS.keep)])
}

/// Corrects a person.
pub(crate) async fn correct(
    context: &mut TurnContext<'_>,
    chat: &mut Chat,
    id: &ApplicantId,
    details: &Details,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let birth = details.birth_date.map(|date| date.to_string());
    let form = CorrectionForm {
        name: details.name.as_ref().map(|name| name.expose()),
        nik: details.nik.as_ref().map(|nik| nik.expose()),
        birth_date: birth.as_deref(),
        ktp_regency: details.regency.as_deref(),
        category: None,
    };
    let changes = match form.parse(context.now) {
        Ok(changes) => changes,
        Err(errors) => {
            let said: Vec<_> = errors.iter().map(|error| wrong(locale, error)).collect();
            return Ok(Reply { text: said.join("\n"), options: None });
        }
    };
    let corrected = corrections::correct(context.app, &context.account.id, id, &changes).await;
    let person = match unless_busy(corrected)? {
        None => return Ok(say::plain(locale, &TEXTS.busy, &[])),
        Some(Err(refusal)) => return refused(context, &refusal),
        Some(Ok(person)) => person,
    };
    if let Some(known) = context.people.iter_mut().find(|known| known.id == *id) {
        *known = person.clone();
    }
    let is_asked = chat.question == Question::Correct;
    if is_asked {
        chat.ended();
        chat.subject = None;
    }
    // What is held for a person with another NIK is told once more by itself.
    if is_asked || details.nik.is_some() || details.name.is_some() {
        let values = [("person", &*lines(locale, &person))];
        return Ok(say::plain(locale, &TEXTS.corrected, &values));
    }
    regency_noted(context, chat, &person).await
}

/// What the office asks for now that it is known where the KTP is from; then what waits.
async fn regency_noted(
    context: &TurnContext<'_>,
    chat: &mut Chat,
    person: &Applicant,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let regency = person.details.ktp_regency.as_deref().unwrap_or_default();
    let live = context.live().await?;
    let booking = live.iter().find(|booking| booking.applicant == person.id);
    let note = booking.and_then(|booking| domicile(context, booking, person));
    let note = note.unwrap_or_default();
    let values = [("regency", regency), ("who", &*person.details.who()), ("note", &*note)];
    let text = fill(locale, &TEXTS.regency_noted, &values).trim_end().to_owned();
    let held = booking.filter(|booking| booking.status_at(context.now) == Status::Held);
    match held.map(|booking| booking.code) {
        Some(code) => Ok(say::before(text, bookings::held(context, chat, code).await?)),
        None => Ok(Reply { text, options: None }),
    }
}

/// What a booking's office says of the letter of domicile, if it ever asks for one.
fn domicile(context: &TurnContext<'_>, booking: &Booking, person: &Applicant) -> Option<String> {
    let locale = context.account.locale;
    let office = context.office_of(booking)?;
    let list = checklist(office, booking, person);
    let warnings = list.warnings.iter().filter(|warning| warning.code.starts_with("domicile"));
    let said: Vec<_> = warnings.map(|warning| in_language(locale, &warning.message)).collect();
    if said.is_empty() {
        return Some(fill(locale, &TEXTS.no_domicile, &[("office", &office.name)]));
    }
    Some(said.join("\n"))
}

/// Removes a person. One who is gone was removed: by this very message, dealt with before, or elsewhere.
pub(crate) async fn remove(
    context: &mut TurnContext<'_>,
    chat: &mut Chat,
    id: &ApplicantId,
) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let who = person(context, id).map(|person| person.details.who()).unwrap_or_default();
    chat.ended();
    chat.subject = None;
    let removed = corrections::remove(context.app, &context.account.id, id).await;
    match unless_busy(removed)? {
        None => return Ok(say::plain(locale, &TEXTS.busy, &[])),
        Some(Ok(()) | Err(CorrectRefusal::Unknown)) => {}
        Some(Err(refusal)) => return refused(context, &refusal),
    }
    context.people.retain(|person| person.id != *id);
    Ok(say::plain(locale, &TEXTS.removed, &[("who", &who)]))
}

/// Why a person stays as they are.
fn refused(context: &TurnContext<'_>, refusal: &CorrectRefusal) -> Result<Reply, TurnError> {
    let locale = context.account.locale;
    let text = match refusal {
        CorrectRefusal::Unknown => return Ok(say::menu(locale)),
        CorrectRefusal::Known => &TEXTS.person_known,
        CorrectRefusal::Field(error) => {
            let text = wrong(locale, error).to_owned();
            return Ok(Reply { text, options: None });
        }
        CorrectRefusal::Refused(why) => match why {
            CorrectionRefused::Visiting => &TEXTS.checked_in,
            CorrectionRefused::HasBooking => &TEXTS.person_has_booking,
            CorrectionRefused::NeedsConfirmation => &TEXTS.nik_needs_confirmation,
            CorrectionRefused::TooMany => &TEXTS.too_many_people,
            CorrectionRefused::AccountGone => return Err(TurnError::AccountGone),
        },
    };
    let text = fill(locale, text, &[]);
    Ok(match refusal {
        CorrectRefusal::Refused(CorrectionRefused::HasBooking) => {
            say::with_buttons(text, locale, &[(Pick::Show, &TEXTS.menu_show)])
        }
        _ => Reply { text, options: None },
    })
}

/// What a field should be.
fn wrong(locale: Locale, error: &FieldError) -> &str {
    match locale {
        Locale::Id => &error.detail,
        Locale::En => &error.detail_en,
    }
}

fn person<'a>(context: &'a TurnContext<'_>, id: &ApplicantId) -> Option<&'a Applicant> {
    context.people.iter().find(|person| person.id == *id)
}

/// What is known of a person: never the whole NIK.
fn lines(locale: Locale, person: &Applicant) -> String {
    let details = &person.details;
    let nik =
        details.nik.as_ref().map_or_else(|| "–".to_owned(), |nik| format!("…{}", nik.ending()));
    let values = [
        ("name", details.name.expose()),
        ("nik", &*nik),
        ("birth", &*date(locale, details.birth_date)),
        ("regency", details.ktp_regency.as_deref().unwrap_or("–")),
    ];
    fill(locale, &TEXTS.person, &values)
}
