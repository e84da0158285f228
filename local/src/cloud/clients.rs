//! The SDK's clients of the embedded cloud.

use antrian::net::aws;
use antrian::net::sdk::{Clients, sdk_settings, sdk_timeouts};
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::timeout::TimeoutConfig;

use super::Cloud;
use super::queue::REGION;

impl Cloud {
    /// The real SDK with these endpoints; without a client or timeouts, with those of the cloud.
    pub fn clients(
        &self,
        http: Option<SharedHttpClient>,
        timeouts: Option<TimeoutConfig>,
    ) -> Clients {
        let local = Credentials::new("local", "local", None, None, "local");
        let sdk = sdk_settings(http.unwrap_or_else(aws::http_client))
            .timeout_config(timeouts.unwrap_or_else(sdk_timeouts))
            .region(Region::new(REGION))
            .credentials_provider(SharedCredentialsProvider::new(local))
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
}
