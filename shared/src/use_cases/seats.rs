//! Seats of an office: dates that are opened by hand, and the quota of a slot.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::calendar::is_range;
use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::calendar::{PlannedDay, plan_day};
use crate::domain::day::{Day, Slot, SlotSeats};
use crate::domain::field::FieldError;
use crate::domain::ids::ServiceId;
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use crate::domain::time::{SlotTime, local_date};

/// Seat numbers have three digits.
pub const MAX_SEATS: u16 = 999;

/// Dates to open.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a> {
    /// Open only this service on days that are open already; absent: all of them.
    pub service: Option<&'a ServiceId>,
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

/// What a release opened.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Released {
    /// Dates opened now.
    pub opened: Vec<NaiveDate>,
    /// Slots added to dates that were open.
    pub slots_added: usize,
}

/// Why seats stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatsRefusal {
    /// What was asked for makes no sense.
    Field(FieldError),
    /// There is no such slot.
    NotFound,
    /// Somebody else has changed the quota.
    ChangedMeanwhile,
}

impl SeatsRefusal {
    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Field(_) => Reason::InvalidRequest,
            Self::NotFound => Reason::NotFound,
            Self::ChangedMeanwhile => Reason::ChangedMeanwhile,
        }
    }
}

/// Opens dates: those that are closed by the calendar stay closed, slots that are open stay as they are.
///
/// # Errors
/// If the table does not answer: some dates may be open.
pub async fn release(
    app: &App,
    office: &Office,
    release: &Release<'_>,
) -> Outcome<Released, SeatsRefusal> {
    let now = app.clock.now();
    if let Err(field) = check(office, release, now) {
        return Ok(Err(SeatsRefusal::Field(field)));
    }
    let mut released = Released::default();
    for date in release.from.iter_days().take_while(|date| *date <= release.to) {
        open_date(app, office, (release, date), &mut released, now).await?;
    }
    Ok(Ok(released))
}

fn check(office: &Office, release: &Release<'_>, now: DateTime<Utc>) -> Result<(), FieldError> {
    let today = local_date(now, office.timezone);
    if release.from < today || !is_range(release.from, release.to, today) {
        return Err(FieldError::new(
            "to",
            "Rentang tanggal harus urut, mulai hari ini, paling lama 62 hari.",
            "The dates must be in order, from today on, and cover at most 62 days.",
        ));
    }
    release.service.map_or(Ok(()), |service| known_service(office, service))
}

fn known_service(office: &Office, service: &ServiceId) -> Result<(), FieldError> {
    office.service(service).map(|_| ()).ok_or_else(unknown_service)
}

/// A service that the office does not give.
pub fn unknown_service() -> FieldError {
    FieldError::new(
        "service",
        "Kantor ini tidak memiliki layanan tersebut.",
        "This office does not have this service.",
    )
}

async fn open_date(
    app: &App,
    office: &Office,
    (release, date): (&Release<'_>, NaiveDate),
    released: &mut Released,
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    let PlannedDay::Open(mut planned) = plan_day(office, date) else { return Ok(()) };
    planned.retain(|slot| release.service.is_none_or(|service| slot.service == *service));
    if planned.is_empty() {
        return Ok(());
    }
    let slots: Vec<Slot> =
        planned.iter().map(|plan| Slot::planned(plan, office, date, now)).collect();
    let opened = app.ledger.store().release_slots(&office.id, date, &slots, now).await?;
    match opened.was_open {
        false if opened.slots > 0 => released.opened.push(date),
        false => {}
        true => released.slots_added += opened.slots,
    }
    app.ledger.days().forget(&office.id, date).await;
    Ok(())
}

/// A slot that is to have another quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuota {
    pub service: ServiceId,
    pub time: SlotTime,
    pub quota: u16,
    /// What it was when somebody looked; absent: whatever it is.
    pub before: Option<u16>,
}

/// What a new quota does to a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaChange {
    pub service: ServiceId,
    pub time: SlotTime,
    pub from: u16,
    pub to: u16,
    /// Seats that somebody has or holds now.
    pub taken: usize,
    /// Of these: above `to`. They stay, and nobody is added while as many as `to` have a seat.
    pub above: usize,
}

/// What new quotas would do on a date.
///
/// # Errors
/// If the table does not answer.
pub async fn plan_quotas(
    app: &App,
    office: &Office,
    date: NaiveDate,
    wanted: &[NewQuota],
) -> Outcome<Vec<QuotaChange>, SeatsRefusal> {
    let now = app.clock.now();
    let day = app.ledger.days().refresh(&office.id, date, now).await?;
    let changes = wanted.iter().map(|new| planned(office, &day, new, now));
    Ok(changes.collect())
}

fn planned(
    office: &Office,
    day: &Day,
    new: &NewQuota,
    now: DateTime<Utc>,
) -> Result<QuotaChange, SeatsRefusal> {
    if new.quota > MAX_SEATS {
        let (id, en) = ("Kuota dari 0 sampai 999.", "A quota is from 0 to 999.");
        return Err(SeatsRefusal::Field(FieldError::new("quota", id, en)));
    }
    known_service(office, &new.service).map_err(SeatsRefusal::Field)?;
    let slot = day.slot(&new.service, new.time).ok_or(SeatsRefusal::NotFound)?;
    let from = slot.slot.quota;
    if new.before.is_some_and(|before| before != from) {
        return Err(SeatsRefusal::ChangedMeanwhile);
    }
    let (service, time) = (new.service.clone(), new.time);
    let above = slot.seats.iter().filter(|seat| seat.is_taken(now) && seat.number > new.quota);
    let (above, taken) = (above.count(), taken(slot, now));
    Ok(QuotaChange { service, time, from, to: new.quota, taken, above })
}

/// Seats of a slot that somebody has or holds.
pub fn taken(slot: &SlotSeats, now: DateTime<Utc>) -> usize {
    slot.seats.iter().filter(|seat| seat.is_taken(now)).count()
}

/// Raises or lowers quotas of a date. Who has a seat keeps it, and a quota that was set here is not planned
/// anew.
///
/// # Errors
/// If the table does not answer: some may be changed.
pub async fn set_quotas(
    app: &App,
    office: &Office,
    date: NaiveDate,
    wanted: &[NewQuota],
) -> Outcome<Vec<QuotaChange>, SeatsRefusal> {
    let changes = match plan_quotas(app, office, date, wanted).await? {
        Ok(changes) => changes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for QuotaChange { service, time, to, .. } in &changes {
        if !app.ledger.store().set_quota(office, date, service, *time, *to).await? {
            return Ok(Err(SeatsRefusal::NotFound));
        }
    }
    app.ledger.days().forget(&office.id, date).await;
    Ok(Ok(changes))
}
