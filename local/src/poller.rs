//! What Lambda's event source mapping does: takes batches from SQS, runs the notifier, deletes what
//! was dealt with.

use std::sync::Arc;

use antrian::app::App;
use antrian::messaging::Simulator;
use anyhow::Context;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};

/// Takes messages from the queue and gives them to the notifier.
#[derive(Debug, Clone)]
pub struct Poller {
    /// The functions' state.
    pub app: Arc<App>,
    /// Who carries the messages.
    pub messenger: Simulator,
    /// The queue's client and URL.
    pub sqs: aws_sdk_sqs::Client,
    /// The queue's URL.
    pub queue_url: String,
}

/// SQS gives ten messages at a time.
const BATCH: i32 = 10;
/// How long a poll waits for messages.
const WAIT_SECS: i32 = 5;
/// After a fault, before the next poll.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

impl Poller {
    /// Polls for ever.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.poll(WAIT_SECS).await {
                tracing::debug!(%error, "the queue cannot be polled");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Polls until the queue has nothing to give. Tells how many messages were taken.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn drain(&self) -> anyhow::Result<usize> {
        let mut taken = 0;
        loop {
            match self.poll(0).await? {
                0 => return Ok(taken),
                count => taken += count,
            }
        }
    }

    async fn poll(&self, wait_secs: i32) -> anyhow::Result<usize> {
        let request = self.sqs.receive_message().queue_url(&self.queue_url);
        let received =
            request.max_number_of_messages(BATCH).wait_time_seconds(wait_secs).send().await;
        let messages = received.context("receive")?.messages.unwrap_or_default();
        if messages.is_empty() {
            return Ok(0);
        }
        let mut event = SqsEvent::default();
        event.records = messages.iter().map(record).collect();
        let response = antrian_notifier::handle(&self.app, &self.messenger, event).await;
        let failed: Vec<_> = response
            .batch_item_failures
            .into_iter()
            .map(|failure| failure.item_identifier)
            .collect();
        self.delete(
            messages
                .iter()
                .filter(|message| !failed.iter().any(|id| message.message_id() == Some(id))),
        )
        .await?;
        Ok(messages.len())
    }

    async fn delete(&self, messages: impl Iterator<Item = &Message>) -> anyhow::Result<()> {
        let entry = |(at, message): (usize, &Message)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(at.to_string());
            entry.receipt_handle(message.receipt_handle().unwrap_or_default()).build().ok()
        };
        let entries: Vec<_> = messages.enumerate().filter_map(entry).collect();
        if !entries.is_empty() {
            let request = self.sqs.delete_message_batch().queue_url(&self.queue_url);
            request.set_entries(Some(entries)).send().await.context("delete")?;
        }
        Ok(())
    }
}

fn record(message: &Message) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = message.message_id.clone();
    record.body = message.body.clone();
    record.receipt_handle = message.receipt_handle.clone();
    record
}
