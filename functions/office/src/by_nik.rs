//! A person with their KTP and no code: what keeps them from booking, the visit that they have, and the
//! way to release them from one that is not theirs. The NIK stands in no address.

use antrian::domain::booking::ReleaseReason;
use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::{Channel, Office};
use antrian::http::body::Segments;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::use_cases::desk::Visit;
use antrian::use_cases::people;
use antrian::use_cases::person_release::{Found, Look, LookedUp, look_up};
use antrian_pages::forms::{Faults, Posted, at_field};
use antrian_pages::page::{Keep, Page, Shown, own, shown};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde::Deserialize;

use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/{office}/nik", get(blank).post(look))
}

#[derive(Template)]
#[template(path = "by_nik.html")]
struct NikPage<'a> {
    page: Page,
    office: &'a Office,
    walk_in: String,
    faults: Faults,
    typed: Typed,
    found: Option<Words>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    nik: String,
    /// Why the person is released; empty: the clerk only looks.
    lepas: String,
}

/// What is found, in words.
struct Words {
    sentence: &'static str,
    /// Where and when, if there is a visit.
    visit: Option<String>,
    /// The visit, if it is one of this office.
    address: Option<String>,
    /// Whether the person can be released.
    can_release: bool,
}

async fn blank(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let office = office(&app, &id).await?;
    let (walk_in, faults) = (paths::walk_in(&id), Faults::default());
    Ok(own(&NikPage {
        office: &office,
        walk_in,
        faults,
        typed: Typed::default(),
        found: None,
        page,
    }))
}

async fn look(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(typed): Posted<Typed>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let office = office(&app, &id).await?;
    let (status, faults, found) = match looked_up(&app, &clerk, &office, &typed).await? {
        Ok(found) => (StatusCode::OK, Faults::default(), Some(words(&page, &office, &found))),
        Err((status, error)) => (status, Faults::new(page.locale, vec![error]), None),
    };
    let walk_in = paths::walk_in(&id);
    let template = NikPage { office: &office, walk_in, faults, typed, found, page };
    Ok(shown(status, Keep::Never, &template))
}

async fn looked_up(
    app: &AppState,
    clerk: &Clerk,
    office: &Office,
    typed: &Typed,
) -> Result<Result<LookedUp, (StatusCode, FieldError)>, Problem> {
    let nik = match people::nik(&typed.nik) {
        Ok(nik) => nik,
        Err(error) => return Ok(Err((StatusCode::UNPROCESSABLE_ENTITY, error))),
    };
    let release = match &*typed.lepas {
        "not_theirs" => Some(ReleaseReason::NotTheirs),
        "number_lost" => Some(ReleaseReason::NumberLost),
        _ => None,
    };
    let look = Look { staff: clerk.staff(), office, nik: &nik, release };
    Ok(look_up(app, &look).await?.map_err(|refusal| {
        let problem = Problem::from(refusal);
        (problem.status(), at_field("nik", &problem))
    }))
}

fn words(page: &Page, office: &Office, looked_up: &LookedUp) -> Words {
    let sentence = match looked_up.found {
        Found::Nothing => page.say(
            "Tidak ada jadwal atas NIK ini, dan tidak ada yang menghalangi untuk memesan.",
            "There is no booking for this NIK, and nothing keeps the person from booking.",
        ),
        Found::Booked => page.say("Orang ini punya jadwal:", "This person has a booking:"),
        Found::Closed => page.say(
            "Pemesanan online untuk orang ini sedang ditutup, karena jadwal yang tidak dipakai.",
            "Online booking is closed to this person at present, for bookings that were not used.",
        ),
        // Nobody is written to of a booking that the desk has made.
        Found::Released if is_of_desk(looked_up) => page.say(
            "Dilepaskan. Orang ini boleh memesan lagi.",
            "Released. This person may book again.",
        ),
        Found::Released => page.say(
            "Dilepaskan. Orang ini boleh memesan lagi; yang memesan sudah diberi tahu.",
            "Released. This person may book again; whoever booked has been told.",
        ),
        Found::Reopened => {
            page.say("Dibuka lagi. Orang ini boleh memesan.", "Open again. This person may book.")
        }
    };
    let visit = looked_up.visit.as_ref();
    let is_here = |visit: &&Visit| visit.office.id == office.id;
    let at = |visit: &Visit| {
        let when = page.date_time(visit.booking.times.starts_at, visit.office.timezone);
        format!("{}, {when}", visit.office.name)
    };
    Words {
        sentence,
        visit: visit.map(at),
        address: visit.filter(is_here).map(|visit| paths::visit(&office.id, visit.booking.code)),
        can_release: matches!(looked_up.found, Found::Booked | Found::Closed),
    }
}

fn is_of_desk(looked_up: &LookedUp) -> bool {
    looked_up.visit.as_ref().is_some_and(|visit| visit.booking.channel == Channel::WalkIn)
}
