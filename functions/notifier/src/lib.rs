//! Sends queued messages: one SQS batch at a time, failures reported one by one.

use antrian::app::App;
use antrian::domain::ids::MessageId;
use antrian::messaging::queue::QueueBody;
use antrian::messaging::{Courier, Messenger};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};

/// Delivers the messages of a batch. What could not be dealt with is reported, and SQS brings it
/// again; after five times it goes to the dead-letter queue, and its row stays for the sweeper.
pub async fn handle<M: Messenger>(app: &App, messenger: &M, event: SqsEvent) -> SqsBatchResponse {
    let mut failures = Vec::new();
    for record in event.records {
        if !deliver(app, messenger, &record).await {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = record.message_id.unwrap_or_default();
            failures.push(failure);
        }
    }
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    response
}

/// Whether the record is dealt with.
async fn deliver<M: Messenger>(app: &App, messenger: &M, record: &SqsMessage) -> bool {
    let Some(id) = message_id(record) else {
        tracing::error!("a queue message is not one of ours");
        return false;
    };
    let courier =
        Courier { ledger: &app.ledger, queue: &app.queue, messenger, public_url: &app.public_url };
    match Box::pin(courier.deliver(&id, app.clock.now())).await {
        Ok(_) => true,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(message_id = %id, %error, source, "message could not be dealt with");
            false
        }
    }
}

fn message_id(record: &SqsMessage) -> Option<MessageId> {
    let body: QueueBody = serde_json::from_str(record.body.as_deref()?).ok()?;
    Some(body.message_id)
}
