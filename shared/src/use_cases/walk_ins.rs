//! People without a booking, or without a phone: a clerk who sees the KTP books for them. For today they
//! are in at once, with a number; for another day they take a slip home.
//!
//! Each step can be done again: the same request goes on where an earlier try was cut off.

use chrono::{DateTime, NaiveDate, Utc};

use super::bookings::{self, HoldWish};
use super::desk::{self, ScanRefusal, Scanned};
use super::people::{self, AddRefusal};
use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::account::{Applicant, PersonDetails};
use crate::domain::booking::{Booking, Refusal, Status};
use crate::domain::ids::{AccountId, ServiceId};
use crate::domain::language::Locale;
use crate::domain::office::{Channel, Office, Service};
use crate::domain::time::{SlotTime, local_date};
use crate::ledger::{DayAvailability, HoldRefusal, Ledger, SlotChoice};
use crate::messaging::ticket_page;
use crate::security::tokens;
use crate::staff::Staff;
use crate::storage::StoreError;

/// Somebody at the desk who wants a visit.
#[derive(Debug)]
pub struct WalkIn<'a> {
    pub office: &'a Office,
    pub service: &'a ServiceId,
    pub person: &'a PersonDetails,
    /// An hour of another day; absent: now.
    pub visit: Option<(NaiveDate, SlotTime)>,
    /// Where the desk stands; absent: at the office as a whole.
    pub gate: Option<&'a str>,
    /// What the request is known by, if it can come again.
    pub request: Option<&'a str>,
    /// Hash of its body.
    pub request_hash: &'a str,
}

/// Somebody who was booked for.
#[derive(Debug)]
pub struct WalkedIn {
    pub booking: Booking,
    pub applicant: Applicant,
    /// Their number; absent: they come another day.
    pub scanned: Option<Scanned>,
    /// The address of the booking's page, for the slip.
    pub page: String,
}

/// Why nobody was booked for.
#[derive(Debug)]
pub enum WalkInRefusal {
    Person(AddRefusal),
    Hold(HoldRefusal),
    /// The booking has changed meanwhile.
    Booking(Refusal),
    Scan(ScanRefusal),
}

/// Seats that one request holds, one after the other: a hold that ran out before it was confirmed is not
/// taken for the answer.
const MAX_HOLDS: u32 = 3;

/// Books for somebody at the desk, and lets them in if it is for now.
pub async fn walk_in(
    app: &App,
    staff: &Staff,
    wish: &WalkIn<'_>,
) -> Outcome<WalkedIn, WalkInRefusal> {
    let (ledger, now) = (app.ledger.by_staff(&staff.subject), app.clock.now());
    let account = account_of(app, wish)?;
    ledger.store().make_desk_account(&account, Locale::Id, now).await?;
    let applicant = match people::add(app, &account, wish.person, None).await? {
        Ok(applicant) => applicant,
        Err(refusal) => return Ok(Err(WalkInRefusal::Person(refusal))),
    };
    let booking = match hold(&ledger, wish, &account, &applicant, now).await? {
        Ok(booking) => booking,
        Err(refusal) => {
            ledger.store().drop_desk_account(&account, &applicant.id, &hold_key(0)).await?;
            return Ok(Err(WalkInRefusal::Hold(refusal)));
        }
    };
    let booking = match booking.status {
        Status::Held => match ledger.confirm(booking, now).await? {
            Ok(changed) => *changed.booking,
            Err(refusal) => return Ok(Err(WalkInRefusal::Booking(refusal))),
        },
        _ => booking,
    };
    let page = ticket_page::address(&app.keyring, &app.public_url, booking.code);
    if wish.visit.is_some() {
        return Ok(Ok(WalkedIn { booking, applicant, scanned: None, page }));
    }
    Ok(
        match desk::scan(app, staff, Some(&wish.office.id), booking.code, (wish.gate, None)).await?
        {
            Ok(scanned) => {
                let booking = scanned.checked_in.booking.clone();
                Ok(WalkedIn { booking, applicant, scanned: Some(scanned), page })
            }
            Err(refusal) => Err(WalkInRefusal::Scan(refusal)),
        },
    )
}

/// An account of its own for everybody at the desk: the same one for the same request about the same person
/// and service, and never one for two.
fn account_of(app: &App, wish: &WalkIn<'_>) -> Result<AccountId, StoreError> {
    let Some(request) = wish.request else { return Ok(tokens::account_id()) };
    let hash = app.keyring.token_hash(&format!("{request}\n{}", wish.request_hash));
    let digits = hash.rsplit_once('.').map_or(&*hash, |(_, digits)| digits);
    let id = format!("d-{}", digits.get(..32).unwrap_or(digits));
    id.parse().map_err(|_| StoreError::corrupt("hash of a request"))
}

/// The key under which an account of the desk holds a seat.
fn hold_key(nth: u32) -> String {
    format!("walk-in-{nth}")
}

/// The seat that an earlier try holds, or another one.
async fn hold(
    ledger: &Ledger,
    wish: &WalkIn<'_>,
    account: &AccountId,
    applicant: &Applicant,
    now: DateTime<Utc>,
) -> Outcome<Booking, HoldRefusal> {
    let today = local_date(now, wish.office.timezone);
    let choice = match wish.visit {
        Some((date, time)) => SlotChoice::Slot(date, time),
        None => SlotChoice::Date(today),
    };
    for nth in 0..MAX_HOLDS {
        let key = hold_key(nth);
        let wish = HoldWish {
            office: wish.office,
            service: wish.service,
            choice,
            account,
            people: std::slice::from_ref(applicant),
            channel: Channel::WalkIn,
            locale: Locale::Id,
            idempotency_key: Some(&key),
            request_hash: wish.request_hash,
        };
        match bookings::hold(ledger, &wish, now).await? {
            Ok(held) if held.booking.status_at(now) == Status::Expired => {}
            held => return Ok(held.map(|held| *held.booking)),
        }
    }
    Err(LedgerError::Contention)
}

/// What the desk can give today, service by service.
pub async fn free_today<'o>(
    app: &App,
    office: &'o Office,
) -> Result<Vec<(&'o Service, DayAvailability)>, LedgerError> {
    let now = app.clock.now();
    app.ledger.desk_availability(office, local_date(now, office.timezone), now).await
}
