//! Calls to others over HTTPS, with ring as everywhere.

/// The start of a client.
pub fn builder() -> reqwest::ClientBuilder {
    // A second installation is refused, and the first one is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}
