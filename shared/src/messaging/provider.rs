//! The provider that the configuration chooses.

use super::cloud_api::CloudApi;
use super::messenger::{Messenger, Outgoing, Receipt, SendError};
use super::picture::PictureLinks;
use super::twilio::Twilio;
use crate::app::{App, StartError};
use crate::config::{ConfigError, Provider};

/// Any of the providers.
#[derive(Debug)]
pub enum AnyMessenger {
    /// Meta's Cloud API.
    CloudApi(CloudApi),
    /// Twilio.
    Twilio(Twilio),
}

impl AnyMessenger {
    /// The provider that this state's configuration chooses.
    ///
    /// # Errors
    /// If there is no channel, or there can be no HTTPS client.
    pub fn new(app: &App) -> Result<Self, StartError> {
        Ok(match &app.channel()?.provider {
            Provider::CloudApi(config) => Self::CloudApi(CloudApi::new(config.clone())?),
            Provider::Twilio(config) => {
                let (keyring, clock) = (app.keyring.clone(), app.clock.clone());
                let links = PictureLinks::new(keyring, clock, &app.public_url);
                Self::Twilio(Twilio::new(config.clone(), links)?)
            }
            Provider::Simulator => Err(ConfigError::Wrong {
                variable: "WHATSAPP_PROVIDER",
                why: "the simulator is part of the local stack; functions take `cloud_api`, and `WHATSAPP_GRAPH_URL` may lead to a simulator",
            })?,
        })
    }
}

impl Messenger for AnyMessenger {
    async fn send(&self, message: &Outgoing) -> Result<Receipt, SendError> {
        match self {
            Self::CloudApi(provider) => provider.send(message).await,
            Self::Twilio(provider) => provider.send(message).await,
        }
    }

    async fn seen(&self, provider_id: &str, typing: bool) {
        match self {
            Self::CloudApi(provider) => provider.seen(provider_id, typing).await,
            Self::Twilio(provider) => provider.seen(provider_id, typing).await,
        }
    }
}
