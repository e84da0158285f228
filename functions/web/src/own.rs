//! One's own page: bookings, people, sessions, and leaving.

use antrian::domain::reason::Reason;
use antrian::http::export::Export;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::storage::session_id;
use antrian::use_cases::account;
use antrian::use_cases::bookings;
use antrian_pages::forms::{Nothing, Posted, address};
use antrian_pages::page::{Page, Shown, go, own};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum_extra::extract::cookie::CookieJar;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::booking::PersonRow;
use crate::cookies;
use crate::people::has_room;
use crate::session::Visitor;
use crate::ticket::BookingWords;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/saya", get(mine))
        .route("/keluar", post(sign_out))
        .route("/keluar/semua", post(sign_out_everywhere))
        .route("/saya/data", get(export))
        .route("/saya/pengingat", post(remind))
        .route("/saya/hapus", get(erase_check).post(erase))
}

#[derive(Template)]
#[template(path = "own.html")]
struct OwnPage {
    page: Page,
    live: Vec<BookingWords>,
    past: Vec<BookingWords>,
    people: Vec<PersonRow>,
    has_room: bool,
    /// Whether reminders are sent.
    reminders: bool,
    sessions: Vec<SessionRow>,
}

/// A device that is signed in.
struct SessionRow {
    device: String,
    opened: Option<String>,
    is_this: bool,
}

/// Bookings of the page: an account has few.
const MAX_BOOKINGS: usize = 50;

async fn mine(State(app): State<AppState>, page: Page, who: Visitor) -> Shown {
    let (now, account) = (app.clock.now(), &who.session.account);
    let store = app.ledger.store();
    let (found, people, sessions, reminders) = tokio::join!(
        bookings::page(&app, account, None, MAX_BOOKINGS, now),
        store.applicants(account),
        store.sessions(account, now),
        account::reminders(&app, account)
    );
    let ((found, _), people, reminders) = (found?, people?, reminders?);
    let mut words: Vec<(DateTime<Utc>, BookingWords)> = Vec::with_capacity(found.len());
    for details in &found {
        let person = people.iter().find(|person| person.id == details.booking.applicant);
        let name = person.map(|person| person.details.name.short()).unwrap_or_default();
        let starts_at = details.booking.times.starts_at;
        words.push((starts_at, BookingWords::of(&page, details, name)));
    }
    words.sort_by_key(|(starts_at, _)| *starts_at);
    let words = words.into_iter().map(|(_, words)| words);
    let (live, mut past): (Vec<_>, Vec<_>) = words.partition(|words| words.is_live);
    past.reverse();
    let this = session_id(&who.token.hash(&app))?;
    let session = |(id, session): (_, antrian::storage::Session)| SessionRow {
        device: session.device.in_words(page.locale),
        opened: (session.opened_at > DateTime::UNIX_EPOCH)
            .then(|| page.date_time(session.opened_at, chrono_tz::Asia::Jakarta)),
        is_this: id == this,
    };
    let sessions = sessions?.into_iter().map(session).collect();
    let has_room = has_room(&people);
    let people = people.iter().map(|person| PersonRow::of(&page, person)).collect();
    Ok(own(&OwnPage { live, past, people, has_room, reminders, sessions, page }))
}

#[derive(Deserialize)]
struct Remind {
    /// `ya` or `tidak`.
    pengingat: String,
}

/// Reminders on or off.
async fn remind(State(app): State<AppState>, who: Visitor, Posted(form): Posted<Remind>) -> Shown {
    let wanted = form.pengingat == "ya";
    match account::set_reminders(&app, &who.session.account, wanted).await? {
        true => Ok(go("/saya#pengingat")),
        false => Err(Problem::new(Reason::Unauthenticated)),
    }
}

/// Signs this browser out, and has it forget what it keeps.
async fn sign_out(
    State(app): State<AppState>,
    who: Visitor,
    jar: CookieJar,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    let hash = who.token.hash(&app);
    app.ledger.store().delete_session(&who.session.account, &hash, app.clock.now()).await?;
    Ok(left(&app, jar))
}

async fn sign_out_everywhere(
    State(app): State<AppState>,
    who: Visitor,
    jar: CookieJar,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    app.ledger.store().delete_sessions(&who.session.account, app.clock.now()).await?;
    Ok(left(&app, jar))
}

/// Tickets that the browser kept to be shown without a network go as well.
fn left(app: &AppState, jar: CookieJar) -> Response {
    let forget = [(header::HeaderName::from_static("clear-site-data"), "\"cache\", \"storage\"")];
    (cookies::without_session(jar, app), forget, go("/")).into_response()
}

/// Everything that is stored, as a file. Whoever signed in too long ago does so once more.
async fn export(State(app): State<AppState>, who: Visitor) -> Shown {
    let Ok(known) = account::export(&app, &who.session).await? else {
        return Ok(go(&address("/masuk", &[("ke", "/saya/data")])));
    };
    let known = known.ok_or_else(|| Problem::new(Reason::Unauthenticated))?;
    let headers = [
        (header::CONTENT_DISPOSITION, "attachment; filename=\"antrian-data.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Json(Export::of(known, app.clock.now()))).into_response())
}

#[derive(Template)]
#[template(path = "erase.html")]
struct ErasePage {
    page: Page,
}

async fn erase_check(page: Page, _: Visitor) -> Response {
    own(&ErasePage { page })
}

async fn erase(
    State(app): State<AppState>,
    who: Visitor,
    jar: CookieJar,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    match account::erase(&app, &who.session.account).await? {
        Ok(()) => Ok(left(&app, jar)),
        Err(refusal) => Err(Problem::from(refusal)),
    }
}
