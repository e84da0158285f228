//! "Almost your turn": whoever asks for it in the chat is told once, when few are called before them.
//!
//! The wish stands at the place in the queue; the call that brings its person near writes the message in the
//! transaction that marks the wish as fulfilled.

use chrono::{DateTime, Utc};

use super::{Ledger, LedgerError};
use crate::domain::booking::Booking;
use crate::domain::message::{Message, MessageKind};
use crate::domain::office::Office;
use crate::domain::queue::{Line, QueueDay, QueueEntry, QueueState, TurnNotice};
use crate::domain::time::whole_seconds;
use crate::storage::{Attempt, CONTENTION, QueueChange, compare_and_set};

/// So few are called before somebody who is told.
pub const NEAR: u32 = 3;

/// Where somebody stands who asks to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnAsked {
    /// They are told later; how many are before them.
    Later(u32),
    /// Few are before them, or they were called.
    Near(u32),
    /// They are in no line: not scanned in, away for a document, served.
    NotInLine,
}

impl Ledger {
    /// Notes that the person of a booking wants to be told when few are before them.
    ///
    /// # Errors
    /// If the table does not answer, or many change the queue at once.
    pub async fn request_turn_notice(
        &self,
        office: &Office,
        booking: &Booking,
    ) -> Result<TurnAsked, LedgerError> {
        let attempt = |()| self.try_request_turn_notice(office, booking);
        compare_and_set(CONTENTION, (), attempt).await
    }

    async fn try_request_turn_notice(
        &self,
        office: &Office,
        booking: &Booking,
    ) -> Result<Attempt<(), TurnAsked>, LedgerError> {
        let done = |asked| Ok(Attempt::Done(asked));
        let Some((day, number)) = booking.queue_place() else { return done(TurnAsked::NotInLine) };
        let entries = self.store.queue_entries(&day).await?;
        let own = entries.iter().find(|e| e.queue_number() == number && e.code == booking.code);
        let Some(own) = own else { return done(TurnAsked::NotInLine) };
        match own.state {
            QueueState::Waiting => {}
            state if state.is_at_counter() => return done(TurnAsked::Near(0)),
            _ => return done(TurnAsked::NotInLine),
        }
        let ahead = Line::of(&entries, office.policy.priority_one_in).ahead(own);
        if ahead <= NEAR {
            return done(TurnAsked::Near(ahead));
        }
        if own.turn_notice == Some(TurnNotice::Wanted) {
            return done(TurnAsked::Later(ahead));
        }
        let wanted = QueueEntry { turn_notice: Some(TurnNotice::Wanted), ..own.clone() };
        let change = QueueChange::Move(day, Box::new(own.clone()), Box::new(wanted));
        match self.store.change_queue(&[change]).await? {
            true => done(TurnAsked::Later(ahead)),
            false => Ok(Attempt::Conflict(())),
        }
    }

    /// Tells whoever wants to know and is near, now that somebody was called. A call does not fail for it:
    /// the next one tries again.
    pub(super) async fn tell_near(
        &self,
        office: &Office,
        day: &QueueDay,
        (mut entries, called): (Vec<QueueEntry>, &QueueEntry),
        now: DateTime<Utc>,
    ) {
        if entries.iter().all(|entry| entry.turn_notice != Some(TurnNotice::Wanted)) {
            return;
        }
        let place = entries.iter_mut().find(|it| it.queue_number() == called.queue_number());
        if let Some(place) = place {
            *place = called.clone();
        }
        let line = Line::of(&entries, office.policy.priority_one_in);
        let is_due = |entry: &&QueueEntry| {
            entry.turn_notice == Some(TurnNotice::Wanted)
                && entry.state == QueueState::Waiting
                && line.ahead(entry) <= NEAR
        };
        for entry in entries.iter().filter(is_due) {
            if let Err(error) = self.tell(day, entry, now).await {
                tracing::warn!(%error, "whose turn is near was not told");
            }
        }
    }

    async fn tell(
        &self,
        day: &QueueDay,
        entry: &QueueEntry,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let Some(booking) = self.store.booking(entry.code).await? else { return Ok(()) };
        let now = whole_seconds(now);
        let message = Message::about(&booking, MessageKind::AlmostYourTurn, booking.locale, now);
        let told = QueueEntry { turn_notice: Some(TurnNotice::Sent), ..entry.clone() };
        let change = QueueChange::Move(day.clone(), Box::new(entry.clone()), Box::new(told));
        if self.store.tell_in_queue(&change, &message).await? {
            self.enqueue_due(std::slice::from_ref(&message), now).await;
        }
        Ok(())
    }
}
