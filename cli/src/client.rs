//! Asking the API. Reading is tried again; a change is sent once, with a key under which it can be sent again.

use std::fmt::Write as _;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::args::Language;

/// Tries of a question.
const TRIES: u32 = 3;
/// Between two tries, times the number of the try.
const PAUSE: Duration = Duration::from_millis(300);
/// Longer than any request lives.
const TIMEOUT: Duration = Duration::from_secs(35);

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Not sent: what was typed makes no sense.
    Usage(String),
    /// The API's own refusal.
    Refused(StatusCode, Value),
    /// Nobody knows what became of it.
    Unknown {
        why: String,
        /// The key of a change.
        key: Option<String>,
    },
}

impl Failure {
    /// The program's exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(..) => 1,
            Self::Usage(_) => 2,
            Self::Unknown { .. } => 3,
        }
    }

    /// What a person is told.
    pub(crate) fn words(&self, language: Language) -> String {
        match self {
            Self::Usage(why) => why.clone(),
            Self::Refused(status, problem) => refusal(*status, problem, language),
            Self::Unknown { why, key: None } => format!("The service does not answer: {why}"),
            Self::Unknown { why, key: Some(key) } => format!(
                "It is not known whether this was done: {why}\n\
                 Send it again with --idempotency-key {key}: nothing is done twice."
            ),
        }
    }
}

fn refusal(status: StatusCode, problem: &Value, language: Language) -> String {
    let detail = match language {
        Language::Id => "detail",
        Language::En => "detail_en",
    };
    let code = problem["code"].as_str().unwrap_or("?");
    let said = problem[detail].as_str().or_else(|| problem["detail"].as_str());
    let mut words = format!("{} ({code}, {})", said.unwrap_or("Refused."), status.as_u16());
    for field in problem["errors"].as_array().into_iter().flatten() {
        let name = field["field"].as_str().unwrap_or("?");
        let _ = write!(words, "\n  {name}: {}", field[detail].as_str().unwrap_or_default());
    }
    words
}

#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    key: Option<String>,
}

impl Client {
    /// # Errors
    /// The address or the token is none.
    pub(crate) fn new(
        url: &str,
        token: Option<&SecretString>,
        key: Option<String>,
    ) -> Result<Self, Failure> {
        let base = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.ok_or_else(|| Failure::Usage(format!("{url} is no address.")))?;
        let mut headers = HeaderMap::new();
        let is_here = base.host_str().is_some_and(is_loopback);
        if token.is_some() && !is_here && base.scheme() != "https" {
            return Err(Failure::Usage(format!("{url} is not https: a token would be readable.")));
        }
        if let Some(token) = token {
            headers.insert(AUTHORIZATION, bearer(token)?);
        }
        let mut http = reqwest::Client::builder().default_headers(headers).timeout(TIMEOUT);
        // A token is for the address that was typed.
        http = http.redirect(Policy::none());
        if is_here {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| Failure::Usage(error.to_string()))?;
        Ok(Self { http, base, key })
    }

    /// Reads, and tries again while the service fails.
    pub(crate) async fn get(
        &self,
        path: &[&str],
        asked: &[(&str, String)],
    ) -> Result<Value, Failure> {
        let mut failed = Failure::Usage(String::new());
        for tried in 0..TRIES {
            tokio::time::sleep(PAUSE * tried).await;
            match self.ask(Method::GET, path, asked, None).await {
                Err(unknown @ Failure::Unknown { .. }) => failed = unknown,
                answer => return answer,
            }
        }
        Err(failed)
    }

    /// Sends a change.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<Value, Failure> {
        self.ask(method, path, &[], Some(body)).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        asked: &[(&str, String)],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !asked.is_empty() {
            url.query_pairs_mut().extend_pairs(asked);
        }
        let key = body.map(|_| self.key.clone().unwrap_or_else(new_key));
        let mut request = self.http.request(method, url);
        if let (Some(body), Some(key)) = (body, &key) {
            request =
                request.header("idempotency-key", key).header(CONTENT_TYPE, "application/json");
            request = request.body(body.to_string());
        }
        let unknown = |why: String| Failure::Unknown { why, key: key.clone() };
        let answer = request.send().await.map_err(|error| unknown(reason(&error)))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| unknown(reason(&error)))?;
        if status.is_server_error() {
            return Err(unknown(format!("it answered {}", status.as_u16())));
        }
        let value = serde_json::from_str(&text);
        let value = value.map_err(|_| unknown("its answer is not JSON".to_owned()))?;
        if status.is_success() { Ok(value) } else { Err(Failure::Refused(status, value)) }
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim()));
    let mut value = value.map_err(|_| Failure::Usage("The token is none.".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "[::1]") || host.starts_with("127.")
}

fn new_key() -> String {
    format!("cli-{:032x}", rand::random::<u128>())
}

/// The innermost cause: "connection refused" rather than "error sending request".
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
