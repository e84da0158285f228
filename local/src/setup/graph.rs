//! Calls to Meta's Graph API.

use std::time::Duration;

use antrian::config::CloudApiConfig;
use anyhow::{Context, bail};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::answer::text;

const TIMEOUT: Duration = Duration::from_secs(30);

/// The Graph API with our token.
pub(super) struct Graph<'a> {
    config: &'a CloudApiConfig,
    http: reqwest::Client,
}

impl<'a> Graph<'a> {
    pub(super) fn new(config: &'a CloudApiConfig) -> anyhow::Result<Self> {
        let http = antrian::net::client::builder().timeout(TIMEOUT).build();
        Ok(Self { config, http: http.context("no HTTP client")? })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{}/{path}", self.config.graph_url, self.config.version)
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(self.http.get(self.url(path)).bearer_auth(self.config.token.expose_secret()))
            .await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let token = self.config.token.expose_secret();
        self.call(self.http.post(self.url(path)).bearer_auth(token).json(body)).await
    }

    /// Uploads a template's example picture and returns its handle. Pictures of messages go another
    /// way.
    pub(super) async fn upload(&self, png: Vec<u8>) -> anyhow::Result<String> {
        let length = png.len();
        let path = format!("app/uploads?file_length={length}&file_type=image/png");
        let session = self.post(&path, &Value::Null).await?;
        let session = session["id"].as_str().context("no upload session was begun")?;
        let token = self.config.token.expose_secret();
        let request = self.http.post(self.url(session)).body(png).header("file_offset", "0");
        let sent = self.call(request.header("authorization", format!("OAuth {token}"))).await?;
        Ok(sent["h"].as_str().context("the picture has no handle")?.to_owned())
    }

    async fn call(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let response = request.send().await.map_err(reqwest::Error::without_url);
        let response = response.context("Meta cannot be reached")?;
        let status = response.status();
        let body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let error = &body["error"];
        let details = [&error["message"], &error["error_user_msg"]].map(text).join(" ");
        bail!("Meta answers {} (code {}): {}", status.as_u16(), error["code"], details.trim())
    }
}
