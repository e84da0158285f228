//! Calls to others over HTTPS, with ring as everywhere.

/// The start of a client.
pub fn builder() -> reqwest::ClientBuilder {
    // A second installation is refused, and the first one is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// The start of a client that calls `url` only: what is plain HTTP is on this machine, and no proxy
/// stands before it.
pub fn builder_for(url: &str) -> reqwest::ClientBuilder {
    if url.starts_with("http://") { builder().no_proxy() } else { builder() }
}
