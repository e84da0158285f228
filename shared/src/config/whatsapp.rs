//! Settings of the WhatsApp channel: who carries messages, and what that provider needs.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::error::ConfigError;
use super::values::{digits, url};
use crate::security::tokens;

#[derive(Debug, Clone)]
pub struct WhatsappConfig {
    /// `WHATSAPP_PROVIDER`, with the settings of the one chosen.
    pub provider: Provider,
    /// `WHATSAPP_NUMBER`: the number that applicants write to, digits only.
    pub number: String,
    /// `WHATSAPP_APP_SECRET`: signs Meta's webhooks. With Twilio it may be absent: then nobody can
    /// sign one.
    pub app_secret: SecretString,
    /// `WHATSAPP_VERIFY_TOKEN`: proves the webhook's address to Meta. With Twilio it may be absent.
    pub verify_token: SecretString,
}

impl WhatsappConfig {
    /// Meta's id of the number; absent: deliveries for any number are taken.
    pub fn phone_number_id(&self) -> Option<&str> {
        match &self.provider {
            Provider::CloudApi(config) => Some(&config.phone_number_id),
            Provider::Twilio(_) | Provider::Simulator => None,
        }
    }

    /// What signs Twilio's webhooks; absent: there are none.
    pub fn twilio_auth_token(&self) -> Option<&SecretString> {
        match &self.provider {
            Provider::Twilio(config) => Some(&config.auth_token),
            Provider::CloudApi(_) | Provider::Simulator => None,
        }
    }
}

/// Who carries messages.
#[derive(Debug, Clone)]
pub enum Provider {
    /// `cloud_api`: Meta's Cloud API.
    CloudApi(CloudApiConfig),
    Twilio(TwilioConfig),
    /// `simulator`: the local stack's own.
    Simulator,
}

#[derive(Debug, Clone)]
pub struct CloudApiConfig {
    /// `WHATSAPP_GRAPH_URL`, without a slash at its end.
    pub graph_url: String,
    /// `WHATSAPP_GRAPH_VERSION`, for example `v26.0`.
    pub version: String,
    /// `WHATSAPP_PHONE_NUMBER_ID`: Meta's id of the number, not the number itself.
    pub phone_number_id: String,
    /// `WHATSAPP_TOKEN`: a system user's token.
    pub token: SecretString,
    /// `WHATSAPP_BUSINESS_ACCOUNT_ID`: whose templates they are; needed only to set up.
    pub business_account_id: Option<String>,
}

#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// `TWILIO_API_URL`, without a slash at its end.
    pub api_url: String,
    /// `TWILIO_ACCOUNT_SID`.
    pub account_sid: String,
    /// `TWILIO_AUTH_TOKEN`: signs in, and signs webhooks.
    pub auth_token: SecretString,
    /// `TWILIO_FROM`: the sender's number, digits only.
    pub from: String,
    /// `TWILIO_CONTENT_SIDS`: the content of each template, by `name_locale`.
    pub content_sids: BTreeMap<String, String>,
}

const GRAPH_URL: &str = "https://graph.facebook.com";
const GRAPH_VERSION: &str = "v26.0";
const TWILIO_API_URL: &str = "https://api.twilio.com";

impl WhatsappConfig {
    /// Reads the channel's settings alone.
    ///
    /// # Errors
    /// Names the first variable that is missing or wrong.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Variables(|name: &'static str| get(name).filter(|value| !value.is_empty())).whatsapp()
    }
}

/// Reads variables that are set to something.
pub(super) struct Variables<F>(pub(super) F);

