//! The people that one books for: adding one.

use antrian::domain::account::{Applicant, MAX_APPLICANTS};
use antrian::domain::normal::digits;
use antrian::domain::person::Category;
use antrian::http::body::Params;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::use_cases::people::{self, PersonForm};
use antrian_pages::forms::{Faults, Posted, To, at_field, birth_date_as_asked, onward};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use antrian_pages::words::categories;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Deserialize;

use crate::paths::OWN;
use crate::session::Visitor;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/orang/baru", get(blank).post(add))
}

/// A person as somebody typed them. What was typed stays on the page until it fits.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub(crate) name: String,
    pub(crate) nik: String,
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) year: String,
    pub(crate) ktp_regency: String,
    pub(crate) category: String,
    pub(crate) ke: Option<String>,
}

/// Somebody whom the account has.
pub(crate) struct KnownPerson {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Its middle digits hidden; empty: not told.
    pub(crate) nik: String,
}

#[derive(Template)]
#[template(path = "person.html")]
pub(crate) struct PersonPage<'a> {
    pub(crate) page: Page,
    pub(crate) to: &'a str,
    /// Who is corrected; absent: somebody is added.
    pub(crate) known: Option<KnownPerson>,
    pub(crate) faults: Faults,
    pub(crate) typed: Typed,
    pub(crate) categories: [(&'static str, &'static str); 5],
}

async fn blank(page: Page, Params(to): Params<To>, _: Visitor) -> Shown {
    let typed = Typed { category: Category::General.as_str().to_owned(), ..Typed::default() };
    let categories = categories(&page);
    let faults = Faults::default();
    Ok(own(&PersonPage { to: to.path(OWN), known: None, faults, typed, categories, page }))
}

/// Adds a person, and goes on with them.
async fn add(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Posted(typed): Posted<Typed>,
) -> Shown {
    let to = onward(typed.ke.as_deref(), OWN).to_owned();
    let birth_date = birth_date(&typed);
    let form = PersonForm {
        name: &typed.name,
        nik: &typed.nik,
        birth_date: &birth_date,
        ktp_regency: &typed.ktp_regency,
        category: category(&typed.category),
    };
    let errors = match form.parse(app.clock.now()) {
        Err(errors) => errors.into_iter().map(birth_date_as_asked).collect(),
        Ok(person) => match people::add(&app, &who.session.account, &person, None).await? {
            Ok(added) => return Ok(go(&with_person(&to, &added))),
            Err(refusal) => vec![at_field("name", &Problem::from(refusal))],
        },
    };
    let faults = Faults::new(page.locale, errors);
    let categories = categories(&page);
    let template = PersonPage { to: &to, known: None, faults, typed, categories, page };
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &template))
}

pub(crate) fn category(text: &str) -> Category {
    match text {
        "elderly" => Category::Elderly,
        "disabled" => Category::Disabled,
        "pregnant" => Category::Pregnant,
        "toddler" => Category::Toddler,
        _ => Category::General,
    }
}

/// `YYYY-MM-DD` of what stands in three fields.
pub(crate) fn birth_date(typed: &Typed) -> String {
    let [day, month, year] = [&typed.day, &typed.month, &typed.year].map(|text| digits(text));
    format!("{year:0>4}-{month:0>2}-{day:0>2}")
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
