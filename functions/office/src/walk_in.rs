//! Somebody without a booking: the clerk types what the KTP says, and prints a slip.

use antrian::domain::account::PersonDetails;
use antrian::domain::field::FieldError;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::office::{Office, Service};
use antrian::domain::person::Category;
use antrian::domain::reason::Reason;
use antrian::http::body::Segments;
use antrian::http::problem::{Code, Problem};
use antrian::http::refusals::walk_in_refused;
use antrian::http::{AppState, Routes, office};
use antrian::ledger::DayAvailability;
use antrian::security::tokens;
use antrian::staff::Scope;
use antrian::use_cases::people::PersonForm;
use antrian::use_cases::walk_ins::{self, WalkIn, free_today};
use antrian_pages::forms::{Faults, Posted, at_field, birth_date_as_asked, date_of};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use antrian_pages::words::categories;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Deserialize;

use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/{office}/tanpa-janji", get(blank).post(book))
}

/// What stands on the KTP, as the clerk types it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    service: String,
    name: String,
    nik: String,
    birth_date: String,
    ktp_regency: String,
    category: Category,
    /// By what a form is known that is sent twice.
    kunci: String,
}

#[derive(Template)]
#[template(path = "walk_in.html")]
struct WalkInPage<'a> {
    page: Page,
    office: &'a Office,
    by_nik: String,
    services: Vec<ServiceRow>,
    faults: Faults,
    typed: Typed,
    categories: [(&'static str, &'static str); 5],
}

struct ServiceRow {
    id: ServiceId,
    name: String,
    seats_free: u16,
}

impl WalkInPage<'_> {
    fn is_chosen(&self, service: &ServiceRow) -> bool {
        service.id.as_str() == self.typed.service
    }
}

async fn blank(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let office = office(&app, &id).await?;
    let mut typed = Typed { kunci: tokens::random_secret(), ..Typed::default() };
    let services = services(&app, &page, &office).await?;
    typed.service = first_with_room(&services);
    let (categories, faults) = (categories(&page), Faults::default());
    let by_nik = paths::by_nik(&id);
    Ok(own(&WalkInPage { office: &office, by_nik, services, faults, typed, categories, page }))
}

fn first_with_room(services: &[ServiceRow]) -> String {
    let room = services.iter().find(|service| service.seats_free > 0).or(services.first());
    room.map(|service| service.id.to_string()).unwrap_or_default()
}

async fn services(
    app: &AppState,
    page: &Page,
    office: &Office,
) -> Result<Vec<ServiceRow>, Problem> {
    let row = |(service, day): (&Service, DayAvailability)| {
        let seats_free = day.slots.iter().map(|slot| slot.seats_free).sum();
        let name = page.text(&service.name).to_owned();
        ServiceRow { id: service.id.clone(), name, seats_free }
    };
    Ok(free_today(app, office).await?.into_iter().map(row).collect())
}

/// Books for somebody and lets them in; their slip is next.
async fn book(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(typed): Posted<Typed>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let office = office(&app, &id).await?;
    let (status, errors) = match parsed(&app, &typed) {
        Err(errors) => (StatusCode::UNPROCESSABLE_ENTITY, errors),
        // Whatever kept it from being done: the form stays, with the key by which it is known.
        Ok(said) => match let_in(&app, &clerk, &office, &typed.kunci, said).await {
            Ok(slip) => return Ok(go(&slip)),
            Err(problem) => (problem.status(), vec![refusal(&problem)]),
        },
    };
    let services = services(&app, &page, &office).await?;
    let (categories, faults) = (categories(&page), Faults::new(page.locale, errors));
    let by_nik = paths::by_nik(&id);
    let template =
        WalkInPage { office: &office, by_nik, services, faults, typed, categories, page };
    Ok(shown(status, Keep::Never, &template))
}

fn parsed(app: &AppState, typed: &Typed) -> Result<(ServiceId, PersonDetails), Vec<FieldError>> {
    let birth_date = date_of(&typed.birth_date);
    let form = PersonForm {
        name: &typed.name,
        nik: &typed.nik,
        birth_date: &birth_date,
        ktp_regency: &typed.ktp_regency,
        category: typed.category,
    };
    let person = form.parse(app.clock.now());
    let person =
        person.map_err(|errors| errors.into_iter().map(birth_date_as_asked).collect::<Vec<_>>())?;
    let service = typed.service.parse();
    let service = service
        .map_err(|_| vec![FieldError::new("service", "Pilih layanan.", "Choose the service.")])?;
    Ok((service, person))
}

/// Why nobody is let in, as a clerk is told it, at the field that it is about.
fn refusal(problem: &Problem) -> FieldError {
    match problem.code() {
        Code::Refused(Reason::PersonNeedsConfirmation) => FieldError::new(
            "nik",
            "Orang ini sudah punya jadwal. Lihat dahulu lewat Cari dengan NIK: bila kunjungannya hari ini \
             di sini, pindai saja.",
            "This person has a booking. See it first under Look by NIK: if the visit is here today, just \
             scan it.",
        ),
        Code::Refused(Reason::SlotFull | Reason::OfficeClosed) => FieldError::new(
            "service",
            "Hari ini tidak ada kursi lagi untuk layanan ini.",
            "There is no seat left today for this service.",
        ),
        Code::Busy | Code::OutcomeUnknown | Code::NotReady | Code::InternalError => {
            FieldError::new(
                "service",
                "Belum pasti tercatat karena gangguan. Tekan sekali lagi: tidak akan tercatat dua kali.",
                "It may not have been saved: something failed. Press once more: nothing is done twice.",
            )
        }
        _ => at_field("nik", problem),
    }
}

/// The address of the slip.
async fn let_in(
    app: &AppState,
    clerk: &Clerk,
    office: &Office,
    key: &str,
    (service, person): (ServiceId, PersonDetails),
) -> Result<String, Problem> {
    let scope = format!("walk-in\n{}\n{}", office.id, clerk.staff().subject);
    let request = app.keyring.token_hash(&format!("{scope}\n{key}"));
    let said = format!("{service}\n{}", person.nik.as_ref().map_or("", |nik| nik.expose()));
    let wish = WalkIn {
        office,
        service: &service,
        person: &person,
        visit: None,
        gate: None,
        request: Some(&request),
        request_hash: &app.keyring.token_hash(&said),
    };
    let walked_in = walk_ins::walk_in(app, clerk.staff(), &wish).await?;
    let walked_in = walked_in.map_err(|refusal| walk_in_refused(office, refusal))?;
    Ok(paths::slip(&office.id, walked_in.booking.code))
}
