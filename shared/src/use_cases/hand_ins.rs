//! Scans that a scanner made without a network, handed in together: each is answered for itself.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::LedgerError;
use super::desk::{self, ScanRefusal, Scanned, Visit, count_refusal, person_of};
use super::scans::Unreadable;
use crate::app::App;
use crate::domain::booking::{Booking, Conflict, OfflineScan, ScanTimeError, scan_time};
use crate::domain::code::BookingCode;
use crate::domain::ids::{OfficeId, ScanKey};
use crate::domain::office::Office;
use crate::domain::reason::Reason;
use crate::ledger::{HandInOutcome, Scanner};
use crate::staff::Staff;
use crate::storage::StoreError;

/// What is handed in together.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// Where the scanner stands; absent: the clerk works where each visit is.
    pub at: Option<&'a OfficeId>,
    /// The gate; absent: the office as a whole.
    pub gate: Option<&'a str>,
    /// The time of this sending by the scanner's clock, which tells how far that is off.
    pub sent_at: DateTime<Utc>,
    pub scans: &'a [StoredScan],
}

/// A scan as the scanner kept it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredScan {
    pub key: ScanKey,
    /// Whose it is.
    pub code: Result<BookingCode, Unreadable>,
    /// When it was made by the scanner's clock.
    pub scanned_at: DateTime<Utc>,
}

/// What became of a scan.
#[derive(Debug)]
pub enum HandInAnswer {
    /// It is the scan that counts.
    Accepted(HandedScan),
    /// The scan that counts was made before it.
    Duplicate(HandedScan),
    /// The booking was changed between the scan and now: nothing was changed, and somebody has to decide.
    Conflict(ConflictFacts),
    /// It lets nobody in.
    Refused(HandInRefusal),
    /// It is not known what became of it, or it was not looked at: it is to be handed in again.
    Unsettled(LedgerError),
}

/// A scan with the visit that it is of.
#[derive(Debug)]
pub struct HandedScan {
    pub scanned: Scanned,
    /// When it was made, by our clock.
    pub at: DateTime<Utc>,
}

/// Both facts of a conflict.
#[derive(Debug)]
pub struct ConflictFacts {
    pub office: Arc<Office>,
    /// The booking as it is.
    pub booking: Booking,
    /// What was done to it, and when.
    pub conflict: Conflict,
    /// When it was scanned, by our clock.
    pub at: DateTime<Utc>,
}

/// Why a scan that is handed in lets nobody in.
#[derive(Debug)]
pub enum HandInRefusal {
    /// It names no booking.
    Unreadable(Unreadable),
    /// Another scan of the batch has the same id.
    Mismatch,
    /// It has no time that it could be judged as of.
    Time(ScanTimeError),
    /// As at a scan.
    Scan(ScanRefusal),
}

/// Hands scans in, in the order in which they were made, so that numbers are given in that order; the answers
/// stand in the order of the batch. If the table does not answer, the rest is left unsettled.
pub async fn hand_in(app: &App, staff: &Staff, batch: &Batch<'_>) -> Vec<HandInAnswer> {
    let now = app.clock.now();
    let mut order: Vec<_> = batch.scans.iter().enumerate().collect();
    order.sort_by_key(|(_, scan)| (scan.scanned_at, &scan.key));
    let firsts = firsts(batch.scans);
    let mut answers = HashMap::new();
    let mut is_down = false;
    for (place, scan) in order {
        let is_other = firsts.get(&scan.key).is_some_and(|first| *first != scan);
        let answer = match (is_down, is_other) {
            (true, _) => HandInAnswer::Unsettled(LedgerError::Contention),
            (false, true) => HandInAnswer::Refused(HandInRefusal::Mismatch),
            (false, false) => settled(app, staff, batch, scan, now).await,
        };
        is_down |= matches!(&answer, HandInAnswer::Unsettled(error) if is_outage(error));
        answers.insert(place, answer);
    }
    (0..batch.scans.len()).filter_map(|place| answers.remove(&place)).collect()
}

/// The first scan of the batch under each key.
fn firsts(scans: &[StoredScan]) -> HashMap<&ScanKey, &StoredScan> {
    let mut firsts = HashMap::new();
    for scan in scans {
        firsts.entry(&scan.key).or_insert(scan);
    }
    firsts
}

/// Whether the next scan would meet the same.
fn is_outage(error: &LedgerError) -> bool {
    use StoreError::{NotApplied, Unknown};
    matches!(error, LedgerError::Store(NotApplied { .. } | Unknown { .. }))
}

async fn settled(
    app: &App,
    staff: &Staff,
    batch: &Batch<'_>,
    scan: &StoredScan,
    now: DateTime<Utc>,
) -> HandInAnswer {
    let code = match scan.code {
        Ok(code) => code,
        Err(why) => return HandInAnswer::Refused(HandInRefusal::Unreadable(why)),
    };
    let visit = match desk::visit_at(app, staff, batch.at, code).await {
        Ok(Ok(visit)) => visit,
        Ok(Err(why)) => {
            return HandInAnswer::Refused(HandInRefusal::Scan(ScanRefusal::Visit(why)));
        }
        Err(error) => return HandInAnswer::Unsettled(error),
    };
    let at = match scan_time(scan.scanned_at, batch.sent_at, now, visit.office.timezone) {
        Ok(at) => at,
        Err(why) => {
            count_refusal(app, Some(&visit.office.id), why.reason());
            return HandInAnswer::Refused(HandInRefusal::Time(why));
        }
    };
    let gate = batch.gate.unwrap_or(&visit.office.name).to_owned();
    let scan = OfflineScan { key: scan.key.clone(), at, gate };
    merged(app, staff, visit, &scan, now).await.unwrap_or_else(HandInAnswer::Unsettled)
}

async fn merged(
    app: &App,
    staff: &Staff,
    Visit { office, booking }: Visit,
    scan: &OfflineScan,
    now: DateTime<Utc>,
) -> Result<HandInAnswer, LedgerError> {
    let applicant = person_of(app, &booking).await?;
    let likeness = desk::likeness(app, applicant.as_ref());
    let priority = desk::seen_priority(&booking, applicant.as_ref());
    let (gate, key) = (scan.gate.as_str(), Some(&scan.key));
    let scanner = Scanner { gate, likeness: likeness.as_deref(), priority, key };
    let ledger = app.ledger.by_staff(&staff.subject);
    let outcome = ledger.hand_in(&office, booking.code, scan, &scanner, now).await?;
    let refused = |reason: Reason| count_refusal(app, Some(&office.id), reason);
    Ok(match outcome {
        HandInOutcome::Accepted(checked_in) => {
            let scanned = Scanned { office, checked_in, applicant };
            HandInAnswer::Accepted(HandedScan { scanned, at: scan.at })
        }
        HandInOutcome::Duplicate(checked_in) => {
            let scanned = Scanned { office, checked_in, applicant };
            HandInAnswer::Duplicate(HandedScan { scanned, at: scan.at })
        }
        HandInOutcome::Conflict(booking, conflict) => {
            refused(conflict.change.reason());
            let (booking, at) = (*booking, scan.at);
            HandInAnswer::Conflict(ConflictFacts { office, booking, conflict, at })
        }
        HandInOutcome::Refused(why) => {
            refused(why.refusal.reason());
            HandInAnswer::Refused(HandInRefusal::Scan(ScanRefusal::CheckIn(office, Box::new(why))))
        }
    })
}
