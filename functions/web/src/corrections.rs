//! Correcting and removing a person that one books for.

use antrian::domain::account::Applicant;
use antrian::domain::ids::ApplicantId;
use antrian::domain::personal::Nik;
use antrian::domain::reason::Reason;
use antrian::http::body::Segments;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::use_cases::corrections::{self, CorrectRefusal, CorrectionForm};
use antrian_pages::forms::{Faults, Nothing, Posted, at_field, birth_date_as_asked};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use antrian_pages::words::categories;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use chrono::Datelike;

use crate::people::{KnownPerson, PersonPage, Typed, birth_date, category};
use crate::session::Visitor;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/orang/{id}", get(known).post(correct))
        .route("/orang/{id}/hapus", get(remove_check).post(remove))
}

fn known_person(person: &Applicant) -> KnownPerson {
    KnownPerson {
        id: person.id.to_string(),
        name: person.details.name.expose().to_owned(),
        nik: person.details.nik.as_ref().map(Nik::masked).unwrap_or_default(),
    }
}

/// Where one comes from who corrects somebody, and goes back to.
const BACK: &str = "/saya";

async fn person(app: &AppState, who: &Visitor, id: &ApplicantId) -> Result<Applicant, Problem> {
    let person = app.ledger.store().applicant(&who.session.account, id).await?;
    person.ok_or_else(|| Problem::new(Reason::NotFound))
}

/// The form with what is known. The NIK is not shown in full: its field stays empty unless it changes.
async fn known(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Segments(id): Segments<ApplicantId>,
) -> Shown {
    let person = person(&app, &who, &id).await?;
    let details = &person.details;
    let typed = Typed {
        name: details.name.expose().to_owned(),
        day: details.birth_date.day().to_string(),
        month: details.birth_date.month().to_string(),
        year: details.birth_date.year().to_string(),
        ktp_regency: details.ktp_regency.clone().unwrap_or_default(),
        category: details.category.as_str().to_owned(),
        ..Typed::default()
    };
    let known = Some(known_person(&person));
    let (faults, categories) = (Faults::default(), categories(&page));
    Ok(own(&PersonPage { to: BACK, known, faults, typed, categories, page }))
}

async fn correct(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Segments(id): Segments<ApplicantId>,
    Posted(typed): Posted<Typed>,
) -> Shown {
    let person = person(&app, &who, &id).await?;
    let birth_date = birth_date(&typed);
    let told = |text: &str| !text.trim().is_empty();
    let form = CorrectionForm {
        name: Some(&typed.name),
        nik: Some(typed.nik.as_str()).filter(|nik| told(nik)),
        birth_date: Some(&birth_date),
        // Who has told none may leave it so.
        ktp_regency: Some(typed.ktp_regency.as_str())
            .filter(|regency| told(regency) || person.details.ktp_regency.is_some()),
        category: Some(category(&typed.category)),
    };
    let errors = match form.parse(app.clock.now()) {
        Err(errors) => errors,
        Ok(changes) => match corrections::correct(&app, &who.session.account, &id, &changes).await?
        {
            Ok(_) => return Ok(go(BACK)),
            Err(CorrectRefusal::Field(error)) => vec![error],
            Err(refusal) => vec![at_field("name", &Problem::from(refusal))],
        },
    };
    let errors = errors.into_iter().map(birth_date_as_asked).collect();
    let faults = Faults::new(page.locale, errors);
    let known = Some(known_person(&person));
    let categories = categories(&page);
    let template = PersonPage { to: BACK, known, faults, typed, categories, page };
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &template))
}

#[derive(Template)]
#[template(path = "remove_person.html")]
struct RemovePage {
    page: Page,
    person: KnownPerson,
}

async fn remove_check(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Segments(id): Segments<ApplicantId>,
) -> Shown {
    let person = known_person(&person(&app, &who, &id).await?);
    Ok(own(&RemovePage { page, person }))
}

/// Removes a person; who is gone already is gone.
async fn remove(
    State(app): State<AppState>,
    who: Visitor,
    Segments(id): Segments<ApplicantId>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    match corrections::remove(&app, &who.session.account, &id).await? {
        Ok(()) | Err(CorrectRefusal::Unknown) => Ok(go(BACK)),
        Err(refusal) => Err(refusal.into()),
    }
}
