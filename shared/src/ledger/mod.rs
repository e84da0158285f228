//! The seat ledger: what every channel does with seats, over the table's conditional writes.
//!
//! Outcomes are values; only faults are errors: the table that does not answer, and contention. Nothing here decides about a seat on its own: the
//! conditions in [`crate::storage`] do.

mod alternative;
mod audit;
mod availability;
mod cache;
mod calling;
mod change;
mod check_in;
mod claim;
mod clearing;
mod closing;
mod commit;
mod corrections;
mod counters;
mod documents;
mod group;
mod hall;
mod hand_in;
mod hold;
mod housekeeping;
mod lapsed;
mod making;
mod moving;
mod office_cache;
mod person_claims;
mod record;
mod search;
mod stepping;
mod survey;
mod turn;
mod views;
mod visits;
mod wish;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::RngExt;

use crate::domain::booking::{Booking, Status};
use crate::domain::calendar::{PlannedDay, plan_day};
use crate::domain::ids::OfficeId;
use crate::domain::message::{About, Message, MessageKind};
use crate::domain::office::{Channel, Office};
use crate::queues::MessageQueue;
use crate::storage::{Contention, Store, StoreError};
use crate::telemetry::{Metrics, correlation};

pub use alternative::Alternative;
pub use availability::{DayAvailability, DayStatus, SlotAvailability};
pub use cache::DayCache;
use cache::{OfferCache, ViewCache};
pub use calling::{CallRefusal, CallTarget, Caller, StepRefusal, WithNumber};
pub use change::Changed;
pub use check_in::{CheckInRefusal, CheckedIn, Scanner};
pub use clearing::REQUEST_LIFE_SECS;
pub use closing::Reseated;
pub use corrections::CorrectionRefused;
pub use counters::{BringBackRefusal, SetCounterRefusal};
pub use documents::Decision;
pub use hall::{Hall, HallCache, HallLine};
pub use hand_in::HandInOutcome;
pub use housekeeping::Housekeeping;
pub use making::SETTLED;
pub use moving::MoveRefusal;
pub use office_cache::{Directory, NextHours, OfficeCache};
pub use person_claims::{ClaimOver, ClaimRefusal, ClaimRequest};
pub use turn::{NEAR, TurnAsked};
pub use wish::{Held, HoldRefusal, HoldRequest, NotOffered, SlotChoice, Visitor};

#[derive(Debug, Clone)]
pub struct Ledger {
    store: Store,
    days: Arc<DayCache>,
    offices: Arc<OfficeCache>,
    offers: Arc<OfferCache>,
    views: Arc<ViewCache>,
    halls: Arc<HallCache>,
    queue: MessageQueue,
    metrics: Metrics,
    cause: Option<Arc<str>>,
    staff: Option<Arc<str>>,
}

/// Why the ledger gives no outcome.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A fault of the table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// So many people meet on the same seats that no try came through; nothing was changed.
    #[error("too many people want the same seats at this moment")]
    Contention,
}

impl From<Contention> for LedgerError {
    fn from(_: Contention) -> Self {
        Self::Contention
    }
}

/// How an operation ended: a refusal is an answer, a fault is none.
pub type Outcome<T, R> = Result<Result<T, R>, LedgerError>;

impl Ledger {
    /// A ledger over the table; messages that changes commit are enqueued.
    pub fn new(store: Store, queue: MessageQueue, metrics: Metrics) -> Self {
        let days = Arc::new(DayCache::new(store.clone()));
        let offices = Arc::new(OfficeCache::new(store.clone()));
        let (offers, views) = (Arc::new(OfferCache::new()), Arc::new(ViewCache::new()));
        let halls = Arc::new(HallCache::new(store.clone()));
        Self {
            store,
            days,
            offices,
            offers,
            views,
            halls,
            queue,
            metrics,
            cause: None,
            staff: None,
        }
    }

    /// The office of a booking.
    ///
    /// # Errors
    /// If the table does not answer, or the office is gone.
    pub async fn office_of(
        &self,
        booking: &Booking,
        now: DateTime<Utc>,
    ) -> Result<Arc<Office>, StoreError> {
        let office = self.offices.get(&booking.seat.office, now).await?;
        office.ok_or_else(|| StoreError::corrupt("booking without office"))
    }

