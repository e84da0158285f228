//! Holding what was checked, or why not.

use antrian::domain::account::Applicant;
use antrian::domain::office::Channel;
use antrian::domain::time::SlotTime;
use antrian::http::body::hash;
use antrian::http::refusals::hold_refused;
use antrian::http::{AppState, Routes};
use antrian::ledger::{HoldRefusal, SlotChoice};
use antrian::use_cases::bookings::{self, HoldWish};
use antrian_pages::forms::Posted;
use antrian_pages::page::{Keep, Page, Shown, go, shown};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use chrono::NaiveDate;

use crate::booking::{Choice, Visit, chosen, visit};
use crate::paths;
use crate::session::Guest;

pub(crate) fn routes() -> Routes {
    Routes::new().route("/pesan", post(hold))
}

/// Holds the seat, once, however often the button is pressed.
async fn hold(
    State(app): State<AppState>,
    page: Page,
    Guest(token): Guest,
    Posted(choice): Posted<Choice>,
) -> Shown {
    let now = app.clock.now();
    let (known, ()) = tokio::join!(
        chosen(&app, &token, &choice),
        app.ledger.foresee(&choice.kantor, Some(choice.tanggal), now)
    );
    let (session, people) = known?;
    let visit = visit(&app, &page, &choice).await?;
    if people.is_empty() {
        return Ok(go(&choice.address("/pesan")));
    }
    let slot = SlotChoice::Slot(choice.tanggal, choice.jam);
    let wish = HoldWish {
        office: &visit.office,
        service: &choice.layanan,
        choice: slot,
        account: &session.account,
        people: &people,
        channel: Channel::Web,
        locale: page.locale,
        idempotency_key: Some(choice.kunci.as_str()).filter(|key| is_key(key)),
        request_hash: &hash(choice.address("").as_bytes()),
    };
    let refusal = match bookings::hold(&app.ledger, &wish, now).await? {
        Ok(held) => return Ok(go(&format!("/pesanan/{}", held.booking.code))),
        Err(refusal) => refusal,
    };
    if let HoldRefusal::AlreadyBooked(code) = &refusal
        && let Some(booking) = app.ledger.store().booking(*code).await?
        && choice.is_held_by(&booking, now)
    {
        return Ok(go(&format!("/pesanan/{code}")));
    }
    Ok(refused(page, &choice, (visit, &people), refusal))
}

fn is_key(key: &str) -> bool {
    (16..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

#[derive(Template)]
#[template(path = "refused.html")]
pub(crate) struct Refused {
    pub(crate) page: Page,
    pub(crate) visit: Visit,
    pub(crate) title: String,
    pub(crate) sentence: String,
    pub(crate) more: Option<String>,
    /// Where the person is claimed, if that is a way on.
    pub(crate) claim: Option<String>,
    /// Where to go on, the best way first.
    pub(crate) ways: Vec<(String, String)>,
}

fn refused(
    page: Page,
    choice: &Choice,
    (visit, people): (Visit, &[Applicant]),
    refusal: HoldRefusal,
) -> Response {
    let other_day = page.say("Pilih hari lain", "Choose another day").to_owned();
    let mut ways = vec![(paths::days(&choice.kantor, &choice.layanan, ""), other_day)];
    let title = match &refusal {
        HoldRefusal::Full(_) => {
            page.say("Jam ini baru saja terisi", "This hour has just been taken")
        }
        HoldRefusal::AlreadyBooked(_) => {
            page.say("Orang ini sudah punya pesanan", "This person has a booking")
        }
        HoldRefusal::PersonNeedsConfirmation(_) => {
            page.say("Kami perlu memastikan dahulu", "We must make sure first")
        }
        _ => page.say("Belum bisa dipesan", "This cannot be booked yet"),
    };
    match &refusal {
        HoldRefusal::Full(alternatives) => {
            let zone = visit.office.timezone;
            let way = |date: NaiveDate, time: SlotTime| {
                let at = page.date_time(time.on(date, zone), zone);
                let mut other = choice.clone();
                (other.tanggal, other.jam) = (date, time);
                (other.address("/pesan/periksa"), at)
            };
            let found = alternatives.iter().map(|other| way(other.date, other.time));
            ways.splice(0..0, found);
        }
        HoldRefusal::AlreadyBooked(code) => {
            let see = page.say("Lihat pesanan itu", "See that booking").to_owned();
            ways.insert(0, (format!("/pesanan/{code}"), see));
        }
        _ => {}
    }
    let claim = match &refusal {
        HoldRefusal::PersonNeedsConfirmation(person) => Some(format!("/orang/{person}/klaim")),
        _ => None,
    };
    let title = titled(title, people, &refusal);
    let problem = hold_refused(&visit.office, refusal);
    let sentence = problem.sentence(page.locale).to_owned();
    let more = problem.said(page.say("reason", "reason_en")).map(str::to_owned);
    shown(
        problem.status(),
        Keep::Never,
        &Refused { page, visit, title, sentence, more, claim, ways },
    )
}

/// Of several people, the title says who it is about.
fn titled(title: &str, people: &[Applicant], refusal: &HoldRefusal) -> String {
    let (HoldRefusal::PersonNeedsConfirmation(id) | HoldRefusal::Limited(_, Some(id))) = refusal
    else {
        return title.to_owned();
    };
    let person = people.iter().find(|person| person.id == *id).filter(|_| people.len() > 1);
    match person {
        Some(person) => format!("{}: {title}", person.details.name.short()),
        None => title.to_owned(),
    }
}
