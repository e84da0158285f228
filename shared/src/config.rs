//! Configuration, read once at start. What is wrong is named by its variable.

mod error;
mod secrets;
mod sending;
mod values;
mod whatsapp;

use secrecy::SecretString;

use values::{days, digits, flag, origin, url};

use crate::domain::sending::SendingPolicy;
use crate::security::OriginSecrets;

pub use error::ConfigError;
pub use secrets::Secrets;
pub use whatsapp::{CloudApiConfig, Provider, TwilioConfig, WhatsappConfig};

#[derive(Debug, Clone)]
pub struct Config {
    /// `ANTRIAN_STAGE`: which installation this is: `prod`, `staging`, `local`.
    pub stage: String,
    /// `ANTRIAN_TABLE`: the table's name.
    pub table: String,
    /// `ANTRIAN_URGENT_URL`: the queue of messages to be sent that somebody waits for.
    pub urgent_url: String,
    /// `ANTRIAN_QUEUE_URL`: the queue of those that tell of a change.
    pub queue_url: String,
    /// `ANTRIAN_BULK_URL`: the queue of those that come by the thousand.
    pub bulk_url: String,
    /// `ANTRIAN_DLQ_URL`: where messages go that cannot be sent by trying again.
    pub dlq_url: String,
    /// `ANTRIAN_INBOX_URL`: the queue (FIFO) of messages received.
    pub inbox_url: String,
    /// `ANTRIAN_KEYS`: the keyring, as JSON.
    pub keys: SecretString,
    /// `ANTRIAN_TICKET_KEYS`: the keys that sign tickets, as JSON, in the functions that do; absent: those
    /// of the keyring, if it has its master keys.
    pub ticket_keys: Option<SecretString>,
    /// `ANTRIAN_DATA_KEY`: the KMS key that wraps the keyring's sealing keys, in the functions that seal
    /// and open what tells of people.
    pub data_key: Option<String>,
    /// `ANTRIAN_STAFF_ISSUER`: issuer of staff tokens.
    pub staff_issuer: String,
    /// `ANTRIAN_STAFF_CLIENT_ID`: the client that they are issued to; absent: any.
    pub staff_client_id: Option<String>,
    /// `ANTRIAN_STAFF_KEYS_URL`: where the issuer's keys are; absent: below its own address.
    pub staff_keys_url: Option<String>,
    /// `ANTRIAN_STAFF_SIGN_IN_URL`: the base address of the issuer's sign-in pages; absent: staff sign in to
    /// no page.
    pub staff_sign_in_url: Option<String>,
    /// `ANTRIAN_PUBLIC_URL`: where applicants reach the system, without a slash at its end.
    pub public_url: String,
    /// `ANTRIAN_EDGE`: whether requests come by the edge only; absent: by any way.
    pub is_behind_edge: bool,
    /// `ANTRIAN_ORIGIN_SECRET`: what the edge proves itself with.
    pub origin: Option<OriginSecrets>,
    /// `WHATSAPP_NUMBER`: the number that applicants write to, digits only.
    pub whatsapp_number: String,
    /// The channel; absent without `WHATSAPP_PROVIDER`: most functions neither send nor receive, and
    /// do not get its secrets.
    pub whatsapp: Option<WhatsappConfig>,
    /// `ANTRIAN_ACCOUNT_REST_DAYS`: who uses a number that was silent for so long is asked whether its
    /// account is still theirs; absent: 90.
    pub account_rest_days: u16,
    /// What is sent, and how much of it: `ANTRIAN_CODE_COUNTRIES`, `ANTRIAN_CODES_PER_DAY`,
    /// `ANTRIAN_CODES_PER_MONTH`, `ANTRIAN_ANSWERS_PER_HOUR`, `ANTRIAN_SPENDING_PER_DAY_USD`,
    /// `ANTRIAN_TEMPLATE_PRICE_USD`, `ANTRIAN_REPLY_PRICE_USD`, `ANTRIAN_MESSAGES_PER_SECOND`,
    /// `ANTRIAN_SENDERS`.
    pub sending: SendingPolicy,
}

/// In Indonesia a number is given to somebody else 60 days after it lapsed at the earliest (annex of the
/// Ministry of Communication's regulation 14/2018), and it lapses some weeks after it was last topped up.
const ACCOUNT_REST_DAYS: u16 = 90;

