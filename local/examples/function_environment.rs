//! The stack for functions that run as processes of their own, as in the cloud: prints what they must
//! find in their environment, as one JSON object, and ends when its input ends. Nothing else works on
//! the queues. `infra/measure` uses it.

#![expect(clippy::print_stdout, reason = "this is what the caller reads")]

use antrian::net::kms::Kms;
use antrian::security::{Keyring, split};
use antrian::staff::{Offices, Role};
use antrian_local::cloud::{DATA_KEY, DEAD_LETTER_QUEUE, QUEUE, REGION};
use antrian_local::{Options, Stack, demo, issuer, simulator};
use antrian_scheduler::Job;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let keys = Keyring::generate_json();
    let options = Options {
        offices: demo::offices()?,
        overrides: [("ANTRIAN_KEYS".to_owned(), keys.expose_secret().to_owned())].into(),
        by_hand: true,
        ..Options::default()
    };
    let stack = Stack::start(options).await?;
    stack.run_job(Job::Tick).await?;
    let parts = split(&keys)?;
    let data = Kms::new(&stack.cloud.kms_settings(), DATA_KEY).wrap(&parts.data).await?;
    println!("{}", environment(&stack, data.expose_secret(), parts.tickets.expose_secret()));
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    stack.stop().await;
    Ok(())
}

fn environment(stack: &Stack, keys: &str, ticket_keys: &str) -> Value {
    let queue = &stack.poller.queue_url;
    let [urgent, bulk] = [&stack.urgent.queue_url, &stack.bulk.queue_url];
    let token =
        stack.issuer.token(&Offices::All, &[Role::Desk, Role::Admin], stack.app.clock.now());
    json!({
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_ENDPOINT_URL_DYNAMODB": stack.cloud.dynamodb_url,
        "AWS_ENDPOINT_URL_SQS": stack.cloud.sqs_url,
        "ANTRIAN_STAGE": "local",
        "ANTRIAN_TABLE": stack.app.ledger.store().table(),
        "ANTRIAN_URGENT_URL": urgent,
        "ANTRIAN_QUEUE_URL": queue,
        "ANTRIAN_BULK_URL": bulk,
        "ANTRIAN_DLQ_URL": queue.replace(QUEUE, DEAD_LETTER_QUEUE),
        "ANTRIAN_INBOX_URL": stack.inbox.queue_url,
        "AWS_ENDPOINT_URL_KMS": stack.cloud.kms_url,
        "ANTRIAN_DATA_KEY": DATA_KEY,
        "ANTRIAN_KEYS": keys,
        "ANTRIAN_TICKET_KEYS": ticket_keys,
        "ANTRIAN_STAFF_ISSUER": stack.issuer.url(),
        "ANTRIAN_STAFF_CLIENT_ID": issuer::CLIENT_ID,
        "ANTRIAN_STAFF_SIGN_IN_URL": stack.issuer.url(),
        "ANTRIAN_PUBLIC_URL": stack.base_url,
        "WHATSAPP_PROVIDER": "cloud_api",
        "WHATSAPP_GRAPH_URL": format!("{}/local/graph", stack.base_url),
        "WHATSAPP_GRAPH_VERSION": simulator::GRAPH_VERSION,
        "WHATSAPP_PHONE_NUMBER_ID": simulator::PHONE_NUMBER_ID,
        "WHATSAPP_TOKEN": simulator::TOKEN,
        "WHATSAPP_NUMBER": simulator::NUMBER,
        "WHATSAPP_APP_SECRET": simulator::APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": "local-verify-token",
        "STAFF_TOKEN": token,
    })
}
