//! What the scan page needs to go on without a network: today's list before, and what it has scanned after.

use std::collections::BTreeMap;

use antrian::domain::booking::Status;
use antrian::domain::ids::{OfficeId, ScanKey};
use antrian::domain::language::clock;
use antrian::domain::office::Office;
use antrian::domain::time::{end_of_day, local_date};
use antrian::http::body::Segments;
use antrian::http::hand_ins::{Said, accepted, conflict, duplicate};
use antrian::http::problem::Problem;
use antrian::http::{AppState, Routes, office};
use antrian::staff::Scope;
use antrian::use_cases::hand_ins::{Batch, HandInAnswer, StoredScan, hand_in};
use antrian::use_cases::roster::{self, Expected};
use antrian::use_cases::scans;
use antrian_pages::assets::JAVASCRIPT;
use antrian_pages::forms::Posted;
use antrian_pages::page::{Page, Shown};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::session::Clerk;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/petugas/pindai.js", get(worker))
        .route("/petugas/{office}/pindai/daftar", get(list))
        .route("/petugas/{office}/pindai/simpanan", post(take))
}

/// Keeps the scan page. Its address stays, for browsers ask there for a newer one.
const WORKER: &str = include_str!("../assets/pindai.js");

async fn worker() -> Response {
    let headers = [(header::CONTENT_TYPE, JAVASCRIPT), (header::CACHE_CONTROL, "no-cache")];
    (headers, WORKER).into_response()
}

/// What a scanner is told of the day, to be kept by it sealed and until the day is over.
#[derive(Serialize)]
struct DayList {
    office: String,
    timezone: &'static str,
    date: NaiveDate,
    /// By our clock.
    now: DateTime<Utc>,
    /// When it is to be forgotten.
    ends_at: DateTime<Utc>,
    /// Public keys of tickets, in hexadecimal digits, by their ids.
    keys: BTreeMap<u8, String>,
    visits: Vec<ListedVisit>,
}

#[derive(Serialize)]
struct ListedVisit {
    code: String,
    status: Status,
    slot: String,
    service: String,
    /// First name, initials, and the end of the NIK: for the clerk to compare with the KTP.
    who: Option<String>,
    number: Option<String>,
    check_in_from: DateTime<Utc>,
    check_in_until: DateTime<Utc>,
}

impl ListedVisit {
    fn of(page: &Page, office: &Office, visit: &Expected) -> Self {
        let booking = &visit.booking;
        let service = office.service(&booking.seat.service);
        Self {
            code: booking.code.to_string(),
            status: visit.status,
            slot: clock(page.locale, booking.seat.time),
            service: service.map(|of| page.text(&of.name).to_owned()).unwrap_or_default(),
            who: visit.applicant.as_ref().map(|applicant| applicant.details.who()),
            number: booking.queue_place().map(|(_, number)| number.to_string()),
            check_in_from: booking.times.check_in_from,
            check_in_until: booking.times.check_in_until,
        }
    }
}

async fn list(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    let (office, now) = (office(&app, &id).await?, app.clock.now());
    let date = local_date(now, office.timezone);
    let expected = roster::expected(&app, &id, date).await?;
    let hexadecimal = |key: [u8; 32]| key.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(never_kept(DayList {
        office: id.to_string(),
        timezone: office.timezone.name(),
        date,
        now,
        ends_at: end_of_day(date, office.timezone),
        keys: app.tickets.public_keys().map(|(key_id, key)| (key_id, hexadecimal(key))).collect(),
        visits: expected.iter().map(|visit| ListedVisit::of(&page, &office, visit)).collect(),
    }))
}

fn never_kept(view: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(view)).into_response()
}

/// What a scanner has kept; the scans as JSON, for a form has no lists of such.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Kept {
    /// What the scanner calls itself.
    pemindai: String,
    /// The time of this sending by its clock.
    dikirim: String,
    gerbang: String,
    pindaian: String,
}

#[derive(Deserialize)]
struct KeptScan {
    id: String,
    /// As the keys stand on an English keyboard.
    isi: String,
    /// As this computer's keyboard has them.
    #[serde(default)]
    tertulis: String,
    /// When it was scanned, by the scanner's clock.
    pada: DateTime<Utc>,
}

/// What became of a scan, for the page to show.
#[derive(Serialize)]
struct Settled {
    id: String,
    /// `accepted`, `duplicate`, `conflict`, `refused`, or `unsettled`: to be sent again.
    outcome: &'static str,
    said: String,
    who: Option<String>,
    number: Option<String>,
}

/// Scans that the page sends at once, so that a form stays small.
const MAX_SCANS: usize = 25;

async fn take(
    State(app): State<AppState>,
    page: Page,
    clerk: Clerk,
    Segments(id): Segments<OfficeId>,
    Posted(kept): Posted<Kept>,
) -> Shown {
    clerk.may(Scope::Desk, &id)?;
    office(&app, &id).await?;
    let sent_at = kept.dikirim.parse().map_err(|_| unreadable())?;
    let sent = sent(&kept)?;
    let scans = sent.iter().map(|(key, scan)| StoredScan {
        key: key.clone(),
        code: scans::of_text(&app, &scan.isi, &scan.tertulis),
        scanned_at: scan.pada,
    });
    let scans: Vec<_> = scans.collect();
    let gate = Some(kept.gerbang.trim()).filter(|gate| scans::is_gate(gate));
    let batch = Batch { at: Some(&id), gate, sent_at, scans: &scans };
    let answers = hand_in(&app, clerk.staff(), &batch).await;
    let settled = sent.into_iter().zip(answers);
    let settled = settled.map(|((_, scan), answer)| Settled::of(&page, scan.id, answer));
    Ok(never_kept(settled.collect::<Vec<_>>()))
}

fn unreadable() -> Problem {
    Problem::field(
        "pindaian",
        "Pindaian yang disimpan tidak terbaca.",
        "The stored scans can't be read.",
    )
}

fn sent(kept: &Kept) -> Result<Vec<(ScanKey, KeptScan)>, Problem> {
    let scans: Vec<KeptScan> = serde_json::from_str(&kept.pindaian).map_err(|_| unreadable())?;
    if !(1..=MAX_SCANS).contains(&scans.len()) {
        return Err(unreadable());
    }
    let keyed = scans.into_iter().map(|scan| {
        let key = ScanKey::new(&kept.pemindai, &scan.id).map_err(|_| unreadable())?;
        Ok((key, scan))
    });
    keyed.collect()
}

impl Settled {
    fn of(page: &Page, id: String, answer: HandInAnswer) -> Self {
        let say = |said: &Said| page.say(&said.id, &said.en).to_owned();
        let problem = |outcome, problem: &Problem| Self {
            id: id.clone(),
            outcome,
            said: say(&Said::of(problem)),
            who: None,
            number: None,
        };
        let (mut settled, handed) = match answer {
            HandInAnswer::Accepted(handed) => {
                let said = say(&accepted(&handed));
                let (who, number) = (None, None);
                (Self { id, outcome: "accepted", said, who, number }, handed)
            }
            HandInAnswer::Duplicate(handed) => (problem("duplicate", &duplicate(&handed)), handed),
            HandInAnswer::Conflict(facts) => return problem("conflict", &conflict(&facts)),
            HandInAnswer::Refused(refusal) => return problem("refused", &refusal.into()),
            HandInAnswer::Unsettled(error) => return problem("unsettled", &error.into()),
        };
        let place = handed.scanned.checked_in.booking.queue_place();
        settled.number = place.map(|(_, number)| number.to_string());
        settled.who = handed.scanned.applicant.as_ref().map(|of| of.details.who());
        settled
    }
}
