//! The ticket as picture and calendar entry.

use antrian::domain::booking::Booking;
use antrian::domain::reason::Reason;
use antrian::http::body::Segments;
use antrian::http::problem::{Problem, ProblemDetails, internal};
use antrian::http::routes::routes;
use antrian::http::session::OwnBooking;
use antrian::http::{AppState, Routes, office};
use antrian::messaging::compose::bookings_of;
use antrian::messaging::picture::message_of;
use antrian::rendering::{self, CalendarEntry};
use antrian::use_cases::bookings::{
    entry_of, own_ticket_picture, ticket_of, ticket_picture, ticket_text,
};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new()
        .routes(routes!(svg))
        .routes(routes!(png))
        .routes(routes!(ics))
        .route("/media/tickets/{address}", axum::routing::get(sent))
}

/// A booking that has a ticket.
fn ticketed(app: &AppState, booking: Booking) -> Result<Booking, Problem> {
    ticket_of(booking.status_at(app.clock.now())).map_err(Problem::new)?;
    Ok(booking)
}

fn file(kind: &'static str, body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, no-store")], body)
        .into_response()
}

/// The QR as SVG.
#[utoipa::path(get, path = "/v1/bookings/{code}/ticket.svg", tag = "bookings", params(("code" = String, Path)),
    responses((status = 200, content_type = "image/svg+xml", body = String), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails)), security(("session" = [])))]
async fn svg(
    State(app): State<AppState>,
    OwnBooking { booking, .. }: OwnBooking,
) -> Result<Response, Problem> {
    let booking = ticketed(&app, booking)?;
    let svg = rendering::svg(&ticket_text(&app, &booking)?).map_err(|error| internal(&error))?;
    Ok(file("image/svg+xml", svg))
}

/// The QR as PNG, with for whom, when and where it is.
#[utoipa::path(get, path = "/v1/bookings/{code}/ticket.png", tag = "bookings", params(("code" = String, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails)), security(("session" = [])))]
async fn png(
    State(app): State<AppState>,
    OwnBooking { booking, .. }: OwnBooking,
) -> Result<Response, Problem> {
    let booking = ticketed(&app, booking)?;
    let office = office(&app, &booking.seat.office).await?;
    let png = own_ticket_picture(&app, &office, booking).await.map_err(|error| internal(&error))?;
    Ok(file("image/png", png))
}

/// The picture of a message, for the provider that sends it. Not part of the API: only we make its
/// addresses, and they are good for a short time.
async fn sent(
    State(app): State<AppState>,
    Segments(address): Segments<String>,
) -> Result<Response, Problem> {
    let not_found = || Problem::new(Reason::NotFound);
    let store = app.ledger.store();
    let id = message_of(&app.keyring, &address, app.clock.now()).ok_or_else(not_found)?;
    let message = store.message(&id).await?.ok_or_else(not_found)?;
    let bookings = bookings_of(&app.ledger, &message, app.clock.now()).await?;
    let first = bookings.first().ok_or_else(not_found)?;
    let office = office(&app, &first.seat.office).await?;
    let png = ticket_picture(&app, &office, &bookings).map_err(|error| internal(&error))?;
    Ok(file("image/png", png))
}

/// The visit as a calendar entry. Of one that does not take place it says so: calendars strike it out.
#[utoipa::path(get, path = "/v1/bookings/{code}/ticket.ics", tag = "bookings", params(("code" = String, Path)),
    responses((status = 200, content_type = "text/calendar", body = String), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails)), security(("session" = [])))]
async fn ics(
    State(app): State<AppState>,
    OwnBooking { booking, .. }: OwnBooking,
) -> Result<Response, Problem> {
    entry_of(booking.status_at(app.clock.now())).map_err(Problem::new)?;
    let office = office(&app, &booking.seat.office).await?;
    let entry = CalendarEntry::of(&booking, &office, &app.public_url, app.clock.now());
    Ok(file("text/calendar; charset=utf-8", rendering::ics(&entry)))
}
