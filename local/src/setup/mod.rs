//! `whatsapp check` and `whatsapp templates [submit]`: from settings to a first message.
//!
//! Reads the settings of the functions from the environment; prints no secret.

mod graph;
mod templates;
mod twilio;

use std::io::Write;

use antrian::config::{CloudApiConfig, Provider, WhatsappConfig};
use anyhow::{Context, bail};
use serde_json::Value;

use graph::Graph;

const USAGE: &str = "usage: cargo run -- whatsapp check\n\
    \x20      cargo run -- whatsapp templates [submit]\n\
    check tells what is missing and asks the provider whether it knows us;\n\
    templates compares the forms in shared/templates/whatsapp with the approved ones, and\n\
    submit hands in those that are missing";

/// Runs a command with the settings that `get` finds; what it has to say goes to `out`.
///
/// # Errors
/// If something is missing or wrong, or the provider does not answer.
pub async fn run(
    args: &[&str],
    get: impl Fn(&str) -> Option<String>,
    out: &mut (impl Write + Send),
) -> anyhow::Result<()> {
    let submit = match args {
        ["check"] => {
            let config = WhatsappConfig::read(get)?;
            return check(&config, out).await;
        }
        ["templates"] => false,
        ["templates", "submit"] => true,
        _ => bail!("{USAGE}"),
    };
    match WhatsappConfig::read(get)?.provider {
        Provider::CloudApi(config) => templates::run(&config, submit, out).await,
        Provider::Twilio(config) => twilio::templates(&config, out),
        Provider::Simulator => bail!("the simulator needs no templates: choose WHATSAPP_PROVIDER"),
    }
}

async fn check(config: &WhatsappConfig, out: &mut (impl Write + Send)) -> anyhow::Result<()> {
    writeln!(out, "settings: complete")?;
    match &config.provider {
        Provider::CloudApi(cloud_api) => check_cloud_api(config, cloud_api, out).await,
        Provider::Twilio(config) => twilio::check(config, out).await,
        Provider::Simulator => Ok(writeln!(out, "provider: the simulator; nothing leaves")?),
    }
}

async fn check_cloud_api(
    config: &WhatsappConfig,
    cloud_api: &CloudApiConfig,
    out: &mut (impl Write + Send),
) -> anyhow::Result<()> {
    const FIELDS: &str = "fields=display_phone_number,verified_name,quality_rating,status";
    let graph = Graph::new(cloud_api)?;
    let path = format!("{}?{FIELDS}", cloud_api.phone_number_id);
    let number = graph.get(&path).await.context("the number cannot be read")?;
    let field = |name: &str| number[name].as_str().unwrap_or("unknown").to_owned();
    let shown = field("display_phone_number");
    writeln!(out, "number: {shown} ({})", field("verified_name"))?;
    writeln!(out, "state: {}, quality: {}", field("status"), field("quality_rating"))?;
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    if digits != config.number {
        writeln!(out, "WHATSAPP_NUMBER is another number: applicants would write to that one")?;
    }
    match &cloud_api.business_account_id {
        Some(_) => templates::run(cloud_api, false, out).await,
        None => {
            Ok(writeln!(out, "templates: not looked at, WHATSAPP_BUSINESS_ACCOUNT_ID is not set")?)
        }
    }
}

/// A text of an answer.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
