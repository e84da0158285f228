//! Delivering one outbox row.

use chrono::{DateTime, TimeDelta, Utc};

use super::ceiling;
use super::compose::{Composed, Letter, compose};
use super::messenger::{Body, Messenger, Outgoing, Receipt, SendError};
use super::pause::{self, Entry};
use super::record;
use crate::domain::ids::{MessageId, OfficeId};
use crate::domain::message::{Lane, LastAttempt, Lease, Message, MessageState};
use crate::domain::sending::SendingPolicy;
use crate::ledger::Ledger;
use crate::queues::MessageQueue;
use crate::security::tokens;
use crate::storage::{Attempt, CONTENTION, Cost, Leased, StoreError, compare_and_set};
use crate::telemetry::correlation;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The provider took it.
    Sent,
    /// What it says is no longer so.
    Stale,
    /// Not now: it will be due again.
    Later,
    /// It can't be delivered.
    Failed,
    /// Nothing to do: settled, not due, or somebody else is at it.
    Nothing,
}

/// Why a row could not be dealt with: the queue brings it again.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// A fault of the table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such row.
    #[error("no such outbox row")]
    Absent,
}

/// Sending takes a few seconds at most; after this time its sender is gone.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Who delivers rows.
#[derive(Debug)]
pub struct Courier<'a, M> {
    /// The ledger, for the booking that a message is about.
    pub ledger: &'a Ledger,
    /// The queue, for what trying again does not help.
    pub queue: &'a MessageQueue,
    /// The lane that the row came by: a retry stays in it.
    pub lane: Lane,
    /// The provider.
    pub messenger: &'a M,
    /// Where applicants reach the system.
    pub public_url: &'a str,
    /// What messages may cost.
    pub policy: &'a SendingPolicy,
}

