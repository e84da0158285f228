//! From a chosen hour to a held seat: for whom, check, hold, and why not.

use std::sync::Arc;

use antrian::domain::account::Applicant;
use antrian::domain::document::Document;
use antrian::domain::ids::{ApplicantId, OfficeId, ServiceId};
use antrian::domain::language::Locale;
use antrian::domain::office::{Channel, Office};
use antrian::domain::personal::Nik;
use antrian::domain::requirements::{Circumstances, Warning, applicant_kind, requirements};
use antrian::domain::time::SlotTime;
use antrian::http::body::{Params, hash};
use antrian::http::problem::Problem;
use antrian::http::refusals::hold_refused;
use antrian::http::session::Token;
use antrian::http::{AppState, Routes, office};
use antrian::ledger::{HoldRefusal, SlotChoice};
use antrian::security::tokens;
use antrian::storage::Session;
use antrian::use_cases::bookings::{self, HoldWish};
use antrian::use_cases::people::warnings;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::forms::{Posted, address};
use crate::office::{place, service_of};
use crate::page::{Keep, Page, Shown, go, own, shown};
use crate::people::{category_words, has_room};
use crate::session::{Guest, Visitor};

pub(crate) fn routes() -> Routes {
    Routes::new().route("/pesan", get(for_whom).post(hold)).route("/pesan/periksa", get(check))
}

/// What was chosen so far. It stands in the address, so that nothing is lost by signing in, a reload or
/// a phone that closed the page; none of it is personal.
#[derive(Debug, Clone, Deserialize)]
struct Choice {
    kantor: OfficeId,
    layanan: ServiceId,
    tanggal: NaiveDate,
    jam: SlotTime,
    orang: Option<ApplicantId>,
    /// Makes the hold the same however often it is sent.
    #[serde(default)]
    kunci: String,
}

impl Choice {
    fn address(&self, path: &str) -> String {
        let (date, time) = (self.tanggal.to_string(), self.jam.to_string());
        let slot = [
            ("kantor", self.kantor.as_str()),
            ("layanan", self.layanan.as_str()),
            ("tanggal", &date),
            ("jam", &time),
        ];
        address(path, &slot)
    }

