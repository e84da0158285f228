//! The desk: who comes in, whose documents are looked at, who is called.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{LedgerError, Outcome};
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::booking::{Booking, Refusal};
use crate::domain::calendar::{PlannedDay, plan_day};
use crate::domain::code::BookingCode;
use crate::domain::document::Document;
use crate::domain::field::FieldError;
use crate::domain::ids::{OfficeId, ScanKey};
use crate::domain::office::{Channel, Office};
use crate::domain::queue::{PersonRef, QueueDay, QueueEntry};
use crate::domain::reason::Reason;
use crate::domain::requirements::{Requirements, checklist};
use crate::domain::time::{local_date, whole_seconds};
use crate::ledger::{Changed, CheckInRefusal, CheckedIn, Decision, Scanner};
use crate::staff::{Scope, Staff};
use crate::storage::StoreError;
use crate::telemetry::Record;
use crate::telemetry::catalogue::CHECK_IN_REFUSAL;

/// A visit to an office at which a member of staff works.
#[derive(Debug, Clone)]
pub struct Visit {
    pub office: Arc<Office>,
    pub booking: Booking,
}

/// Why a visit is not this desk's.
#[derive(Debug, Clone)]
pub enum VisitRefusal {
    /// There is no such booking.
    Unknown,
    /// It is another office's.
    Elsewhere(Arc<Office>),
}

impl VisitRefusal {
    /// Its code.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Unknown => Reason::NotFound,
            Self::Elsewhere(_) => Reason::WrongOffice,
        }
    }
}

/// The visit of a booking, if this member of staff works at its office.
pub async fn visit(app: &App, staff: &Staff, code: BookingCode) -> Outcome<Visit, VisitRefusal> {
    let booking = app.ledger.store().booking(code).await?;
    let Some(booking) = booking else { return Ok(Err(VisitRefusal::Unknown)) };
    let office = app.ledger.offices().get(&booking.seat.office, app.clock.now()).await?;
    Ok(match office {
        None => Err(VisitRefusal::Unknown),
        Some(office) if !staff.may(Scope::Desk, &office.id) => Err(VisitRefusal::Elsewhere(office)),
        Some(office) => Ok(Visit { office, booking }),
    })
}

/// Who a booking is for. Absent: the account was erased.
pub async fn person_of(app: &App, booking: &Booking) -> Result<Option<Applicant>, StoreError> {
    app.ledger.store().applicant(&booking.account, &booking.applicant).await
}

/// A scan as the desk sees it.
#[derive(Debug)]
pub struct Scanned {
    pub office: Arc<Office>,
    /// The person who is in.
    pub checked_in: CheckedIn,
    /// Who that is; absent: the account was erased.
    pub applicant: Option<Applicant>,
}

/// Why a scan lets nobody in.
#[derive(Debug)]
pub enum ScanRefusal {
    /// It is not this desk's.
    Visit(VisitRefusal),
    /// Not now.
    CheckIn(Arc<Office>, Box<CheckInRefusal>),
}

/// Checks a person in at a gate; absent: at the office as a whole. A scanner that stands `at` an office lets
/// nobody in elsewhere; absent: the clerk works where the visit is.
pub async fn scan(
    app: &App,
    staff: &Staff,
    at: Option<&OfficeId>,
    code: BookingCode,
    (gate, key): (Option<&str>, Option<&ScanKey>),
) -> Outcome<Scanned, ScanRefusal> {
    let now = app.clock.now();
    let Visit { office, booking } = match visit_at(app, staff, at, code).await? {
        Ok(visit) => visit,
        Err(refusal) => return Ok(Err(ScanRefusal::Visit(refusal))),
    };
    let gate = gate.unwrap_or(&office.name);
    // Before: once the person is in, nothing may fail any more, or the next scan is a duplicate.
    let (applicant, number) =
        tokio::try_join!(person_of(app, &booking), app.ledger.number_for(&office, &booking, now))?;
    let likeness = likeness(app, applicant.as_ref());
    let priority = seen_priority(&booking, applicant.as_ref());
    let scanner = Scanner { gate, likeness: likeness.as_deref(), priority, key };
    let ledger = app.ledger.by_staff(&staff.subject);
    match ledger.check_in(&office, booking, number, &scanner, now).await? {
        Ok(checked_in) => Ok(Ok(Scanned { office, checked_in, applicant })),
        Err(why) => {
            count_refusal(app, Some(&office.id), why.refusal.reason());
            Ok(Err(ScanRefusal::CheckIn(office, Box::new(why))))
        }
    }
}