impl<M: Messenger> Courier<'_, M> {
    /// Delivers a row, if it is to be delivered now.
    ///
    /// # Errors
    /// If it could not be dealt with; the same call again is safe.
    pub async fn deliver(
        &self,
        id: &MessageId,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        // The lease is written before the provider is called: a second notifier finds it, and whoever
        // comes after a crash knows that the provider may have the message.
        let lease = tokens::random_secret();
        let leased = self.ledger.store().lease_message(id, &lease, now, now + LEASE).await?;
        let found = match leased {
            Leased::Yes(found) => found,
            Leased::No => return Ok(Delivery::Nothing),
            Leased::Absent => return Err(DeliverError::Absent),
        };
        let (Lease::Send(message) | Lease::AwaitStatus(message)) = &found;
        let request = message.request_id.as_deref().map(Into::into);
        let work = async {
            let delivery = match &found {
                Lease::Send(message) => self.compose_and_send(message, now).await,
                // No provider has an idempotency key: sent again at once, it might come twice.
                Lease::AwaitStatus(message) => self.wait_for_status(message, None, now).await,
            }?;
            tracing::info!(message_id = %id, ?delivery, "a message was dealt with");
            Ok(delivery)
        };
        // The log of a delivery belongs to the request that the message came from.
        correlation::scope(request, work).await
    }

    async fn compose_and_send(
        &self,
        message: &Message,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        match Box::pin(compose(self.ledger, message, self.public_url, now)).await {
            Ok(Composed::Send(letter)) => self.send(message, *letter, now).await,
            Ok(Composed::OptedOut) => self.settle(message, message.opted_out(), now).await,
            Ok(Composed::Stale) => self.settle(message, message.stale(), now).await,
            Ok(Composed::Nobody) => self.fail(message, LastAttempt::NoContact, now).await,
            // Nothing has reached the provider: it is as if the row had not been taken.
            Err(error) => {
                tracing::warn!(message_id = %message.id, %error, "a message could not be composed");
                self.postpone(message, LastAttempt::NotComposed, None, now).await
            }
        }
    }

    /// Sends, unless sending is paused or what can wait has to; in free form while the person's window is open, else and at
    /// the provider's word as a template.
    async fn send(
        &self,
        message: &Message,
        letter: Letter,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        match ceiling::waits_until(self.ledger, self.policy, message, now).await {
            Ok(None) => {}
            Ok(Some(until)) => return self.put_off(message, LastAttempt::AtCeiling, until).await,
            Err(error) => {
                tracing::warn!(message_id = %message.id, %error, "what was spent could not be read");
                return self.postpone(message, LastAttempt::NotComposed, None, now).await;
            }
        }
        let probe = match pause::enter(self.ledger.store(), message, now).await {
            Ok(Entry::Open) => None,
            Ok(Entry::Probe(until)) => Some(until),
            Ok(Entry::Paused(until)) => {
                return self.put_off(message, LastAttempt::Paused, until).await;
            }
            Err(error) => {
                tracing::warn!(message_id = %message.id, %error, "the pause could not be looked at");
                return self.postpone(message, LastAttempt::NotComposed, None, now).await;
            }
        };
        let Letter { to, body, template, is_open, office } = letter;
        let (first, second) = match template.map(Body::Template) {
            Some(template) if is_open => (body, Some(template)),
            Some(template) => (template, None),
            None => (body, None),
        };
        let (id, attempt) = (message.id.clone(), message.attempts);
        let mut outgoing = Outgoing { id, to, body: first, attempt };
        let mut sent = self.messenger.send(&outgoing).await;
        // The provider's clock decides whether a window is open, not ours.
        if let (Err(SendError::WindowClosed), Some(template)) = (&sent, second) {
            outgoing.body = template;
            sent = self.messenger.send(&outgoing).await;
        }
        if let Some(until) = probe.filter(|_| pause::is_over(&sent)) {
            pause::end(self.ledger.store(), until).await;
        }
        let cost = ceiling::cost(self.policy, &outgoing.body, now);
        self.record(message, sent, office.as_ref(), cost).await
    }

    async fn record(
        &self,
        message: &Message,
        sent: Result<Receipt, SendError>,
        office: Option<&OfficeId>,
        cost: Cost,
    ) -> Result<Delivery, DeliverError> {
        let now = cost.at;
        match sent {
            Ok(receipt) => {
                self.ledger.metrics().send(record::sent(message, office, now), now);
                let keyring = self.ledger.store().keyring();
                self.sent(message, &keyring.token_hash(&receipt.provider_id), cost).await
            }
            Err(SendError::Unknown) => self.wait_for_status(message, Some(cost), now).await,
            Err(SendError::Undeliverable { code }) => self.fail(message, code.into(), now).await,
            Err(SendError::Defect { code }) => {
                tracing::error!(message_id = %message.id, code, "a message is wrong and was put aside");
                self.queue.dead_letter(&message.id).await;
                self.fail(message, code.into(), now).await
            }
            // There is no form that could be sent instead.
            Err(SendError::WindowClosed) => {
                self.fail(message, LastAttempt::WindowClosed, now).await
            }
            Err(SendError::Stopped { code }) => {
                let until = pause::begin(self.ledger, &code, now).await;
                self.put_off(message, code.into(), until).await
            }
            Err(SendError::Limited { code }) => {
                pause::hold_bulk(self.ledger.store(), &code, now).await;
                let after = message.kind.lane().rate_limit_wait();
                self.postpone(message, code.into(), Some(after), now).await
            }
            Err(SendError::Later { code, after }) => {
                self.postpone(message, code.into(), after, now).await
            }
        }
    }

    /// Writes down that the provider has it, even if another sender has taken the row meanwhile.
    async fn sent(
        &self,
        message: &Message,
        provider_id: &str,
        cost: Cost,
    ) -> Result<Delivery, DeliverError> {
        let attempt = |before| self.try_sent(before, provider_id, cost);
        compare_and_set(CONTENTION, message.clone(), attempt).await?;
        Ok(Delivery::Sent)
    }

    async fn try_sent(
        &self,
        before: Message,
        provider_id: &str,
        cost: Cost,
    ) -> Result<Attempt<Message, ()>, StoreError> {
        let store = self.ledger.store();
        let after = before.sent(provider_id.to_owned());
        if store.replace_message_at_cost(&before, &after, cost).await? {
            return Ok(Attempt::Done(()));
        }
        // A row that is settled, or gone, says more than this sender could.
        let newer = store.message(&before.id).await?.filter(|newer| !newer.state.is_final());
        match newer {
            Some(newer) => Ok(Attempt::Conflict(newer)),
            None => store.count_cost(&before.id, cost).await.map(Attempt::Done),
        }
    }

    async fn postpone(
        &self,
        message: &Message,
        why: LastAttempt,
        after: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        if let Some(waiting) = message.postponed(why.clone(), after, now) {
            if self.ledger.store().replace_message(message, &waiting).await? {
                self.queue.enqueue_when_due(&waiting, self.lane, now).await;
            }
            return Ok(Delivery::Later);
        }
        let code = why.code();
        tracing::error!(message_id = %message.id, code, "a message could not be sent in many tries");
        self.queue.dead_letter(&message.id).await;
        self.fail(message, why, now).await
    }

    /// Puts a message off that the provider was not, or refused to be, asked for: no fault of its own.
    async fn put_off(
        &self,
        message: &Message,
        why: LastAttempt,
        until: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        self.ledger.store().replace_message(message, &message.put_off(why, until)).await?;
        Ok(Delivery::Later)
    }

    /// The provider may have the message: it is not sent again before a status could have come, and
    /// only once. `cost` is what that has cost then; of a sender that was lost nobody knows it.
    async fn wait_for_status(
        &self,
        message: &Message,
        cost: Option<Cost>,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        let store = self.ledger.store();
        if let Some(waiting) = message.unconfirmed(now) {
            match cost {
                Some(cost) => store.replace_message_at_cost(message, &waiting, cost).await?,
                None => store.replace_message(message, &waiting).await?,
            };
            return Ok(Delivery::Later);
        }
        tracing::error!(message_id = %message.id, "nobody knows whether a message was sent");
        self.queue.dead_letter(&message.id).await;
        self.fail(message, message.last_attempt.clone(), now).await
    }

    async fn fail(
        &self,
        message: &Message,
        why: LastAttempt,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        self.settle(message, message.failed(why), now).await
    }

    /// Writes down how it ended. Whoever changed the row in between (a status, a later lease) knows
    /// more than this sender.
    async fn settle(
        &self,
        before: &Message,
        after: Message,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        let is_failed = after.state == MessageState::Failed;
        let is_written = self.ledger.store().replace_message(before, &after).await?;
        if is_written && is_failed {
            self.ledger.metrics().send(record::failed(&after), now);
        }
        Ok(if is_failed { Delivery::Failed } else { Delivery::Stale })
    }
}