    /// This ledger, its changes caused by the message of this hash: dealing with the same message again,
    /// [`Store::was_caused_by`] knows it.
    #[must_use]
    pub fn caused_by(&self, hash: &str) -> Self {
        Self { cause: Some(hash.into()), ..self.clone() }
    }

    /// This ledger, its changes made by this member of staff: their events say so.
    #[must_use]
    pub fn by_staff(&self, subject: &str) -> Self {
        Self { staff: Some(subject.into()), ..self.clone() }
    }

    /// Marks a day that is open, or closed for another reason, if its office closes it in this
    /// revision. `false`: nothing was to be done, or the office has another revision by now.
    pub async fn close_if_planned(
        &self,
        office: (&Office, u32),
        date: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let PlannedDay::Closed(reason) = plan_day(office.0, date) else { return Ok(false) };
        let state = self.store.day_state(&office.0.id, date).await?;
        if state.is_none_or(|state| state.closed.as_ref() == Some(&reason)) {
            return Ok(false);
        }
        let closed = self.store.close_day(office, date, &reason, now).await?;
        self.days.forget(&office.0.id, date).await;
        Ok(closed)
    }

    /// Reads a day that a hold is about to look at, beside what else is to be read. Whatever goes wrong
    /// goes wrong again at the hold.
    pub async fn foresee(&self, office: &OfficeId, date: Option<NaiveDate>, now: DateTime<Utc>) {
        if let Some(date) = date {
            drop(self.days.get(office, date, now).await);
        }
    }

    /// What is counted.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The table.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Offices as this instance knows them.
    pub fn offices(&self) -> &OfficeCache {
        &self.offices
    }

    /// Halls as this instance knows them.
    pub fn halls(&self) -> &HallCache {
        &self.halls
    }

    /// Days as this instance knows them.
    pub fn days(&self) -> &DayCache {
        &self.days
    }
}

/// The messages of these kinds about a booking, each due when it is worth most.
/// Nobody is written to who was booked for at the desk: their account has no number, they have a slip.
fn messages(booking: &Booking, kinds: &[MessageKind], now: DateTime<Utc>) -> Vec<Message> {
    let kinds = if booking.channel == Channel::WalkIn { &[] } else { kinds };
    kinds
        .iter()
        .filter_map(|&kind| {
            let due = if kind == MessageKind::Reminder { booking.times.reminder_at } else { now };
            let is_late = kind == MessageKind::Reminder && due <= now;
            let message = Message::about(booking, kind, booking.locale, due);
            let request_id = correlation::current_text();
            (!is_late).then_some(Message { request_id, ..message })
        })
        .collect()
}

/// The same of bookings that change together: each message tells of all of them.
fn group_messages(
    bookings: &[&Booking],
    kinds: &[MessageKind],
    now: DateTime<Utc>,
) -> Vec<Message> {
    let Some((first, others)) = bookings.split_first() else { return vec![] };
    let group: Vec<_> = others.iter().map(|booking| About::of(booking)).collect();
    let messages = messages(first, kinds, now).into_iter();
    messages.map(|message| Message { group: group.clone(), ..message }).collect()
}

/// When the seat that a booking gives back at `now` is claimable: after a random time, so that nobody
/// can hand it to somebody at a known second. One that was never confirmed rests a tenth of it: a long
/// rest would block seats for the price of a hold.
fn cooled_down(office: &Office, before: &Booking, now: DateTime<Utc>) -> DateTime<Utc> {
    let part = if before.status == Status::Held { 10 } else { 1 };
    now + rest(office, part)
}

/// A random time of the office's choice, or a part of it.
fn rest(office: &Office, part: u32) -> TimeDelta {
    let (least, most) = office.policy.cool_down_secs;
    let (least, most) = (least / part, most.max(least) / part);
    TimeDelta::seconds(rand::rng().random_range(least..=most).into())
}

/// When the seat of a held booking is claimable if nobody confirms it: a random time after the end that
/// its owner knows.
fn lapsed_at(office: &Office, held: &Booking) -> DateTime<Utc> {
    held.hold_expires_at.unwrap_or(held.created_at) + rest(office, 1)
}
