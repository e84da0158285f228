//! What the handlers of all functions work with.

use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::clock::Clock;
use crate::config::{Config, ConfigError, WhatsappConfig};
use crate::domain::ticket::TicketVerifier;
use crate::http::staff::{StaffConfig, StaffVerifier};
use crate::ledger::Ledger;
use crate::messaging::{Inbox, MessageQueue};
use crate::security::Keyring;
use crate::storage::Store;

/// State of a function, shared by its requests.
#[derive(Debug)]
pub struct App {
    /// Seats, and below them the table.
    pub ledger: Ledger,
    /// The time.
    pub clock: Clock,
    /// Keyed hashes, sealing, ticket keys.
    pub keyring: Arc<Keyring>,
    /// Verifies tickets.
    pub tickets: TicketVerifier,
    /// Verifies staff tokens.
    pub staff: StaffVerifier,
    /// The queue of messages to be sent.
    pub queue: MessageQueue,
    /// The queue of messages received.
    pub inbox: Inbox,
    /// The WhatsApp channel.
    pub whatsapp: WhatsappConfig,
    /// Where applicants reach the system.
    pub public_url: String,
}

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
}

/// One try of a call to DynamoDB or SQS may take so long.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// One call with its repetitions.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the SDK waits for an answer.
pub fn sdk_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build()
}

/// The SDK's settings: region, credentials and endpoints from the environment unless the caller adds
/// them; plain or TLS by the given client.
pub fn sdk_settings(http: SharedHttpClient) -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .timeout_config(sdk_timeouts())
        .retry_config(RetryConfig::standard().with_max_attempts(3))
}

/// The HTTPS client of the SDK, with ring.
pub fn https_client() -> SharedHttpClient {
    use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

impl App {
    /// The state for these settings, over these clients.
    ///
    /// # Errors
    /// Names what is wrong.
    pub fn new(config: &Config, clients: Clients, clock: Clock) -> Result<Self, StartError> {
        let keyring = Arc::new(Keyring::from_json(&config.keys)?);
        let store = Store::new(clients.dynamodb, &config.table, keyring.clone());
        let inbox = Inbox::new(clients.sqs.clone(), &config.inbox_url);
        let queue = MessageQueue::new(clients.sqs, &config.queue_url, &config.dlq_url);
        let staff = StaffConfig::new(&config.staff_issuer, config.staff_client_id.clone())?;
        Ok(Self {
            ledger: Ledger::new(store, queue.clone()),
            clock,
            tickets: keyring.ticket_verifier(),
            keyring,
            staff: StaffVerifier::new(staff),
            queue,
            inbox,
            whatsapp: config.whatsapp.clone(),
            public_url: config.public_url.clone(),
        })
    }

    /// The state for the settings in the environment, as a Lambda function starts.
    ///
    /// # Errors
    /// Names what is wrong.
    pub async fn from_env() -> Result<Arc<Self>, StartError> {
        let sdk = sdk_settings(https_client()).load().await;
        Ok(Arc::new(Self::new(&Config::from_env()?, Clients::new(&sdk), Clock::default())?))
    }
}
