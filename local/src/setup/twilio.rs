//! What Twilio needs to be set up.

use std::io::Write;

use antrian::config::TwilioConfig;
use antrian::messaging::templates::all;
use anyhow::{Context, bail};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::answer::text;

/// Asks Twilio whether it knows the account.
pub(super) async fn check(
    config: &TwilioConfig,
    out: &mut (impl Write + Send),
) -> anyhow::Result<()> {
    let http = antrian::net::client::builder().build().context("no HTTP client")?;
    let url = format!("{}/2010-04-01/Accounts/{}.json", config.api_url, config.account_sid);
    let token = config.auth_token.expose_secret();
    let response = http.get(url).basic_auth(&config.account_sid, Some(token)).send().await;
    let response =
        response.map_err(reqwest::Error::without_url).context("Twilio cannot be reached")?;
    let status = response.status();
    let body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
    if !status.is_success() {
        bail!(
            "Twilio answers {} (code {}): {}",
            status.as_u16(),
            body["code"],
            text(&body["message"])
        );
    }
    writeln!(out, "account: {} ({})", text(&body["friendly_name"]), text(&body["status"]))?;
    templates(config, out)
}

/// Lists each form with its content id, or as missing.
pub(super) fn templates(config: &TwilioConfig, out: &mut impl Write) -> anyhow::Result<()> {
    for form in all() {
        let key = format!("{}_{}", form.name, form.language);
        match config.content_sids.get(&key) {
            Some(sid) => writeln!(out, "{key}: {sid}")?,
            None => writeln!(out, "{key}: missing in TWILIO_CONTENT_SIDS")?,
        }
    }
    Ok(())
}
