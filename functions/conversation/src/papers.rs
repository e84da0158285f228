//! Which documents to bring, by the same rules as on the pages.

use antrian::domain::chat::{PapersWish, Pick, services_of};
use antrian::domain::document::{ApplicantKind, Document};
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::language::{Locale, fill, in_language};
use antrian::domain::office::{DomicileRule, Office};
use antrian::domain::requirements::child_below_years;
use antrian::messaging::compose::Reply;
use antrian::messaging::texts::CAPTION_CHARS;
use antrian::use_cases::documents::{DocumentQuestion, checklist_for, national_checklist};

use crate::context::TurnContext;
use crate::say::{self, MAX_ROWS, row};
use crate::texts::TEXTS;

/// For which service.
pub(crate) fn ask_service(context: &TurnContext<'_>, wish: &PapersWish) -> Reply {
    let locale = context.account.locale;
    let services = services_of(wish, &context.world());
    let rows = services.into_iter().take(MAX_ROWS).map(|service| {
        let name = in_language(locale, &service.name);
        let pick = Pick::Papers(PapersWish { service: Some(service.id.clone()), ..wish.clone() });
        row(&pick, name, if say::fits_row(name) { "" } else { name })
    });
    say::with_list(fill(locale, &TEXTS.ask_papers_service, &[]), locale, rows.collect())
}

/// Whether for a child.
pub(crate) fn ask_kind(locale: Locale, wish: &PapersWish) -> Reply {
    let of = |kind| Pick::Papers(PapersWish { kind: Some(kind), ..wish.clone() });
    let buttons = [
        (of(ApplicantKind::Adult), &TEXTS.papers_adult),
        (of(ApplicantKind::Child), &TEXTS.papers_child),
    ];
    let values = [("years", &*child_below_years().to_string())];
    say::with_buttons(fill(locale, &TEXTS.ask_papers_kind, &values), locale, &buttons)
}

/// The documents; at an office, if one is meant.
pub(crate) fn list(
    context: &TurnContext<'_>,
    service: &ServiceId,
    kind: ApplicantKind,
    office: Option<&OfficeId>,
) -> Reply {
    let (locale, now) = (context.account.locale, context.now);
    let mut offices = context.offices.iter();
    let office = offices.find(|known| Some(&known.id) == office).map(|office| &**office);
    let question =
        DocumentQuestion { service, applicant: Some(kind), ktp_regency: None, date: None };
    let of_office = office.and_then(|office| checklist_for(office, &question, now).ok());
    let list = of_office.unwrap_or_else(|| national_checklist(service, kind, now));
    let lines: Vec<_> = list.documents.iter().map(|document| line(locale, document)).collect();
    let values = [
        ("title", &*title(context, service, kind, office)),
        ("documents", &*lines.join("\n")),
        ("note", &*note(locale, office)),
    ];
    let text = fill(locale, &TEXTS.papers, &values).trim_end().to_owned();
    // Above buttons there is less room.
    if text.chars().count() > CAPTION_CHARS {
        return Reply { text, options: None };
    }
    say::with_buttons(text, locale, &[(Pick::Book, &TEXTS.menu_book)])
}

fn title(
    context: &TurnContext<'_>,
    service: &ServiceId,
    kind: ApplicantKind,
    office: Option<&Office>,
) -> String {
    let locale = context.account.locale;
    let services = services_of(&PapersWish::default(), &context.world());
    let service = services.into_iter().find(|known| known.id == *service);
    let service = service.map_or("", |service| in_language(locale, &service.name));
    let kind = match kind {
        ApplicantKind::Adult => in_language(locale, &TEXTS.papers_adult),
        ApplicantKind::Child => in_language(locale, &TEXTS.papers_child),
    };
    let parts = [Some(service), Some(kind), office.map(|office| &*office.name)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn line(locale: Locale, document: &Document) -> String {
    let label = in_language(locale, &document.label);
    let advised =
        if document.required { "" } else { in_language(locale, &TEXTS.papers_recommended) };
    let note = document.note.as_ref().map(|note| format!(": {}", in_language(locale, note)));
    format!("- {label}{advised}{}", note.unwrap_or_default())
}

/// What else an office may want.
fn note(locale: Locale, office: Option<&Office>) -> String {
    match office {
        None => fill(locale, &TEXTS.papers_of_office, &[]),
        Some(office) if office.domicile != DomicileRule::NotNeeded => {
            fill(locale, &TEXTS.papers_domicile, &[])
        }
        Some(_) => String::new(),
    }
}
