//! WhatsApp through Twilio.
//!
//! Twilio fetches pictures itself, from an address that [`super::picture`] makes; buttons become
//! numbered lines; nothing can be marked as read.

mod remedy;
mod request;

use std::time::Duration;

use reqwest::{StatusCode, redirect};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::cloud_api::Remedy;
use super::limits;
use super::messenger::{Messenger, Outgoing, Receipt, SendError};
use super::picture::PictureLinks;
use crate::config::TwilioConfig;
use crate::net::client;

pub use remedy::remedy;

const SEND_TIMEOUT: Duration = Duration::from_secs(8);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Sends through Twilio.
#[derive(Debug)]
pub struct Twilio {
    config: TwilioConfig,
    http: reqwest::Client,
    links: PictureLinks,
}

#[derive(Deserialize)]
struct Taken {
    sid: String,
}

#[derive(Deserialize)]
struct Refused {
    code: u32,
}

impl Twilio {
    /// Sends with these settings; `links` says where Twilio finds pictures and reports statuses.
    ///
    /// # Errors
    /// If there can be no HTTPS client.
    pub fn new(config: TwilioConfig, links: PictureLinks) -> Result<Self, reqwest::Error> {
        let http = client::builder_for(&config.api_url)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self { config, http, links })
    }

    fn form(&self, message: &Outgoing) -> Result<request::Fields, &'static str> {
        let phone = message.to.phone.as_ref().ok_or("no_phone")?;
        let picture = || self.links.of(&message.id);
        let mut form = vec![
            ("From", format!("whatsapp:+{}", self.config.from)),
            ("To", format!("whatsapp:+{}", phone.expose())),
        ];
        form.extend(request::content(&self.config, &message.body, picture)?);
        let callback =
            format!("{}/webhooks/twilio?message={}", self.links.public_url(), message.id);
        form.push(("StatusCallback", callback));
        Ok(form)
    }
}

impl Messenger for Twilio {
    async fn send(&self, message: &Outgoing) -> Result<Receipt, SendError> {
        let defect = |code: &str| SendError::Defect { code: code.to_owned() };
        limits::check(&message.body).map_err(defect)?;
        let form = self.form(message).map_err(|code| match code {
            "no_phone" => SendError::Undeliverable { code: code.to_owned() },
            _ => defect(code),
        })?;
        let TwilioConfig { api_url, account_sid, auth_token, .. } = &self.config;
        let response = self
            .http
            .post(format!("{api_url}/2010-04-01/Accounts/{account_sid}/Messages.json"))
            .basic_auth(account_sid, Some(auth_token.expose_secret()))
            .timeout(SEND_TIMEOUT)
            .form(&form)
            .send()
            .await
            .map_err(|error| SendError::lost(&error))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|_| SendError::Unknown)?;
        if !status.is_success() {
            return Err(refusal(status, &body, message.attempt));
        }
        let taken: Option<Taken> = serde_json::from_slice(&body).ok();
        taken.map(|Taken { sid }| Receipt { provider_id: sid }).ok_or(SendError::Unknown)
    }

    async fn seen(&self, _provider_id: &str, _typing: bool) {}
}

fn refusal(status: StatusCode, body: &[u8], attempt: u32) -> SendError {
    match serde_json::from_slice(body) {
        Ok(Refused { code }) => {
            let otherwise = Remedy::of_status(status);
            remedy(code).unwrap_or(otherwise).error(code.to_string(), attempt)
        }
        Err(_) => SendError::of_status(status, attempt),
    }
}
