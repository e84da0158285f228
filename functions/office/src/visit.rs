//! One visit on the scan page: its documents, and a scan that is undone.

use antrian::domain::code::BookingCode;
use antrian::domain::ids::OfficeId;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::desk::{self, Finding};
use antrian::use_cases::desk_bookings::{self, DeskBooking};
use antrian::use_cases::scans;
use antrian_pages::forms::{Nothing, Posted};
use antrian_pages::page::{Page, Shown, go};
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::card::Card;
use crate::fragment::Part;
use crate::paths;
use crate::scan::{show_card, show_refused};
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/{office}/pindai/{code}", get(look))
        .route("/petugas/{office}/pindai/{code}/dokumen", post(check))
        .route("/petugas/{office}/pindai/{code}/batal", post(undo))
}

/// The visit, if it is one of this office and the clerk works at its desk.
pub(crate) async fn found(
    app: &AppState,
    clerk: &Clerk,
    id: &OfficeId,
    code: BookingCode,
) -> Result<DeskBooking, Problem> {
    clerk.may(Scope::Desk, id)?;
    Ok(desk_bookings::look(app, clerk.staff(), id, code).await??)
}

#[derive(Deserialize)]
struct After {
    /// The scan was not the first.
    lagi: Option<String>,
    #[serde(default)]
    gerbang: String,
}

async fn look(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    asks: Part,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Params(after): Params<After>,
) -> Shown {
    let found = found(&app, &clerk, &id, code).await?;
    let card = Card::of_visit(&page, &found, after.lagi.is_some(), app.clock.now());
    Ok(show_card(page, &found.visit.office, &after.gerbang, &card, asks))
}

/// What a clerk has ticked.
#[derive(Deserialize)]
struct Check {
    /// Ids of what is there.
    #[serde(default)]
    ada: Vec<String>,
    /// Until when the rest may be brought.
    sampai: Option<DateTime<Utc>>,
    /// Everything is there, whatever is ticked.
    semua: Option<String>,
}

async fn check(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    asks: Part,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Posted(check): Posted<Check>,
) -> Shown {
    let found = found(&app, &clerk, &id, code).await?;
    let list = found.list().unwrap_or_default();
    let missing = match check.semua {
        Some(_) => vec![],
        None => scans::missing(&list.documents, &check.ada),
    };
    let finding = match missing.is_empty() {
        true => Finding::Complete,
        false => Finding::Incomplete(&missing, check.sampai),
    };
    let checked = desk::check_documents(&app, clerk.staff(), code, &finding).await?;
    let changed = checked.map(|checked| checked.booking).map_err(Problem::from);
    Ok(shown(&app, page, found, changed, asks))
}

/// Undoes a scan: it was somebody else's ticket.
async fn undo(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    asks: Part,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    let found = found(&app, &clerk, &id, code).await?;
    let undone = desk::undo_check_in(&app, clerk.staff(), code).await?;
    Ok(shown(&app, page, found, undone.map_err(Problem::from), asks))
}

/// The visit as it is now, or why it stays as it was.
fn shown(
    app: &AppState,
    page: Page,
    mut found: DeskBooking,
    changed: Result<antrian::domain::booking::Booking, Problem>,
    asks: Part,
) -> Response {
    let office = found.visit.office.clone();
    match changed {
        Ok(booking) if asks.0 => {
            found.visit.booking = booking;
            let card = Card::of_visit(&page, &found, false, app.clock.now());
            show_card(page, &office, "", &card, asks)
        }
        Ok(booking) => go(&paths::visit(&office.id, booking.code)),
        Err(problem) => {
            let card = Card::of_visit(&page, &found, false, app.clock.now());
            show_refused(page, &office, &card, &problem, asks)
        }
    }
}
