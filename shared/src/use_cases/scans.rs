//! What a scanner reads or a person reads out, before it is anybody's visit; and what a clerk is to mind of
//! who has come.

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::desk::{Scanned, count_refusal};
use super::people;
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::booking::Booking;
use crate::domain::calendar::{PlannedDay, plan_day};
use crate::domain::code::BookingCode;
use crate::domain::document::Document;
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use crate::domain::requirements::{Requirements, Warning, checklist, look_alike_warning};
use crate::domain::ticket::BadTicket;
use crate::domain::time::local_date;

/// A text that names no booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no ticket of ours.
    Ticket(BadTicket),
    /// It is no booking code.
    Code,
}

impl Unreadable {
    fn reason(self) -> Option<Reason> {
        match self {
            Self::Ticket(_) => Some(Reason::BadTicket),
            Self::Code => None,
        }
    }
}

/// The code of a ticket's text. The ticket says which booking it is; the booking says where and when.
///
/// # Errors
/// Says what is wrong with it; that somebody was not let in is counted.
pub fn of_ticket(app: &App, ticket: &str) -> Result<BookingCode, Unreadable> {
    let claims = app.tickets.verify(ticket).map_err(Unreadable::Ticket);
    claims.map(|claims| claims.code).inspect_err(|why| {
        if let Some(reason) = why.reason() {
            count_refusal(app, None, reason);
        }
    })
}

/// The booking code that somebody reads out.
///
/// # Errors
/// If it is none.
pub fn of_code(code: &str) -> Result<BookingCode, Unreadable> {
    code.parse().map_err(|_| Unreadable::Code)
}

/// Longer texts are tickets: a code has ten signs, and some more between them.
const MAX_CODE_CHARS: usize = 24;

/// The code of whatever was typed into one field: a code, or a ticket as the scanner meant it, or else as
/// the keyboard's layout has it.
///
/// # Errors
/// As [`of_ticket`] and [`of_code`].
pub fn of_text(app: &App, meant: &str, typed: &str) -> Result<BookingCode, Unreadable> {
    let is_short = |text: &str| text.trim().chars().count() <= MAX_CODE_CHARS;
    if is_short(meant) {
        return of_code(meant).or_else(|_| of_code(typed));
    }
    match app.tickets.verify(typed) {
        Ok(claims) => Ok(claims.code),
        Err(_) => of_ticket(app, meant),
    }
}

/// Names of gates are short.
const MAX_GATE_CHARS: usize = 40;

/// Whether a gate may be called so.
pub fn is_gate(name: &str) -> bool {
    (1..=MAX_GATE_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

/// The checklist of a scanned visit; absent: the account was erased.
pub fn list_of(scanned: &Scanned) -> Option<Requirements> {
    let booking = &scanned.checked_in.booking;
    scanned.applicant.as_ref().map(|who| checklist(&scanned.office, booking, who))
}

/// What to mind: of the documents, of who the person is, and of who else is in the line.
pub fn warnings(scanned: &Scanned, list: Option<&Requirements>) -> Vec<Warning> {
    let like = scanned.checked_in.look_alike.map(look_alike_warning);
    let mut all = of_person(scanned.applicant.as_ref(), list);
    all.extend(like.filter(|like| all.iter().all(|known| known.code != like.code)));
    all
}

/// The same without those who are in the line.
pub fn of_person(applicant: Option<&Applicant>, list: Option<&Requirements>) -> Vec<Warning> {
    let mut all = list.map(|list| list.warnings.clone()).unwrap_or_default();
    for warning in applicant.iter().flat_map(|applicant| people::warnings(&applicant.details)) {
        if all.iter().all(|known| known.code != warning.code) {
            all.push(warning);
        }
    }
    all
}

/// Documents of a list that are missing if these ids are there: the others that have to be there.
pub fn missing(documents: &[Document], there: &[String]) -> Vec<String> {
    let is_missing = |document: &&Document| document.required && !there.contains(&document.id);
    documents.iter().filter(is_missing).map(|document| document.id.clone()).collect()
}

/// By how much somebody came after the start of their slot; negative: before.
pub fn minutes_late(booking: &Booking) -> Option<i64> {
    let scan = booking.check_in.as_ref()?;
    Some((scan.at - booking.times.starts_at).num_minutes())
}

/// Days on which missing documents may be brought that are proposed, today among them if it is not over.
const PROPOSED: usize = 4;
/// Days that are looked at: documents may be brought within two weeks.
const LOOKED_AT: u64 = 14;

/// Until when missing documents may be brought: the end of the last slot of today and of the next days on
/// which the office is open.
pub fn deadlines(office: &Office, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let today = local_date(now, office.timezone);
    let dates = (0..LOOKED_AT).filter_map(|days| today.checked_add_days(Days::new(days)));
    let end = |date| match plan_day(office, date) {
        PlannedDay::Open(_) => {
            let sessions = office.sessions_on(date);
            sessions.map(|session| session.until.on(date, office.timezone)).max()
        }
        PlannedDay::Closed(_) => None,
    };
    let soon = now + TimeDelta::minutes(1);
    dates.filter_map(end).filter(|end| *end > soon).take(PROPOSED).collect()
}
