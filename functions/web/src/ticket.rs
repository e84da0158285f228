//! The ticket: what one carries to the office.

use antrian::domain::booking::{Booking, Status};
use antrian::domain::document::Document;
use antrian::domain::reason::Reason;
use antrian::domain::requirements::Warning;
use antrian::http::body::Segments;
use antrian::http::problem::{Problem, internal};
use antrian::http::{AppState, Routes};
use antrian::messaging::ticket_page::{self, code_of};
use antrian::rendering::{self, CalendarEntry};
use antrian::use_cases::bookings::{self, BookingDetails};
use antrian_pages::forms::address;
use antrian_pages::page::{Page, Shown, download, go, own};
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use crate::line::{LineWords, line_words};
use crate::office::{self, map};
use crate::session::Own;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/tiket/{code}", get(ticket))
        .route("/t/{address}", get(shared))
        .route("/t/{address}/kalender.ics", get(calendar))
        .route("/tiket/{code}/tiket.png", get(picture))
}

#[derive(Template)]
#[template(path = "ticket.html")]
struct TicketPage {
    page: Page,
    booking: BookingWords,
    /// Drawn; absent: there is none any more.
    qr: Option<String>,
    documents: Vec<Document>,
    missing: Option<(Vec<Document>, String)>,
    /// When a seat is kept for whoever brings them.
    return_seat: Option<String>,
    warnings: Vec<Warning>,
    /// The visit for a calendar.
    calendar: String,
    google: String,
    map: String,
    /// The office is closed on that day, and no other seat is free yet.
    waits_for_seat: bool,
    can_move: bool,
    can_cancel: bool,
    move_until: String,
    line: Option<LineWords>,
    /// The tickets of those who come with them.
    others: Vec<OtherTicket>,
    /// Until when a browser may show it without a network.
    keep_until: String,
    /// Whoever looks has only the address, and signs in to change anything.
    is_shared: bool,
}

/// A ticket of the same group.
struct OtherTicket {
    person: String,
    time: String,
    address: String,
}

/// A booking in words.
pub(crate) struct BookingWords {
    pub(crate) code: String,
    /// Shown in two groups.
    pub(crate) spaced: String,
    pub(crate) status: &'static str,
    /// A class of the style: `good`, `wait` or `over`.
    pub(crate) mood: &'static str,
    pub(crate) person: String,
    pub(crate) day: String,
    pub(crate) time: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) office: String,
    pub(crate) address: String,
    pub(crate) service: String,
    pub(crate) is_live: bool,
    pub(crate) is_held: bool,
}

impl BookingWords {
    pub(crate) fn of(page: &Page, details: &BookingDetails, person: String) -> Self {
        let (booking, office) = (&details.booking, &details.office);
        let (seat, times, zone) = (&booking.seat, &booking.times, office.timezone);
        let service = office.service(&seat.service);
        let code = booking.code.to_string();
        let (status, mood) = status_words(page, details.status);
        let removed = || page.say("Pemohon yang dihapus", "A person who was removed").to_owned();
        let person = if person.is_empty() { removed() } else { person };
        Self {
            spaced: booking.code.spoken().replace('-', " "),
            code,
            status,
            mood,
            person,
            day: page.date(seat.date),
            time: page.time(times.starts_at, zone),
            from: page.time(times.check_in_from, zone),
            until: page.time(times.check_in_until, zone),
            office: office.name.clone(),
            address: office::place(office),
            service: service.map_or("", |service| page.text(&service.name)).to_owned(),
            is_live: details.status.is_live(),
            is_held: details.status == Status::Held,
        }
    }
}

fn status_words(page: &Page, status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Held => (page.say("Belum dipastikan", "Not confirmed yet"), "wait"),
        Status::Confirmed => (page.say("Pasti", "Confirmed"), "good"),
        Status::CheckedIn => (page.say("Sudah di kantor", "At the office"), "good"),
        Status::AwaitingDocuments => {
            (page.say("Menunggu dokumen", "A document is missing"), "wait")
        }
        Status::Served => (page.say("Selesai", "Done"), "over"),
        Status::Cancelled => (page.say("Dibatalkan", "Cancelled"), "over"),
        Status::Expired => (page.say("Tidak dipastikan", "Was not confirmed"), "over"),
        Status::NoShow => (page.say("Tidak datang", "Missed"), "over"),
        Status::Lapsed => (page.say("Batas dokumen lewat", "Deadline has passed"), "over"),
    }
}

/// The ticket of a booking, or what became of it.
async fn ticket(State(app): State<AppState>, page: Page, Own { booking }: Own) -> Shown {
    let now = app.clock.now();
    if booking.status_at(now) == Status::Held {
        return Ok(go(&format!("/pesanan/{}", booking.code)));
    }
    Ok(own(&ticket_page(&app, page, booking, false).await?))
}

/// A ticket by the address that a message carried: to look at, until the day is over.
async fn shared(
    State(app): State<AppState>,
    page: Page,
    Segments(address): Segments<String>,
) -> Shown {
    let booking = at_address(&app, &address).await?;
    Ok(own(&ticket_page(&app, page, booking, true).await?))
}

