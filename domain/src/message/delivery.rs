//! How a row moves on while it is delivered: transitions as pure functions. What a provider reports
//! later is in [`crate::report`].

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::{Enqueued, LastAttempt, Message, MessageState};

/// A provider that may have a message gets this long to report on it before it is sent again.
const STATUS_WAIT: TimeDelta = TimeDelta::minutes(10);
/// Attempts before giving up: the last comes after about two hours.
const MAX_ATTEMPTS: u32 = 9;
/// After the nth attempt a row waits for 4^n seconds, as Meta asks of who writes to one person too often,
/// and no longer than this.
const LONGEST_WAIT_SECS: i64 = 1_800;

/// What whoever leased a row has to do with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// Send it: it has not reached the provider, or a status was awaited in vain.
    Send(Box<Message>),
    /// Wait for a status: its sender was lost, and the provider may have it.
    AwaitStatus(Box<Message>),
}

impl Message {
    /// From when on it may be sent.
    pub fn ready_at(&self) -> DateTime<Utc> {
        match self.enqueued {
            Some(enqueued) if enqueued.until == self.due => enqueued.since,
            _ => self.due,
        }
    }

    /// What the sweeper writes down of a row that it has enqueued: it is let alone until it must have been
    /// lost.
    pub fn enqueued_at(&self, now: DateTime<Utc>) -> Enqueued {
        let until = (now + self.kind.lane().lost_after()).trunc_subsecs(0);
        Enqueued { since: self.ready_at(), until }
    }

