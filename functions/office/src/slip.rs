//! The slip of somebody without a telephone: their number, and a QR that opens their place in the line.

use antrian::domain::code::BookingCode;
use antrian::domain::document::Document;
use antrian::domain::ids::OfficeId;
use antrian::http::body::{Params, Segments};
use antrian::http::problem::internal;
use antrian::http::{AppState, Routes};
use antrian::messaging::ticket_page;
use antrian::rendering;
use antrian::staff::Scope;
use antrian::use_cases::desk_bookings;
use antrian_pages::page::{Page, Shown, own};
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;

use crate::paths;
use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/petugas/{office}/slip/{code}", get(slip))
}

#[derive(Template)]
#[template(path = "slip.html")]
struct SlipPage {
    page: Page,
    office: String,
    /// Absent: the person comes another day.
    number: Option<String>,
    who: String,
    service: String,
    /// Date and hour.
    visit: String,
    code: String,
    qr: String,
    documents: Vec<Document>,
    /// The paper, as the style knows it.
    paper: &'static str,
    /// The same slip on the other paper.
    other: String,
    again: String,
}

#[derive(Deserialize)]
struct Paper {
    kertas: Option<String>,
}

async fn slip(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Params(paper): Params<Paper>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let found = desk_bookings::look(&app, clerk.staff(), &id, code).await??;
    let (booking, office) = (&found.visit.booking, &found.visit.office);
    let address = ticket_page::address(&app.keyring, &app.public_url, code);
    let qr = rendering::svg(&address).map_err(|error| internal(&error))?;
    let service = office.service(&booking.seat.service);
    let is_a6 = paper.kertas.as_deref() == Some("a6");
    let (paper, other) = if is_a6 { ("a6", "80") } else { ("roll", "a6") };
    let person = found.applicant.as_ref();
    Ok(own(&SlipPage {
        office: office.name.clone(),
        number: booking.queue_place().map(|(_, number)| number.to_string()),
        who: person.map(|person| person.details.name.short()).unwrap_or_default(),
        service: service.map(|service| page.text(&service.name).to_owned()).unwrap_or_default(),
        visit: page.date_time(booking.times.starts_at, office.timezone),
        code: booking.code.to_string(),
        qr,
        documents: found.list().map(|list| list.documents).unwrap_or_default(),
        paper,
        other: format!("{}?kertas={other}", paths::slip(&id, code)),
        again: paths::walk_in(&id),
        page,
    }))
}