/// The booking that a signed address names, until the day is over.
async fn at_address(app: &AppState, address: &str) -> Result<Booking, Problem> {
    let not_found = || Problem::new(Reason::NotFound);
    let code = code_of(&app.keyring, address).ok_or_else(not_found)?;
    let booking = app.ledger.store().booking(code).await?;
    let booking = booking.filter(|booking| app.clock.now() < booking.times.day_ends_at);
    booking.ok_or_else(not_found)
}

async fn ticket_page(
    app: &AppState,
    page: Page,
    booking: Booking,
    is_shared: bool,
) -> Result<TicketPage, Problem> {
    let now = app.clock.now();
    let (details, person) = shown(app, booking, now).await?;
    let (times, zone) = (details.booking.times, details.office.timezone);
    let qr = details.ticket.as_deref().map(rendering::svg).transpose();
    let words = BookingWords::of(&page, &details, person);
    let missing =
        details.missing.map(|missing| (missing.documents, page.date_time(missing.deadline, zone)));
    let return_seat = details.booking.awaited_seat();
    let return_seat = return_seat.map(|seat| page.date_time(seat.starts_at(zone), zone));
    let can_move = details.status == Status::Confirmed && now < details.booking.moves_until();
    let at = format!("{}, {}", words.office, words.address);
    let (line, others) = tokio::join!(
        line_words(app, &page, &details.booking, now),
        others(app, &page, &details.booking, is_shared, now)
    );
    Ok(TicketPage {
        is_shared,
        qr: qr.map_err(|error| internal(&error))?,
        calendar: format!(
            "{}/kalender.ics",
            ticket_page::address(&app.keyring, "", details.booking.code)
        ),
        google: google(
            &CalendarEntry::of(&details.booking, &details.office, &app.public_url, now),
            &at,
            &words.service,
        ),
        map: map(&details.office),
        documents: details.documents,
        missing,
        return_seat,
        warnings: details.warnings,
        waits_for_seat: details.status == Status::Confirmed && details.booking.waits_for_seat(),
        can_move,
        can_cancel: matches!(details.status, Status::Confirmed | Status::AwaitingDocuments),
        move_until: page.date_time(details.booking.moves_until(), zone),
        line: line?,
        others: others?,
        keep_until: times.day_ends_at.to_rfc3339(),
        booking: words,
        page,
    })
}

/// The tickets of those who were booked in one go with this one, as far as they are on.
async fn others(
    app: &AppState,
    page: &Page,
    booking: &Booking,
    is_shared: bool,
    now: DateTime<Utc>,
) -> Result<Vec<OtherTicket>, Problem> {
    let others = app.ledger.others_of_group(booking).await?;
    let others = others.into_iter().filter(|other| other.status_at(now).is_live());
    let others = try_join_all(others.map(|other| shown(app, other, now))).await?;
    let ticket = |(details, person): (BookingDetails, String)| {
        let code = details.booking.code;
        let address = match is_shared {
            true => ticket_page::address(&app.keyring, "", code),
            false => format!("/tiket/{code}"),
        };
        let zone = details.office.timezone;
        OtherTicket { person, time: page.time(details.booking.times.starts_at, zone), address }
    };
    Ok(others.into_iter().map(ticket).collect())
}

/// A booking with what is shown of it, and whose it is.
pub(crate) async fn shown(
    app: &AppState,
    booking: Booking,
    now: DateTime<Utc>,
) -> Result<(BookingDetails, String), Problem> {
    let person = app.ledger.store().applicant(&booking.account, &booking.applicant).await?;
    let office = bookings::office_of(app, &booking, now).await?;
    let details = BookingDetails::of(app, office, booking, person.as_ref(), now);
    Ok((details, person.map(|person| person.details.name.short()).unwrap_or_default()))
}

/// Google's own form for a new entry; without the code, for the address is sent to others.
fn google(visit: &CalendarEntry, place: &str, service: &str) -> String {
    let day = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let dates = format!("{}/{}", day(visit.starts_at), day(visit.ends_at));
    let entry = [("action", "TEMPLATE"), ("text", service), ("dates", &dates), ("location", place)];
    address("https://calendar.google.com/calendar/render", &entry)
}

/// Whether a booking has a ticket, as a problem if not.
fn ticketed(app: &AppState, booking: &Booking) -> Result<(), Problem> {
    bookings::ticket_of(booking.status_at(app.clock.now())).map_err(Problem::new)
}

/// The visit for a calendar, by the signed address: the program that opens it has no cookie of ours.
async fn calendar(State(app): State<AppState>, Segments(address): Segments<String>) -> Shown {
    let (booking, now) = (at_address(&app, &address).await?, app.clock.now());
    bookings::entry_of(booking.status_at(now)).map_err(Problem::new)?;
    let office = bookings::office_of(&app, &booking, now).await?;
    let entry = rendering::ics(&CalendarEntry::of(&booking, &office, &app.public_url, now));
    Ok(download("text/calendar; charset=utf-8", "antrian.ics", entry))
}

/// The ticket as a picture, to be kept on the phone.
async fn picture(State(app): State<AppState>, Own { booking }: Own) -> Shown {
    ticketed(&app, &booking)?;
    let office = bookings::office_of(&app, &booking, app.clock.now()).await?;
    let png = bookings::own_ticket_picture(&app, &office, booking).await;
    let png = png.map_err(|error| internal(&error))?;
    Ok(download("image/png", "antrian-tiket.png", png))
}
