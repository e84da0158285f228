//! What both queues ask of SQS.

use aws_lambda_events::sqs::SqsMessage;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry as Entry;
use aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder as EntryBuilder;

/// SQS takes ten messages at a time.
const BATCH: usize = 10;

/// Enqueues messages. Answers with the positions of those that SQS has taken: the sweeper finds the
/// others, so that a failure here loses nothing.
pub(super) async fn enqueue(
    client: &Client,
    url: &str,
    messages: impl Iterator<Item = EntryBuilder>,
) -> Vec<usize> {
    let entries: Vec<_> =
        messages.enumerate().filter_map(|(at, message)| built(at, message)).collect();
    let mut taken = Vec::with_capacity(entries.len());
    for batch in entries.chunks(BATCH) {
        taken.extend(enqueue_batch(client, url, batch.to_vec()).await);
    }
    taken
}

/// One that lacks its body would be a defect of ours: it is not enqueued, and not counted.
fn built(at: usize, message: EntryBuilder) -> Option<Entry> {
    let report = |error: &_| tracing::error!(%error, "a message cannot be enqueued");
    message.id(at.to_string()).build().inspect_err(report).ok()
}

async fn enqueue_batch(client: &Client, url: &str, batch: Vec<Entry>) -> Vec<usize> {
    let count = batch.len();
    match client.send_message_batch().queue_url(url).set_entries(Some(batch)).send().await {
        Ok(answer) => {
            if let Some(refused) = answer.failed().first() {
                let (count, code) = (answer.failed().len(), refused.code());
                tracing::warn!(count, code, url, "messages wait for the sweeper");
            }
            answer.successful().iter().filter_map(|taken| taken.id().parse().ok()).collect()
        }
        Err(error) => {
            let error = error.into_service_error();
            tracing::warn!(%error, count, url, "messages wait for the sweeper");
            vec![]
        }
    }
}

/// Whether a queue is there and may be used; otherwise what SQS says.
pub(crate) async fn ping(client: &Client, url: &str) -> Result<(), String> {
    let asked = client.get_queue_attributes().queue_url(url).send().await;
    asked.map(drop).map_err(|error| error.code().unwrap_or("no answer").to_owned())
}

/// What could not be dealt with comes again after 5 s, then 15, 45, 135: long before the queue would
/// bring it by itself, which is after six times what a function may take.
const FIRST_WAIT_SECS: i32 = 5;
/// As often as the queue brings a message before it gives up.
const MAX_TIMES: u32 = 4;

/// Lets a message come again soon; if that fails it comes again later.
pub(super) async fn retry_soon(client: &Client, url: &str, record: &SqsMessage) {
    // SQS counts from 1 on. Without its count the message comes again as after the first time.
    let times = record.attributes.get("ApproximateReceiveCount");
    let times = times.and_then(|times| times.parse::<u32>().ok()).unwrap_or(1).clamp(1, MAX_TIMES);
    let asked = client
        .change_message_visibility()
        .queue_url(url)
        .set_receipt_handle(record.receipt_handle.clone())
        .visibility_timeout(FIRST_WAIT_SECS * 3_i32.pow(times - 1))
        .send()
        .await;
    if let Err(error) = asked {
        tracing::warn!(error = %error.into_service_error(), "a message comes again later");
    }
}
