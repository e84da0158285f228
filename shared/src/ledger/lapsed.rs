//! A hold that ran out. Its seat and its person are free by themselves ([`crate::storage`]); what is left
//! is to write it down, and to tell whoever may be told in free form, for no approved form is worth it.

use chrono::{DateTime, Utc};

use super::commit::Made;
use super::{Ledger, LedgerError, group_messages};
use crate::domain::booking::{Actor, Booking, Status};
use crate::domain::message::{Message, MessageKind};
use crate::storage::{StoreError, Transition};
use crate::telemetry::Record;
use crate::telemetry::catalogue::HOLD_MISREAD;

impl Ledger {
    /// Writes a lapse down, with the message that tells of it. `false`: somebody else did.
    pub(super) async fn lapse(
        &self,
        before: &Booking,
        after: &Booking,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let window = self.store.service_window(&before.account).await?;
        let messages =
            if window.is_open(now) { self.lapse_told(after, now).await? } else { vec![] };
        let change = Transition::new(before, after).telling(&messages);
        let is_made = matches!(self.make_transition(&change, Actor::System, now).await?, Made::Yes);
        if is_made && window.was_misread_since(before.created_at) {
            let seat = &before.seat;
            let record = Record::of(&HOLD_MISREAD, &[1]).at(&seat.office, seat.date);
            self.metrics.send(record, now);
        }
        Ok(is_made)
    }

    /// What a lapse is told with. Of a group, which lapses together and is written down one by one, the
    /// first one's message tells of all.
    async fn lapse_told(
        &self,
        lapsed: &Booking,
        now: DateTime<Utc>,
    ) -> Result<Vec<Message>, StoreError> {
        let mut others = self.others_of_group(lapsed).await?;
        others.retain(|other| other.status_at(now) == Status::Expired);
        let place = |booking: &Booking| lapsed.group.iter().position(|code| *code == booking.code);
        if others.iter().any(|other| place(other) < place(lapsed)) {
            return Ok(vec![]);
        }
        let all: Vec<_> = std::iter::once(lapsed).chain(&others).collect();
        Ok(group_messages(&all, &[MessageKind::HoldLapsed], now))
    }
}
