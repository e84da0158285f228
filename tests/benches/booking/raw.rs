//! The same table without the application: bare conditional transactions of as many items as a hold
//! writes, through the SDK with the application's settings.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use antrian::net::aws;
use antrian::net::sdk::sdk_settings;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};

use crate::load::{AT_ONCE, Measured};

/// A client of the table at `url`.
pub(crate) fn client(url: &str) -> Client {
    let local = Credentials::new("local", "local", None, None, "local");
    let sdk = sdk_settings(aws::http_client())
        .region(Region::new(antrian_local::cloud::REGION))
        .credentials_provider(SharedCredentialsProvider::new(local))
        .build();
    let config = aws_sdk_dynamodb::config::Builder::from(&sdk).endpoint_url(url).build();
    Client::from_conf(config)
}

/// Writes `transactions` of `items` new items each; `round` tells one call's items from another's.
pub(crate) async fn transact(
    client: &Client,
    round: usize,
    transactions: usize,
    items: usize,
) -> anyhow::Result<Measured> {
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let workers = (0..AT_ONCE).map(|_| {
        let (client, next) = (client.clone(), next.clone());
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= transactions {
                    return anyhow::Ok(latencies);
                }
                let sent = Instant::now();
                one(&client, &format!("RAW#{round}#{at}"), items).await?;
                latencies.push(sent.elapsed());
            }
        })
    });
    let mut latencies = Vec::with_capacity(transactions);
    for worker in workers.collect::<Vec<_>>() {
        latencies.extend(worker.await??);
    }
    Ok(Measured { elapsed: begun.elapsed(), latencies })
}

async fn one(client: &Client, name: &str, items: usize) -> anyhow::Result<()> {
    let text = |value: String| AttributeValue::S(value);
    let mut call = client.transact_write_items();
    for item in 0..items {
        let put = Put::builder()
            .table_name(crate::TABLE)
            .item("pk", text(format!("{name}#{item}")))
            .item("sk", text("RAW".to_owned()))
            .item("code", text("7KQ4MM2XR9".to_owned()))
            .item("free_at", AttributeValue::N("1798000000".to_owned()))
            .condition_expression("attribute_not_exists(pk)")
            .build()?;
        call = call.transact_items(TransactWriteItem::builder().put(put).build());
    }
    call.send().await?;
    Ok(())
}
