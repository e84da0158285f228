//! AWS KMS, of which two calls are needed: `Decrypt` at a function's start, `Encrypt` by an operator.
//!
//! One request signed by the crate that signs those of the SDK (`aws-sigv4`), over its HTTP client. The
//! SDK's own client of KMS would be one more for every function to make at its start
//! (docs/adr/0015-sealing-keys-are-wrapped.md).

use std::time::Duration;

use aws_sdk_dynamodb::config::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::aws::{self, Client};
use crate::clock::Clock;
use crate::security::{KeyringError, Wrapped, Wrapping};

/// What a wrapped text is for. Who may decrypt it may so for this only: see `infra/roles.yaml`.
const PURPOSE: &str = "antrian-sealing";
/// Longest try, as of DynamoDB and SQS.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Two tries more for a start that met a busy moment; whoever asks next starts the function anew.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// Why sealing keys were not wrapped or unwrapped. Tells no account and no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KmsError {
    /// What KMS says, or that it says nothing.
    #[error("AWS KMS does not {action} with ANTRIAN_DATA_KEY: {why}")]
    Refused {
        /// `Encrypt` or `Decrypt`.
        action: &'static str,
        /// The code of its answer.
        why: String,
    },
    /// The keyring, or what was unwrapped of it.
    #[error("ANTRIAN_KEYS is wrong: {0}")]
    Keyring(#[from] KeyringError),
}

/// One key of KMS.
#[derive(Debug)]
pub struct Kms {
    client: Client,
    endpoint: String,
    region: String,
    credentials: Option<SharedCredentialsProvider>,
    key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypted {
    plaintext: SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encrypted {
    ciphertext_blob: String,
}

/// A try that failed.
struct Failure {
    why: String,
    may_pass: bool,
}

impl Kms {
    /// The key of this id, ARN or alias, with the SDK's region, credentials and endpoint.
    pub fn new(sdk: &SdkConfig, key: &str) -> Self {
        let region = sdk.region().map(ToString::to_string).unwrap_or_default();
        let own = ServiceConfigKey::builder()
            .service_id("KMS")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok();
        let set = sdk.service_config().zip(own).and_then(|(all, own)| all.load_config(own));
        let endpoint = set.or_else(|| sdk.endpoint_url().map(str::to_owned));
        Self {
            client: aws::client(),
            endpoint: endpoint.unwrap_or_else(|| format!("https://kms.{region}.amazonaws.com")),
            region,
            credentials: sdk.credentials_provider(),
            key: key.to_owned(),
        }
    }

    /// The part `data` of a keyring with its sealing keys wrapped.
    ///
    /// # Errors
    /// If it is no such part, or KMS does not do it.
    pub async fn wrap(&self, data: &SecretString) -> Result<SecretString, KmsError> {
        let wrapping = Wrapping::begin(data)?;
        let text = Zeroizing::new(STANDARD.encode(wrapping.keys.as_slice()));
        let answer: Encrypted = self.ask("Encrypt", "Plaintext", &text).await?;
        let ciphertext = STANDARD.decode(answer.ciphertext_blob);
        Ok(wrapping.finish(&ciphertext.map_err(|_| unreadable("Encrypt"))?))
    }

    /// A keyring with its sealing keys unwrapped: one call. One that has them already stays as it is.
    ///
    /// # Errors
    /// If it is no keyring, or KMS does not do it.
    pub async fn unwrap(&self, keys: &SecretString) -> Result<SecretString, KmsError> {
        let Some(wrapped) = Wrapped::parse(keys)? else { return Ok(keys.clone()) };
        let text = STANDARD.encode(&wrapped.ciphertext);
        let answer: Decrypted = self.ask("Decrypt", "CiphertextBlob", &text).await?;
        let opened = STANDARD.decode(answer.plaintext.expose_secret());
        let opened = Zeroizing::new(opened.map_err(|_| unreadable("Decrypt"))?);
        Ok(wrapped.finish(&opened)?)
    }

    async fn ask<T: for<'a> Deserialize<'a>>(
        &self,
        action: &'static str,
        field: &str,
        text: &str,
    ) -> Result<T, KmsError> {
        let context = json!({"purpose": PURPOSE});
        let body = json!({"KeyId": self.key, "EncryptionContext": context, field: text});
        let body = Zeroizing::new(body.to_string());
        let mut attempt = 1;
        let answer = loop {
            match self.attempt(action, &body).await {
                Ok(answer) => break answer,
                Err(failure) if failure.may_pass && attempt < ATTEMPTS => {
                    sleep(PAUSE * attempt).await
                }
                Err(Failure { why, .. }) => return Err(KmsError::Refused { action, why }),
            }
            attempt += 1;
        };
        serde_json::from_slice(&answer).map_err(|_| unreadable(action))
    }

    async fn attempt(&self, action: &str, body: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let request = self.signed(action, body).await.map_err(|why| Failure::last(&why))?;
        let silent = || Failure { why: "no answer".to_owned(), may_pass: true };
        let answering = async {
            let answer = self.client.request(request).await.map_err(|_| silent())?;
            let status = answer.status();
            let body = ByteStream::new(SdkBody::from_body_1_x(answer.into_body())).collect().await;
            Ok((status, Zeroizing::new(body.map_err(|_| silent())?.to_vec())))
        };
        let (status, answer) =
            timeout(ATTEMPT_TIMEOUT, answering).await.map_err(|_| silent())??;
        match status.is_success() {
            true => Ok(answer),
            false => Err(Failure::of(status.as_u16(), &answer)),
        }
    }

    async fn signed(&self, action: &str, body: &str) -> Result<Request<SdkBody>, String> {
        let provider = self.credentials.as_ref().ok_or("there are no credentials")?;
        let identity = provider.provide_credentials().await;
        let identity = identity.map_err(|_| "there are no credentials")?.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("kms")
            .time(Clock::default().now().into())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let target = format!("TrentService.{action}");
        let headers =
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let bytes = SignableBody::Bytes(body.as_bytes());
        let url = format!("{}/", self.endpoint.trim_end_matches('/'));
        let signable = SignableRequest::new("POST", url.as_str(), headers.into_iter(), bytes);
        let signed = signable.and_then(|signable| sign(signable, &parameters));
        let (instructions, _) = signed.map_err(|error| error.to_string())?.into_parts();
        let request = headers
            .iter()
            .fold(Request::post(&url), |request, (name, value)| request.header(*name, *value));
        let mut request =
            request.body(SdkBody::from(body)).map_err(|_| "its address is wrong".to_owned())?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

impl Failure {
    fn last(why: &str) -> Self {
        Self { why: why.to_owned(), may_pass: false }
    }

    /// The code alone: the message beside it names account, role and key.
    fn of(status: u16, answer: &[u8]) -> Self {
        let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
        let code = answer["__type"].as_str().map(|code| code.rsplit('#').next().unwrap_or(code));
        let may_pass = status >= 500 || code.is_some_and(|code| code.contains("Throttling"));
        Self { why: code.map_or_else(|| format!("status {status}"), str::to_owned), may_pass }
    }
}

fn unreadable(action: &'static str) -> KmsError {
    KmsError::Refused { action, why: "its answer cannot be read".to_owned() }
}
