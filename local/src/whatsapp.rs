//! WhatsApp from both sides: the stack's sender, and the simulated platform.

use antrian::app::App;
use antrian::clock::Clock;
use antrian::config::{CloudApiConfig, Config, Provider};
use antrian::messaging::{AnyMessenger, CloudApi};
use anyhow::Context;
use secrecy::ExposeSecret;

use crate::simulator::{Account, GRAPH_VERSION, Graph, PHONE_NUMBER_ID, TOKEN, WABA_ID};

/// With the provider `simulator`, the sender of the Cloud API talks to the simulated Graph API.
pub(crate) fn messenger(app: &App, base_url: &str) -> anyhow::Result<AnyMessenger> {
    if !matches!(app.channel()?.provider, Provider::Simulator) {
        return Ok(app.messenger()?);
    }
    let config = CloudApiConfig {
        graph_url: format!("{base_url}/local/graph"),
        version: GRAPH_VERSION.to_owned(),
        phone_number_id: PHONE_NUMBER_ID.to_owned(),
        token: TOKEN.to_owned().into(),
        business_account_id: Some(WABA_ID.to_owned()),
    };
    Ok(AnyMessenger::CloudApi(CloudApi::new(config)?))
}

/// The platform, which posts its webhooks to this stack.
pub(crate) fn graph(config: &Config, clock: Clock, base_url: &str) -> anyhow::Result<Graph> {
    let channel = config.whatsapp.as_ref().context("WHATSAPP_PROVIDER is not set")?;
    let account = Account {
        number: config.whatsapp_number.clone(),
        app_secret: channel.app_secret.expose_secret().to_owned(),
        ..Account::usual(base_url, format!("{base_url}/webhooks/whatsapp"))
    };
    Graph::with_templates(account, clock)
}
