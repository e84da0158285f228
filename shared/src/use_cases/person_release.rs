//! A person stands at a desk with their KTP and cannot book, for somebody else has booked for them: a
//! clerk looks them up by their NIK and releases them. Every look is counted and recorded, or a desk
//! would tell of anybody.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::Visit;
use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::booking::{CancelReason, DeskRelease, Refusal, ReleaseReason};
use crate::domain::code::BookingCode;
use crate::domain::office::Office;
use crate::domain::personal::Nik;
use crate::domain::reason::Reason;
use crate::domain::time::{end_of_day, local_date, whole_seconds};
use crate::staff::Staff;
use crate::storage::{Attempt, CONTENTION, HoldLimits, Standing, StoreError, compare_and_set};
use crate::telemetry::Record;
use crate::telemetry::catalogue::PERSON_LOOKUP;

/// A look by a NIK.
#[derive(Debug)]
pub struct Look<'a> {
    pub staff: &'a Staff,
    /// Where the KTP is seen.
    pub office: &'a Office,
    pub nik: &'a Nik,
    /// Why the person is released; absent: they are not.
    pub release: Option<ReleaseReason>,
}

/// What is found, or was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Nothing keeps the person from booking.
    Nothing,
    /// They have a live booking.
    Booked,
    /// Holds or missed visits close online booking to them.
    Closed,
    /// The live booking is cancelled, and they may book.
    Released,
    /// They may book again.
    Reopened,
}

impl Found {
    fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Booked => "booked",
            Self::Closed => "closed",
            Self::Released => "released",
            Self::Reopened => "reopened",
        }
    }
}

/// A person who was looked up.
#[derive(Debug)]
pub struct LookedUp {
    pub found: Found,
    /// The booking that is or was in the way.
    pub visit: Option<Visit>,
}

/// Why a person is not looked up or not released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookRefusal {
    /// The clerk has looked up as many today as one may.
    TooMany,
    /// The booking stays as it is: its person is at the office.
    Refused(Refusal),
}

impl LookRefusal {
    /// Its code.
    pub fn reason(self) -> Reason {
        match self {
            Self::TooMany => Reason::TooManyLookups,
            Self::Refused(refusal) => refusal.reason(),
        }
    }
}

/// Looks a person up, and releases them if that is asked for.
///
/// # Errors
/// If the table does not answer, or the booking is changed again and again.
pub async fn look_up(app: &App, look: &Look<'_>) -> Outcome<LookedUp, LookRefusal> {
    let now = whole_seconds(app.clock.now());
    let rule = look.office.policy.fair_use;
    let today = local_date(now, look.office.timezone);
    let (store, clerk) = (app.ledger.store(), &look.staff.subject);
    if !store.count_lookup(clerk, rule.lookups_per_clerk, today, now).await? {
        record(app, look, "refused", now);
        return Ok(Err(LookRefusal::TooMany));
    }
    let day_ends_at = end_of_day(today, look.office.timezone);
    let limits = HoldLimits { today, day_ends_at, rule };
    let person = app.keyring.person(look.nik);
    let attempt = |()| try_look_up(app, look, &person, &limits, now);
    let looked_up = compare_and_set(CONTENTION, (), attempt).await?;
    let found = looked_up.as_ref().map_or("refused", |looked_up| looked_up.found.as_str());
    record(app, look, found, now);
    Ok(looked_up)
}

async fn try_look_up(
    app: &App,
    look: &Look<'_>,
    person: &str,
    limits: &HoldLimits,
    now: DateTime<Utc>,
) -> Result<Attempt<(), Result<LookedUp, LookRefusal>>, LedgerError> {
    let store = app.ledger.store();
    let alone = |found| Attempt::Done(Ok(LookedUp { found, visit: None }));
    Ok(match (store.standing(person, limits, now).await?, look.release) {
        (Standing::Booked(live), reason) => {
            let Some(visit) = visit(app, live.code, now).await? else {
                return Ok(Attempt::Conflict(()));
            };
            Attempt::Done(match reason {
                None => Ok(LookedUp { found: Found::Booked, visit: Some(visit) }),
                Some(reason) => release(app, look, visit, reason, now).await?,
            })
        }
        (Standing::Closed, None) => alone(Found::Closed),
        (Standing::Closed, Some(_)) => match store.forgive(person, limits.today, now).await? {
            true => alone(Found::Reopened),
            false => Attempt::Conflict(()),
        },
        (Standing::Free(Some(last)), Some(_)) => Attempt::Done(Ok(before(app, last, now).await?)),
        (Standing::Free(_), _) => alone(Found::Nothing),
    })
}

async fn release(
    app: &App,
    look: &Look<'_>,
    visit: Visit,
    reason: ReleaseReason,
    now: DateTime<Utc>,
) -> Outcome<LookedUp, LookRefusal> {
    let by =
        DeskRelease { staff: look.staff.subject.clone(), office: look.office.id.clone(), reason };
    let Visit { office, booking } = visit;
    let released = app.ledger.release_person(&office, booking, &by, now).await?;
    Ok(match released {
        Ok(changed) => {
            let visit = Visit { office, booking: *changed.booking };
            Ok(LookedUp { found: Found::Released, visit: Some(visit) })
        }
        Err(refusal) => Err(LookRefusal::Refused(refusal)),
    })
}

/// A release that is asked for again was made before.
async fn before(app: &App, last: BookingCode, now: DateTime<Utc>) -> Result<LookedUp, StoreError> {
    let is_released = |visit: &Visit| visit.booking.cancel_reason == Some(CancelReason::Desk);
    let visit = visit(app, last, now).await?.filter(is_released);
    let found = if visit.is_some() { Found::Released } else { Found::Nothing };
    Ok(LookedUp { found, visit })
}

async fn visit(
    app: &App,
    code: BookingCode,
    now: DateTime<Utc>,
) -> Result<Option<Visit>, StoreError> {
    let Some(booking) = app.ledger.store().booking(code).await? else { return Ok(None) };
    let office: Arc<Office> = app.ledger.office_of(&booking, now).await?;
    Ok(Some(Visit { office, booking }))
}

/// Who looks, where, and what they find; not for whom.
fn record(app: &App, look: &Look<'_>, found: &str, now: DateTime<Utc>) {
    let record = Record::of(&PERSON_LOOKUP, &[1]).with("found", found);
    let record = record.at(&look.office.id, None).with("staff", look.staff.subject.as_str());
    app.metrics.send(record, now);
}
