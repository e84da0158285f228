//! Delivering one outbox row.

use chrono::{DateTime, TimeDelta, Utc};

use super::compose::{Composed, Letter, compose};
use super::messenger::{Body, Messenger, Outgoing, SendError};
use super::pause::{self, Entry};
use super::record;
use crate::domain::ids::{MessageId, OfficeId};
use crate::domain::message::{Message, MessageState, RESENT, UNCONFIRMED, WINDOW_CLOSED};
use crate::ledger::Ledger;
use crate::queues::MessageQueue;
use crate::security::tokens;
use crate::storage::{Leased, StoreError};
use crate::telemetry::correlation;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The provider took it.
    Sent,
    /// It told something that is not so any more.
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
    /// A text could not be made.
    #[error("the text could not be made")]
    Text(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Sending takes a few seconds at most; after this time its sender is gone.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// A provider that may have a message gets this long to report on it before it is sent again.
const STATUS_WAIT: TimeDelta = TimeDelta::minutes(10);
/// Attempts before giving up; with waits of 15 s · 2^n the last comes after about an hour.
const MAX_ATTEMPTS: u32 = 9;
const FIRST_WAIT_SECS: i64 = 15;
/// Marks a row that waits for the end of a pause.
const PAUSED: &str = "paused";
/// Rounds of writing down a success while others change the row.
const MAX_ROUNDS: u32 = 4;

/// Who delivers rows.
#[derive(Debug)]
pub struct Courier<'a, M> {
    /// The ledger, for the booking that a message speaks of.
    pub ledger: &'a Ledger,
    /// The queue, for what trying again does not help.
    pub queue: &'a MessageQueue,
    /// The provider.
    pub messenger: &'a M,
    /// Where applicants reach the system.
    pub public_url: &'a str,
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
        let lease = tokens::random_secret();
        let leased = self.ledger.store().lease_message(id, &lease, now, now + LEASE).await?;
        let (message, maybe_sent, waited) = match leased {
            Leased::Yes { message, maybe_sent, waited } => (*message, maybe_sent, waited),
            Leased::No => return Ok(Delivery::Nothing),
            Leased::Absent => return Err(DeliverError::Absent),
        };
        let request = message.request_id.as_deref().map(Into::into);
        let work = async {
            let delivery = if maybe_sent && !waited {
                self.wait_for_status(&message, now).await
            } else {
                self.compose_and_send(&message, now).await
            }?;
            tracing::info!(message_id = %id, ?delivery, "a message was dealt with");
            Ok(delivery)
        };
        correlation::scope(request, work).await
    }

    async fn compose_and_send(
        &self,
        message: &Message,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        match Box::pin(compose(self.ledger, message, self.public_url, now)).await {
            Ok(Composed::Send(letter)) => self.send(message, *letter, now).await,
            Ok(Composed::OptedOut) => {
                self.finish(message, MessageState::Stale, Some("opted_out"), now).await
            }
            Ok(Composed::Stale) => self.finish(message, MessageState::Stale, None, now).await,
            Ok(Composed::Nobody) => {
                self.finish(message, MessageState::Failed, Some("no_contact"), now).await
            }
            // Nothing has reached the provider: it is as if the row had not been taken.
            Err(error) => {
                tracing::warn!(message_id = %message.id, %error, "a message could not be composed");
                self.postpone(message, "not_composed", None, now).await
            }
        }
    }

    /// Sends, unless sending is paused; in free form while the person's window is open, else and at
    /// the provider's word as a template.
    async fn send(
        &self,
        message: &Message,
        letter: Letter,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        let probe = match pause::enter(self.ledger.store(), now).await {
            Ok(Entry::Open) => None,
            Ok(Entry::Probe(until)) => Some(until),
            Ok(Entry::Paused(until)) => return self.put_off(message, PAUSED, until).await,
            Err(error) => {
                tracing::warn!(message_id = %message.id, %error, "the pause could not be looked at");
                return self.postpone(message, "not_composed", None, now).await;
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
        if let (Err(SendError::WindowClosed), Some(template)) = (&sent, second) {
            outgoing.body = template;
            sent = self.messenger.send(&outgoing).await;
        }
        if let Some(until) = probe.filter(|_| pause::is_over(&sent)) {
            pause::end(self.ledger.store(), until).await;
        }
        self.record(message, sent, office.as_ref(), now).await
    }

    async fn record(
        &self,
        message: &Message,
        sent: Result<super::Receipt, SendError>,
        office: Option<&OfficeId>,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        match sent {
            Ok(receipt) => {
                self.ledger.metrics().send(record::sent(message, office, now), now);
                let keyring = self.ledger.store().keyring();
                self.sent(message, keyring.token_hash(&receipt.provider_id)).await
            }
            Err(SendError::Unknown) => self.wait_for_status(message, now).await,
            Err(SendError::Undeliverable { code }) => {
                self.finish(message, MessageState::Failed, Some(&code), now).await
            }
            Err(SendError::Defect { code }) => {
                tracing::error!(message_id = %message.id, code, "a message is wrong and was put aside");
                self.queue.dead_letter(&message.id).await;
                self.finish(message, MessageState::Failed, Some(&code), now).await
            }
            // There is no form that could be sent instead.
            Err(SendError::WindowClosed) => {
                self.finish(message, MessageState::Failed, Some(WINDOW_CLOSED), now).await
            }
            Err(SendError::Stopped { code }) => {
                let until = pause::begin(self.ledger, &code, now).await;
                self.put_off(message, &code, until).await
            }
            Err(SendError::Later { code, after }) => {
                self.postpone(message, &code, after, now).await
            }
        }
    }

    /// Writes down that the provider has it, even if another sender has taken the row meanwhile.
    async fn sent(&self, message: &Message, provider_id: String) -> Result<Delivery, DeliverError> {
        let mut before = message.clone();
        for _ in 0..MAX_ROUNDS {
            let provider_id = Some(provider_id.clone());
            let state = MessageState::Sent;
            let after = Message { state, provider_id, error: None, ..before.clone() };
            if self.replace(&before, after).await? {
                break;
            }
            match self.ledger.store().message(&message.id).await? {
                Some(newer) if !newer.state.is_final() => before = newer,
                _ => break,
            }
        }
        Ok(Delivery::Sent)
    }

    async fn postpone(
        &self,
        message: &Message,
        code: &str,
        after: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        if message.attempts >= MAX_ATTEMPTS {
            tracing::error!(message_id = %message.id, code, "a message could not be sent in many tries");
            self.queue.dead_letter(&message.id).await;
            return self.finish(message, MessageState::Failed, Some(code), now).await;
        }
        let wait = TimeDelta::seconds(FIRST_WAIT_SECS << message.attempts.min(MAX_ATTEMPTS));
        let due = now + after.map_or(wait, |after| after.max(wait));
        self.replace(message, message.pending(code, due)).await?;
        Ok(Delivery::Later)
    }

    /// Puts a message off that the provider was not, or refused to be, asked for: no fault of its own,
    /// so the attempt does not count.
    async fn put_off(
        &self,
        message: &Message,
        code: &str,
        until: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        let was_resent = message.error.as_deref() == Some(RESENT);
        let code = if was_resent { RESENT } else { code };
        let attempts = message.attempts.saturating_sub(1);
        let again = Message { attempts, ..message.pending(code, until) };
        self.replace(message, again).await?;
        Ok(Delivery::Later)
    }

    /// The provider may have the message: it is not sent again before a status could have come, and
    /// only once.
    async fn wait_for_status(
        &self,
        message: &Message,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        if message.error.as_deref() == Some(RESENT) {
            tracing::error!(message_id = %message.id, "nobody knows whether a message was sent");
            self.queue.dead_letter(&message.id).await;
            return self.finish(message, MessageState::Failed, None, now).await;
        }
        let until = now + STATUS_WAIT;
        let waiting = Message {
            due: until,
            lease_until: Some(until),
            error: Some(UNCONFIRMED.to_owned()),
            ..message.clone()
        };
        self.replace(message, waiting).await?;
        Ok(Delivery::Later)
    }

    async fn finish(
        &self,
        message: &Message,
        state: MessageState,
        error: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        let kept = error.map(str::to_owned).or_else(|| message.error.clone());
        let is_failed = state == MessageState::Failed;
        let settled = Message { state, error: kept, ..message.clone() };
        if self.replace(message, settled).await? && is_failed {
            let reason = error.or(message.error.as_deref());
            self.ledger.metrics().send(record::failed(message, reason), now);
        }
        Ok(if is_failed { Delivery::Failed } else { Delivery::Stale })
    }

    /// Whoever changed the row in between (a status, a later lease) knows more than this sender. A
    /// settled row keeps nothing that was sealed in it.
    async fn replace(&self, before: &Message, mut after: Message) -> Result<bool, DeliverError> {
        if after.state.is_final() {
            after.sealed = None;
        }
        Ok(self.ledger.store().replace_message(before, &after).await?)
    }
}
