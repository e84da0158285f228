//! What a function's environment holds in the cloud, for the functions of this stack.

use std::collections::HashMap;

use antrian::config::{Config, ConfigError};
use secrecy::{ExposeSecret, SecretString};

use crate::cloud::{DATA_KEY, QueueUrls};
use crate::issuer::CLIENT_ID;
use crate::simulator::{APP_SECRET, NUMBER};

/// The variables that follow from what the stack has started.
#[derive(Debug)]
pub(crate) struct Environment<'a> {
    pub(crate) table: &'a str,
    pub(crate) urls: &'a QueueUrls,
    pub(crate) keys: &'a SecretString,
    pub(crate) ticket_keys: Option<&'a SecretString>,
    pub(crate) base_url: &'a str,
}

impl Environment<'_> {
    /// The settings of the functions; `overrides` come before the stack's own variables.
    pub(crate) fn config(
        &self,
        overrides: &HashMap<String, String>,
    ) -> Result<Config, ConfigError> {
        Config::read(|name| overrides.get(name).cloned().or_else(|| self.get(name)))
    }

    fn get(&self, name: &str) -> Option<String> {
        Some(match name {
            "ANTRIAN_STAGE" => "local".to_owned(),
            "ANTRIAN_TABLE" => self.table.to_owned(),
            "ANTRIAN_URGENT_URL" => self.urls.urgent.clone(),
            "ANTRIAN_QUEUE_URL" => self.urls.messages.clone(),
            "ANTRIAN_BULK_URL" => self.urls.bulk.clone(),
            "ANTRIAN_DLQ_URL" => self.urls.dead_letters.clone(),
            // The three pollers of the outbox, each of which sends one message after the other.
            "ANTRIAN_SENDERS" => "3".to_owned(),
            "ANTRIAN_INBOX_URL" => self.urls.inbox.clone(),
            "ANTRIAN_KEYS" => self.keys.expose_secret().to_owned(),
            "ANTRIAN_TICKET_KEYS" => self.ticket_keys?.expose_secret().to_owned(),
            "ANTRIAN_DATA_KEY" => DATA_KEY.to_owned(),
            "ANTRIAN_STAFF_ISSUER" => format!("{}/local/idp", self.base_url),
            "ANTRIAN_STAFF_CLIENT_ID" => CLIENT_ID.to_owned(),
            "ANTRIAN_STAFF_SIGN_IN_URL" => format!("{}/local/idp", self.base_url),
            "ANTRIAN_PUBLIC_URL" => self.base_url.to_owned(),
            "WHATSAPP_PROVIDER" => "simulator".to_owned(),
            "WHATSAPP_NUMBER" => NUMBER.to_owned(),
            "WHATSAPP_APP_SECRET" => APP_SECRET.to_owned(),
            "WHATSAPP_VERIFY_TOKEN" => "local-verify-token".to_owned(),
            _ => return None,
        })
    }
}
