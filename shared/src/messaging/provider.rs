//! The provider that the configuration chooses.

use super::cloud_api::CloudApi;
use super::messenger::{Messenger, Outgoing, Receipt, SendError};
use super::picture::PictureLinks;
use super::twilio::Twilio;
use crate::config::{ConfigError, Provider};

/// Why there is no provider.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There can be no client of it.
    #[error("no HTTPS client: {0}")]
    Https(#[from] reqwest::Error),
}

/// Any of the providers.
#[derive(Debug)]
pub enum AnyMessenger {
    /// Meta's Cloud API.
    CloudApi(CloudApi),
    Twilio(Twilio),
}

impl AnyMessenger {
    /// The provider that the configuration chooses. `links` are for one that fetches pictures itself.
    ///
    /// # Errors
    /// If it is the simulator's, or there can be no HTTPS client.
    pub fn new(provider: &Provider, links: PictureLinks) -> Result<Self, ProviderError> {
        Ok(match provider {
            Provider::CloudApi(config) => Self::CloudApi(CloudApi::new(config.clone())?),
            Provider::Twilio(config) => Self::Twilio(Twilio::new(config.clone(), links)?),
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
