//! Who a booking is for, corrected by a clerk as the KTP says. The NIK is not shown in full: its field stays
//! empty unless it changes.

use antrian::domain::account::Applicant;
use antrian::domain::code::BookingCode;
use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::personal::Nik;
use antrian::domain::reason::Reason;
use antrian::http::body::Segments;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::use_cases::corrections::{CorrectRefusal, CorrectionForm};
use antrian::use_cases::desk_bookings::{self, DeskBooking, DeskCorrectRefusal};
use antrian_pages::forms::{Faults, Posted, at_field, birth_date_as_asked, date_of};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Deserialize;

use crate::paths;
use crate::session::Clerk;
use crate::visit::found;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/{office}/kunjungan/{code}/data", get(known).post(correct))
}

#[derive(Template)]
#[template(path = "correct.html")]
struct CorrectPage<'a> {
    page: Page,
    office: &'a str,
    /// The page of the booking.
    back: String,
    /// The NIK that is stored, without its middle.
    nik: String,
    faults: Faults,
    typed: Typed,
}

/// What stands on the KTP, as the clerk types it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    nik: String,
    birth_date: String,
    ktp_regency: String,
}

impl Typed {
    fn of(person: &Applicant) -> Self {
        let details = &person.details;
        Self {
            name: details.name.expose().to_owned(),
            nik: String::new(),
            birth_date: details.birth_date.format("%d %m %Y").to_string(),
            ktp_regency: details.ktp_regency.clone().unwrap_or_default(),
        }
    }
}

/// The booking and whose it is.
async fn whose(
    app: &AppState,
    clerk: &Clerk,
    id: &OfficeId,
    code: BookingCode,
) -> Result<(DeskBooking, Applicant), Problem> {
    let mut found = found(app, clerk, id, code).await?;
    let person = found.applicant.take().ok_or_else(|| Problem::new(Reason::BookingEnded))?;
    Ok((found, person))
}

fn correct_page<'a>(
    page: Page,
    (found, person): &'a (DeskBooking, Applicant),
    (faults, typed): (Faults, Typed),
) -> CorrectPage<'a> {
    let office = &found.visit.office;
    CorrectPage {
        page,
        office: &office.name,
        back: paths::change(&office.id, found.visit.booking.code),
        nik: person.details.nik.as_ref().map(Nik::masked).unwrap_or_default(),
        faults,
        typed,
    }
}

async fn known(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
) -> Shown {
    let found = whose(&app, &clerk, &id, code).await?;
    let typed = Typed::of(&found.1);
    Ok(own(&correct_page(page, &found, (Faults::default(), typed))))
}

async fn correct(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Posted(typed): Posted<Typed>,
) -> Shown {
    let found = whose(&app, &clerk, &id, code).await?;
    let (status, errors) = match corrected(&app, &clerk, (&id, code), &found.1, &typed).await? {
        Ok(()) => return Ok(go(&format!("{}?sudah=data", paths::change(&id, code)))),
        Err(why) => why,
    };
    let errors = errors.into_iter().map(birth_date_as_asked).collect();
    let faults = Faults::new(page.locale, errors);
    Ok(shown(status, Keep::Never, &correct_page(page, &found, (faults, typed))))
}

type NotCorrected = (StatusCode, Vec<FieldError>);

async fn corrected(
    app: &AppState,
    clerk: &Clerk,
    (id, code): (&OfficeId, BookingCode),
    person: &Applicant,
    typed: &Typed,
) -> Result<Result<(), NotCorrected>, Problem> {
    let birth_date = date_of(&typed.birth_date);
    let told = |text: &&str| !text.trim().is_empty();
    let form = CorrectionForm {
        name: Some(&typed.name),
        nik: Some(&*typed.nik).filter(told),
        birth_date: Some(&birth_date),
        // Whoever has told none may leave it so.
        ktp_regency: Some(&*typed.ktp_regency)
            .filter(|regency| told(regency) || person.details.ktp_regency.is_some()),
        category: None,
    };
    let changes = match form.parse(app.clock.now()) {
        Ok(changes) => changes,
        Err(errors) => return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, errors))),
    };
    let corrected = desk_bookings::correct(app, clerk.staff(), id, code, &changes).await?;
    Ok(corrected.map(|_| ()).map_err(|refusal| match refusal {
        DeskCorrectRefusal::Person(CorrectRefusal::Field(error)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, vec![error])
        }
        // Whatever else stands in the way is about the NIK.
        refusal => {
            let problem = Problem::from(refusal);
            (problem.status(), vec![at_field("nik", &problem)])
        }
    }))
}
