//! Answers people's messages: one SQS batch at a time, in order for each person, failures reported
//! one by one.

mod act;
mod ask;
mod hold;
mod registration;
mod say;
mod texts;
mod turn;

use antrian::app::App;
use antrian::ledger::LedgerError;
use antrian::messaging::Messenger;
use antrian::queues::Batch;
use antrian::queues::InboxBody;
use antrian::storage::StoreError;
use antrian::telemetry::correlation;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use chrono::{DateTime, Utc};

/// Deals with the messages of a batch. What could not be dealt with is reported, and SQS brings it
/// again before anything that the same person wrote later.
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

/// Whether the record is dealt with.
async fn is_answered<M: Messenger>(app: &App, messenger: &M, record: &SqsMessage) -> bool {
    let answered = answer(app, messenger, record).await;
    if let Err(error) = &answered {
        tracing::warn!(%error, "a received message could not be dealt with");
    }
    answered.is_ok()
}

/// Why a message could not be dealt with.
#[derive(Debug, thiserror::Error)]
enum TurnError {
    /// A queue message that is none of ours.
    #[error("a queue message is not one of ours")]
    Foreign,
    /// A fault of the table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Other messages of the same person were always faster.
    #[error("other messages of the same person were always faster")]
    Contention,
}

impl TurnError {
    fn ledger(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => Self::Store(error),
            LedgerError::Contention => Self::Contention,
        }
    }
}

async fn answer<M: Messenger>(
    app: &App,
    messenger: &M,
    record: &SqsMessage,
) -> Result<(), TurnError> {
    let body = record.body.as_deref().unwrap_or_default();
    let InboxBody { inbound: hash } = serde_json::from_str(body).map_err(|_| TurnError::Foreign)?;
    let Some(inbound) = app.ledger.store().inbound(&hash).await? else { return Ok(()) };
    let work = async {
        let (answered, ()) = tokio::join!(
            Box::pin(turn::answer(app, &hash, &inbound)),
            messenger.seen(&inbound.provider_id, true),
        );
        answered.inspect(|()| tracing::info!("a received message was dealt with"))
    };
    // What is done and said because of a message is known by the message's hash.
    correlation::scope(Some(hash.as_str().into()), work).await
}