impl<F: Fn(&'static str) -> Option<String>> Variables<F> {
    fn get(&self, name: &'static str) -> Option<String> {
        (self.0)(name)
    }

    fn need(&self, name: &'static str) -> Result<String, ConfigError> {
        self.get(name).ok_or(ConfigError::Missing(name))
    }

    pub(super) fn whatsapp(&self) -> Result<WhatsappConfig, ConfigError> {
        let provider = self.provider()?;
        let is_twilio = matches!(provider, Provider::Twilio(_));
        let secret = |name| match self.get(name) {
            None if is_twilio => Ok(tokens::random_secret().into()),
            value => value.map(SecretString::from).ok_or(ConfigError::Missing(name)),
        };
        Ok(WhatsappConfig {
            number: digits("WHATSAPP_NUMBER", self.need("WHATSAPP_NUMBER")?)?,
            app_secret: secret("WHATSAPP_APP_SECRET")?,
            verify_token: secret("WHATSAPP_VERIFY_TOKEN")?,
            provider,
        })
    }

    fn provider(&self) -> Result<Provider, ConfigError> {
        match self.need("WHATSAPP_PROVIDER")?.as_str() {
            "cloud_api" => self.cloud_api().map(Provider::CloudApi),
            "twilio" => self.twilio().map(Provider::Twilio),
            "simulator" => Ok(Provider::Simulator),
            _ => Err(ConfigError::Wrong {
                variable: "WHATSAPP_PROVIDER",
                why: "it is `cloud_api`, `twilio` or `simulator`",
            }),
        }
    }

    fn cloud_api(&self) -> Result<CloudApiConfig, ConfigError> {
        let graph_url = self.get("WHATSAPP_GRAPH_URL").unwrap_or_else(|| GRAPH_URL.to_owned());
        let version = self.get("WHATSAPP_GRAPH_VERSION");
        let account = self.get("WHATSAPP_BUSINESS_ACCOUNT_ID");
        let account = account.map(|id| graph_id("WHATSAPP_BUSINESS_ACCOUNT_ID", id)).transpose()?;
        Ok(CloudApiConfig {
            graph_url: url("WHATSAPP_GRAPH_URL", graph_url)?,
            version: graph_version(version.unwrap_or_else(|| GRAPH_VERSION.to_owned()))?,
            phone_number_id: graph_id(
                "WHATSAPP_PHONE_NUMBER_ID",
                self.need("WHATSAPP_PHONE_NUMBER_ID")?,
            )?,
            token: header("WHATSAPP_TOKEN", self.need("WHATSAPP_TOKEN")?)?,
            business_account_id: account,
        })
    }

    fn twilio(&self) -> Result<TwilioConfig, ConfigError> {
        let api_url = self.get("TWILIO_API_URL").unwrap_or_else(|| TWILIO_API_URL.to_owned());
        let from = self.need("TWILIO_FROM")?;
        let from = from.trim_start_matches("whatsapp:").trim_start_matches('+').to_owned();
        Ok(TwilioConfig {
            api_url: url("TWILIO_API_URL", api_url)?,
            account_sid: account_sid(self.need("TWILIO_ACCOUNT_SID")?)?,
            auth_token: self.need("TWILIO_AUTH_TOKEN")?.into(),
            from: digits("TWILIO_FROM", from)?,
            content_sids: content_sids(self.get("TWILIO_CONTENT_SIDS"))?,
        })
    }
}

/// An id of Meta's: it becomes part of an address.
fn graph_id(variable: &'static str, value: String) -> Result<String, ConfigError> {
    match value.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(value),
        false => Err(ConfigError::Wrong { variable, why: "Meta's ids have digits only" }),
    }
}

fn graph_version(value: String) -> Result<String, ConfigError> {
    let numbers = value.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match numbers.is_some_and(|(major, minor)| is_number(major) && is_number(minor)) {
        true => Ok(value),
        false => Err(ConfigError::Wrong {
            variable: "WHATSAPP_GRAPH_VERSION",
            why: "a version is written like v26.0",
        }),
    }
}

/// A secret that goes into a header.
fn header(variable: &'static str, value: String) -> Result<SecretString, ConfigError> {
    match value.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(value.into()),
        false => Err(ConfigError::Wrong { variable, why: "a token has no blanks" }),
    }
}

fn account_sid(value: String) -> Result<String, ConfigError> {
    match value.starts_with("AC") && value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(value),
        false => Err(ConfigError::Wrong {
            variable: "TWILIO_ACCOUNT_SID",
            why: "it begins with AC and has letters and digits only",
        }),
    }
}

fn content_sids(value: Option<String>) -> Result<BTreeMap<String, String>, ConfigError> {
    let Some(value) = value else { return Ok(BTreeMap::new()) };
    serde_json::from_str(&value).map_err(|_| ConfigError::Wrong {
        variable: "TWILIO_CONTENT_SIDS",
        why: "it is a JSON object of texts, like {\"antrian_hold_id\": \"HX…\"}",
    })
}

#[cfg(test)]
mod tests;