    /// The hours of its day.
    fn hours(&self) -> String {
        format!("/kantor/{}/{}/{}", self.kantor, self.layanan, self.tanggal)
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

async fn visit(app: &AppState, page: &Page, choice: &Choice) -> Result<Visit, Problem> {
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
    people: Vec<PersonRow>,
    /// The form for one more; absent: there is no room.
    add: Option<String>,
    back: String,
}

/// Who comes. With nobody to choose from, the form for the first one.
async fn for_whom(
    State(app): State<AppState>,
    page: Page,
    who: Visitor,
    Params(choice): Params<Choice>,
) -> Shown {
    let visit = visit(&app, &page, &choice).await?;
    let people = app.ledger.store().applicants(&who.session.account).await?;
    let add = address("/orang/baru", &[("ke", &choice.address("/pesan"))]);
    if people.is_empty() {
        return Ok(go(&add));
    }
    let add = has_room(&people).then_some(add);
    let people = people.iter().map(|person| PersonRow::of(&page, person)).collect();
    let back = choice.hours();
    Ok(own(&ForWhom { page, visit, choice, people, add, back }))
}

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    page: Page,
    visit: Visit,
    choice: Choice,
    person: PersonRow,
    documents: Vec<Document>,
    warnings: Vec<Warning>,
    hold_minutes: u32,
    rules: Vec<String>,
    key: String,
    other_person: String,
    other_hour: String,
}

/// Everything once more, before a seat is held.
async fn check(
    State(app): State<AppState>,
    page: Page,
    Guest(token): Guest,
    Params(choice): Params<Choice>,
) -> Shown {
    let (_, person) = person_of(&app, &token, &choice).await?;
    let visit = visit(&app, &page, &choice).await?;
    let Some(person) = person else {
        return Ok(go(&choice.address("/pesan")));
    };
    let about = Circumstances {
        service: &choice.layanan,
        applicant: applicant_kind(person.details.birth_date, choice.tanggal),
        ktp_regency: person.details.ktp_regency.as_deref(),
        date: choice.tanggal,
    };
    let list = requirements(&visit.office, &about);
    let warnings = list.warnings.into_iter().chain(warnings(&person.details)).collect();
    Ok(own(&CheckPage {
        documents: list.documents,
        warnings,
        hold_minutes: visit.office.policy.hold_minutes,
        rules: rules(&page, &visit.office),
        person: PersonRow::of(&page, &person),
        key: tokens::random_id("w"),
        other_person: choice.address("/pesan"),
        other_hour: choice.hours(),
        visit,
        choice,
        page,
    }))
}

/// Who is signed in, and the person who was chosen, if the account has them.
async fn person_of(
    app: &AppState,
    token: &Token,
    choice: &Choice,
) -> Result<(Session, Option<Applicant>), Problem> {
    match &choice.orang {
        Some(id) => token.session_with_applicant(app, id).await,
        None => Ok((token.session(app).await?, None)),
    }
}

/// What a person should know of the office's rules before they book.
fn rules(page: &Page, office: &Office) -> Vec<String> {
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
    rules
}

/// Holds the seat, once, however often the button is pressed.
async fn hold(
    State(app): State<AppState>,
    page: Page,
    Guest(token): Guest,
    Posted(choice): Posted<Choice>,
) -> Shown {
    let now = app.clock.now();
    let (known, ()) = tokio::join!(
        person_of(&app, &token, &choice),
        app.ledger.foresee(&choice.kantor, Some(choice.tanggal), now)
    );
    let (session, person) = known?;
    let visit = visit(&app, &page, &choice).await?;
    let Some(person) = person else {
        return Ok(go(&choice.address("/pesan")));
    };
    let slot = SlotChoice::Slot(choice.tanggal, choice.jam);
    let asked = format!("{}&orang={}", choice.address(""), person.id);
    let wish = HoldWish {
        office: &visit.office,
        service: &choice.layanan,
        choice: slot,
        account: &session.account,
        person: &person,
        channel: Channel::Web,
        locale: page.locale,
        idempotency_key: Some(choice.kunci.as_str()).filter(|key| is_key(key)),
        request_hash: &hash(asked.as_bytes()),
    };
    match bookings::hold(&app.ledger, &wish, now).await? {
        Ok(held) => Ok(go(&format!("/pesanan/{}", held.booking.code))),
        Err(refusal) => Ok(refused(page, &choice, visit, refusal)),
    }
}

fn is_key(key: &str) -> bool {
    (16..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[derive(Template)]
#[template(path = "refused.html")]
pub(crate) struct Refused {
    pub(crate) page: Page,
    pub(crate) visit: Visit,
    pub(crate) title: &'static str,
    pub(crate) sentence: String,
    pub(crate) more: Option<String>,
    /// Where the person is claimed, if that is a way on.
    pub(crate) claim: Option<String>,
    /// Where to go on, the best way first.
    pub(crate) ways: Vec<(String, String)>,
}

fn refused(page: Page, choice: &Choice, visit: Visit, refusal: HoldRefusal) -> Response {
    let other_day = page.say("Pilih hari lain", "Choose another day").to_owned();
    let mut ways = vec![(format!("/kantor/{}/{}", choice.kantor, choice.layanan), other_day)];
    let title = match &refusal {
        HoldRefusal::Full(_) => {
            page.say("Jam ini baru saja terisi", "This hour has just been taken")
        }
        HoldRefusal::AlreadyBooked(_) => {
            page.say("Orang ini sudah punya pesanan", "This person has a booking")
        }
        HoldRefusal::PersonNeedsConfirmation => {
            page.say("Kami perlu memastikan dahulu", "We must make sure first")
        }
        _ => page.say("Belum bisa dipesan", "This cannot be booked yet"),
    };
    match &refusal {
        HoldRefusal::Full(alternatives) => {
            let zone = visit.office.timezone;
            let way = |date: NaiveDate, time: SlotTime| {
                let at = page.date_time(time.on(date, zone), zone);
                let mut other = choice.clone();
                (other.tanggal, other.jam) = (date, time);
                let orang = choice.orang.as_ref().map(ToString::to_string).unwrap_or_default();
                (format!("{}&orang={orang}", other.address("/pesan/periksa")), at)
            };
            let found = alternatives.iter().map(|other| way(other.date, other.time));
            ways.splice(0..0, found);
        }
        HoldRefusal::AlreadyBooked(code) => {
            let see = page.say("Lihat pesanan itu", "See that booking").to_owned();
            ways.insert(0, (format!("/pesanan/{code}"), see));
        }
        _ => {}
    }
    let is_claimable = matches!(refusal, HoldRefusal::PersonNeedsConfirmation);
    let claim = choice.orang.as_ref().filter(|_| is_claimable);
    let claim = claim.map(|person| format!("/orang/{person}/klaim"));
    let problem = hold_refused(&visit.office, refusal);
    let sentence = problem.sentence(page.locale).to_owned();
    let more = problem.said(page.say("reason", "reason_en")).map(str::to_owned);
    shown(
        problem.status(),
        Keep::Never,
        &Refused { page, visit, title, sentence, more, claim, ways },
    )
}
