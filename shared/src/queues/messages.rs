//! The queue of messages to be sent: ids only, no personal data.

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::{Deserialize, Serialize};

use crate::domain::ids::MessageId;

/// What stands in a queue message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueBody {
    /// The outbox row.
    pub message_id: MessageId,
}

/// The queue, and the one for what trying again does not help.
#[derive(Debug, Clone)]
pub struct MessageQueue {
    client: Client,
    url: String,
    dlq_url: String,
}

/// SQS takes ten messages at a time.
const BATCH: usize = 10;

impl MessageQueue {
    /// A queue with its dead-letter queue.
    pub fn new(client: Client, url: impl Into<String>, dlq_url: impl Into<String>) -> Self {
        Self { client, url: url.into(), dlq_url: dlq_url.into() }
    }

    /// Lets a message come again soon.
    pub async fn retry_soon(&self, record: &SqsMessage) {
        retry_soon(&self.client, &self.url, record).await;
    }

    /// Tells the notifier of committed rows. Tells how many SQS has taken: the sweeper finds the
    /// others, so that a failure here loses nothing.
    pub async fn enqueue(&self, ids: &[MessageId]) -> usize {
        let mut taken = 0;
        for batch in ids.chunks(BATCH) {
            taken += self.enqueue_batch(batch).await;
        }
        taken
    }

    async fn enqueue_batch(&self, ids: &[MessageId]) -> usize {
        let entries: Vec<_> = ids.iter().enumerate().filter_map(|(at, id)| entry(at, id)).collect();
        let sent = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries))
            .send()
            .await;
        match sent {
            Ok(answer) => answer.successful().len(),
            Err(error) => {
                let error = error.into_service_error();
                tracing::warn!(%error, count = ids.len(), "messages wait for the sweeper");
                0
            }
        }
    }

    /// Puts a row's id where people look at what can't be sent.
    pub async fn dead_letter(&self, id: &MessageId) {
        let Ok(body) = serde_json::to_string(&QueueBody { message_id: id.clone() }) else { return };
        let sent =
            self.client.send_message().queue_url(&self.dlq_url).message_body(body).send().await;
        if let Err(error) = sent {
            tracing::error!(message_id = %id, error = %error.into_service_error(), "could not reach the dead-letter queue");
        }
    }
}

/// Whether a queue is there and may be used; otherwise what SQS says.
pub(crate) async fn ping(client: &Client, url: &str) -> Result<(), String> {
    let asked = client.get_queue_attributes().queue_url(url).send().await;
    asked.map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
}

/// What could not be dealt with comes again after 5 s, then 15, 45, 135: long before the queue would
/// bring it by itself, which is after six times what a function may take.
const AGAIN_SECS: i32 = 5;
/// As often as the queue brings a message before it gives up.
const MAX_TIMES: u32 = 4;

/// Lets a message come again soon; if that fails it comes again later.
pub(super) async fn retry_soon(client: &Client, url: &str, record: &SqsMessage) {
    let times = record.attributes.get("ApproximateReceiveCount");
    let times = times.and_then(|times| times.parse::<u32>().ok()).unwrap_or(1).clamp(1, MAX_TIMES);
    let asked = client
        .change_message_visibility()
        .queue_url(url)
        .set_receipt_handle(record.receipt_handle.clone())
        .visibility_timeout(AGAIN_SECS * 3_i32.pow(times - 1))
        .send()
        .await;
    if let Err(error) = asked {
        tracing::warn!(error = %error.into_service_error(), "a message comes again later");
    }
}

fn entry(at: usize, id: &MessageId) -> Option<SendMessageBatchRequestEntry> {
    let body = serde_json::to_string(&QueueBody { message_id: id.clone() }).ok()?;
    SendMessageBatchRequestEntry::builder().id(at.to_string()).message_body(body).build().ok()
}
