//! The queue of messages to be sent: ids only, no personal data.

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::sqs;
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

impl MessageQueue {
    /// A queue with its dead-letter queue.
    pub fn new(client: Client, url: impl Into<String>, dlq_url: impl Into<String>) -> Self {
        Self { client, url: url.into(), dlq_url: dlq_url.into() }
    }

    /// Lets a message come again soon.
    pub async fn retry_soon(&self, record: &SqsMessage) {
        sqs::retry_soon(&self.client, &self.url, record).await;
    }

    /// Enqueues committed rows for the notifier. Answers with how many SQS has taken: the sweeper finds
    /// the others.
    pub async fn enqueue(&self, ids: &[MessageId]) -> usize {
        let entry = |id| SendMessageBatchRequestEntry::builder().message_body(body(id));
        sqs::enqueue(&self.client, &self.url, ids.iter().map(entry)).await
    }

    /// Puts a row's id where people look at what can't be sent.
    pub async fn dead_letter(&self, id: &MessageId) {
        let request = self.client.send_message().queue_url(&self.dlq_url).message_body(body(id));
        if let Err(error) = request.send().await {
            tracing::error!(message_id = %id, error = %error.into_service_error(), "could not reach the dead-letter queue");
        }
    }
}

/// A [`QueueBody`], written by hand: nothing can go wrong with it.
fn body(id: &MessageId) -> String {
    json!({ "message_id": id.as_str() }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_what_the_notifier_reads() {
        let message_id: MessageId = "7kq4mm2xr9-1-hold".parse().unwrap();
        let body = body(&message_id);
        assert_eq!(body, r#"{"message_id":"7kq4mm2xr9-1-hold"}"#);
        let read: QueueBody = serde_json::from_str(&body).unwrap();
        assert_eq!(read, QueueBody { message_id });
    }
}
