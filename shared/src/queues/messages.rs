//! The queues of messages to be sent, one for each lane: ids only, no personal data.

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder as EntryBuilder;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::sqs;
use crate::domain::ids::MessageId;
use crate::domain::message::{Lane, Message};

/// What stands in a queue message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueBody {
    /// The outbox row.
    pub message_id: MessageId,
}

/// The URLs of the queues, in the order of [`Lane::ALL`].
pub type LaneUrls = [String; 3];

/// The queues, and the one for what trying again does not help.
#[derive(Debug, Clone)]
pub struct MessageQueue {
    client: Client,
    urls: LaneUrls,
    dlq_url: String,
}

/// SQS hides a message no longer than this before it is delivered first.
const MAX_DELAY_SECS: i64 = 900;

impl MessageQueue {
    /// Queues with their dead-letter queue.
    pub fn new(client: Client, urls: LaneUrls, dlq_url: impl Into<String>) -> Self {
        Self { client, urls, dlq_url: dlq_url.into() }
    }

    /// The lane whose queue has brought a message.
    pub fn lane_of(&self, record: &SqsMessage) -> Lane {
        let arn = record.event_source_arn.as_deref().unwrap_or_default();
        let is_its = |lane: &Lane| self.url(*lane).rsplit('/').next() == arn.rsplit(':').next();
        Lane::ALL.into_iter().find(is_its).unwrap_or(Lane::Transactional)
    }

    /// Lets a message come again soon, in the queue that it came from.
    pub async fn retry_soon(&self, record: &SqsMessage) {
        sqs::retry_soon(&self.client, self.url(self.lane_of(record)), record).await;
    }

    /// Enqueues committed rows for the notifier, each in the lane of its kind. Answers with those that SQS
    /// has taken: the sweeper finds the others.
    pub async fn enqueue<'a>(
        &self,
        rows: impl IntoIterator<Item = &'a Message>,
    ) -> Vec<&'a Message> {
        let rows: Vec<_> = rows.into_iter().collect();
        let mut taken = Vec::with_capacity(rows.len());
        for lane in Lane::ALL {
            let of_lane: Vec<_> =
                rows.iter().copied().filter(|row| row.kind.lane() == lane).collect();
            let places = self.enqueue_in(lane, &of_lane).await;
            taken.extend(places.into_iter().filter_map(|at| of_lane.get(at).copied()));
        }
        taken
    }

    /// Enqueues committed rows that answer somebody who has just written, whatever they are about.
    pub async fn enqueue_answers<'a>(&self, rows: impl IntoIterator<Item = &'a Message>) {
        self.enqueue_in(Lane::Urgent, &rows.into_iter().collect::<Vec<_>>()).await;
    }

    async fn enqueue_in(&self, lane: Lane, rows: &[&Message]) -> Vec<usize> {
        let entries = rows.iter().map(|row| entry(&row.id));
        sqs::enqueue(&self.client, self.url(lane), entries).await
    }

    /// Enqueues a row that is due later in this lane, if that is soon, so that it does not wait for the
    /// sweeper, who finds it anyway.
    pub async fn enqueue_when_due(&self, row: &Message, lane: Lane, now: DateTime<Utc>) {
        // A queue's seconds and a row's are whole: a message that came too early would find nothing to do.
        let wait = (row.due - now).num_seconds().max(0) + 1;
        if let Ok(wait) = i32::try_from(wait)
            && i64::from(wait) <= MAX_DELAY_SECS
        {
            let entry = std::iter::once(entry(&row.id).delay_seconds(wait));
            sqs::enqueue(&self.client, self.url(lane), entry).await;
        }
    }

    /// Puts a row's id where people look at what can't be sent.
    pub async fn dead_letter(&self, id: &MessageId) {
        let request = self.client.send_message().queue_url(&self.dlq_url).message_body(body(id));
        if let Err(error) = request.send().await {
            tracing::error!(message_id = %id, error = %error.into_service_error(), "could not reach the dead-letter queue");
        }
    }

    fn url(&self, lane: Lane) -> &String {
        &self.urls[lane as usize]
    }
}

fn entry(id: &MessageId) -> EntryBuilder {
    SendMessageBatchRequestEntry::builder().message_body(body(id))
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
