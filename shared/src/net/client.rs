//! Calls to others over HTTPS, with ring as everywhere.

use std::sync::LazyLock;

use rustls::{ClientConfig, RootCertStore};

/// TLS 1.2 and 1.3. Mozilla's authorities are part of the program: to read those of the machine takes
/// three times the instructions of everything else that a function does before it is ready.
pub(super) fn tls() -> ClientConfig {
    static TLS: LazyLock<ClientConfig> = LazyLock::new(|| {
        // A second installation is refused, and the first one is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
    });
    TLS.clone()
}

pub fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_backend_preconfigured(tls())
}

/// The start of a client that calls `url` only: what is plain HTTP is on this machine, and no proxy
/// stands before it.
pub fn builder_for(url: &str) -> reqwest::ClientBuilder {
    if url.starts_with("http://") { builder().no_proxy() } else { builder() }
}

/// The body of an answer; none: it is longer than `limit` bytes.
///
/// # Errors
/// If it does not come to its end.
pub(crate) async fn bounded(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests;