    /// The row as a sender takes it at `now`, until `until`; `lease` names the sender. None: somebody
    /// else is sending it, or it is not due, or it is settled.
    pub fn leased(&self, lease: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Option<Lease> {
        let is_held = self.lease_until.is_some_and(|until| until > now);
        if self.state.is_final() || self.ready_at() > now || is_held {
            return None;
        }
        let has_waited = self.last_attempt == LastAttempt::Unconfirmed;
        let leased = Box::new(Self {
            state: MessageState::Sending,
            attempts: self.attempts + 1,
            lease: Some(lease.to_owned()),
            lease_until: Some(until),
            due: until,
            enqueued: None,
            last_attempt: match has_waited {
                true => LastAttempt::Resent,
                false => self.last_attempt.clone(),
            },
            ..self.clone()
        });
        let may_be_sent = self.state == MessageState::Sending && !has_waited;
        Some(if may_be_sent { Lease::AwaitStatus(leased) } else { Lease::Send(leased) })
    }

    /// The row as it waits for its next attempt, `after` now at the earliest. None: that was the
    /// last one.
    pub fn postponed(
        &self,
        why: LastAttempt,
        after: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if self.attempts >= MAX_ATTEMPTS {
            return None;
        }
        let wait = 4_i64.saturating_pow(self.attempts).min(LONGEST_WAIT_SECS);
        let wait = TimeDelta::seconds(wait);
        let due = now + after.map_or(wait, |after| after.max(wait));
        Some(self.pending(why, due))
    }

    /// The row as it waits for the end of a pause. The provider did not look at it: that was no
    /// attempt. A row that was being sent once more still is.
    #[must_use]
    pub fn put_off(&self, why: LastAttempt, until: DateTime<Utc>) -> Self {
        let is_resent = self.last_attempt == LastAttempt::Resent;
        let why = if is_resent { LastAttempt::Resent } else { why };
        Self { attempts: self.attempts.saturating_sub(1), ..self.pending(why, until) }
    }

    fn pending(&self, why: LastAttempt, due: DateTime<Utc>) -> Self {
        Self {
            state: MessageState::Pending,
            due,
            lease: None,
            lease_until: None,
            last_attempt: why,
            ..self.clone()
        }
    }

    /// The row as it waits for a status, because the provider may have it. None: it was sent once
    /// more already, and nobody knows of either.
    pub fn unconfirmed(&self, now: DateTime<Utc>) -> Option<Self> {
        if self.last_attempt == LastAttempt::Resent {
            return None;
        }
        let until = now + STATUS_WAIT;
        Some(Self {
            due: until,
            lease_until: Some(until),
            last_attempt: LastAttempt::Unconfirmed,
            ..self.clone()
        })
    }

    /// The row after the provider took it; `provider_id` is the hash of the provider's id.
    #[must_use]
    pub fn sent(&self, provider_id: String) -> Self {
        let provider_id = Some(provider_id);
        Self { provider_id, ..self.settled(MessageState::Sent, LastAttempt::None) }
    }

    /// The row that can't be delivered.
    #[must_use]
    pub fn failed(&self, why: LastAttempt) -> Self {
        self.settled(MessageState::Failed, why)
    }

    /// The row that was overtaken, with what its last attempt left.
    #[must_use]
    pub fn stale(&self) -> Self {
        self.settled(MessageState::Stale, self.last_attempt.clone())
    }

    /// The row of somebody who does not want it.
    #[must_use]
    pub fn opted_out(&self) -> Self {
        self.settled(MessageState::Stale, LastAttempt::OptedOut)
    }

    /// A settled row keeps nothing that was sealed in it.
    fn settled(&self, state: MessageState, last_attempt: LastAttempt) -> Self {
        Self { state, last_attempt, sealed: None, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Locale;
    use crate::message::MessageKind;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(secs)
    }

    fn lease(row: &Message, lease: &str, now: DateTime<Utc>) -> Option<Lease> {
        row.leased(lease, now, now + TimeDelta::seconds(60))
    }

    fn row() -> Message {
        let id = "7kq4mm2xr9-1-hold".parse().unwrap();
        let new = Message::new(id, MessageKind::Hold, Locale::Id, at(0), at(9_000));
        Message { sealed: Some("sealed".to_owned()), ..new }
    }

    /// A row that somebody has leased at the beginning.
    fn sending() -> Message {
        to_send(lease(&row(), "first", at(0)))
    }

    fn to_send(lease: Option<Lease>) -> Message {
        match lease {
            Some(Lease::Send(message)) => *message,
            other => panic!("{other:?}"),
        }
    }

    fn to_await(lease: Option<Lease>) -> Message {
        match lease {
            Some(Lease::AwaitStatus(message)) => *message,
            other => panic!("{other:?}"),
        }
    }

    fn failure() -> LastAttempt {
        LastAttempt::from("130429".to_owned())
    }

    #[test]
    fn a_due_row_is_leased_by_one_sender_at_a_time() {
        let leased = sending();
        assert_eq!((leased.state, leased.attempts), (MessageState::Sending, 1));
        assert_eq!((leased.lease.as_deref(), leased.lease_until), (Some("first"), Some(at(60))));
        assert_eq!(lease(&leased, "second", at(59)), None, "somebody is sending it");
        assert_eq!(lease(&row(), "early", at(-1)), None, "not due");
        let settled = leased.sent("id".to_owned());
        assert_eq!(lease(&settled, "late", at(100)), None, "settled");
    }

    #[test]
    fn a_row_that_was_enqueued_is_taken_at_once_and_looked_at_again_later() {
        let marked = row().enqueued_at(at(30));
        let lost_after = MessageKind::Hold.lane().lost_after();
        assert_eq!(marked, Enqueued { since: at(0), until: at(30) + lost_after });
        let waiting = Message { due: marked.until, enqueued: Some(marked), ..row() };
        assert_eq!(waiting.ready_at(), at(0));
        assert_eq!(lease(&waiting, "early", at(-1)), None);
        let leased = to_send(lease(&waiting, "first", at(31)));
        assert_eq!((leased.due, leased.enqueued), (at(91), None));
        let again = waiting.enqueued_at(marked.until);
        assert_eq!(again.since, at(0), "it waits since it was ready first");
    }

    #[test]
    fn a_row_that_has_moved_on_is_as_ready_as_its_due_says() {
        let old = Enqueued { since: at(0), until: at(900) };
        let later = Message { due: at(500), enqueued: Some(old), ..row() };
        assert_eq!(later.ready_at(), at(500));
        assert_eq!(lease(&later, "early", at(499)), None);
    }

    #[test]
    fn a_lost_sender_leads_to_a_wait_for_a_status_then_to_one_more_try_and_then_to_a_failure() {
        let lost = to_await(lease(&sending(), "second", at(60)));
        let waiting = lost.unconfirmed(at(60)).unwrap();
        assert_eq!((waiting.state, waiting.due), (MessageState::Sending, at(660)));
        assert_eq!(waiting.last_attempt, LastAttempt::Unconfirmed);
        assert_eq!(lease(&waiting, "third", at(659)), None, "a status may still come");
        let again = to_send(lease(&waiting, "third", at(660)));
        assert_eq!((again.attempts, &again.last_attempt), (3, &LastAttempt::Resent));
        assert_eq!(again.unconfirmed(at(661)), None);
        let lost = to_await(lease(&again, "fourth", at(720)));
        assert_eq!(lost.unconfirmed(at(720)), None, "it is not sent a third time");
        let failed = lost.failed(lost.last_attempt.clone());
        assert_eq!(
            (failed.state, failed.last_attempt),
            (MessageState::Failed, LastAttempt::Resent)
        );
    }

    #[test]
    fn a_row_waits_longer_after_each_attempt_and_at_least_as_long_as_it_is_asked_to() {
        for (attempts, after, secs) in [(1, None, 4), (2, None, 16), (8, None, 1_800)]
            .into_iter()
            .chain([(1, Some(2), 4), (1, Some(90), 90)])
        {
            let after = after.map(TimeDelta::seconds);
            let row = Message { attempts, ..sending() };
            let waiting = row.postponed(failure(), after, at(1)).unwrap();
            assert_eq!((waiting.state, waiting.due), (MessageState::Pending, at(1 + secs)));
            assert_eq!((waiting.attempts, &waiting.last_attempt), (attempts, &failure()));
            assert_eq!((&waiting.lease, waiting.lease_until), (&None, None));
        }
        let row = Message { attempts: MAX_ATTEMPTS, ..sending() };
        assert_eq!(row.postponed(failure(), None, at(1)), None, "given up");
    }

    #[test]
    fn a_pause_is_no_attempt_and_does_not_forget_that_a_row_is_sent_once_more() {
        let waiting = sending().put_off(LastAttempt::Paused, at(600));
        assert_eq!((waiting.state, waiting.due), (MessageState::Pending, at(600)));
        assert_eq!((waiting.attempts, waiting.last_attempt), (0, LastAttempt::Paused));
        let resent = Message { last_attempt: LastAttempt::Resent, ..sending() };
        let waiting = resent.put_off(LastAttempt::Paused, at(600));
        assert_eq!(waiting.last_attempt, LastAttempt::Resent);
    }

    #[test]
    fn a_closed_window_is_known_to_whoever_sends_the_row_next() {
        let row = Message { last_attempt: LastAttempt::WindowClosed, ..row() };
        assert_eq!(to_send(lease(&row, "second", at(0))).last_attempt, LastAttempt::WindowClosed);
    }

    #[test]
    fn a_settled_row_keeps_why_and_nothing_that_was_sealed() {
        let before = Message { last_attempt: failure(), ..sending() };
        for (after, state, why) in [
            (before.sent("hash".to_owned()), MessageState::Sent, LastAttempt::None),
            (before.failed(LastAttempt::NoContact), MessageState::Failed, LastAttempt::NoContact),
            (before.stale(), MessageState::Stale, failure()),
            (before.opted_out(), MessageState::Stale, LastAttempt::OptedOut),
        ] {
            assert_eq!((after.state, after.last_attempt, after.sealed), (state, why, None));
        }
        assert_eq!(before.sent("hash".to_owned()).provider_id.as_deref(), Some("hash"));
    }
}
