//! The embedded SQS and the queues in it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Context as _;
use aws_sdk_sqs::{Client, types::QueueAttributeName};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use rustack_sqs_core::{config::SqsConfig, handler::RustackSqsHandler, provider::RustackSqs};
use rustack_sqs_http::service::{SqsHttpConfig, SqsHttpService};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::sleep,
};

use super::server::Server;

/// The region of the embedded queues' ARNs; clients sign for the same one.
pub const REGION: &str = "ap-southeast-3";

/// The queues of messages that are to be sent: of those that somebody waits for,
pub const URGENT: &str = "antrian-messages-urgent";
/// of those that tell of a change,
pub const QUEUE: &str = "antrian-messages";
/// and of those that come by the thousand.
pub const BULK: &str = "antrian-messages-bulk";
/// Where messages go that could not be handled.
pub const DEAD_LETTER_QUEUE: &str = "antrian-messages-dlq";

/// The queue of messages received; one sender's stay in order.
pub const INBOX: &str = "antrian-inbox.fifo";
/// Where received messages go that could not be handled.
pub const INBOX_DEAD_LETTERS: &str = "antrian-inbox-dlq.fifo";

/// How often a message is received before it is dead-lettered.
const MAX_RECEIVES: u32 = 5;

/// The pause after a connection that could not be accepted, usually for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

type Service = SqsHttpService<RustackSqsHandler>;

/// Queues and the socket that they will be served on.
pub(super) struct QueueServer {
    listener: TcpListener,
    queues: Arc<RustackSqs>,
    url: String,
}

impl QueueServer {
    /// Takes a free port; queue URLs carry it.
    pub(super) async fn bind() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free for SQS")?;
        let address = listener.local_addr()?;
        let config = SqsConfig {
            default_region: REGION.to_owned(),
            host: address.ip().to_string(),
            port: address.port(),
            ..SqsConfig::default()
        };
        let queues = Arc::new(RustackSqs::new(config));
        Ok(Self { listener, queues, url: format!("http://{address}") })
    }
}

impl Server for QueueServer {
    fn url(&self) -> &str {
        &self.url
    }

    /// Serves until `stopped`, then until the open requests have ended. The queues end first, so
    /// that a long poll does not hold the stop.
    async fn serve(self, mut stopped: watch::Receiver<()>) {
        let handler = RustackSqsHandler::new(Arc::clone(&self.queues));
        let service = SqsHttpService::new(Arc::new(handler), SqsHttpConfig::default());
        let connections = GracefulShutdown::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => serve_connection(stream, service.clone(), &connections),
                    Err(error) => {
                        tracing::warn!(%error, "the embedded SQS cannot accept a connection");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
                _ = stopped.changed() => break,
            }
        }
        drop(self.listener);
        self.queues.shutdown_all().await;
        connections.shutdown().await;
    }
}

fn serve_connection(stream: TcpStream, service: Service, connections: &GracefulShutdown) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to the embedded SQS ended early");
        }
    });
}

/// URLs of the queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueUrls {
    /// Messages that are to be sent, by their lanes.
    pub urgent: String,
    pub messages: String,
    pub bulk: String,
    /// Messages that could not be sent.
    pub dead_letters: String,
    /// Messages received.
    pub inbox: String,
}

/// Creates the queues that are missing, with their dead-letter queues and this visibility timeout.
/// Idempotent.
///
/// # Errors
/// The endpoint refused a call or did not answer.
pub async fn create_queues(client: &Client, visibility_secs: u32) -> anyhow::Result<QueueUrls> {
    let (messages, dead_letters) =
        create_pair(client, QUEUE, DEAD_LETTER_QUEUE, visibility_secs).await?;
    let (urgent, _) = create_pair(client, URGENT, DEAD_LETTER_QUEUE, visibility_secs).await?;
    let (bulk, _) = create_pair(client, BULK, DEAD_LETTER_QUEUE, visibility_secs).await?;
    let (inbox, _) = create_pair(client, INBOX, INBOX_DEAD_LETTERS, visibility_secs).await?;
    Ok(QueueUrls { urgent, messages, bulk, dead_letters, inbox })
}

/// A queue and its dead-letter queue.
async fn create_pair(
    client: &Client,
    name: &str,
    dead_letter_name: &str,
    visibility_secs: u32,
) -> anyhow::Result<(String, String)> {
    let dead_letters = create_queue(client, dead_letter_name).await?;
    let queue = create_queue(client, name).await?;
    let target = arn(client, &dead_letters).await?;
    let redrive =
        format!(r#"{{"deadLetterTargetArn":"{target}","maxReceiveCount":{MAX_RECEIVES}}}"#);
    client
        .set_queue_attributes()
        .queue_url(&queue)
        .attributes(QueueAttributeName::VisibilityTimeout, visibility_secs.to_string())
        .attributes(QueueAttributeName::RedrivePolicy, redrive)
        .send()
        .await
        .with_context(|| format!("cannot set the attributes of queue {name}"))?;
    Ok((queue, dead_letters))
}

/// Names no attribute but the queue's kind: with other attributes than it has, an existing queue is
/// refused.
async fn create_queue(client: &Client, name: &str) -> anyhow::Result<String> {
    let is_fifo = name.ends_with(".fifo");
    let kind = is_fifo.then(|| HashMap::from([(QueueAttributeName::FifoQueue, "true".to_owned())]));
    let created = client
        .create_queue()
        .queue_name(name)
        .set_attributes(kind)
        .send()
        .await
        .with_context(|| format!("cannot create queue {name}"))?;
    created.queue_url.with_context(|| format!("queue {name} was created without a URL"))
}

async fn arn(client: &Client, queue_url: &str) -> anyhow::Result<String> {
    let described = client
        .get_queue_attributes()
        .queue_url(queue_url)
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .with_context(|| format!("cannot read the ARN of {queue_url}"))?;
    let attributes = described.attributes.unwrap_or_default();
    let arn = attributes.get(&QueueAttributeName::QueueArn).cloned();
    arn.with_context(|| format!("{queue_url} has no ARN"))
}
