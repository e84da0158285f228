//! Sends queued messages: one SQS batch at a time, one message after the other and no faster than this
//! sender's part of the number's rate, failures reported one by one.

use antrian::app::App;
use antrian::domain::ids::MessageId;
use antrian::messaging::{Courier, Delivery, Messenger};
use antrian::queues::Batch;
use antrian::queues::QueueBody;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep_until};

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
        let begun = Instant::now();
        let delivery = match batch.may_begin(record) {
            true => deliver(app, messenger, record).await,
            false => None,
        };
        batch.note(record, delivery.is_some());
        if delivery.is_none() {
            app.queue.retry_soon(record).await;
        }
        // By the machine's clock: it is the provider who counts. After the last message, too, or whoever
        // is started next would send at once.
        if !matches!(delivery, None | Some(Delivery::Nothing | Delivery::Stale)) {
            sleep_until(begun + app.sending.rate.interval()).await;
        }
    }
    batch.response()
}

/// What became of the record's message; none: it could not be dealt with.
async fn deliver<M: Messenger>(app: &App, messenger: &M, record: &SqsMessage) -> Option<Delivery> {
    let Some(id) = message_id(record) else {
        tracing::error!("a queue message is not one of ours");
        return None;
    };
    let courier = Courier {
        ledger: &app.ledger,
        queue: &app.queue,
        lane: app.queue.lane_of(record),
        messenger,
        public_url: &app.public_url,
        policy: &app.sending,
    };
    match Box::pin(courier.deliver(&id, app.clock.now())).await {
        Ok(delivery) => Some(delivery),
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(message_id = %id, %error, source, "message could not be dealt with");
            None
        }
    }
}

fn message_id(record: &SqsMessage) -> Option<MessageId> {
    let body: QueueBody = serde_json::from_str(record.body.as_deref()?).ok()?;
    Some(body.message_id)
}
