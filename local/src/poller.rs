//! What Lambda's event source mapping does: receives batches from SQS, runs the function, deletes the
//! messages that succeeded.

use std::sync::Arc;

use antrian::app::App;
use antrian::messaging::AnyMessenger;
use anyhow::Context;
use aws_lambda_events::sqs::{SqsEvent, SqsMessage, SqsMessageAttribute};
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, MessageAttributeValue, MessageSystemAttributeName,
};
use chrono::TimeDelta;

use crate::cloud::REGION;

/// How long a function may take for a batch, as in the cloud.
const FUNCTION_TIMEOUT: TimeDelta = TimeDelta::seconds(30);

/// The functions that a queue feeds.
#[derive(Debug, Clone, Copy)]
pub enum Function {
    Notifier,
    Conversation,
}

/// Takes messages from a queue and gives them to its function.
#[derive(Debug, Clone)]
pub struct Poller {
    pub app: Arc<App>,
    pub messenger: Arc<AnyMessenger>,
    pub sqs: aws_sdk_sqs::Client,
    pub queue_url: String,
    pub function: Function,
}

/// What a function learns about a message besides its body.
const ATTRIBUTES: [MessageSystemAttributeName; 3] = [
    MessageSystemAttributeName::ApproximateReceiveCount,
    MessageSystemAttributeName::MessageGroupId,
    MessageSystemAttributeName::SentTimestamp,
];
/// SQS delivers up to ten messages at a time.
const BATCH: u8 = 10;
/// Messages of the inbox that are taken before the first of them is answered.
const ROUND: usize = 100;
/// How long a poll waits for messages.
const WAIT_SECS: i32 = 5;
/// Before the next poll after a fault.
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// The outcome of a poll.
#[derive(Default)]
struct Polled {
    received: usize,
    /// Receipt handles of messages that failed.
    failed: Vec<String>,
}

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

    /// Polls until the queue is empty. Returns how many messages were received.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn drain(&self) -> anyhow::Result<usize> {
        let (mut received, mut failed) = (0, vec![]);
        loop {
            let polled = self.poll(0).await?;
            if polled.received == 0 {
                break;
            }
            received += polled.received;
            failed.extend(polled.failed);
        }
        self.make_visible(&failed).await?;
        Ok(received)
    }

    /// Polls so many times: what a sender has time for. Returns how many messages were received.
    ///
    /// # Errors
    /// If the queue does not answer.
    pub async fn poll_times(&self, times: usize) -> anyhow::Result<usize> {
        let mut received = 0;
        for _ in 0..times {
            received += self.poll(0).await?.received;
        }
        Ok(received)
    }

    /// Lets the queue deliver messages again at once.
    async fn make_visible(&self, receipts: &[String]) -> anyhow::Result<()> {
        for receipt in receipts {
            let request = self.sqs.change_message_visibility().queue_url(&self.queue_url);
            let request = request.receipt_handle(receipt).visibility_timeout(0);
            request.send().await.context("change visibility")?;
        }
        Ok(())
    }

    async fn poll(&self, wait_secs: i32) -> anyhow::Result<Polled> {
        let mut messages = self.receive(wait_secs).await?;
        let most = match self.function {
            Function::Notifier => messages.len(),
            Function::Conversation => ROUND,
        };
        // The embedded queue gives the groups in the order of their names: who stands last would wait as long
        // as others write. What is there is taken, and answered in the order in which it came.
        let mut last = messages.len();
        while last == usize::from(BATCH) && messages.len() < most {
            let more = self.receive(0).await?;
            last = more.len();
            messages.extend(more);
        }
        messages.sort_by_key(sent_at);
        let mut polled = Polled { received: messages.len(), failed: vec![] };
        for batch in messages.chunks(BATCH.into()) {
            polled.failed.extend(self.give(batch).await?);
        }
        Ok(polled)
    }

    async fn receive(&self, wait_secs: i32) -> anyhow::Result<Vec<Message>> {
        let request = self.sqs.receive_message().queue_url(&self.queue_url);
        let request = request.set_message_system_attribute_names(Some(ATTRIBUTES.into()));
        let request = request.message_attribute_names("All");
        let received =
            request.max_number_of_messages(BATCH.into()).wait_time_seconds(wait_secs).send().await;
        Ok(received.context("receive")?.messages.unwrap_or_default())
    }

    /// Gives a batch to the function. Receipt handles of the messages that failed.
    async fn give(&self, messages: &[Message]) -> anyhow::Result<Vec<String>> {
        let mut event = SqsEvent::default();
        event.records = messages.iter().map(|message| self.record(message)).collect();
        let (app, messenger) = (&*self.app, &*self.messenger);
        let deadline = app.clock.now() + FUNCTION_TIMEOUT;
        let response = match self.function {
            Function::Notifier => antrian_notifier::handle(app, messenger, event, deadline).await,
            Function::Conversation => {
                antrian_conversation::handle(app, messenger, event, deadline).await
            }
        };
        let failed: Vec<_> = response
            .batch_item_failures
            .into_iter()
            .map(|failure| failure.item_identifier)
            .collect();
        let has_failed =
            |message: &&Message| failed.iter().any(|id| message.message_id() == Some(id));
        let receipt = |message: &Message| message.receipt_handle().map(str::to_owned);
        let failed = messages.iter().filter(has_failed).filter_map(receipt).collect();
        self.delete(messages.iter().filter(|message| !has_failed(message))).await?;
        Ok(failed)
    }

    fn record(&self, message: &Message) -> SqsMessage {
        let queue = self.queue_url.rsplit('/').next().unwrap_or_default();
        let mut record = SqsMessage::default();
        record.event_source_arn = Some(format!("arn:aws:sqs:{REGION}:000000000000:{queue}"));
        record.message_id = message.message_id.clone();
        record.body = message.body.clone();
        record.receipt_handle = message.receipt_handle.clone();
        let attributes = message.attributes.iter().flatten();
        record.attributes =
            attributes.map(|(name, value)| (name.as_str().to_owned(), value.clone())).collect();
        let attributes = message.message_attributes.iter().flatten();
        record.message_attributes =
            attributes.map(|(name, value)| (name.clone(), attribute(value))).collect();
        record
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

/// Milliseconds since 1970.
fn sent_at(message: &Message) -> Option<u64> {
    let attributes = message.attributes.as_ref()?;
    attributes.get(&MessageSystemAttributeName::SentTimestamp)?.parse().ok()
}

fn attribute(value: &MessageAttributeValue) -> SqsMessageAttribute {
    let mut attribute = SqsMessageAttribute::default();
    attribute.string_value = value.string_value.clone();
    attribute.data_type = Some(value.data_type.clone());
    attribute
}
