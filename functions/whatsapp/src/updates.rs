//! What a delivery brought, whoever delivered it, and how it is taken in.

use std::collections::BTreeMap;

use antrian::domain::ids::MessageId;
use antrian::domain::inbound::Inbound;
use antrian::domain::message::{Message, MessageState};
use antrian::domain::report::Report;
use antrian::http::AppState;
use antrian::http::problem::{Code, Problem};
use antrian::messaging::failed;
use antrian::storage::{StoreError, TakenIn};
use antrian::telemetry::catalogue::{INBOUND, WEBHOOK_REJECTED};
use antrian::telemetry::{Record, correlation};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};

/// What a delivery brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Updates {
    /// Messages from people, in the order of the delivery.
    pub messages: Vec<Inbound>,
    /// Statuses of messages that we sent.
    pub reports: Vec<Report>,
}

/// Writes of one delivery that are under way at once.
const AT_ONCE: usize = 16;

/// Marks what the webhook itself enqueues; the sweeper has rounds of its own.
const FIRST_ROUND: &str = "first";

/// WhatsApp takes texts of up to 4,096 characters. What is longer is cut: an item of the table has
/// 400 KB, and one that does not fit would be delivered again for a week.
const MAX_TEXT: usize = 4_096;
/// Ids of buttons have up to 256 characters.
const MAX_CHOICE: usize = 256;
/// Ids of messages are about 60 characters long.
const MAX_ID: usize = 512;

/// A text, no longer than one can be.
pub(crate) fn text(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

/// Id or title of something that was tapped, no longer than one can be.
pub(crate) fn choice(text: &str) -> String {
    text.chars().take(MAX_CHOICE).collect()
}

/// A provider's id of a message, if it can be one.
pub(crate) fn provider_id(id: String) -> Option<String> {
    (!id.is_empty() && id.len() <= MAX_ID).then_some(id)
}

/// A body, or why there is none.
pub(crate) fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge),
        _ => Problem::new(Code::Busy),
    })
}

/// Stores what a delivery brought. An error says that it has to come again.
pub(crate) async fn take_in(app: &AppState, updates: &Updates) -> Result<(), Problem> {
    let (stored, reported) =
        tokio::join!(store(app, &updates.messages), report(app, &updates.reports));
    stored?;
    Ok(reported?)
}

/// Stores messages and enqueues them in their order. Those that were stored when another one could
/// not be are enqueued when the delivery comes again, or by the sweeper.
async fn store(app: &AppState, messages: &[Inbound]) -> Result<(), Problem> {
    let (store, now) = (app.ledger.store(), app.clock.now());
    let writes: Vec<_> = messages.iter().map(|message| store.take_in(message, now)).collect();
    let stored: Vec<TakenIn> = stream::iter(writes).buffered(AT_ONCE).try_collect().await?;
    count(app, &stored, now);
    let waiting = |taken| match taken {
        TakenIn::New(waiting) | TakenIn::Waiting(waiting) => Some(waiting),
        TakenIn::Done => None,
    };
    let waiting: Vec<_> = stored.into_iter().filter_map(waiting).collect();
    for waiting in &waiting {
        tracing::info!(inbound = waiting.hash, "a message was received");
    }
    match app.inbox.enqueue(&waiting, FIRST_ROUND).await == waiting.len() {
        true => Ok(()),
        false => Err(Problem::new(Code::Busy)),
    }
}

fn count(app: &AppState, stored: &[TakenIn], now: DateTime<Utc>) {
    let new = stored.iter().filter(|taken| matches!(taken, TakenIn::New(_))).count();
    if new > 0 {
        let new = i64::try_from(new).unwrap_or(i64::MAX);
        app.metrics.send(Record::of(&INBOUND, &[new]), now);
    }
}

/// A delivery that its signature does not fit.
pub(crate) fn rejected(app: &AppState, provider: &str) -> Problem {
    let record = Record::of(&WEBHOOK_REJECTED, &[1]).with("provider", provider);
    app.metrics.send(record, app.clock.now());
    Problem::new(Code::BadSignature)
}

/// Moves rows forward, each once for all that is reported of it.
async fn report(app: &AppState, reports: &[Report]) -> Result<(), StoreError> {
    let mut by_row: BTreeMap<&MessageId, Vec<&Report>> = BTreeMap::new();
    for report in reports {
        by_row.entry(&report.message).or_default().push(report);
    }
    let writes: Vec<_> =
        by_row.into_iter().map(|(id, reports)| report_row(app, id, reports)).collect();
    stream::iter(writes).buffer_unordered(AT_ONCE).try_collect().await
}

/// A row that this version cannot read does not keep the others from being settled.
async fn report_row(
    app: &AppState,
    id: &MessageId,
    reports: Vec<&Report>,
) -> Result<(), StoreError> {
    match app.ledger.store().report_message(id, &reports).await {
        Ok(Some(row)) => {
            note(app, &row).await;
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(message_id = %id, %error, "a status could not be written down");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// What a provider reported belongs to the request that the message came from.
async fn note(app: &AppState, row: &Message) {
    let (message_id, request_id) = (row.id.as_str(), row.request_id.as_deref());
    if row.state == MessageState::Failed {
        let code = row.last_attempt.code();
        tracing::warn!(message_id, request_id, code, "a message was not delivered");
        let now = app.clock.now();
        let count = async { app.metrics.send(failed(row), now) };
        correlation::scope(request_id.map(Into::into), count).await;
    } else {
        tracing::info!(message_id, request_id, state = ?row.state, "a message's status");
    }
}
