//! What the handlers of all functions work with.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::sdk_config;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::clock::Clock;
use crate::config::{Config, ConfigError, Secrets, WhatsappConfig};
use crate::domain::ticket::TicketVerifier;
use crate::http::aws;
use crate::http::staff::{StaffConfig, StaffVerifier};
use crate::ledger::Ledger;
use crate::messaging::{Inbox, MessageQueue};
use crate::security::Keyring;
use crate::services::{Queue, Services};
use crate::storage::{Store, StoreError};
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
    /// The queue of messages to be sent.
    pub queue: MessageQueue,
    /// The queue of messages received.
    pub inbox: Inbox,
    /// The number that applicants write to, digits only.
    pub whatsapp_number: String,
    whatsapp: Option<WhatsappConfig>,
    /// Where applicants reach the system.
    pub public_url: String,
    /// What is counted.
    pub metrics: Metrics,
    services: Services,
}

type MakeVerifier = Box<dyn FnOnce() -> TicketVerifier + Send>;

/// The clients of AWS.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The table's.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// The queue's.
    pub sqs: aws_sdk_sqs::Client,
}

impl Clients {
    /// Clients with these settings.
    pub fn new(sdk: &SdkConfig) -> Self {
        Self { dynamodb: aws_sdk_dynamodb::Client::new(sdk), sqs: aws_sdk_sqs::Client::new(sdk) }
    }
}

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keyring is of no use.
    #[error("ANTRIAN_KEYS is wrong: {0}")]
    Keys(#[from] crate::security::KeyringError),
    /// The issuer of staff tokens is of no use.
    #[error("ANTRIAN_STAFF_ISSUER is wrong: {0}")]
    Staff(#[from] crate::http::staff::InvalidIssuer),
    /// There can be no client of the provider.
    #[error("no HTTPS client: {0}")]
    Https(#[from] reqwest::Error),
    /// The table is not there, or may not be used.
    #[error("the table {table} (ANTRIAN_TABLE) does not answer: {source}")]
    Table {
        /// Its name.
        table: String,
        /// What the table says.
        source: StoreError,
    },
    /// A queue is not there, or may not be used.
    #[error("the queue of {variable} does not answer: {reason}")]
    Queue {
        /// The variable that holds its URL.
        variable: &'static str,
        /// What SQS says.
        reason: String,
    },
}

/// One try of a call to DynamoDB or SQS may take so long.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// One call with its repetitions.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);
/// A connection is there within this time, or the try has failed.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the SDK waits for an answer.
pub fn sdk_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build()
}

/// The SDK's settings, to which the caller adds region and credentials.
pub fn sdk_settings(http: SharedHttpClient) -> sdk_config::Builder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .timeout_config(sdk_timeouts())
        .retry_config(RetryConfig::standard().with_max_attempts(3))
}

/// The SDK's settings in a function. Region and credentials stand in its environment, where Lambda
/// puts them for as long as the instance lives; none of the other places in which the SDK's own
/// loader (`aws-config`) would look exists there, and they are a seventh of a function's code.
fn sdk_of_function() -> SdkConfig {
    let mut settings = sdk_settings(aws::http_client()).service_config(Endpoints);
    settings.set_region(env("AWS_REGION").map(Region::new));
    if let (Some(id), Some(secret)) = (env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY")) {
        let token = env("AWS_SESSION_TOKEN");
        let credentials = Credentials::new(id, secret, token, None, "EnvironmentVariable");
        settings.set_credentials_provider(Some(SharedCredentialsProvider::new(credentials)));
    }
    settings.build()
}

/// Endpoints other than AWS's own, for emulators: `AWS_ENDPOINT_URL`, or of one service
/// `AWS_ENDPOINT_URL_DYNAMODB` and the like.
#[derive(Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        env(&format!("{}_{service}", key.env())).or_else(|| env(key.env()))
    }
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
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
        let keyring = Arc::new(Keyring::from_json(&config.keys)?);
        let ticket_keys = keyring.clone();
        let services = Services::of(config, clients.clone());
        let store = Store::new(clients.dynamodb, &config.table, keyring.clone());
        let inbox = Inbox::new(clients.sqs.clone(), &config.inbox_url);
        let queue = MessageQueue::new(clients.sqs, &config.queue_url, &config.dlq_url);
        let staff = StaffConfig::new(&config.staff_issuer, config.staff_client_id.clone())?
            .with_keys_at(config.staff_keys_url.as_deref())?;
        Ok(Self {
            ledger: Ledger::new(store, queue.clone(), metrics.clone()),
            clock,
            tickets: LazyLock::new(Box::new(move || ticket_keys.ticket_verifier())),
            keyring,
            staff: StaffVerifier::new(staff),
            queue,
            inbox,
            whatsapp_number: config.whatsapp_number.clone(),
            whatsapp: config.whatsapp.clone(),
            public_url: config.public_url.clone(),
            metrics,
            services,
        })
    }

    /// The state for the settings in the environment and in the secrets that it names, as a Lambda
    /// function starts that works with `queues`. Secrets, table and these queues are asked at once: a
    /// start takes as long as the slowest answer. The connections are open then.
    ///
    /// # Errors
    /// Names what is missing or wrong.
    pub async fn from_env(queues: &[Queue]) -> Result<Arc<Self>, StartError> {
        let sdk = sdk_of_function();
        let clients = Clients::new(&sdk);
        let (services, arns) = (Services::from_env(clients.clone()), env("ANTRIAN_SECRETS"));
        let secrets = Secrets::load(&sdk, arns.as_deref().unwrap_or_default());
        let (secrets, answers) = tokio::join!(secrets, services.check(queues));
        let secrets = secrets?;
        let config = Config::read(|name| secrets.get(name).or_else(|| env(name)))?;
        let metrics = Metrics::to_stdout(&config.stage);
        let app = Self::new(&config, clients, Clock::default(), metrics)?;
        answers.map(|()| Arc::new(app))
    }

    /// Whether the table and all queues answer, also those that this function does not work with.
    ///
    /// # Errors
    /// Names the one that does not.
    pub async fn check(&self) -> Result<(), StartError> {
        self.services.check(Queue::ALL).await
    }

    /// The WhatsApp channel, in the functions that send or receive.
    ///
    /// # Errors
    /// If this function was not given one.
    pub fn channel(&self) -> Result<&WhatsappConfig, ConfigError> {
        self.whatsapp.as_ref().ok_or(ConfigError::Missing("WHATSAPP_PROVIDER"))
    }
}
