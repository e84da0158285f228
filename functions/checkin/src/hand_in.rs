//! Scans that a scanner made while it had no network.

use antrian::domain::booking::{Booking, Status};
use antrian::domain::ids::ScanKey;
use antrian::http::body::Body;
use antrian::http::hand_ins::{Said, accepted, conflict, duplicate};
use antrian::http::problem::{Problem, ProblemDetails};
use antrian::http::routes::routes;
use antrian::http::staff_session::StaffMember;
use antrian::http::views::instant;
use antrian::http::{AppState, Routes};
use antrian::staff::Scope;
use antrian::use_cases::hand_ins::{Batch, HandInAnswer, HandedScan, StoredScan, hand_in};
use antrian::use_cases::scans;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::scan::{CheckInView, check_gate, view};
use crate::visit::PersonView;

pub(crate) fn routes() -> Routes {
    OpenApiRouter::new().routes(routes!(check_in_later))
}

/// Scans of one batch: a scanner that has more hands them in one batch after the other.
const MAX_SCANS: usize = 100;

/// What a scanner kept while it had no network.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScanBatch {
    /// What the scanner calls itself: the same text each time, and no other scanner's.
    scanner: String,
    /// The time by the scanner's clock as it sends this, however often it has sent the scans before: a clock
    /// that is wrong is corrected by what it differs from ours.
    sent_at: DateTime<Utc>,
    /// Where the scanner stands.
    gate: Option<String>,
    #[schema(min_items = 1, max_items = 100)]
    scans: Vec<KeptScan>,
}

/// One of the scans: the ticket's text, or the code that the person read out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeptScan {
    /// The scan's idempotency key: the scanner's own, the same each time that the scan is handed in.
    id: String,
    /// The text of the QR.
    ticket: Option<String>,
    /// The booking code.
    code: Option<String>,
    /// When it was scanned, by the scanner's clock.
    scanned_at: DateTime<Utc>,
}

/// What became of the scans, in the order in which they were sent.
#[derive(Serialize, ToSchema)]
struct HandInView {
    scans: Vec<HandedInView>,
}

/// What became of a scan.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HandInOutcome {
    /// It is the scan that counts.
    Accepted,
    /// The scan that counts was made before it.
    Duplicate,
    /// It was good, and the booking was changed before it was handed in: nothing was changed by it, and
    /// somebody has to decide.
    Conflict,
    /// It lets nobody in.
    Refused,
    /// It is not known yet: hand it in again.
    Unsettled,
}

/// A scan with what became of it.
#[derive(Serialize, ToSchema)]
#[schema(as = HandedInScan)]
struct HandedInView {
    id: String,
    outcome: HandInOutcome,
    /// Why it does not count, or does not yet: the code of a problem.
    code: Option<String>,
    /// What to know or do, in Indonesian.
    detail: String,
    /// What to know or do, in English.
    detail_en: String,
    /// When it was scanned, by our clock.
    scanned_at: Option<String>,
    /// When the booking was changed, of a conflict.
    changed_at: Option<String>,
    /// The visit, if the person is in.
    visit: Option<CheckInView>,
    /// The booking as it is now, of a conflict.
    booking: Option<ConflictingBooking>,
}

impl HandedInView {
    fn new(id: &str, outcome: HandInOutcome, code: Option<String>, said: Said) -> Self {
        Self {
            id: id.to_owned(),
            outcome,
            code,
            detail: said.id,
            detail_en: said.en,
            scanned_at: None,
            changed_at: None,
            visit: None,
            booking: None,
        }
    }

    /// The same with the visit, for the clerk to compare with the KTP.
    fn showing(self, handed: &HandedScan) -> Result<Self, Problem> {
        let applicant = handed.scanned.applicant.as_ref().map(PersonView::from);
        let scanned_at = Some(instant(handed.at, handed.scanned.office.timezone));
        let visit = Some(view(&handed.scanned)?.naming(applicant));
        Ok(Self { scanned_at, visit, ..self })
    }
}

/// A booking that was changed since it was scanned.
#[derive(Debug, Serialize, ToSchema)]
struct ConflictingBooking {
    code: String,
    status: Status,
    date: NaiveDate,
    /// `HH:MM` in the office's zone.
    slot: String,
}

impl ConflictingBooking {
    fn of(booking: &Booking, now: DateTime<Utc>) -> Self {
        Self {
            code: booking.code.to_string(),
            status: booking.status_at(now),
            date: booking.seat.date,
            slot: booking.seat.time.to_string(),
        }
    }
}

