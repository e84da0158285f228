//! The queue of messages received: one sender's messages stay in order, different senders' do not
//! wait for each other. Hashes only, no personal data.

use std::collections::HashMap;

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::sqs;
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

impl Inbox {
    /// The queue at `url`.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Lets a message come again soon.
    pub async fn retry_soon(&self, record: &SqsMessage) {
        sqs::retry_soon(&self.client, &self.url, record).await;
    }

    /// Enqueues stored messages. SQS takes the same message of the same `round` once within five
    /// minutes. Answers with how many it has: the sweeper finds the others.
    pub async fn enqueue(&self, waiting: &[Waiting], round: &str) -> usize {
        let entries = waiting.iter().map(|waiting| entry(waiting, round));
        sqs::enqueue(&self.client, &self.url, entries).await.len()
    }
}

fn entry(waiting: &Waiting, round: &str) -> SendMessageBatchRequestEntryBuilder {
    SendMessageBatchRequestEntry::builder()
        .set_message_attributes(waiting.account.as_ref().and_then(account_attribute))
        .message_body(body(&waiting.hash))
        .message_group_id(&waiting.group)
        .message_deduplication_id(format!("{}-{round}", waiting.hash))
}

/// An [`InboxBody`], written by hand: nothing can go wrong with it.
fn body(hash: &str) -> String {
    json!({ "inbound": hash }).to_string()
}

fn account_attribute(account: &AccountId) -> Option<HashMap<String, MessageAttributeValue>> {
    let value = MessageAttributeValue::builder().data_type("String").string_value(account.as_str());
    Some(HashMap::from([(ACCOUNT_ATTRIBUTE.to_owned(), value.build().ok()?)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_what_the_conversation_reads() {
        let body = body("4f2a");
        assert_eq!(body, r#"{"inbound":"4f2a"}"#);
        let read: InboxBody = serde_json::from_str(&body).unwrap();
        assert_eq!(read, InboxBody { inbound: "4f2a".to_owned() });
    }
}