/// The visit of a ticket that is scanned `at` an office, or wherever the clerk works. A refusal is counted.
pub(super) async fn visit_at(
    app: &App,
    staff: &Staff,
    at: Option<&OfficeId>,
    code: BookingCode,
) -> Outcome<Visit, VisitRefusal> {
    let found = match (visit(app, staff, code).await?, at) {
        (Ok(visit), Some(at)) if visit.office.id != *at => {
            Err(VisitRefusal::Elsewhere(visit.office))
        }
        (found, _) => found,
    };
    Ok(found.inspect_err(|refusal| {
        let office = match refusal {
            VisitRefusal::Unknown => None,
            VisitRefusal::Elsewhere(office) => Some(&office.id),
        };
        count_refusal(app, office, refusal.reason());
    }))
}

/// What tells two bookings of one person, for the line.
pub(super) fn likeness(app: &App, of: Option<&Applicant>) -> Option<String> {
    of.map(|of| app.keyring.likeness(&of.details.name, of.details.birth_date))
}

/// Whether a clerk has seen that the person goes before others: who has booked for them at the desk has.
pub(super) fn seen_priority(booking: &Booking, of: Option<&Applicant>) -> Option<bool> {
    let is_walk_in = booking.channel == Channel::WalkIn;
    of.map(|of| of.details.category.has_priority()).filter(|_| is_walk_in)
}

/// Counts a scan that lets nobody in: where, if that is known.
pub fn count_refusal(app: &App, office: Option<&OfficeId>, reason: Reason) {
    let record = Record::of(&CHECK_IN_REFUSAL, &[1]).by(reason.as_str());
    let placed = match office {
        Some(office) => record.at(office, None),
        None => record,
    };
    app.metrics.send(placed, app.clock.now());
}

/// Takes a missed visit of the office back: it does not count.
pub async fn excuse(
    app: &App,
    staff: &Staff,
    code: BookingCode,
) -> Outcome<Booking, CorrectionRefusal> {
    let ledger = app.ledger.by_staff(&staff.subject);
    correct(app, staff, code, |booking, now| ledger.excuse(booking, now)).await
}

/// Undoes a scan, until the number is called: it was somebody else's ticket.
pub async fn undo_check_in(
    app: &App,
    staff: &Staff,
    code: BookingCode,
) -> Outcome<Booking, CorrectionRefusal> {
    let ledger = app.ledger.by_staff(&staff.subject);
    correct(app, staff, code, |booking, now| ledger.undo_check_in(booking, now)).await
}

/// Lets a person who is in go before others, or not.
pub async fn set_priority(
    app: &App,
    staff: &Staff,
    code: BookingCode,
    priority: bool,
) -> Outcome<Booking, CorrectionRefusal> {
    let ledger = app.ledger.by_staff(&staff.subject);
    correct(app, staff, code, |booking, now| ledger.set_priority(booking, priority, now)).await
}

/// Why staff do not correct a visit.
#[derive(Debug)]
pub enum CorrectionRefusal {
    /// It is not this desk's.
    Visit(VisitRefusal),
    /// It stays as it is.
    Refused(Refusal),
}

async fn correct<F>(
    app: &App,
    staff: &Staff,
    code: BookingCode,
    change: impl FnOnce(Booking, DateTime<Utc>) -> F,
) -> Outcome<Booking, CorrectionRefusal>
where
    F: Future<Output = Outcome<Changed, Refusal>>,
{
    let booking = match visit(app, staff, code).await? {
        Ok(visit) => visit.booking,
        Err(refusal) => return Ok(Err(CorrectionRefusal::Visit(refusal))),
    };
    let changed = change(booking, app.clock.now()).await?;
    Ok(changed.map(|changed| *changed.booking).map_err(CorrectionRefusal::Refused))
}

/// What a clerk says of a person's documents.
#[derive(Debug, Clone)]
pub enum Finding<'a> {
    /// All are there.
    Complete,
    /// Some are missing: ids of the person's checklist, and until when they may be brought.
    Incomplete(&'a [String], Option<DateTime<Utc>>),
}

/// A visit whose documents were looked at.
#[derive(Debug)]
pub struct Checked {
    pub office: Arc<Office>,
    /// The booking with what was found.
    pub booking: Booking,
    /// The person's checklist.
    pub list: Requirements,
}

/// Why a finding is not written down.
#[derive(Debug)]
pub enum FindingRefusal {
    /// It is not this desk's visit.
    Visit(VisitRefusal),
    /// It makes no sense for this person's checklist or this office's days.
    Field(FieldError),
    /// The visit stays as it is.
    Refused(Refusal),
}

