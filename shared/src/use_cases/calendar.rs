//! Days of an office that differ from the week: all at once, or some that are closed, or one that is opened
//! again. `by` is the member of staff who changes them. There is one way to close a day; what it does to bookings is the scheduler's
//! ([`crate::ledger::Housekeeping::clear_closed_days`]).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::offices::{OfficeRefusal, check_change, current, write};
use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::calendar::{ClosedReason, PlannedDay, plan_day};
use crate::domain::ids::OfficeId;
use crate::domain::language::Text;
use crate::domain::office::{DayException, Office};
use crate::domain::time::local_date;
use crate::domain::validate::is_short_text;
use crate::storage::{Attempt, CONTENTION, compare_and_set};

/// An office lists at most so many days: about two years of Saturdays and Sundays.
const MAX_EXCEPTIONS: usize = 250;
/// Days that are closed or opened in one go.
pub const MAX_DAYS: i64 = 62;
/// Dates more than about a year ahead are a mistake.
const FARTHEST_DAYS: i64 = 400;

/// What a change of the calendar did to days that were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarChange {
    /// Open days that were closed now.
    pub closed: Vec<NaiveDate>,
    /// Closed days that are open again.
    pub reopened: Vec<NaiveDate>,
}

/// Days that an office closes, and why.
#[derive(Debug, Clone)]
pub struct Closing<'a> {
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// For the public.
    pub reason: &'a Text,
}

/// What closing does to a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateState {
    /// It is closed by it.
    Open,
    /// It was closed before.
    Closed(ClosedReason),
    /// There is nothing to close: no service on this day of the week.
    NoSession,
}

/// What became of the dates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedDates {
    /// Closed now.
    pub closed: Vec<NaiveDate>,
    /// Closed before; their reason stays as it was.
    pub already_closed: Vec<NaiveDate>,
    /// Without any session.
    pub no_session: Vec<NaiveDate>,
}

/// Whether two dates are in order, not too many days apart, and not a mistake.
pub(super) fn is_range(from: NaiveDate, to: NaiveDate, today: NaiveDate) -> bool {
    let days = (to - from).num_days();
    (0..MAX_DAYS).contains(&days) && (to - today).num_days() <= FARTHEST_DAYS
}