/// Hands in what was scanned without a network, today. Each scan is judged as of the moment in which it was
/// made, and answered for itself. The first scan of a ticket by time counts, whoever hands in first; the
/// person keeps their number. The same scans can be handed in as often as it takes.
#[utoipa::path(post, path = "/v1/check-ins/batch", tag = "staff", request_body = ScanBatch,
    responses((status = 200, body = HandInView), (status = 401, body = ProblemDetails),
        (status = 403, body = ProblemDetails), (status = 422, body = ProblemDetails)),
    security(("staff" = ["desk"])))]
async fn check_in_later(
    State(app): State<AppState>,
    staff: StaffMember,
    body: Body<ScanBatch>,
) -> Result<Json<HandInView>, Problem> {
    staff.has(Scope::Desk)?;
    let (sent, gate) = (&body.value, check_gate(body.value.gate.as_ref())?);
    let scans = kept(&app, sent)?;
    let (gate, sent_at) = (gate.as_deref(), sent.sent_at);
    let batch = Batch { at: None, gate, sent_at, scans: &scans };
    let answers = hand_in(&app, &staff.0, &batch).await;
    let nothing_is_known = answers.iter().all(|of| matches!(of, HandInAnswer::Unsettled(_)));
    let now = app.clock.now();
    let mut views = vec![];
    for (scan, answer) in sent.scans.iter().zip(answers) {
        match answer {
            HandInAnswer::Unsettled(error) if nothing_is_known => return Err(error.into()),
            answer => views.push(handed_in(scan, answer, now)?),
        }
    }
    Ok(Json(HandInView { scans: views }))
}

/// The scans of a batch. One that names no booking is a scan that is refused; a batch that calls itself or
/// its scans by no proper name is no batch.
fn kept(app: &AppState, sent: &ScanBatch) -> Result<Vec<StoredScan>, Problem> {
    if !(1..=MAX_SCANS).contains(&sent.scans.len()) {
        return Err(Problem::field(
            "scans",
            "Kirim 1 sampai 100 pindaian sekaligus.",
            "Send 1 to 100 scans at once.",
        ));
    }
    let scans = sent.scans.iter().enumerate();
    scans
        .map(|(place, scan)| {
            let key = ScanKey::new(&sent.scanner, &scan.id)
                .map_err(|wrong| wrong_name(wrong.kind, place))?;
            let code = match (&scan.ticket, &scan.code) {
                (Some(ticket), None) => scans::of_ticket(app, ticket),
                (None, Some(code)) => scans::of_code(code),
                _ => Err(scans::Unreadable::Code),
            };
            Ok(StoredScan { key, code, scanned_at: scan.scanned_at })
        })
        .collect()
}

fn wrong_name(kind: &str, place: usize) -> Problem {
    match kind {
        "scanner" => Problem::field(
            "scanner",
            "Nama pemindai terdiri atas 1 sampai 64 huruf, angka, atau tanda baca tanpa spasi.",
            "A scanner's name has 1 to 64 visible characters without spaces.",
        ),
        _ => Problem::field(
            &format!("scans[{place}].id"),
            "Kunci terdiri atas 1 sampai 128 huruf, angka, atau tanda baca tanpa spasi.",
            "A key has 1 to 128 visible characters without spaces.",
        ),
    }
}

fn handed_in(
    scan: &KeptScan,
    answer: HandInAnswer,
    now: DateTime<Utc>,
) -> Result<HandedInView, Problem> {
    use HandInOutcome::{Accepted, Conflict, Duplicate, Refused, Unsettled};
    let of = |outcome, problem: &Problem| {
        let code = Some(problem.code().as_str().to_owned());
        HandedInView::new(&scan.id, outcome, code, Said::of(problem))
    };
    Ok(match answer {
        HandInAnswer::Accepted(handed) => {
            HandedInView::new(&scan.id, Accepted, None, accepted(&handed)).showing(&handed)?
        }
        HandInAnswer::Duplicate(handed) => of(Duplicate, &duplicate(&handed)).showing(&handed)?,
        HandInAnswer::Conflict(facts) => {
            let zone = facts.office.timezone;
            let scanned_at = Some(instant(facts.at, zone));
            let changed_at = Some(instant(facts.conflict.at, zone));
            let booking = Some(ConflictingBooking::of(&facts.booking, now));
            HandedInView { scanned_at, changed_at, booking, ..of(Conflict, &conflict(&facts)) }
        }
        HandInAnswer::Refused(refusal) => of(Refused, &refusal.into()),
        HandInAnswer::Unsettled(error) => of(Unsettled, &error.into()),
    })
}
