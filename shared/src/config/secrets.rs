//! Settings that are secret. They stand in AWS Secrets Manager, each secret a JSON object from names
//! of settings to values, and are read once at start.

use std::collections::BTreeMap;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_types::SdkConfig;
use futures_util::future::join_all;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::error::ConfigError;

#[derive(Debug, Default)]
pub struct Secrets {
    settings: BTreeMap<String, SecretString>,
}

impl Secrets {
    /// Reads the secrets whose ARNs `ANTRIAN_SECRETS` lists, with commas in between. A later one goes
    /// before an earlier one.
    ///
    /// # Errors
    /// Names the first secret that cannot be read.
    pub async fn load(sdk: &SdkConfig, arns: &str) -> Result<Self, ConfigError> {
        let client = Client::new(sdk);
        let arns = arns.split(',').map(str::trim).filter(|arn| !arn.is_empty());
        let mut settings = BTreeMap::new();
        for secret in join_all(arns.map(|arn| read(&client, arn))).await {
            settings.extend(secret?);
        }
        Ok(Self { settings })
    }

    pub fn get(&self, name: &str) -> Option<String> {
        self.settings.get(name).map(|value| value.expose_secret().to_owned())
    }
}

async fn read(client: &Client, arn: &str) -> Result<BTreeMap<String, SecretString>, ConfigError> {
    let wrong = |why: &str| ConfigError::Secret { name: name(arn).to_owned(), why: why.to_owned() };
    let read = client.get_secret_value().secret_id(arn).send().await;
    let answer =
        read.map_err(|error| wrong(error.code().unwrap_or("no answer from AWS Secrets Manager")))?;
    let text = answer.secret_string.ok_or_else(|| wrong("it is not text"))?;
    parse(&text.into()).ok_or_else(|| wrong("it is not a JSON object of settings"))
}

/// Texts are taken as they are; anything else as its JSON. What is wrong is not said: the reason would
/// quote the secret.
fn parse(text: &SecretString) -> Option<BTreeMap<String, SecretString>> {
    let object: BTreeMap<String, Value> = serde_json::from_str(text.expose_secret()).ok()?;
    let value = |value| match value {
        Value::String(text) => text,
        json => json.to_string(),
    };
    Some(object.into_iter().map(|(name, json)| (name, value(json).into())).collect())
}

/// The secret's name: an ARN also tells the account's number.
fn name(arn: &str) -> &str {
    arn.rsplit_once(":secret:").map_or(arn, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_an_object_of_settings() {
        let secret = r#"{"ANTRIAN_KEYS": {"current": 1}, "WHATSAPP_TOKEN": "abc"}"#;
        let settings = parse(&secret.into()).unwrap();
        assert_eq!(settings["ANTRIAN_KEYS"].expose_secret(), r#"{"current":1}"#);
        assert_eq!(settings["WHATSAPP_TOKEN"].expose_secret(), "abc");
        assert!(parse(&"abc".into()).is_none());
        assert!(parse(&"[1]".into()).is_none());
    }

    #[test]
    fn an_error_names_the_secret_and_not_the_account() {
        let arn =
            "arn:aws:secretsmanager:ap-southeast-3:123456789012:secret:antrian/prod/keys-AbCdEf";
        assert_eq!(name(arn), "antrian/prod/keys-AbCdEf");
    }
}
