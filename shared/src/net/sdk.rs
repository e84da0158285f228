//! The AWS SDK: its settings in a function, and the clients made of them.

use std::time::Duration;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::sdk_config;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::aws::{self, CONNECT_TIMEOUT};

#[derive(Debug, Clone)]
pub struct Clients {
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub sqs: aws_sdk_sqs::Client,
}

impl Clients {
    pub fn new(sdk: &SdkConfig) -> Self {
        Self { dynamodb: aws_sdk_dynamodb::Client::new(sdk), sqs: aws_sdk_sqs::Client::new(sdk) }
    }
}

/// Longest try of a call to DynamoDB or SQS.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Longest call, with all its tries.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);

/// Up to so long the SDK waits before it tries again, and up to twice as long the time after: a table that
/// throttles takes calls again within milliseconds, and somebody is waiting.
const BACKOFF: Duration = Duration::from_millis(50);

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
        .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(BACKOFF))
}

/// The SDK's settings in a function. Region and credentials stand in its environment, where Lambda
/// puts them for as long as the instance lives; none of the other places in which the SDK's own
/// loader (`aws-config`) would look exists there, and they are a seventh of a function's code.
pub(crate) fn sdk_of_function() -> SdkConfig {
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

pub(crate) fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
