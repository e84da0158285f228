//! `whatsapp check` and `whatsapp templates [submit]`: from settings to a first message.
//!
//! Reads the settings of the functions from the environment; prints no secret.

mod answer;
mod graph;
pub mod keys;
pub mod operator;
mod templates;
mod twilio;

use std::io::Write;

use antrian::config::{CloudApiConfig, ConfigError, Provider, WhatsappConfig};
use anyhow::{Context, bail};

use graph::Graph;

const USAGE: &str = "usage: cargo run -- whatsapp check\n\
    \x20      cargo run -- whatsapp templates [submit]\n\
    check       names missing settings, then asks the provider about the account\n\
    templates   compares shared/templates/whatsapp with the provider's templates\n\
    submit      hands in those that are missing";

/// Runs a command with the settings that `get` finds, and writes the result to `out`.
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
            let missing = missing(&get);
            if !missing.is_empty() {
                bail!("not set: {}", missing.join(", "));
            }
            return check(&WhatsappConfig::read(get)?, out).await;
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

/// All variables that are required and not set. Reading stops at the first one that is missing, so each
/// gets a stand-in and the settings are read once more.
fn missing(get: &impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
    let mut missing = Vec::new();
    loop {
        let stands_in = |name: &str| missing.contains(&name).then(|| stand_in(name));
        let read = WhatsappConfig::read(|name| get(name).or_else(|| stands_in(name)));
        match read {
            Err(ConfigError::Missing(name)) if !missing.contains(&name) => missing.push(name),
            _ => return missing,
        }
    }
}

/// A value that a variable may have.
fn stand_in(name: &str) -> String {
    match name {
        "WHATSAPP_PROVIDER" => "cloud_api",
        "TWILIO_ACCOUNT_SID" => "AC0",
        _ => "6280000000000",
    }
    .to_owned()
}

async fn check(config: &WhatsappConfig, out: &mut (impl Write + Send)) -> anyhow::Result<()> {
    writeln!(out, "settings: complete")?;
    match &config.provider {
        Provider::CloudApi(cloud_api) => check_cloud_api(config, cloud_api, out).await,
        Provider::Twilio(config) => twilio::check(config, out).await,
        Provider::Simulator => {
            Ok(writeln!(out, "provider: the simulator; nothing is sent to WhatsApp")?)
        }
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
            Ok(writeln!(out, "templates: not compared, WHATSAPP_BUSINESS_ACCOUNT_ID is not set")?)
        }
    }
}
