//! Everything that is known of an account, and nothing any more.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::try_join_all;

use super::{LedgerError, Outcome};
use crate::app::App;
use crate::clock::Clock;
use crate::domain::account::{Account, Applicant};
use crate::domain::booking::{Booking, CancelReason, Status};
use crate::domain::code::BookingCode;
use crate::domain::ids::AccountId;
use crate::ledger::Ledger;
use crate::storage::{Attempt, BookingKept, CONTENTION, Session, StoreError, compare_and_set};

/// An account, its people and its bookings.
#[derive(Debug)]
pub struct KnownOfAccount {
    pub account: Account,
    /// Its people.
    pub applicants: Vec<Applicant>,
    /// Whether reminders are sent to it.
    pub reminders: bool,
    /// Its bookings with their histories.
    pub bookings: Vec<BookingKept>,
}

/// An account, its people, and whether reminders are sent to it.
#[derive(Debug)]
pub struct Profile {
    pub account: Account,
    pub applicants: Vec<Applicant>,
    pub reminders: bool,
}

/// An account and its people. Absent: it was erased.
pub async fn profile(app: &App, id: &AccountId) -> Result<Option<Profile>, StoreError> {
    let store = app.ledger.store();
    let (account, applicants, reminders) =
        tokio::try_join!(store.account(id), store.applicants(id), reminders(app, id))?;
    Ok(account.map(|account| Profile { account, applicants, reminders }))
}

/// Whether an account's person wants reminders. The chat asks and answers the same with `STOP`.
pub async fn reminders(app: &App, id: &AccountId) -> Result<bool, StoreError> {
    Ok(!app.ledger.store().service_window(id).await?.reminders_off)
}

/// Writes down whether an account's person wants reminders; `false`: it was erased.
pub async fn set_reminders(app: &App, id: &AccountId, wanted: bool) -> Result<bool, StoreError> {
    app.ledger.store().set_reminders(id, wanted).await
}

/// Who has signed in within this time is shown everything in the clear: a phone that is lent, or a
/// session that was left open, does not show it.
const FRESH_MINUTES: i64 = 15;

/// The number was proved too long ago: sign in once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreshProofNeeded;

/// Everything that is stored of a session's account, in the clear. Absent: it was erased.
pub async fn export(
    app: &App,
    session: &Session,
) -> Outcome<Option<KnownOfAccount>, FreshProofNeeded> {
    if app.clock.now() - session.opened_at > TimeDelta::minutes(FRESH_MINUTES) {
        return Ok(Err(FreshProofNeeded));
    }
    let id = &session.account;
    let (profile, bookings) = tokio::try_join!(profile(app, id), bookings(app, id))?;
    let known = |Profile { account, applicants, reminders }| KnownOfAccount {
        account,
        applicants,
        reminders,
        bookings,
    };
    Ok(Ok(profile.map(known)))
}

/// An account holds few bookings; one with more is exported up to here.
const MAX_BOOKINGS: usize = 1_000;
/// Bookings read at the same time.
const AT_ONCE: usize = 16;

async fn bookings(app: &App, id: &AccountId) -> Result<Vec<BookingKept>, StoreError> {
    let store = app.ledger.store();
    let (codes, _) = store.booking_codes(id, None, MAX_BOOKINGS).await?;
    let mut all = Vec::with_capacity(codes.len());
    for some in codes.chunks(AT_ONCE) {
        let found = try_join_all(some.iter().map(|code| store.booking_with_history(*code))).await?;
        all.extend(found.into_iter().flatten());
    }
    Ok(all)
}

/// The person is at the office: the account is erased after the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitInProgress;

/// Bookings forgotten in one go.
const PAGE: usize = 100;

/// Erases an account: live bookings are cancelled and their seats given back, personal data is
/// removed. Begun again, it goes on where it stopped: contacts and profile go first, so that nobody
/// books for the account any more, sessions last. What is recorded before keeps a restored table from
/// bringing it back.
pub async fn erase(app: &App, id: &AccountId) -> Outcome<(), VisitInProgress> {
    let now = app.clock.now();
    if bookings(app, id).await?.iter().any(|kept| is_visiting(&kept.booking, now)) {
        return Ok(Err(VisitInProgress));
    }
    app.ledger.store().record_erasure(id, now).await?;
    remove(&app.ledger, &app.clock, id, is_visiting).await
}

/// Whether an erasure waits for a booking.
type Waits = fn(&Booking, DateTime<Utc>) -> bool;

/// Removes an account, unless it has a booking for which an erasure `waits`.
pub(super) async fn remove(
    ledger: &Ledger,
    clock: &Clock,
    id: &AccountId,
    waits: Waits,
) -> Outcome<(), VisitInProgress> {
    let store = ledger.store();
    store.close_account(id, clock.now()).await?;
    loop {
        let (codes, _) = store.booking_codes(id, None, PAGE).await?;
        if codes.is_empty() {
            break;
        }
        for code in codes {
            if let Err(refusal) = forget_booking(ledger, clock, code, waits).await? {
                return Ok(Err(refusal));
            }
        }
    }
    store.erase_account(id, clock.now()).await?;
    Ok(Ok(()))
}

fn is_visiting(booking: &Booking, now: DateTime<Utc>) -> bool {
    booking.status == Status::CheckedIn && now < booking.times.day_ends_at
}

/// Cancels a booking that is on, then takes the person out of it.
async fn forget_booking(
    ledger: &Ledger,
    clock: &Clock,
    code: BookingCode,
    waits: Waits,
) -> Outcome<(), VisitInProgress> {
    compare_and_set(CONTENTION, (), |()| try_forget(ledger, clock.now(), code, waits)).await
}

async fn try_forget(
    ledger: &Ledger,
    now: DateTime<Utc>,
    code: BookingCode,
    waits: Waits,
) -> Result<Attempt<(), Result<(), VisitInProgress>>, LedgerError> {
    let store = ledger.store();
    let Some(booking) = store.booking(code).await? else { return Ok(Attempt::Done(Ok(()))) };
    match booking.status_at(now) {
        _ if waits(&booking, now) => return Ok(Attempt::Done(Err(VisitInProgress))),
        Status::Held | Status::Confirmed | Status::AwaitingDocuments => {
            let office = ledger.office_of(&booking, now).await?;
            // Whatever it answers, the next look tells where the booking stands.
            drop(ledger.cancel(&office, booking, CancelReason::Erasure, now).await?);
        }
        _ if store.forget_booking(&booking).await? => return Ok(Attempt::Done(Ok(()))),
        _ => {}
    }
    Ok(Attempt::Conflict(()))
}