/// Writes down whether a person's documents are complete.
pub async fn check_documents(
    app: &App,
    staff: &Staff,
    code: BookingCode,
    finding: &Finding<'_>,
) -> Outcome<Checked, FindingRefusal> {
    let now = app.clock.now();
    let Visit { office, booking } = match visit(app, staff, code).await? {
        Ok(visit) => visit,
        Err(refusal) => return Ok(Err(FindingRefusal::Visit(refusal))),
    };
    // Whoever is erased has no visit any more.
    let Some(applicant) = person_of(app, &booking).await? else {
        return Ok(Err(FindingRefusal::Refused(Refusal::Ended)));
    };
    let list = checklist(&office, &booking, &applicant);
    let decision = match decision(&office, &list.documents, finding, now) {
        Ok(decision) => decision,
        Err(field) => return Ok(Err(FindingRefusal::Field(field))),
    };
    let ledger = app.ledger.by_staff(&staff.subject);
    let changed = ledger.check_documents(&office, booking, &decision, now).await?;
    Ok(match changed {
        Ok(changed) => Ok(Checked { office, booking: *changed.booking, list }),
        Err(refusal) => Err(FindingRefusal::Refused(refusal)),
    })
}

fn decision(
    office: &Office,
    list: &[Document],
    finding: &Finding<'_>,
    now: DateTime<Utc>,
) -> Result<Decision, FieldError> {
    match finding {
        Finding::Complete => Ok(Decision::Complete),
        Finding::Incomplete(missing, wish) => Ok(Decision::Incomplete {
            missing: known(list, missing)?,
            deadline: deadline(office, *wish, now)?,
        }),
    }
}

/// The ids in the order of the checklist, each once.
fn known(list: &[Document], missing: &[String]) -> Result<Vec<String>, FieldError> {
    let is_known = |id: &String| list.iter().any(|document| document.id == *id);
    if missing.is_empty() || !missing.iter().all(is_known) {
        let ids: Vec<_> = list.iter().map(|document| document.id.as_str()).collect();
        let ids = ids.join(", ");
        return Err(FieldError::new(
            "missing",
            &format!("Sebutkan dokumen yang kurang dari daftar pemohon ini: {ids}."),
            &format!("Name what is missing of this person's checklist: {ids}."),
        ));
    }
    let ids = list.iter().map(|document| document.id.clone());
    Ok(ids.filter(|id| missing.contains(id)).collect())
}

/// The applicant comes again for a document within this time, or books anew.
const MAX_DEADLINE: TimeDelta = TimeDelta::days(14);

/// Somebody has to be there who takes the documents.
fn deadline(
    office: &Office,
    wish: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, FieldError> {
    let is_near = |deadline: &DateTime<Utc>| *deadline > now && *deadline - now <= MAX_DEADLINE;
    let is_open = |deadline: &DateTime<Utc>| {
        let date = local_date(*deadline, office.timezone);
        matches!(plan_day(office, date), PlannedDay::Open(_))
    };
    wish.map(whole_seconds).filter(is_near).filter(is_open).ok_or_else(|| {
        FieldError::new(
            "deadline",
            "Batas waktu harus sesudah saat ini, paling lama 14 hari lagi, pada hari kantor buka.",
            "The deadline must be in the future, at most 14 days from now, on a day that is open.",
        )
    })
}

/// An office that there is, and its queue of today. Absent: there is no such office.
pub async fn queue_of_today(
    app: &App,
    id: &OfficeId,
) -> Result<Option<(Arc<Office>, QueueDay)>, LedgerError> {
    let now = app.clock.now();
    let office = app.ledger.offices().get(id, now).await?;
    Ok(office.map(|office| {
        let date = local_date(now, office.timezone);
        (office, QueueDay { office: id.clone(), date })
    }))
}

/// Who has a place in the queue, for the clerk to compare with the KTP. Absent: the account was erased,
/// or it could not be read at this moment. An error here would hide what has been done.
pub async fn person_at(app: &App, entry: &QueueEntry) -> Option<Applicant> {
    let Some(PersonRef { account, applicant }) = &entry.person else {
        return person_behind(app, entry.code).await;
    };
    named(app.ledger.store().applicant(account, applicant).await)
}

/// The same of a booking.
pub async fn person_behind(app: &App, code: BookingCode) -> Option<Applicant> {
    let read = async {
        match app.ledger.store().booking(code).await? {
            Some(booking) => person_of(app, &booking).await,
            None => Ok(None),
        }
    };
    named(read.await)
}

fn named(read: Result<Option<Applicant>, StoreError>) -> Option<Applicant> {
    read.inspect_err(|error| tracing::warn!(%error, "applicant not read")).ok().flatten()
}
