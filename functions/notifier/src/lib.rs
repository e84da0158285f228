//! Sends queued messages: one SQS batch at a time, failures reported one by one.

use antrian::app::App;
use antrian::domain::ids::MessageId;
use antrian::messaging::{Courier, Messenger};
use antrian::queues::Batch;
use antrian::queues::QueueBody;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};

/// Delivers the messages of a batch. What could not be dealt with is reported, and SQS brings it
/// again; after five times it goes to the dead-letter queue, and its row stays for the sweeper.
pub async fn handle<M: Messenger>(
    app: &App,
    messenger: &M,
    event: SqsEvent,
    deadline: DateTime<Utc>,
) -> SqsBatchResponse {
    let mut batch = Batch::new(&app.clock, deadline);
    for record in &event.records {
        let done = batch.may_begin(record) && deliver(app, messenger, record).await;
        batch.note(record, done);
        if !done {
            app.queue.retry_soon(record).await;
        }
    }
    batch.response()
}

/// Whether the record is dealt with.
async fn deliver<M: Messenger>(app: &App, messenger: &M, record: &SqsMessage) -> bool {
    let Some(id) = message_id(record) else {
        tracing::error!("a queue message is not one of ours");
        return false;
    };
    let courier = Courier {
        ledger: &app.ledger,
        queue: &app.queue,
        messenger,
        public_url: &app.public_url,
        policy: &app.sending,
    };
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
