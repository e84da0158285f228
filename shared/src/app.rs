//! What the handlers of all functions work with.

use std::sync::{Arc, LazyLock};

use aws_types::SdkConfig;
use chrono::TimeDelta;

use crate::clock::Clock;
use crate::config::{Config, ConfigError, Secrets, WhatsappConfig};
use crate::domain::sending::SendingPolicy;
use crate::domain::ticket::TicketVerifier;
use crate::health::{HealthChecks, Part, Queue, Unreachable};
use crate::ledger::Ledger;
use crate::messaging::picture::PictureLinks;
use crate::messaging::{AnyMessenger, ProviderError};
use crate::net::kms::{Kms, KmsError};
use crate::net::sdk::{self, Clients};
use crate::queues::{Inbox, MessageQueue};
use crate::security::{Fingerprint, Keyring, KeyringMismatch, OriginSecrets};
use crate::staff::sign_in::StaffSignIn;
use crate::staff::{StaffConfig, StaffVerifier};
use crate::storage::Store;
use crate::telemetry::Metrics;

/// State of a function, shared by its requests.
#[derive(Debug)]
pub struct App {
    /// Seats, and below them the table.
    pub ledger: Ledger,
    /// The time.
    pub clock: Clock,
    /// Keyed hashes, sealing, ticket keys.
    pub keyring: Arc<Keyring>,
    /// Verifies tickets. Made by the first that needs it: most functions never do.
    pub tickets: LazyLock<TicketVerifier, MakeVerifier>,
    /// Verifies staff tokens.
    pub staff: StaffVerifier,
    sign_in: Option<StaffSignIn>,
    /// The queue of messages to be sent.
    pub queue: MessageQueue,
    /// The queue of messages received.
    pub inbox: Inbox,
    /// The number that applicants write to, digits only.
    pub whatsapp_number: String,
    /// What opens a chat with that number.
    pub chat_url: String,
    whatsapp: Option<WhatsappConfig>,
    /// Where applicants reach the system.
    pub public_url: String,
    /// Who uses a number that was silent for so long is asked whether its account is still theirs.
    pub account_rest: TimeDelta,
    /// What is sent, and how much of it.
    pub sending: SendingPolicy,
    /// What is counted.
    pub metrics: Metrics,
    is_behind_edge: bool,
    origin: Option<OriginSecrets>,
    health: HealthChecks,
}

/// These settings with the keyring's sealing keys, in a function that has a key to unwrap them with. It
/// asks KMS once, for as long as the instance lives.
///
/// # Errors
/// Says what KMS says.
pub async fn unwrapped(config: Config, sdk: &SdkConfig) -> Result<Config, StartError> {
    let Some(key) = &config.data_key else { return Ok(config) };
    let keys = Kms::new(sdk, key).unwrap(&config.keys).await?;
    Ok(Config { keys, ..config })
}

