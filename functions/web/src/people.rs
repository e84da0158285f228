//! The people that one books for: adding one, correcting one.

use antrian::domain::account::{Applicant, MAX_APPLICANTS};
use antrian::domain::field::FieldError;
use antrian::domain::ids::ApplicantId;
use antrian::domain::normal::digits;
use antrian::domain::person::Category;
use antrian::domain::reason::Reason;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::use_cases::corrections::{self, CorrectRefusal, CorrectionForm};
use antrian::use_cases::people::{self, PersonForm};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use chrono::Datelike;
use serde::Deserialize;

use crate::booking::PersonRow;
use crate::forms::{Faults, Nothing, Posted, onward};
use crate::page::{Keep, Page, Shown, go, own, shown};
use crate::session::Visitor;
use crate::sign_in::To;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/orang/baru", get(blank).post(add))
        .route("/orang/{id}", get(known).post(correct))
        .route("/orang/{id}/hapus", get(remove_check).post(remove))
}

/// A person as somebody typed them. What was typed stays on the page until it fits.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    nik: String,
    day: String,
    month: String,
    year: String,
    ktp_regency: String,
    category: String,
    ke: Option<String>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage<'a> {
    page: Page,
    to: &'a str,
    /// Who is corrected; absent: somebody is added.
    known: Option<PersonRow>,
    faults: Faults,
    typed: Typed,
    categories: Vec<(&'static str, &'static str)>,
}

/// Value and words of each category.
fn categories(page: &Page) -> Vec<(&'static str, &'static str)> {
    [
        Category::General,
        Category::Elderly,
        Category::Disabled,
        Category::Pregnant,
        Category::Toddler,
    ]
    .map(|category| (value(category), category_words(page, category)))
    .into()
}

fn value(category: Category) -> &'static str {
    match category {
        Category::General => "general",
        Category::Elderly => "elderly",
        Category::Disabled => "disabled",
        Category::Pregnant => "pregnant",
        Category::Toddler => "toddler",
    }
}

/// A category in words.
pub(crate) fn category_words(page: &Page, category: Category) -> &'static str {
    match category {
        Category::General => page.say("Umum", "General"),
        Category::Elderly => page.say("Lansia (60 tahun ke atas)", "Elderly (60 and above)"),
        Category::Disabled => page.say("Penyandang disabilitas", "With a disability"),
        Category::Pregnant => page.say("Ibu hamil", "Pregnant"),
        Category::Toddler => page.say("Balita (di bawah 5 tahun)", "Child below 5"),
    }
}

async fn blank(page: Page, Params(to): Params<To>, _: Visitor) -> Shown {
    let typed = Typed { category: value(Category::General).to_owned(), ..Typed::default() };
    let categories = categories(&page);
    let faults = Faults::default();
    Ok(own(&PersonPage { to: to.path(), known: None, faults, typed, categories, page }))
}

/// Adds a person, and goes on with them.
async fn add(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Posted(typed): Posted<Typed>,
) -> Shown {
    let to = onward(typed.ke.as_deref()).to_owned();
    let birth_date = birth_date(&typed);
    let form = PersonForm {
        name: &typed.name,
        nik: &typed.nik,
        birth_date: &birth_date,
        ktp_regency: &typed.ktp_regency,
        category: category(&typed.category),
    };
    let errors = match form.parse(app.clock.now()) {
        Err(errors) => errors.into_iter().map(in_three_fields).collect(),
        Ok(person) => match people::add(&app, &who.session.account, &person, None).await? {
            Ok(added) => return Ok(go(&with_person(&to, &added))),
            Err(refusal) => vec![of_form(&Problem::from(refusal))],
        },
    };
    let faults = Faults::new(page.locale, errors);
    let categories = categories(&page);
    let template = PersonPage { to: &to, known: None, faults, typed, categories, page };
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &template))
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
        category: value(details.category).to_owned(),
        ..Typed::default()
    };
    let known = Some(PersonRow::of(&page, &person));
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
            Err(refusal) => vec![of_form(&Problem::from(refusal))],
        },
    };
    let errors = errors.into_iter().map(in_three_fields).collect();
    let faults = Faults::new(page.locale, errors);
    let known = Some(PersonRow::of(&page, &person));
    let categories = categories(&page);
    let template = PersonPage { to: BACK, known, faults, typed, categories, page };
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &template))
}

#[derive(Template)]
#[template(path = "remove_person.html")]
struct RemovePage {
    page: Page,
    person: PersonRow,
}

async fn remove_check(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Segments(id): Segments<ApplicantId>,
) -> Shown {
    let person = PersonRow::of(&page, &person(&app, &who, &id).await?);
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

fn of_form(problem: &Problem) -> FieldError {
    use antrian::domain::language::Locale::{En, Id};
    FieldError::new("name", problem.sentence(Id), problem.sentence(En))
}

fn category(text: &str) -> Category {
    match text {
        "elderly" => Category::Elderly,
        "disabled" => Category::Disabled,
        "pregnant" => Category::Pregnant,
        "toddler" => Category::Toddler,
        _ => Category::General,
    }
}

/// `YYYY-MM-DD` of what stands in three fields.
fn birth_date(typed: &Typed) -> String {
    let [day, month, year] = [&typed.day, &typed.month, &typed.year].map(|text| digits(text));
    format!("{year:0>4}-{month:0>2}-{day:0>2}")
}

/// The page asks for a date in three fields; the rule knows one.
fn in_three_fields(error: FieldError) -> FieldError {
    if error.field != "birth_date" {
        return error;
    }
    FieldError::new(
        "birth_date",
        "Tulis tanggal lahir: hari, bulan, dan tahun empat angka.",
        "Write the date of birth: day, month and a year of four digits.",
    )
}

/// On to where one came from, with this person chosen if there is a choice.
fn with_person(to: &str, person: &Applicant) -> String {
    match to.strip_prefix("/pesan?") {
        Some(query) => format!("/pesan/periksa?{query}&orang={}", person.id),
        None => to.to_owned(),
    }
}

/// Whether an account may have one more.
pub(crate) fn has_room(people: &[Applicant]) -> bool {
    people.len() < MAX_APPLICANTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_fields_are_one_date() {
        let typed = |day: &str, month: &str, year: &str| {
            let [day, month, year] = [day, month, year].map(str::to_owned);
            birth_date(&Typed { day, month, year, ..Typed::default() })
        };
        assert_eq!(typed("5", " 4", "1990"), "1990-04-05");
        assert_eq!(typed("０５", "12", "2001"), "2001-12-05");
        assert_eq!(typed("", "", ""), "0000-00-00");
    }
}
