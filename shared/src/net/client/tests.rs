//! What is trusted, and what is not.

use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;

use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

use super::*;
use crate::net::aws;
use crate::net::sdk::sdk_settings;

/// A server of TLS whose certificate is good for `localhost` and signed by itself.
fn self_signed() -> String {
    let pem = include_bytes!("localhost.pem");
    let certificate = CertificateDer::from_pem_slice(pem).unwrap();
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        }
    });
    url
}

fn reasons(mut error: &dyn Error) -> String {
    let mut reasons = format!("{error:?}");
    while let Some(source) = error.source() {
        error = source;
        reasons.push_str(&format!("; {error:?}"));
    }
    reasons
}

#[tokio::test]
async fn a_server_that_no_authority_vouches_for_is_refused() {
    let client = builder().no_proxy().build().unwrap();
    let error = client.get(self_signed()).send().await.unwrap_err();
    assert!(reasons(&error).contains("UnknownIssuer"), "{}", reasons(&error));
}

#[tokio::test]
async fn the_sdk_refuses_it_too() {
    let credentials = Credentials::new("local", "local", None, None, "local");
    let sdk = sdk_settings(aws::http_client())
        .region(Region::new("ap-southeast-3"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(self_signed())
        .build();
    let client = aws_sdk_dynamodb::Client::new(&sdk);
    let error = client.list_tables().send().await.unwrap_err();
    assert!(reasons(&error).contains("UnknownIssuer"), "{}", reasons(&error));
}