type MakeVerifier = Box<dyn FnOnce() -> TicketVerifier + Send>;

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keyring is of no use.
    #[error("ANTRIAN_KEYS is wrong: {0}")]
    Keys(#[from] crate::security::KeyringError),
    /// The keyring is not the one that the table was written with.
    #[error("ANTRIAN_KEYS is not this table's keyring: {0}")]
    OtherKeys(#[from] KeyringMismatch),
    /// The keys that seal and open stay wrapped.
    #[error("the sealing keys cannot be had: {0}")]
    Sealing(#[from] KmsError),
    /// The issuer of staff tokens is of no use.
    #[error("ANTRIAN_STAFF_ISSUER is wrong: {0}")]
    Staff(#[from] crate::staff::InvalidIssuer),
    /// There can be no client of the provider.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The table or a queue does not answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

impl App {
    /// The state for these settings, over these clients.
    ///
    /// # Errors
    /// Names what is wrong.
    pub fn new(
        config: &Config,
        clients: Clients,
        clock: Clock,
        metrics: Metrics,
    ) -> Result<Self, StartError> {
        let keyring = Keyring::from_json(&config.keys)?;
        let keyring = Arc::new(match &config.ticket_keys {
            Some(keys) => keyring.with_ticket_keys(keys)?,
            None => keyring,
        });
        let ticket_keys = keyring.clone();
        let health = HealthChecks::of(config, clients.clone());
        let store = Store::new(clients.dynamodb, &config.table, keyring.clone());
        let inbox = Inbox::new(clients.sqs.clone(), &config.inbox_url);
        let queue = MessageQueue::new(clients.sqs, config.lane_urls(), &config.dlq_url);
        let staff = StaffConfig::new(&config.staff_issuer, config.staff_client_id.clone())?
            .with_keys_at(config.staff_keys_url.as_deref())?;
        Ok(Self {
            ledger: Ledger::new(store, queue.clone(), metrics.clone()),
            clock,
            tickets: LazyLock::new(Box::new(move || ticket_keys.ticket_verifier())),
            keyring,
            staff: StaffVerifier::new(staff),
            sign_in: sign_in(config)?,
            queue,
            inbox,
            whatsapp_number: config.whatsapp_number.clone(),
            chat_url: config.chat_url(),
            whatsapp: config.whatsapp.clone(),
            public_url: config.public_url.clone(),
            account_rest: TimeDelta::days(config.account_rest_days.into()),
            sending: config.sending.clone(),
            metrics,
            is_behind_edge: config.is_behind_edge,
            origin: config.origin.clone(),
            health,
        })
    }

    /// The state for the settings in the environment and in the secrets that it names, as a Lambda
    /// function starts that works with `queues`. Secrets, table and these queues are asked at once, and
    /// KMS after the secrets: a start takes as long as the slowest answer; by then it is known whether
    /// keyring and table belong together. The connections are open then.
    ///
    /// # Errors
    /// Names what is missing or wrong.
    pub async fn from_env(queues: &[Queue]) -> Result<Arc<Self>, StartError> {
        let settings = sdk::sdk_of_function();
        let clients = Clients::new(&settings);
        let (health, arns) = (HealthChecks::from_env(clients.clone()), sdk::env("ANTRIAN_SECRETS"));
        let config = async {
            let secrets = Secrets::load(&settings, arns.as_deref().unwrap_or_default()).await?;
            let config = Config::read(|name| secrets.get(name).or_else(|| sdk::env(name)))?;
            unwrapped(config, &settings).await
        };
        let (config, answers) = tokio::join!(config, health.check(queues));
        let config = config?;
        let metrics = Metrics::to_stdout(&config.stage);
        let app = Self::new(&config, clients, Clock::default(), metrics)?;
        app.match_keyring(answers?).await?;
        Ok(Arc::new(app))
    }

    /// Whether the table and all queues answer, also those that this function does not work with, and
    /// the keyring is the table's.
    ///
    /// # Errors
    /// Names what does not answer, or in what the keyrings differ.
    pub async fn check(&self) -> Result<(), StartError> {
        let known = self.health.check(&Queue::ALL).await?;
        self.match_keyring(known).await
    }

    async fn match_keyring(&self, known: Option<Fingerprint>) -> Result<(), StartError> {
        let store = self.ledger.store();
        let table = || store.table().to_owned();
        let matched = store.match_keyring(known).await;
        let matched = matched.map_err(|source| Unreachable::Table { table: table(), source })?;
        matched.map_err(Into::into)
    }

    /// The table, all queues and the keyring, each with what is wrong with it.
    pub async fn parts(&self) -> Vec<Part> {
        let (mut parts, known) = self.health.parts().await;
        if let Some(known) = known {
            let fault = self.match_keyring(known).await.err().map(|error| error.to_string());
            parts.push(Part { variable: "ANTRIAN_KEYS", fault });
        }
        parts
    }

    /// Whether all of them are well, as this instance remembers it for some seconds.
    pub async fn is_healthy(&self) -> bool {
        self.health.remembered(self.clock.now(), self.parts()).await
    }

    /// What the edge proves itself with, in the functions that requests reach; none if they may come
    /// by any way.
    ///
    /// # Errors
    /// If requests come by the edge only, and this function was not told how to know.
    pub fn origin(&self) -> Result<Option<&OriginSecrets>, ConfigError> {
        match (self.is_behind_edge, &self.origin) {
            (true, None) => Err(ConfigError::Missing("ANTRIAN_ORIGIN_SECRET")),
            (true, proof) => Ok(proof.as_ref()),
            (false, _) => Ok(None),
        }
    }

    /// Where staff sign in to pages.
    ///
    /// # Errors
    /// If this function was not told.
    pub fn sign_in(&self) -> Result<&StaffSignIn, ConfigError> {
        self.sign_in.as_ref().ok_or(ConfigError::Missing("ANTRIAN_STAFF_SIGN_IN_URL"))
    }

    /// The WhatsApp channel, in the functions that send or receive.
    ///
    /// # Errors
    /// If this function was not given one.
    pub fn channel(&self) -> Result<&WhatsappConfig, ConfigError> {
        self.whatsapp.as_ref().ok_or(ConfigError::Missing("WHATSAPP_PROVIDER"))
    }

    /// The provider that carries messages, in the functions that send.
    ///
    /// # Errors
    /// If this function was not given one, or there can be no HTTPS client.
    pub fn messenger(&self) -> Result<AnyMessenger, StartError> {
        let (keyring, clock) = (self.keyring.clone(), self.clock.clone());
        let links = PictureLinks::new(keyring, clock, &self.public_url);
        Ok(AnyMessenger::new(&self.channel()?.provider, links)?)
    }
}

/// Where the issuer sends staff back to, below the address of the pages.
pub const SIGN_IN_CALLBACK: &str = "/petugas/masuk/kembali";

fn sign_in(config: &Config) -> Result<Option<StaffSignIn>, StartError> {
    let (Some(base), Some(client)) = (&config.staff_sign_in_url, &config.staff_client_id) else {
        return Ok(None);
    };
    let callback = format!("{}{SIGN_IN_CALLBACK}", config.public_url.trim_end_matches('/'));
    Ok(Some(StaffSignIn::new(base, client, callback)?))
}
