//! A new description of an office: what it would change, and writing it. Days that differ from the week are no
//! part of it: they are changed in the calendar, where people are told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::Outcome;
use super::offices::{OfficeRefusal, check, check_id, write};
use crate::app::App;
use crate::domain::calendar::{WeekSlot, seats_of_week};
use crate::domain::office::{Office, Season, WeeklySession};
use crate::ledger::SETTLED;

/// What a new description does to the seats of an office.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The first date for which it counts: those before are open and keep their slots.
    pub from: NaiveDate,
    /// Weeks with other seats: the usual one, and those of seasons.
    pub weeks: Vec<WeekPlan>,
}

/// A week whose seats are different.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekPlan {
    /// Absent: the usual week.
    pub season: Option<Season>,
    /// Seats of the week that would count without the change.
    pub before: u32,
    pub after: u32,
    pub changes: Vec<WeekChange>,
}

/// A slot of the week with other seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekChange {
    pub slot: WeekSlot,
    pub from: u32,
    pub to: u32,
}

/// What a description would do to the seats of an office.
pub fn plan(before: &Office, after: &Office, now: DateTime<Utc>) -> Plan {
    let seasons = before.seasons.iter().chain(&after.seasons);
    let seasons: BTreeMap<_, _> = seasons.map(|season| (season.from, season)).collect();
    let usual = week(None, &before.sessions, &after.sessions);
    let of_seasons = seasons.into_iter().map(|(from, season)| {
        week(Some(season.clone()), before.week_on(from), after.week_on(from))
    });
    let weeks = [usual].into_iter().chain(of_seasons).filter(|week| !week.changes.is_empty());
    let through = before.release.open_through(now + SETTLED, before.timezone);
    Plan { from: through.succ_opt().unwrap_or(through), weeks: weeks.collect() }
}

fn week(season: Option<Season>, before: &[WeeklySession], after: &[WeeklySession]) -> WeekPlan {
    let (old, new) = (seats_of_week(before), seats_of_week(after));
    let slots: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let change = |slot: &WeekSlot| {
        let seats = |of: &BTreeMap<_, u32>| of.get(slot).copied().unwrap_or(0);
        WeekChange { slot: slot.clone(), from: seats(&old), to: seats(&new) }
    };
    let changes = slots.into_iter().map(change).filter(|change| change.from != change.to);
    WeekPlan {
        season,
        before: old.values().sum(),
        after: new.values().sum(),
        changes: changes.collect(),
    }
}

/// The description that would be written: with the days that differ as they are now.
///
/// # Errors
/// It is another office's, or makes no sense.
pub fn proposed(current: &Office, wanted: Office) -> Result<Office, OfficeRefusal> {
    check_id(&wanted, &current.id)?;
    let office = Office { exceptions: current.exceptions.clone(), ..wanted };
    check(&office).map(|()| office)
}

/// Writes a description that was made for `revision` of the office; `by` is the member of staff.
///
/// # Errors
/// If the table does not answer.
pub async fn replace(
    app: &App,
    (current, revision): (&Office, u32),
    wanted: Office,
    by: &str,
) -> Outcome<(), OfficeRefusal> {
    match proposed(current, wanted) {
        Ok(office) => write(app, revision, &office, by).await,
        Err(refusal) => Ok(Err(refusal)),
    }
}
