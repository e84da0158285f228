//! A booking of an office, looked up by its code, moved, corrected or cancelled by a clerk. Whoever has the KTP in hand and
//! no code is looked up by NIK ([`super::person_release`]).

use std::sync::Arc;

use chrono::NaiveDate;

use super::Outcome;
use super::corrections::{self, Changes, CorrectRefusal};
use super::desk::{CorrectionRefusal, Visit, VisitRefusal, person_of, visit};
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::booking::{Booking, Clerk, DeskReason, Event};
use crate::domain::code::BookingCode;
use crate::domain::ids::OfficeId;
use crate::domain::office::Office;
use crate::domain::requirements::{Requirements, checklist};
use crate::domain::time::SlotTime;
use crate::ledger::MoveRefusal;
use crate::staff::Staff;

/// A booking as a clerk of its office sees it.
#[derive(Debug)]
pub struct DeskBooking {
    pub visit: Visit,
    /// Who comes; absent: removed or erased.
    pub applicant: Option<Applicant>,
    /// What became of it, the oldest first.
    pub events: Vec<Event>,
}

impl DeskBooking {
    /// The person's checklist; absent: removed or erased.
    pub fn list(&self) -> Option<Requirements> {
        let Visit { office, booking } = &self.visit;
        self.applicant.as_ref().map(|applicant| checklist(office, booking, applicant))
    }
}

/// Looks a booking of this office up.
pub async fn look(
    app: &App,
    staff: &Staff,
    office: &OfficeId,
    code: BookingCode,
) -> Outcome<DeskBooking, VisitRefusal> {
    let visit = match visit_at(app, staff, office, code).await? {
        Ok(visit) => visit,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let history = app.ledger.store().booking_with_history(code);
    let (applicant, kept) = tokio::try_join!(person_of(app, &visit.booking), history)?;
    let events = kept.map(|kept| kept.events).unwrap_or_default();
    Ok(Ok(DeskBooking { visit, applicant, events }))
}

/// Cancels a booking of this office; whoever made it is told.
pub async fn cancel(
    app: &App,
    staff: &Staff,
    office: &OfficeId,
    code: BookingCode,
    reason: DeskReason,
) -> Outcome<Booking, CorrectionRefusal> {
    let Visit { office, booking } = match visit_at(app, staff, office, code).await? {
        Ok(visit) => visit,
        Err(refusal) => return Ok(Err(CorrectionRefusal::Visit(refusal))),
    };
    let clerk = Clerk { staff: staff.subject.clone(), reason: Some(reason) };
    let cancelled = app.ledger.cancel_at_desk(&office, booking, &clerk, app.clock.now()).await?;
    Ok(cancelled.map(|changed| *changed.booking).map_err(CorrectionRefusal::Refused))
}

/// Why staff do not move a booking.
#[derive(Debug)]
pub enum DeskMoveRefusal {
    /// It is not this office's.
    Visit(VisitRefusal),
    /// It keeps its seat.
    Stays(Arc<Office>, MoveRefusal),
}

/// Moves a booking of this office to another slot of it, also on its day and, within the office's rule, after
/// a missed visit; whoever made it is told.
pub async fn reschedule(
    app: &App,
    staff: &Staff,
    id: &OfficeId,
    code: BookingCode,
    (to, reason): ((NaiveDate, SlotTime), DeskReason),
) -> Outcome<Booking, DeskMoveRefusal> {
    let Visit { office, booking } = match visit_at(app, staff, id, code).await? {
        Ok(visit) => visit,
        Err(refusal) => return Ok(Err(DeskMoveRefusal::Visit(refusal))),
    };
    let clerk = Clerk { staff: staff.subject.clone(), reason: Some(reason) };
    let ledger = app.ledger.by_staff(&staff.subject);
    let moving = ledger.reschedule_at_desk(&office, booking, to, &clerk, app.clock.now());
    // Kept apart: this future within those of its callers is too deep for the compiler.
    let moved = Box::pin(moving).await?;
    Ok(match moved {
        Ok(changed) => Ok(*changed.booking),
        Err(refusal) => Err(DeskMoveRefusal::Stays(office, refusal)),
    })
}

/// Why staff do not correct who a booking is for.
#[derive(Debug)]
pub enum DeskCorrectRefusal {
    /// It is not this office's.
    Visit(VisitRefusal),
    /// It is over.
    Over,
    /// The person stays as they are.
    Person(CorrectRefusal),
}

/// Corrects who a booking of this office is for, as the KTP says.
pub async fn correct(
    app: &App,
    staff: &Staff,
    id: &OfficeId,
    code: BookingCode,
    changes: &Changes,
) -> Outcome<Booking, DeskCorrectRefusal> {
    let booking = match visit_at(app, staff, id, code).await? {
        Ok(visit) => visit.booking,
        Err(refusal) => return Ok(Err(DeskCorrectRefusal::Visit(refusal))),
    };
    if !booking.status_at(app.clock.now()).is_live() {
        return Ok(Err(DeskCorrectRefusal::Over));
    }
    let ledger = app.ledger.by_staff(&staff.subject);
    let whose = (&booking.account, &booking.applicant);
    let corrected = corrections::correct_in(app, &ledger, whose, changes).await?;
    Ok(corrected.map(|_| booking).map_err(DeskCorrectRefusal::Person))
}

/// The visit, if it is one of the office that the clerk names.
async fn visit_at(
    app: &App,
    staff: &Staff,
    office: &OfficeId,
    code: BookingCode,
) -> Outcome<Visit, VisitRefusal> {
    let found = visit(app, staff, code).await?;
    Ok(match found {
        Ok(visit) if visit.office.id != *office => Err(VisitRefusal::Elsewhere(visit.office)),
        found => found,
    })
}
