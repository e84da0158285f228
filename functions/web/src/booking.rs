//! From a chosen hour to what is checked before a seat is held: who comes, and everything once more.

use std::sync::Arc;

use antrian::domain::account::Applicant;
use antrian::domain::booking::{Booking, Status};
use antrian::domain::document::Document;
use antrian::domain::ids::{ApplicantId, OfficeId, ServiceId};
use antrian::domain::language::Locale;
use antrian::domain::office::Office;
use antrian::domain::personal::Nik;
use antrian::domain::requirements::{Circumstances, Warning, applicant_kind, requirements};
use antrian::domain::time::SlotTime;
use antrian::http::problem::Problem;
use antrian::http::session::Token;
use antrian::http::{AppState, Routes, office};
use antrian::security::tokens;
use antrian::storage::Session;
use antrian::use_cases::people::warnings;
use antrian_pages::forms::{Asked, Faults, address};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use antrian_pages::words::category_words;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use crate::office::{place, service_of};
use crate::paths;
use crate::people::has_room;
use crate::session::{Guest, Visitor};

pub(crate) fn routes() -> Routes {
    Routes::new().route("/pesan", get(for_whom)).route("/pesan/periksa", get(check))
}

/// What was chosen so far. It stands in the address, so that nothing is lost by signing in, a reload or
/// a phone that closed the page; none of it is personal.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Choice {
    pub(crate) kantor: OfficeId,
    pub(crate) layanan: ServiceId,
    pub(crate) tanggal: NaiveDate,
    pub(crate) jam: SlotTime,
    /// Who comes.
    #[serde(default)]
    pub(crate) orang: Vec<ApplicantId>,
    /// Makes the hold the same however often it is sent.
    #[serde(default)]
    pub(crate) kunci: String,
    /// One more person is to be added first.
    tambah: Option<String>,
}

impl Choice {
    pub(crate) fn address(&self, path: &str) -> String {
        let (date, time) = (self.tanggal.to_string(), self.jam.to_string());
        let mut chosen = vec![
            ("kantor", self.kantor.as_str()),
            ("layanan", self.layanan.as_str()),
            ("tanggal", &date),
            ("jam", &time),
        ];
        chosen.extend(self.orang.iter().map(|person| ("orang", person.as_str())));
        address(path, &chosen)
    }

    /// The hours of its day.
    pub(crate) fn hours(&self) -> String {
        paths::hours(&self.kantor, &self.layanan, self.tanggal, "")
    }

    /// Whether this very choice is held already: by a page that was loaded again after its answer was lost.
    pub(crate) fn is_held_by(&self, booking: &Booking, now: DateTime<Utc>) -> bool {
        let seat = &booking.seat;
        let chosen = (&self.kantor, &self.layanan, self.tanggal, self.jam);
        booking.status_at(now) == Status::Held
            && chosen == (&seat.office, &seat.service, seat.date, seat.time)
            && self.orang.len() == booking.group.len().max(1)
    }

    /// Those of the account who come.
    fn of(&self, people: Vec<Applicant>) -> Vec<Applicant> {
        people.into_iter().filter(|person| self.orang.contains(&person.id)).collect()
    }
}

/// Office, service, day and hour in words.
pub(crate) struct Visit {
    pub(crate) place: String,
    pub(crate) office: Arc<Office>,
    pub(crate) service: String,
    pub(crate) day: String,
    pub(crate) time: String,
}

pub(crate) async fn visit(app: &AppState, page: &Page, choice: &Choice) -> Result<Visit, Problem> {
    let office = office(app, &choice.kantor).await?;
    let service = page.text(&service_of(&office, &choice.layanan)?.name).to_owned();
    let starts_at = choice.jam.on(choice.tanggal, office.timezone);
    let time = page.time(starts_at, office.timezone);
    Ok(Visit { place: place(&office), day: page.date(choice.tanggal), time, service, office })
}

/// A person to be chosen.
pub(crate) struct PersonRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) nik: String,
    pub(crate) category: &'static str,
}

impl PersonRow {
    pub(crate) fn of(page: &Page, person: &Applicant) -> Self {
        let details = &person.details;
        Self {
            id: person.id.to_string(),
            name: details.name.expose().to_owned(),
            nik: details.nik.as_ref().map(Nik::masked).unwrap_or_default(),
            category: category_words(page, details.category),
        }
    }
}

#[derive(Template)]
#[template(path = "for_whom.html")]
struct ForWhom {
    page: Page,
    visit: Visit,
    choice: Choice,
    faults: Faults,
    people: Vec<(PersonRow, bool)>,
    has_room: bool,
    back: String,
}

/// Who comes. With nobody to choose from, the form for the first one.
async fn for_whom(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Asked(choice): Asked<Choice>,
) -> Shown {
    let people = app.ledger.store().applicants(&who.session.account).await?;
    let faults = Faults::default();
    match people.is_empty() {
        true => Ok(go(&one_more(choice))),
        false => Ok(own(&choose(&app, page, choice, people, faults).await?)),
    }
}

/// The form for one more person, and back to the choice.
fn one_more(choice: Choice) -> String {
    address("/orang/baru", &[("ke", &choice.address("/pesan"))])
}

