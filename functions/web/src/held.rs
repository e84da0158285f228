//! A held seat: until when, more time, confirming it, giving it back.

use antrian::domain::booking::{Booking, CancelReason, Refusal, Status};
use antrian::domain::document::Document;
use antrian::domain::reason::Reason;
use antrian::domain::requirements::Warning;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::use_cases::bookings::{self, BookingDetails};
use antrian_pages::forms::{Nothing, Posted};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::future::try_join_all;

use crate::booking::{Visit, once};
use crate::hold::Refused;
use crate::office::place;
use crate::paths;
use crate::session::Own;
use crate::ticket::shown as looked_at;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/pesanan/{code}", get(held))
        .route("/pesanan/{code}/pasti", post(confirm))
        .route("/pesanan/{code}/perpanjang", post(extend))
        .route("/pesanan/{code}/lepas", post(give_up))
}

#[derive(Template)]
#[template(path = "held.html")]
struct HeldPage {
    page: Page,
    visit: Visit,
    code: String,
    until: String,
    until_at: String,
    /// When the hold would end if it was extended now; absent: it has had all the time there is.
    extended: Option<String>,
    /// Everybody of its group.
    people: Vec<HeldFor>,
    /// Whether everybody brings the same.
    bring_the_same: bool,
    warnings: Vec<Warning>,
}

/// Somebody a seat is held for.
struct HeldFor {
    name: String,
    time: String,
    documents: Vec<Document>,
}

/// What a booking's visit is, in words.
fn visit_of(page: &Page, details: &BookingDetails) -> Visit {
    let (seat, office) = (&details.booking.seat, details.office.clone());
    let service = office.service(&seat.service);
    Visit {
        service: service.map_or("", |service| page.text(&service.name)).to_owned(),
        day: page.date(seat.date),
        time: page.time(details.booking.times.starts_at, office.timezone),
        place: place(&office),
        office,
    }
}

/// A held seat, until it is confirmed or its time is over.
async fn held(State(app): State<AppState>, page: Page, Own { booking }: Own) -> Shown {
    let now = app.clock.now();
    let status = booking.status_at(now);
    if status == Status::Expired {
        return Ok(expired(page, bookings::details(&app, booking, now).await?));
    }
    let Some(until) = booking.hold_expires_at.filter(|_| status == Status::Held) else {
        return Ok(go(&format!("/tiket/{}", booking.code)));
    };
    let others = app.ledger.others_of_group(&booking).await?;
    let others = others.into_iter().filter(|other| other.status_at(now) == Status::Held);
    let looked = others.map(|other| looked_at(&app, other, now));
    let (first, others) = tokio::join!(looked_at(&app, booking, now), try_join_all(looked));
    let ((mut details, name), others) = (first?, others?);
    let mut people = vec![HeldFor::of(&page, &details, name)];
    for (other, name) in others {
        people.push(HeldFor::of(&page, &other, name));
        details.warnings.extend(other.warnings);
    }
    let extended = details.booking.extended_until(&details.office.policy, now).ok();
    let visit = visit_of(&page, &details);
    Ok(own(&HeldPage {
        until: page.time(until, visit.office.timezone),
        until_at: until.to_rfc3339(),
        extended: extended.map(|until| page.time(until, visit.office.timezone)),
        code: details.booking.code.to_string(),
        bring_the_same: people.windows(2).all(|two| two[0].documents == two[1].documents),
        people,
        warnings: once(details.warnings),
        visit,
        page,
    }))
}

impl HeldFor {
    fn of(page: &Page, details: &BookingDetails, name: String) -> Self {
        let time = page.time(details.booking.times.starts_at, details.office.timezone);
        Self { name, time, documents: details.documents.clone() }
    }
}

/// A hold that ran out: nothing is lost but the seat, and there may be another.
fn expired(page: Page, details: BookingDetails) -> Response {
    let visit = visit_of(&page, &details);
    let seat = &details.booking.seat;
    let title = page.say("Waktu untuk konfirmasi habis", "The time to confirm is over").to_owned();
    let problem = Problem::new(Reason::HoldExpired);
    let sentence = problem.sentence(page.locale).to_owned();
    let hours = paths::hours(&seat.office, &seat.service, seat.date, "");
    let ways = vec![
        (hours, page.say("Lihat jam pada hari itu", "See the hours of that day").to_owned()),
        (
            paths::days(&seat.office, &seat.service, ""),
            page.say("Pilih hari lain", "Choose another day").to_owned(),
        ),
    ];
    shown(
        problem.status(),
        Keep::Never,
        &Refused { page, visit, title, sentence, more: None, claim: None, ways },
    )
}

/// Confirms a held seat. Pressed twice, it is confirmed once.
async fn confirm(
    State(app): State<AppState>,
    page: Page,
    Own { booking }: Own,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    let to = format!("/tiket/{}", booking.code);
    let changed = bookings::confirm(&app, booking.clone(), app.clock.now()).await?;
    changed_or_over(&app, page, booking, changed.map(|_| to)).await
}

/// Holds the seat for longer, and shows until when.
async fn extend(
    State(app): State<AppState>,
    page: Page,
    Own { booking }: Own,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    let to = format!("/pesanan/{}", booking.code);
    let changed = bookings::extend(&app, booking.clone(), app.clock.now()).await?;
    changed_or_over(&app, page, booking, changed.map(|_| to)).await
}

/// On to the address of a change that was made; a hold that has run out meanwhile says so.
async fn changed_or_over(
    app: &AppState,
    page: Page,
    booking: Booking,
    changed: Result<String, Refusal>,
) -> Shown {
    match changed {
        Ok(to) => Ok(go(&to)),
        Err(refusal) if refusal.reason() == Reason::HoldExpired => {
            Ok(expired(page, bookings::details(app, booking, app.clock.now()).await?))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Gives a held seat back.
async fn give_up(
    State(app): State<AppState>,
    Own { booking }: Own,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    let seat = &booking.seat;
    let hours = paths::hours(&seat.office, &seat.service, seat.date, "");
    bookings::cancel(&app, booking, CancelReason::Applicant, app.clock.now()).await??;
    Ok(go(&hours))
}
