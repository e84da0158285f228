//! `simulator WEBHOOK_URL`: WhatsApp alone, for a system that runs elsewhere.

use std::future::pending;
use std::io::Write;

use antrian::clock::Clock;
use anyhow::{Context, bail};
use tokio::net::TcpListener;

use super::account::{Account, PHONE_NUMBER_ID};
use super::graph::Graph;
use super::routes::routes;
use crate::server;

const USAGE: &str = "usage: cargo run -- simulator WEBHOOK_URL\n\
    WEBHOOK_URL  where the system takes webhooks: https://…/webhooks/whatsapp\n\
    ANTRIAN_PORT (a free one) chooses the simulator's port";

/// Plays Meta's servers and people's phones to a system that takes webhooks at the given address,
/// until it is ended.
///
/// # Errors
/// If the address is missing or the port cannot be had.
pub async fn run(
    args: &[&str],
    get: impl Fn(&str) -> Option<String>,
    out: &mut (impl Write + Send),
) -> anyhow::Result<()> {
    let [webhook_url] = args else { bail!("{USAGE}") };
    if !webhook_url.starts_with("http") {
        bail!("{webhook_url} is not a URL\n{USAGE}");
    }
    let port = get("ANTRIAN_PORT").map_or(Ok(0), |text| text.parse());
    let port: u16 = port.context("ANTRIAN_PORT is wrong: it is not a port")?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await.context("no port is free")?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let account = Account::usual(&base_url, (*webhook_url).to_owned());
    let graph = Graph::with_templates(account, Clock::default())?;
    writeln!(
        out,
        "WHATSAPP_GRAPH_URL={base_url}/local/graph WHATSAPP_PHONE_NUMBER_ID={PHONE_NUMBER_ID}\n\
         phones: {base_url}/simulator"
    )?;
    let reports = tokio::spawn(graph.clone().report_for_ever());
    let router = antrian::http::finish(routes(graph));
    let served = server::serve(listener, router, server::HEAD_WITHIN, pending()).await;
    reports.abort();
    Ok(served?)
}