async fn choose(
    app: &AppState,
    page: Page,
    choice: Choice,
    people: Vec<Applicant>,
    faults: Faults,
) -> Result<ForWhom, Problem> {
    let visit = visit(app, &page, &choice).await?;
    let is_only = people.len() == 1;
    let row = |person: &Applicant| {
        (PersonRow::of(&page, person), is_only || choice.orang.contains(&person.id))
    };
    let (back, has_room) = (choice.hours(), has_room(&people));
    let people = people.iter().map(row).collect();
    Ok(ForWhom { page, visit, choice, faults, people, has_room, back })
}

fn nobody(page: &Page) -> Faults {
    Faults::one(
        page.locale,
        "orang",
        "Pilih siapa yang datang, satu orang atau lebih.",
        "Choose who comes, one person or more.",
    )
}

/// Somebody who comes, with what they bring.
struct Attendee {
    id: String,
    name: String,
    nik: String,
    category: &'static str,
    documents: Vec<Document>,
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    page: Page,
    visit: Visit,
    choice: Choice,
    attendees: Vec<Attendee>,
    /// Whether everybody brings the same.
    bring_the_same: bool,
    warnings: Vec<Warning>,
    hold_minutes: u32,
    rules: Vec<String>,
    key: String,
    other_people: String,
    other_hour: String,
}

/// Everything once more, before a seat is held.
async fn check(
    State(app): State<AppState>,
    page: Page,
    Guest(token): Guest,
    Asked(choice): Asked<Choice>,
) -> Shown {
    let (_, people) = people_of(&app, &token).await?;
    if people.is_empty() || choice.tambah.is_some() {
        return Ok(go(&one_more(choice)));
    }
    let chosen = choice.of(people.clone());
    if chosen.is_empty() {
        let faults = nobody(&page);
        let asked = choose(&app, page, choice, people, faults).await?;
        return Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &asked));
    }
    let visit = visit(&app, &page, &choice).await?;
    let (attendees, warnings) = attendees(&page, &visit.office, &choice, &chosen);
    let bring_the_same = attendees.windows(2).all(|two| two[0].documents == two[1].documents);
    Ok(own(&CheckPage {
        hold_minutes: visit.office.policy.hold_minutes,
        rules: rules(&page, &visit.office, chosen.len()),
        key: tokens::random_id("w"),
        other_people: choice.address("/pesan"),
        other_hour: choice.hours(),
        attendees,
        bring_the_same,
        warnings,
        visit,
        choice,
        page,
    }))
}

/// Who comes with which documents, and what any of them should know, once.
fn attendees(
    page: &Page,
    office: &Office,
    choice: &Choice,
    people: &[Applicant],
) -> (Vec<Attendee>, Vec<Warning>) {
    let (mut attendees, mut all) = (vec![], vec![]);
    for person in people {
        let about = Circumstances {
            service: &choice.layanan,
            applicant: applicant_kind(person.details.birth_date, choice.tanggal),
            ktp_regency: person.details.ktp_regency.as_deref(),
            date: choice.tanggal,
        };
        let list = requirements(office, &about);
        all.extend(list.warnings.into_iter().chain(warnings(&person.details)));
        let PersonRow { id, name, nik, category } = PersonRow::of(page, person);
        attendees.push(Attendee { id, name, nik, category, documents: list.documents });
    }
    (attendees, once(all))
}

/// What people who come together should know, each thing once.
pub(crate) fn once(warnings: Vec<Warning>) -> Vec<Warning> {
    let mut all = vec![];
    for warning in warnings {
        if !all.contains(&warning) {
            all.push(warning);
        }
    }
    all
}

/// Who is signed in, and the people of their account.
pub(crate) async fn people_of(
    app: &AppState,
    token: &Token,
) -> Result<(Session, Vec<Applicant>), Problem> {
    let people = app.ledger.store().applicants(token.claimed_account());
    let (session, people) = tokio::join!(token.session(app), people);
    Ok((session?, people?))
}

/// Who is signed in, and those of their account who come.
pub(crate) async fn chosen(
    app: &AppState,
    token: &Token,
    choice: &Choice,
) -> Result<(Session, Vec<Applicant>), Problem> {
    let (session, people) = people_of(app, token).await?;
    Ok((session, choice.of(people)))
}

/// What a person should know of the office's rules before they book.
fn rules(page: &Page, office: &Office, people: usize) -> Vec<String> {
    let policy = &office.policy;
    let (early, late) = (policy.early_minutes, policy.late_minutes);
    let fair = &policy.fair_use;
    let mut rules = vec![match page.locale {
        Locale::Id => format!(
            "Datang paling awal {early} menit sebelum jam ini, paling lambat {late} menit sesudahnya."
        ),
        Locale::En => format!(
            "Come at most {early} minutes before this hour and at most {late} minutes after it."
        ),
    }];
    if fair.missed_visits > 0 {
        let (missed, days) = (fair.missed_visits, fair.closed_days);
        rules.push(match page.locale {
            Locale::Id => format!(
                "Bila berhalangan, batalkan. Tidak datang {missed} kali menutup pendaftaran daring selama {days} hari."
            ),
            Locale::En => format!(
                "Cancel if you cannot come. Missing {missed} visits closes online booking for {days} days."
            ),
        });
    }
    if people > 1 {
        rules.push(
            page.say(
                "Bila jam ini tidak cukup untuk semua, sebagian mendapat jam terdekat. Semua mendapat tempat, atau tidak ada yang ditahan.",
                "If this hour has no room for all, some get the nearest hour. Everybody gets a place, or none is held.",
            )
            .to_owned(),
        );
    }
    rules
}