/// Replaces all days that differ from the week.
///
/// # Errors
/// If the table does not answer.
pub async fn replace(
    app: &App,
    id: &OfficeId,
    exceptions: BTreeMap<NaiveDate, DayException>,
    by: &str,
) -> Outcome<CalendarChange, OfficeRefusal> {
    let (before, revision) = match current(app, id).await? {
        Ok(known) => known,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let after = Office { exceptions, ..before.clone() };
    change(app, (&before, revision), &after, by).await
}

/// Closes the dates of a range that are open.
///
/// # Errors
/// If the table does not answer.
pub async fn close(
    app: &App,
    id: &OfficeId,
    closing: &Closing<'_>,
    by: &str,
) -> Outcome<ClosedDates, OfficeRefusal> {
    compare_and_set(CONTENTION, (), |()| try_close(app, id, closing, by)).await
}

/// Opens a date again that the office has closed by itself.
///
/// # Errors
/// If the table does not answer.
pub async fn reopen(
    app: &App,
    id: &OfficeId,
    date: NaiveDate,
    by: &str,
) -> Outcome<(), OfficeRefusal> {
    compare_and_set(CONTENTION, (), |()| try_reopen(app, id, date, by)).await
}

type Tried<T> = Result<Attempt<(), Result<T, OfficeRefusal>>, LedgerError>;

async fn try_close(
    app: &App,
    id: &OfficeId,
    closing: &Closing<'_>,
    by: &str,
) -> Tried<ClosedDates> {
    let (before, revision) = match current(app, id).await? {
        Ok(known) => known,
        Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
    };
    let states = match states(app, &before, closing) {
        Ok(states) => states,
        Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
    };
    let of = |is_such: &dyn Fn(&DateState) -> bool| -> Vec<NaiveDate> {
        states.iter().filter(|(_, state)| is_such(state)).map(|(date, _)| *date).collect()
    };
    let done = ClosedDates {
        closed: of(&|state| *state == DateState::Open),
        already_closed: of(&|state| matches!(state, DateState::Closed(_))),
        no_session: of(&|state| *state == DateState::NoSession),
    };
    if done.closed.is_empty() {
        return Ok(Attempt::Done(Ok(done)));
    }
    let mut after = before.clone();
    let exception = DayException { open: false, reason: closing.reason.clone() };
    after.exceptions.extend(done.closed.iter().map(|date| (*date, exception.clone())));
    tried(change(app, (&before, revision), &after, by).await?, done)
}

async fn try_reopen(app: &App, id: &OfficeId, date: NaiveDate, by: &str) -> Tried<()> {
    let (before, revision) = match current(app, id).await? {
        Ok(known) => known,
        Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
    };
    let mut after = before.clone();
    let removed = after.exceptions.remove(&date).filter(|exception| !exception.open);
    if removed.is_none() || date < local_date(app.clock.now(), before.timezone) {
        return Ok(Attempt::Done(Err(OfficeRefusal::NotFound)));
    }
    tried(change(app, (&before, revision), &after, by).await?, ())
}

/// Another try, if somebody else has changed the office.
fn tried<T>(changed: Result<CalendarChange, OfficeRefusal>, done: T) -> Tried<T> {
    Ok(match changed {
        Ok(_) => Attempt::Done(Ok(done)),
        Err(OfficeRefusal::ChangedMeanwhile) => Attempt::Conflict(()),
        Err(refusal) => Attempt::Done(Err(refusal)),
    })
}

/// The dates of a range, and what closing does to each.
///
/// # Errors
/// A range that is not in order, too long, or past; a reason that says nothing or too much.
pub fn states(
    app: &App,
    office: &Office,
    closing: &Closing<'_>,
) -> Result<Vec<(NaiveDate, DateState)>, OfficeRefusal> {
    let today = local_date(app.clock.now(), office.timezone);
    if closing.from < today {
        return Err(OfficeRefusal::field(
            "from",
            "Mulai hari ini atau sesudahnya.",
            "From today on, or later.",
        ));
    }
    if !is_range(closing.from, closing.to, today) {
        return Err(OfficeRefusal::field(
            "to",
            "Tanggal harus urut dan paling lama 62 hari.",
            "The dates must be in order and cover at most 62 days.",
        ));
    }
    if !is_short_text(closing.reason) {
        return Err(OfficeRefusal::field(
            "reason",
            "Tulis alasan yang dibaca pemohon: 1 sampai 120 huruf, satu baris.",
            "Write the reason that people read: 1 to 120 characters, on one line.",
        ));
    }
    let dates = closing.from.iter_days().take_while(|date| *date <= closing.to);
    Ok(dates.map(|date| (date, state(office, date))).collect())
}

fn state(office: &Office, date: NaiveDate) -> DateState {
    match plan_day(office, date) {
        PlannedDay::Open(_) => DateState::Open,
        PlannedDay::Closed(reason) if reason.code == "no_session" => DateState::NoSession,
        PlannedDay::Closed(reason) => DateState::Closed(reason),
    }
}

async fn change(
    app: &App,
    (before, revision): (&Office, u32),
    after: &Office,
    by: &str,
) -> Outcome<CalendarChange, OfficeRefusal> {
    if after.exceptions.len() > MAX_EXCEPTIONS {
        return Ok(Err(OfficeRefusal::field(
            "exceptions",
            "Paling banyak 250 hari.",
            "At most 250 days.",
        )));
    }
    if let Err(refusal) = check_change(before, after) {
        return Ok(Err(refusal));
    }
    let dates = changed_dates(app, before, after);
    let reopened = reopen_days(app, (after, revision), &dates).await?;
    if let Err(refusal) = write(app, revision, after, by).await? {
        return Ok(Err(refusal));
    }
    let closed = close_days(app, (after, revision + 1), &dates).await?;
    Ok(Ok(CalendarChange { closed, reopened }))
}

/// Dates of either calendar that are not over.
fn changed_dates(app: &App, before: &Office, after: &Office) -> BTreeSet<NaiveDate> {
    let today = local_date(app.clock.now(), after.timezone);
    let dates = before.exceptions.keys().chain(after.exceptions.keys()).copied();
    dates.filter(|date| *date >= today).collect()
}

/// Takes marks off before the office is written: were it not written then, the scheduler would put
/// them on again, and until then nobody can claim a seat of a day that the office has closed.
async fn reopen_days(
    app: &App,
    office: (&Office, u32),
    dates: &BTreeSet<NaiveDate>,
) -> Result<Vec<NaiveDate>, LedgerError> {
    let (mut reopened, now) = (vec![], app.clock.now());
    for &date in dates {
        let is_open = matches!(plan_day(office.0, date), PlannedDay::Open(_));
        if is_open && app.ledger.store().reopen_day(office, date, now).await? {
            app.ledger.days().forget(&office.0.id, date).await;
            reopened.push(date);
        }
    }
    Ok(reopened)
}

/// Marks days after the office was written: a calendar that was refused moves nobody's booking.
/// What a request that was cut short has not marked the scheduler marks.
async fn close_days(
    app: &App,
    office: (&Office, u32),
    dates: &BTreeSet<NaiveDate>,
) -> Result<Vec<NaiveDate>, LedgerError> {
    let mut closed = vec![];
    for &date in dates {
        if app.ledger.close_if_planned(office, date, app.clock.now()).await? {
            closed.push(date);
        }
    }
    Ok(closed)
}
