//! What can still be changed of a booking: another hour, or none.

use antrian::domain::booking::CancelReason;
use antrian::domain::ids::{OfficeId, ServiceId};
use antrian::domain::language::Locale;
use antrian::domain::time::SlotTime;
use antrian::http::body::Params;
use antrian::http::refusals::move_refused;
use antrian::http::{AppState, Routes};
use antrian::use_cases::bookings;
use antrian_pages::forms::{Nothing, Posted};
use antrian_pages::page::{Page, Shown, go, own};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::paths;
use crate::session::Own;
use crate::ticket::{BookingWords, shown};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/tiket/{code}/hari", get(days))
        .route("/tiket/{code}/pindah", get(move_check).post(move_to))
        .route("/tiket/{code}/batal", get(cancel_check).post(cancel))
}

/// On to the free days of the booking's office and service.
async fn days(Own { booking }: Own) -> Response {
    let seat = &booking.seat;
    go(&paths::days(&seat.office, &seat.service, booking.code))
}

#[derive(Debug, Deserialize)]
struct Target {
    tanggal: NaiveDate,
    jam: SlotTime,
    /// Come with the form of the hours; a booking keeps them.
    #[serde(rename = "kantor")]
    _office: Option<OfficeId>,
    #[serde(rename = "layanan")]
    _service: Option<ServiceId>,
}

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    page: Page,
    booking: BookingWords,
    target: Target,
    day: String,
    time: String,
    hours: String,
}

/// From which hour to which, before anything is moved. One that is there already is shown as it is.
async fn move_check(
    State(app): State<AppState>,
    page: Page,
    Own { booking }: Own,
    Params(target): Params<Target>,
) -> Shown {
    let now = app.clock.now();
    let seat = booking.seat.clone();
    if (seat.date, seat.time) == (target.tanggal, target.jam) {
        return Ok(go(&format!("/tiket/{}", booking.code)));
    }
    let hours = paths::days(&seat.office, &seat.service, booking.code);
    let (details, person) = shown(&app, booking, now).await?;
    let zone = details.office.timezone;
    Ok(own(&MovePage {
        booking: BookingWords::of(&page, &details, person),
        day: page.date(target.tanggal),
        time: page.time(target.jam.on(target.tanggal, zone), zone),
        target,
        hours,
        page,
    }))
}

/// Moves the booking: both seats change in one step, or neither does.
async fn move_to(
    State(app): State<AppState>,
    Own { booking }: Own,
    Posted(target): Posted<Target>,
) -> Shown {
    let (code, now) = (booking.code, app.clock.now());
    let office = bookings::office_of(&app, &booking, now).await?;
    let to = (target.tanggal, target.jam);
    match bookings::reschedule(&app, booking, to, now).await? {
        Ok(_) => Ok(go(&format!("/tiket/{code}"))),
        Err(refusal) => Err(move_refused(&office, refusal)),
    }
}

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage {
    page: Page,
    booking: BookingWords,
    rest: String,
}

/// What cancelling means, before it is done. One that is over already is shown as it is: whoever lost the
/// answer and went back sees that it was done.
async fn cancel_check(State(app): State<AppState>, page: Page, Own { booking }: Own) -> Shown {
    let now = app.clock.now();
    if !booking.status_at(now).is_live() {
        return Ok(go(&format!("/tiket/{}", booking.code)));
    }
    let (details, person) = shown(&app, booking, now).await?;
    let minutes = details.office.policy.cool_down_secs.1.div_ceil(60);
    let rest = match page.locale {
        Locale::Id => format!("Tempat Anda dibuka untuk orang lain dalam {minutes} menit."),
        Locale::En => format!("Your place opens to others within {minutes} minutes."),
    };
    Ok(own(&CancelPage { booking: BookingWords::of(&page, &details, person), rest, page }))
}

async fn cancel(
    State(app): State<AppState>,
    Own { booking }: Own,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    let code = booking.code;
    bookings::cancel(&app, booking, CancelReason::Applicant, app.clock.now()).await??;
    Ok(go(&format!("/tiket/{code}")))
}
