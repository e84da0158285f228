//! Answers people's messages: one SQS batch at a time, in order for each person, failures reported
//! one by one.

mod act;
mod answering;
mod ask;
mod bookings;
mod claims;
mod context;
mod corrections;
mod error;
mod hold;
mod owner;
mod papers;
mod people;
mod refusals;
mod remarks;
mod say;
mod sign_in;
mod texts;
mod turn;

use antrian::app::App;
use antrian::domain::ids::AccountId;
use antrian::messaging::Messenger;
use antrian::queues::{ACCOUNT_ATTRIBUTE, Batch, InboxBody};
use antrian::telemetry::correlation;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};

use error::TurnError;

/// Answers the messages of a batch. What could not be answered is reported, and SQS brings it again
/// before anything that the same person wrote later.
pub async fn handle<M: Messenger>(
    app: &App,
    messenger: &M,
    event: SqsEvent,
    deadline: DateTime<Utc>,
) -> SqsBatchResponse {
    let mut batch = Batch::new(&app.clock, deadline);
    for record in &event.records {
        let done = batch.may_begin(record) && is_answered(app, messenger, record).await;
        batch.note(record, done);
        if !done {
            app.inbox.retry_soon(record).await;
        }
    }
    batch.response()
}

async fn is_answered<M: Messenger>(app: &App, messenger: &M, record: &SqsMessage) -> bool {
    let answered = answer(app, messenger, record).await;
    if let Err(error) = &answered {
        tracing::warn!(%error, "a received message could not be answered");
    }
    answered.is_ok()
}

/// Answers the message of a record; one that was answered before has nothing left to do.
async fn answer<M: Messenger>(
    app: &App,
    messenger: &M,
    record: &SqsMessage,
) -> Result<(), TurnError> {
    let body = record.body.as_deref().unwrap_or_default();
    let InboxBody { inbound: hash } = serde_json::from_str(body).map_err(TurnError::Foreign)?;
    // Without a group nothing but the hint is missing that it gives.
    let group = record.attributes.get("MessageGroupId").map_or("", String::as_str);
    let account = account_of(record);
    let received = app.ledger.store().received(&hash, group, account.as_ref()).await?;
    let Some(received) = received else { return Ok(()) };
    let provider_id = received.inbound.provider_id.clone();
    let work = async {
        let (answered, ()) = tokio::join!(
            Box::pin(turn::answer(app, &hash, received)),
            messenger.seen(&provider_id, true),
        );
        answered.inspect(|()| tracing::info!("a received message was answered"))
    };
    // What is done and said because of a message is known by the message's hash.
    correlation::scope(Some(hash.as_str().into()), work).await
}

/// Whose number it was when the message came, if the webhook knew. One that says something else is a
/// missing one.
fn account_of(record: &SqsMessage) -> Option<AccountId> {
    record.message_attributes.get(ACCOUNT_ATTRIBUTE)?.string_value.as_ref()?.parse().ok()
}
