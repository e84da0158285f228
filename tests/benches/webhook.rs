//! How long the provider waits for an answer: `cargo bench -p antrian-tests --bench webhook`. Signed
//! deliveries over HTTP to a stack whose table is in a file. Tells figures and judges none.
#![expect(clippy::print_stdout, reason = "this program's output is its result")]

use std::time::{Duration, Instant};

use antrian_local::home::Home;
use antrian_local::routes::sign;
use antrian_local::{Options, Stack};
use serde_json::json;

const SECRET: &str = "local-app-secret";
/// Deliveries of one message each.
const SINGLE: usize = 500;
/// Deliveries of a thousand messages each.
const LARGE: usize = 3;

/// A delivery of `count` messages, each from another sender.
fn delivery(first: usize, count: usize) -> String {
    let message = |at: usize| {
        json!({"id": format!("wamid.{at}"), "from": format!("62800{at:08}"), "type": "text",
            "timestamp": "1796083200", "text": {"body": "halo"}})
    };
    let messages: Vec<_> = (first..first + count).map(message).collect();
    json!({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [
        {"field": "messages", "value": {"messages": messages}}]}]})
    .to_string()
}

async fn timed(http: &reqwest::Client, url: &str, body: String) -> anyhow::Result<Duration> {
    let signature = sign(SECRET, body.as_bytes());
    let request = http.post(url).header("x-hub-signature-256", signature).body(body);
    let begun = Instant::now();
    request.send().await?.error_for_status()?;
    Ok(begun.elapsed())
}

async fn measure(stack: &Stack) -> anyhow::Result<()> {
    let http = antrian::net::client::builder().no_proxy().build()?;
    let url = format!("{}/webhooks/whatsapp", stack.base_url);
    let mut times = Vec::new();
    for at in 0..SINGLE {
        times.push(timed(&http, &url, delivery(at, 1)).await?);
    }
    times.sort();
    let at = |percent: usize| times[(SINGLE - 1) * percent / 100];
    println!("one message: median {:?}, p95 {:?}, longest {:?}", at(50), at(95), at(100));
    for round in 0..LARGE {
        let time = timed(&http, &url, delivery(SINGLE + round * 1_000, 1_000)).await?;
        println!("a thousand messages: {time:?}");
    }
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("antrian-webhook-{}", std::process::id()));
    let home = Some(Home::open(&folder, true)?);
    let stack = Stack::start(Options { home, by_hand: true, ..Options::default() }).await?;
    let measured = measure(&stack).await;
    stack.stop().await;
    drop(std::fs::remove_dir_all(&folder));
    measured
}
