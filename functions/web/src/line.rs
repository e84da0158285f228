//! The place in the line on the day of the visit, in words.

use antrian::domain::booking::Booking;
use antrian::domain::language::Locale;
use antrian::domain::queue::{Counter, QueueState};
use antrian::domain::reason::Reason;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::ledger::NEAR;
use antrian::use_cases::place::{self, Place};
use antrian_pages::page::{Page, Shown, own};
use askama::Template;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Utc};

use crate::session::Own;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/tiket/{code}/antrean", get(line))
}

/// The place in the line, in words.
pub(crate) struct LineWords {
    pub(crate) number: String,
    /// What to do now.
    pub(crate) now: String,
    /// It is one's turn.
    pub(crate) is_called: bool,
    pub(crate) minutes: Option<String>,
    /// Opens the chat with the words that ask to be told; absent once it is near.
    pub(crate) tell: Option<String>,
}

#[derive(Template)]
#[template(path = "line.html")]
struct LinePage {
    page: Page,
    line: LineWords,
}

/// The place in the line alone, for a page that stays open. Without one there is nothing to show.
async fn line(State(app): State<AppState>, page: Page, Own { booking }: Own) -> Shown {
    let line = line_words(&app, &page, &booking, app.clock.now()).await?;
    let line = line.ok_or_else(|| Problem::new(Reason::NotFound))?;
    Ok(own(&LinePage { page, line }))
}

pub(crate) async fn line_words(
    app: &AppState,
    page: &Page,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Result<Option<LineWords>, Problem> {
    let Some(scan) = &booking.check_in else { return Ok(None) };
    let number = scan.queue_number().to_string();
    let Some(place) = place::place(&app.ledger, booking, now).await? else { return Ok(None) };
    let minutes = place.minutes.map(|(least, most)| match page.locale {
        Locale::Id => format!("Perkiraan {least}–{most} menit lagi."),
        Locale::En => format!("About {least}–{most} more minutes."),
    });
    let is_called = place.state.is_at_counter();
    let is_far = place.state == QueueState::Waiting && place.ahead > NEAR;
    let tell = is_far.then(|| format!("{}?text=KABARI", app.chat_url));
    Ok(Some(LineWords { number, now: place_words(page, &place), is_called, minutes, tell }))
}

fn place_words(page: &Page, place: &Place) -> String {
    let counter = place.counter.as_ref().map(Counter::as_str).unwrap_or_default();
    let ahead = place.ahead;
    let (id, en) = match place.state {
        QueueState::Called => (
            format!("Dipanggil: ke loket {counter} sekarang."),
            format!("Called: to counter {counter} now."),
        ),
        QueueState::Serving => (
            format!("Sedang dilayani di loket {counter}."),
            format!("Being served at counter {counter}."),
        ),
        QueueState::Skipped => (
            "Nomor Anda sudah dipanggil. Lapor ke petugas, Anda akan dipanggil lagi.".to_owned(),
            "Your number was called. Tell the staff: you will be called again.".to_owned(),
        ),
        QueueState::Parked => (
            "Tunggu sebentar di dekat loket, Anda akan dipanggil lagi.".to_owned(),
            "Please wait near the counter: you will be called again.".to_owned(),
        ),
        QueueState::AwaitingDocuments => {
            ("Menunggu dokumen Anda.".to_owned(), "Waiting for your document.".to_owned())
        }
        QueueState::Finished => ("Selesai.".to_owned(), "Done.".to_owned()),
        QueueState::Waiting if ahead == 0 => {
            ("Anda berikutnya.".to_owned(), "You are next.".to_owned())
        }
        QueueState::Waiting => {
            (format!("{ahead} orang sebelum Anda."), format!("{ahead} people before you."))
        }
    };
    match page.locale {
        Locale::Id => id,
        Locale::En => en,
    }
}