impl Config {
    /// Reads the settings with `get`, normally [`std::env::var`].
    ///
    /// # Errors
    /// Names the first variable that is missing or wrong.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &'static str| get(name).filter(|value| !value.is_empty());
        let need = |name: &'static str| get(name).ok_or(ConfigError::Missing(name));
        let edge = get("ANTRIAN_EDGE").map(|value| flag("ANTRIAN_EDGE", &value));
        let proof =
            get("ANTRIAN_ORIGIN_SECRET").map(|value| origin("ANTRIAN_ORIGIN_SECRET", &value));
        let channel = get("WHATSAPP_PROVIDER").map(|_| whatsapp::Variables(&get).whatsapp());
        Ok(Self {
            stage: need("ANTRIAN_STAGE")?,
            table: need("ANTRIAN_TABLE")?,
            urgent_url: url("ANTRIAN_URGENT_URL", need("ANTRIAN_URGENT_URL")?)?,
            queue_url: url("ANTRIAN_QUEUE_URL", need("ANTRIAN_QUEUE_URL")?)?,
            bulk_url: url("ANTRIAN_BULK_URL", need("ANTRIAN_BULK_URL")?)?,
            dlq_url: url("ANTRIAN_DLQ_URL", need("ANTRIAN_DLQ_URL")?)?,
            inbox_url: url("ANTRIAN_INBOX_URL", need("ANTRIAN_INBOX_URL")?)?,
            keys: need("ANTRIAN_KEYS")?.into(),
            ticket_keys: get("ANTRIAN_TICKET_KEYS").map(Into::into),
            data_key: get("ANTRIAN_DATA_KEY"),
            staff_issuer: url("ANTRIAN_STAFF_ISSUER", need("ANTRIAN_STAFF_ISSUER")?)?,
            staff_client_id: get("ANTRIAN_STAFF_CLIENT_ID"),
            staff_keys_url: get("ANTRIAN_STAFF_KEYS_URL"),
            staff_sign_in_url: get("ANTRIAN_STAFF_SIGN_IN_URL")
                .map(|text| url("ANTRIAN_STAFF_SIGN_IN_URL", text))
                .transpose()?,
            public_url: url("ANTRIAN_PUBLIC_URL", need("ANTRIAN_PUBLIC_URL")?)?,
            is_behind_edge: edge.transpose()?.unwrap_or_default(),
            origin: proof.transpose()?,
            whatsapp_number: digits("WHATSAPP_NUMBER", need("WHATSAPP_NUMBER")?)?,
            whatsapp: channel.transpose()?,
            account_rest_days: match get("ANTRIAN_ACCOUNT_REST_DAYS") {
                Some(text) => days("ANTRIAN_ACCOUNT_REST_DAYS", &text)?,
                None => ACCOUNT_REST_DAYS,
            },
            sending: sending::read(get)?,
        })
    }

    /// The queues of messages to be sent, in the order of their lanes.
    pub fn lane_urls(&self) -> [String; 3] {
        [&self.urgent_url, &self.queue_url, &self.bulk_url].map(Clone::clone)
    }

    /// What opens a chat with the number: WhatsApp, or what stands for it on a laptop.
    pub fn chat_url(&self) -> String {
        match self.whatsapp.as_ref().map(|channel| &channel.provider) {
            Some(Provider::Simulator) => format!("{}/simulator", self.public_url),
            _ => format!("https://wa.me/{}", self.whatsapp_number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(name: &str) -> Option<String> {
        let value = match name {
            "ANTRIAN_TABLE" => "antrian",
            "ANTRIAN_KEYS" => "{}",
            "ANTRIAN_STAFF_CLIENT_ID"
            | "ANTRIAN_STAFF_KEYS_URL"
            | "ANTRIAN_STAFF_SIGN_IN_URL"
            | "ANTRIAN_DATA_KEY"
            | "WHATSAPP_PHONE_NUMBER_ID"
            | "ANTRIAN_EDGE"
            | "ANTRIAN_ORIGIN_SECRET" => return None,
            name if name.starts_with("ANTRIAN_CODE")
                || name.ends_with("_USD")
                || name.ends_with("_HOUR")
                || name.ends_with("_DAYS")
                || matches!(name, "ANTRIAN_MESSAGES_PER_SECOND" | "ANTRIAN_SENDERS") =>
            {
                return None;
            }
            "WHATSAPP_PROVIDER" => "simulator",
            "WHATSAPP_NUMBER" => "6280000000000",
            "WHATSAPP_APP_SECRET" | "WHATSAPP_VERIFY_TOKEN" | "TWILIO_AUTH_TOKEN" => "secret",
            _ => "https://example.org/",
        };
        Some(value.to_owned())
    }

    #[test]
    fn each_missing_variable_is_named() {
        let needed = [
            "ANTRIAN_STAGE",
            "ANTRIAN_TABLE",
            "ANTRIAN_QUEUE_URL",
            "ANTRIAN_KEYS",
            "WHATSAPP_NUMBER",
            "WHATSAPP_APP_SECRET",
        ];
        for name in needed {
            let error =
                Config::read(|asked| complete(asked).filter(|_| asked != name)).unwrap_err();
            assert_eq!(error, ConfigError::Missing(name));
        }
        assert_eq!(Config::read(complete).unwrap().public_url, "https://example.org");
    }

    #[test]
    fn without_a_provider_no_secret_of_the_channel_is_asked_for() {
        let secrets = ["WHATSAPP_PROVIDER", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN"];
        let config =
            Config::read(|asked| complete(asked).filter(|_| !secrets.contains(&asked))).unwrap();
        assert!(config.whatsapp.is_none());
    }

    #[test]
    fn a_wrong_value_is_named_and_not_repeated() {
        let wrong = |asked: &str| {
            if asked == "ANTRIAN_QUEUE_URL" { Some("hunter2".into()) } else { complete(asked) }
        };
        let error = Config::read(wrong).unwrap_err().to_string();
        assert!(error.contains("ANTRIAN_QUEUE_URL") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn secrets_do_not_print() {
        let shown = format!("{:?}", Config::read(complete).unwrap());
        assert!(!shown.contains("secret\""), "{shown}");
    }
}
