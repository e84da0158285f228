//! A booking of the office, changed on somebody's behalf: moved, cancelled, or a missed visit that does not
//! count. What became of it stands below.

use antrian::domain::booking::{Booking, DeskReason, Mover, Status};
use antrian::domain::code::BookingCode;
use antrian::domain::field::FieldError;
use antrian::domain::ids::OfficeId;
use antrian::domain::office::Channel;
use antrian::domain::time::{SlotTime, local_date};
use antrian::http::body::Segments;
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::desk;
use antrian::use_cases::desk_bookings::{self, DeskBooking};
use antrian_pages::forms::{Asked, Faults, Nothing, Posted, at_field, read_date};
use antrian_pages::page::{Keep, Page, Shown, go, own, shown};
use askama::Template;
use axum::extract::State;
use axum::routing::{get, post};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::change_words::{Change, Day, days, history, known};
use crate::paths;
use crate::session::Clerk;
use crate::visit::found;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/{office}/kunjungan/{code}", get(look))
        .route("/petugas/{office}/kunjungan/{code}/pindah", post(reschedule))
        .route("/petugas/{office}/kunjungan/{code}/batal", post(cancel))
        .route("/petugas/{office}/kunjungan/{code}/maafkan", post(excuse))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Look {
    /// Other times from this date on.
    mulai: String,
    /// What has been done: shown once.
    sudah: String,
}

#[derive(Template)]
#[template(path = "change.html")]
struct ChangePage<'a> {
    page: Page,
    office: &'a str,
    /// The visit on the scan page.
    visit: String,
    /// Where forms of this page go.
    path: String,
    code: BookingCode,
    name: Option<&'a str>,
    facts: Vec<(&'static str, String)>,
    done: Option<&'static str>,
    /// Whoever booked hears of changes.
    is_told: bool,
    faults: Faults,
    may_move: bool,
    may_cancel: bool,
    may_excuse: bool,
    may_correct: bool,
    from: NaiveDate,
    days: Vec<Day>,
    history: Vec<Change>,
}

async fn look(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Asked(asked): Asked<Look>,
) -> Shown {
    let found = found(&app, &clerk, &id, code).await?;
    let page = change_page(&app, page, &found, &asked, Faults::default()).await?;
    Ok(own(&page))
}

async fn change_page<'a>(
    app: &AppState,
    page: Page,
    found: &'a DeskBooking,
    asked: &Look,
    faults: Faults,
) -> Result<ChangePage<'a>, Problem> {
    let (office, booking, now) = (&*found.visit.office, &found.visit.booking, app.clock.now());
    let status = booking.status_at(now);
    let may_move = booking.may_move(Mover::Desk(&office.policy, None), now).is_ok();
    let today = local_date(now, office.timezone);
    let from = read_date(&asked.mulai).filter(|date| *date >= today).unwrap_or(today);
    let days = match may_move {
        true => days(app, &page, office, booking, from).await?,
        false => vec![],
    };
    Ok(ChangePage {
        office: &office.name,
        visit: paths::visit(&office.id, booking.code),
        path: paths::change(&office.id, booking.code),
        code: booking.code,
        name: found.applicant.as_ref().map(|one| one.details.name.expose()),
        facts: known(&page, office, booking, status),
        done: done(&page, &asked.sudah),
        is_told: booking.channel != Channel::WalkIn && matches!(&*asked.sudah, "pindah" | "batal"),
        faults,
        may_move,
        may_cancel: matches!(status, Status::Held | Status::Confirmed | Status::AwaitingDocuments),
        may_correct: status.is_live() && found.applicant.is_some(),
        may_excuse: status == Status::NoShow && !booking.excused,
        from,
        days,
        history: history(&page, office, &found.events),
        page,
    })
}

fn done(page: &Page, what: &str) -> Option<&'static str> {
    Some(match what {
        "pindah" => page.say("Jadwal ini sudah dipindahkan.", "This booking is moved."),
        "batal" => page.say("Jadwal ini sudah dibatalkan.", "This booking is cancelled."),
        "data" => page.say("Data pemohon sudah diperbaiki.", "The person is corrected."),
        "maafkan" => page.say(
            "Kunjungan yang terlewat ini tidak dihitung lagi.",
            "This missed visit does not count any more.",
        ),
        _ => return None,
    })
}

/// What was asked for is done: the page says so. Or it is not, and the page says why.
async fn answered(
    app: &AppState,
    page: Page,
    clerk: &Clerk,
    (id, code): (&OfficeId, BookingCode),
    outcome: Result<Booking, (&'static str, Problem)>,
    what: &str,
) -> Shown {
    let (field, problem) = match outcome {
        Ok(_) => return Ok(go(&format!("{}?sudah={what}", paths::change(id, code)))),
        Err(why) => why,
    };
    let faults = Faults::new(page.locale, vec![at_field(field, &problem)]);
    let found = found(app, clerk, id, code).await?;
    let page = change_page(app, page, &found, &Look::default(), faults).await?;
    Ok(shown(problem.status(), Keep::Never, &page))
}

#[derive(Deserialize)]
struct Target {
    /// Date and hour: `2026-12-04 09:00`.
    #[serde(default)]
    ke: String,
    alasan: Option<DeskReason>,
}

impl Target {
    fn read(&self) -> Option<(NaiveDate, SlotTime)> {
        let (date, time) = self.ke.split_once(' ')?;
        Some((date.parse().ok()?, time.parse().ok()?))
    }
}

fn unchosen(field: &'static str, id: &str, en: &str) -> (&'static str, Problem) {
    (field, Problem::fields(&[FieldError::new(field, id, en)]))
}

fn no_reason() -> (&'static str, Problem) {
    unchosen("alasan", "Pilih alasannya.", "Choose the reason.")
}

async fn reschedule(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Posted(target): Posted<Target>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let outcome = match (target.read(), target.alasan) {
        (None, _) => Err(unchosen("ke", "Pilih jam yang baru.", "Choose the new time.")),
        (_, None) => Err(no_reason()),
        (Some(to), Some(reason)) => {
            let moved = desk_bookings::reschedule(&app, clerk.staff(), &id, code, (to, reason));
            moved.await?.map_err(|refusal| ("ke", refusal.into()))
        }
    };
    answered(&app, page, &clerk, (&id, code), outcome, "pindah").await
}

#[derive(Deserialize)]
struct Reason {
    alasan: Option<DeskReason>,
}

async fn cancel(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Posted(Reason { alasan }): Posted<Reason>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let outcome = match alasan {
        None => Err(no_reason()),
        Some(reason) => {
            let cancelled = desk_bookings::cancel(&app, clerk.staff(), &id, code, reason);
            cancelled.await?.map_err(|refusal| ("batal", refusal.into()))
        }
    };
    answered(&app, page, &clerk, (&id, code), outcome, "batal").await
}

/// The missed visit does not count.
async fn excuse(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments((id, code)): Segments<(OfficeId, BookingCode)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let excused = desk::excuse(&app, clerk.staff(), code).await?;
    let outcome = excused.map_err(|refusal| ("maafkan", refusal.into()));
    answered(&app, page, &clerk, (&id, code), outcome, "maafkan").await
}
