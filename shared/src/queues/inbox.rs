//! The queue of messages received: one sender's messages stay in order, different senders' do not
//! wait for each other. Hashes only, no personal data.

use std::collections::HashMap;

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use serde::{Deserialize, Serialize};

use super::messages;
use crate::domain::ids::AccountId;
use crate::storage::Waiting;

/// What stands in a message of this queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxBody {
    /// Keyed hash of the provider's id.
    pub inbound: String,
}

/// The attribute that says whose number it was when the message came: a hint, for the account to be
/// read beside the message. Random ids, no personal data.
pub const ACCOUNT_ATTRIBUTE: &str = "account";

/// The queue (FIFO).
#[derive(Debug, Clone)]
pub struct Inbox {
    client: Client,
    url: String,
}

/// SQS takes ten messages at a time.
const BATCH: usize = 10;

impl Inbox {
    /// The queue at `url`.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Lets a message come again soon.
    pub async fn retry_soon(&self, record: &SqsMessage) {
        messages::retry_soon(&self.client, &self.url, record).await;
    }

    /// Tells of stored messages. SQS takes the same message of the same `round` once within five
    /// minutes. Tells how many it has: the sweeper finds the others.
    pub async fn enqueue(&self, waiting: &[Waiting], round: &str) -> usize {
        let mut taken = 0;
        for batch in waiting.chunks(BATCH) {
            taken += self.enqueue_batch(batch, round).await;
        }
        taken
    }

    async fn enqueue_batch(&self, waiting: &[Waiting], round: &str) -> usize {
        let entry = |(at, waiting)| entry(at, waiting, round);
        let entries: Vec<_> = waiting.iter().enumerate().filter_map(entry).collect();
        let request = self.client.send_message_batch().queue_url(&self.url);
        match request.set_entries(Some(entries)).send().await {
            Ok(answer) => answer.successful().len(),
            Err(error) => {
                let error = error.into_service_error();
                tracing::warn!(%error, count = waiting.len(), "received messages wait for the sweeper");
                0
            }
        }
    }
}

fn entry(at: usize, waiting: &Waiting, round: &str) -> Option<SendMessageBatchRequestEntry> {
    let body = serde_json::to_string(&InboxBody { inbound: waiting.hash.clone() }).ok()?;
    SendMessageBatchRequestEntry::builder()
        .id(at.to_string())
        .set_message_attributes(waiting.account.as_ref().and_then(account_attribute))
        .message_body(body)
        .message_group_id(&waiting.group)
        .message_deduplication_id(format!("{}-{round}", waiting.hash))
        .build()
        .ok()
}

fn account_attribute(account: &AccountId) -> Option<HashMap<String, MessageAttributeValue>> {
    let value = MessageAttributeValue::builder().data_type("String").string_value(account.as_str());
    Some(HashMap::from([(ACCOUNT_ATTRIBUTE.to_owned(), value.build().ok()?)]))
}
