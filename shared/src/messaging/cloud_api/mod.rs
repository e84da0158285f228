//! Meta's Cloud API.
//!
//! There is no idempotency key: a message whose answer is lost may have been taken, and only a later
//! status, which carries the outbox id, shows it.

mod remedy;
mod request;

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response, StatusCode, redirect};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

use super::limits;
use super::messenger::{Body, Messenger, Outgoing, Receipt, SendError};
use super::pace::Pace;
use crate::config::CloudApiConfig;
use crate::net::client;

pub use remedy::{Remedy, remedy};
pub use request::language;

/// Upload and message together stay under ten seconds.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(4);
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
const SEEN_TIMEOUT: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Sends through the Cloud API.
#[derive(Debug)]
pub struct CloudApi {
    config: CloudApiConfig,
    http: reqwest::Client,
    pace: Pace,
}

#[derive(Deserialize)]
struct Taken {
    messages: Vec<Id>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    error: GraphError,
}

#[derive(Deserialize)]
struct GraphError {
    code: u32,
}

impl CloudApi {
    /// Sends with these settings.
    ///
    /// # Errors
    /// If there can be no HTTPS client.
    pub fn new(config: CloudApiConfig) -> Result<Self, reqwest::Error> {
        let http = client::builder_for(&config.graph_url)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self { config, http, pace: Pace::default() })
    }

    fn post(&self, edge: &str, timeout: Duration) -> RequestBuilder {
        let CloudApiConfig { graph_url, version, phone_number_id, token, .. } = &self.config;
        self.http
            .post(format!("{graph_url}/{version}/{phone_number_id}/{edge}"))
            .bearer_auth(token.expose_secret())
            .timeout(timeout)
    }

    /// Uploads a picture, to be used once. Nothing is sent by it: whatever goes wrong on the way, it
    /// can be done again.
    async fn upload(&self, png: &[u8], attempt: u32) -> Result<String, SendError> {
        const KIND: &str = "image/png";
        let again = || SendError::Later { code: "upload".to_owned(), after: None };
        let file = Part::bytes(png.to_vec()).file_name("ticket.png").mime_str(KIND);
        let file = file.map_err(|_| defect("picture"))?;
        let form = Form::new().text("messaging_product", "whatsapp").text("type", KIND);
        let request = self.post("media", UPLOAD_TIMEOUT).multipart(form.part("file", file));
        let response = request.send().await.map_err(|_| again())?;
        let (status, body) = read(response).await.map_err(|_| again())?;
        if let Ok(Id { id }) = serde_json::from_slice(&body)
            && status.is_success()
        {
            return Ok(id);
        }
        Err(match refusal(status, &body, attempt) {
            SendError::Unknown => again(),
            refused => refused,
        })
    }

    async fn post_message(&self, message: &Outgoing) -> Result<Receipt, SendError> {
        let picture = match &message.body {
            Body::Picture { png, .. } => Some(png),
            Body::Template(call) => call.png.as_ref(),
            Body::Text(_) | Body::Options { .. } => None,
        };
        let media = match picture {
            Some(png) => Some(self.upload(png, message.attempt).await?),
            None => None,
        };
        let body =
            request::message(message, media.as_deref()).ok_or_else(|| defect("no_address"))?;
        let request = self.post("messages", SEND_TIMEOUT).json(&body);
        let response = request.send().await.map_err(|error| SendError::lost(&error))?;
        let (status, body) = read(response).await.map_err(|_| SendError::Unknown)?;
        if !status.is_success() {
            return Err(refusal(status, &body, message.attempt));
        }
        let taken = serde_json::from_slice(&body).ok();
        let first = taken.and_then(|taken: Taken| taken.messages.into_iter().next());
        first.map(|Id { id }| Receipt { provider_id: id }).ok_or(SendError::Unknown)
    }
}

impl Messenger for CloudApi {
    async fn send(&self, message: &Outgoing) -> Result<Receipt, SendError> {
        limits::check(&message.body).map_err(defect)?;
        let (_, address) = request::address(&message.to).ok_or_else(|| defect("no_address"))?;
        let paced = |after| SendError::Later { code: "paced".to_owned(), after: Some(after) };
        self.pace.take(address).map_err(paced)?;
        self.post_message(message).await
    }

    async fn seen(&self, provider_id: &str, typing: bool) {
        let mut body = json!({"messaging_product": "whatsapp", "status": "read",
            "message_id": provider_id});
        if typing {
            body["typing_indicator"] = json!({"type": "text"});
        }
        if let Err(error) = self.post("messages", SEEN_TIMEOUT).json(&body).send().await {
            tracing::debug!(error = %error.without_url(), "a message could not be marked as read");
        }
    }
}

async fn read(response: Response) -> reqwest::Result<(StatusCode, Vec<u8>)> {
    let status = response.status();
    Ok((status, response.bytes().await?.to_vec()))
}

fn defect(code: &'static str) -> SendError {
    SendError::Defect { code: code.to_owned() }
}

/// An answer that is no receipt.
fn refusal(status: StatusCode, body: &[u8], attempt: u32) -> SendError {
    match serde_json::from_slice(body) {
        Ok(Refused { error: GraphError { code } }) => {
            let otherwise = Remedy::of_status(status);
            remedy(code).unwrap_or(otherwise).error(code.to_string(), attempt)
        }
        Err(_) => SendError::of_status(status, attempt),
    }
}
