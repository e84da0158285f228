//! The SDK's clients of the embedded cloud.

use antrian::net::aws;
use antrian::net::sdk::{Clients, sdk_settings, sdk_timeouts};
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use super::Cloud;
use super::queue::REGION;
use super::signature::USER;

impl Cloud {
    /// The real SDK with these endpoints; without a client or timeouts, with those of the cloud.
    pub fn clients(
        &self,
        http: Option<SharedHttpClient>,
        timeouts: Option<TimeoutConfig>,
    ) -> Clients {
        let sdk = settings(http.unwrap_or_else(aws::http_client))
            .timeout_config(timeouts.unwrap_or_else(sdk_timeouts))
            .build();
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&sdk);
        let sqs = aws_sdk_sqs::config::Builder::from(&sdk);
        Clients {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(
                dynamodb.endpoint_url(&self.dynamodb_url).build(),
            ),
            sqs: aws_sdk_sqs::Client::from_conf(sqs.endpoint_url(&self.sqs_url).build()),
        }
    }

    /// The SDK's settings with the embedded KMS's endpoint.
    pub fn kms_settings(&self) -> SdkConfig {
        settings(aws::http_client()).endpoint_url(&self.kms_url).build()
    }
}

/// The settings of the one user.
fn settings(http: SharedHttpClient) -> aws_types::sdk_config::Builder {
    let local = Credentials::new(USER, USER, Some("local-session".to_owned()), None, "local");
    sdk_settings(http)
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(local))
}
