//! Delivering one outbox row.

use chrono::{DateTime, TimeDelta, Utc};

use super::compose::{Composed, compose};
use super::messenger::{Messenger, Outgoing, SendError};
use super::queue::MessageQueue;
use crate::domain::ids::MessageId;
use crate::domain::message::{Message, MessageState};
use crate::ledger::Ledger;
use crate::security::tokens;
use crate::storage::{Leased, StoreError};

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
const SETTLE: TimeDelta = TimeDelta::minutes(10);
/// Attempts before giving up; with waits of 15 s · 2^n the last comes after about an hour.
const MOST_ATTEMPTS: u32 = 9;
const FIRST_WAIT_SECS: i64 = 15;
/// Marks a row whose sender was lost between the provider and the table.
const UNCONFIRMED: &str = "unconfirmed";

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
        let (message, maybe_sent) =
            match self.ledger.store().lease_message(id, &lease, now, now + LEASE).await? {
                Leased::Yes { message, maybe_sent } => (*message, maybe_sent),
                Leased::No => return Ok(Delivery::Nothing),
                Leased::Absent => return Err(DeliverError::Absent),
            };
        if maybe_sent && message.error.as_deref() != Some(UNCONFIRMED) {
            return self.wait_for_status(&message, now).await;
        }
        match Box::pin(compose(self.ledger, &message, self.public_url, now)).await? {
            Composed::Send { to, body } => {
                let outgoing = Outgoing { id: message.id.clone(), to: *to, body };
                let sent = self.messenger.send(&outgoing).await;
                self.record(&message, sent, now).await
            }
            Composed::Stale => {
                self.settle(&message, MessageState::Stale, None, Delivery::Stale).await
            }
            Composed::Nobody => {
                self.settle(&message, MessageState::Failed, Some("no_contact"), Delivery::Failed)
                    .await
            }
        }
    }

    async fn record(
        &self,
        message: &Message,
        sent: Result<super::Receipt, SendError>,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        match sent {
            Ok(receipt) => {
                let settled = Message { provider_id: Some(receipt.provider_id), ..message.clone() };
                self.replace(
                    message,
                    Message { state: MessageState::Sent, error: None, ..settled },
                )
                .await?;
                Ok(Delivery::Sent)
            }
            Err(SendError::Unknown) => self.wait_for_status(message, now).await,
            Err(SendError::Undeliverable { code }) => {
                self.settle(message, MessageState::Failed, Some(&code), Delivery::Failed).await
            }
            Err(SendError::Defect { code }) => {
                tracing::error!(message = %message.id, code, "a message is wrong and was put aside");
                self.queue.bury(&message.id).await;
                self.settle(message, MessageState::Failed, Some(&code), Delivery::Failed).await
            }
            Err(SendError::Later { code, after }) => {
                self.postpone(message, &code, after, now).await
            }
        }
    }

    async fn postpone(
        &self,
        message: &Message,
        code: &str,
        after: Option<TimeDelta>,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        if message.attempts >= MOST_ATTEMPTS {
            tracing::error!(message = %message.id, code, "a message could not be sent in many tries");
            self.queue.bury(&message.id).await;
            return self.settle(message, MessageState::Failed, Some(code), Delivery::Failed).await;
        }
        let wait = TimeDelta::seconds(FIRST_WAIT_SECS << message.attempts.min(MOST_ATTEMPTS));
        let again = Message {
            state: MessageState::Pending,
            due: now + after.map_or(wait, |after| after.max(wait)),
            lease: None,
            lease_until: None,
            error: Some(code.to_owned()),
            ..message.clone()
        };
        self.replace(message, again).await?;
        Ok(Delivery::Later)
    }

    /// The provider may have the message: it is not sent again before a status could have come.
    async fn wait_for_status(
        &self,
        message: &Message,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeliverError> {
        let until = now + SETTLE;
        let waiting = Message {
            due: until,
            lease_until: Some(until),
            error: Some(UNCONFIRMED.to_owned()),
            ..message.clone()
        };
        self.replace(message, waiting).await?;
        Ok(Delivery::Later)
    }

    async fn settle(
        &self,
        message: &Message,
        state: MessageState,
        error: Option<&str>,
        delivery: Delivery,
    ) -> Result<Delivery, DeliverError> {
        let error = error.map(str::to_owned).or_else(|| message.error.clone());
        self.replace(message, Message { state, error, ..message.clone() }).await?;
        Ok(delivery)
    }

    /// Whoever changed the row in between (a status, a later lease) knows more than this sender. A
    /// settled row keeps nothing that was sealed in it.
    async fn replace(&self, before: &Message, mut after: Message) -> Result<(), DeliverError> {
        if after.state.is_settled() {
            after.sealed = None;
        }
        self.ledger.store().replace_message(before, &after).await?;
        Ok(())
    }
}
