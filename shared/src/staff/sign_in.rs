//! Signing in: the authorization code flow with PKCE, as a client of the issuer's sign-in pages.
//!
//! The addresses are those of Cognito's pages below one base address. The client keeps no secret; a code
//! is of use only with the verifier, which the beginner alone has.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::{InvalidIssuer, safe_url};
use crate::net::client;
use crate::security::tokens::random_secret;

/// Somebody waits for the page that comes after it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Three tokens of Cognito are some 4 KB.
const MAX_BYTES: usize = 64 * 1024;
/// What is asked for: what a token is good for follows from the groups of whoever signs in.
const SCOPES: &str = "openid antrian/desk antrian/admin";
/// How long an access token is good of which the issuer does not say it.
const ACCESS_SECS: u32 = 300;

/// A sign-in that has begun, known to one browser only.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// Comes back with the code: nobody else's code is taken.
    pub state: String,
    /// Comes back in the identity token: it was made for this sign-in.
    pub nonce: String,
    /// What PKCE calls the code verifier.
    verifier: String,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt(…)")
    }
}

impl Attempt {
    /// A new one.
    pub fn begin() -> Self {
        Self { state: random_secret(), nonce: random_secret(), verifier: random_secret() }
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }
}

/// What the issuer gives for a code or a refresh token.
#[derive(Debug, Deserialize)]
pub struct Tokens {
    pub access_token: SecretString,
    /// None where the one that was used stays good.
    pub refresh_token: Option<SecretString>,
    /// Says who signed in; none when tokens are refreshed.
    pub id_token: Option<SecretString>,
    /// Seconds that the access token is good for.
    #[serde(default = "access_secs")]
    pub expires_in: u32,
}

fn access_secs() -> u32 {
    ACCESS_SECS
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The issuer does not give any for this: who asks signs in anew.
    #[error("the issuer refuses")]
    Refused,
    /// No connection, or no answer in time.
    #[error("the request to the issuer failed")]
    Request(#[from] reqwest::Error),
    /// It is not well.
    #[error("the issuer answered with status {0}")]
    Status(u16),
    /// The answer holds no tokens.
    #[error("the issuer's answer is not understood")]
    Form,
}

/// The issuer's sign-in pages, and our client there.
#[derive(Debug)]
pub struct StaffSignIn {
    base: Url,
    client_id: String,
    callback: String,
    http: OnceCell<Client>,
}

impl StaffSignIn {
    /// The pages below `base`, for `client_id`, which lead back to `callback`.
    ///
    /// # Errors
    /// If tokens cannot be fetched safely from there.
    pub fn new(base: &str, client_id: &str, callback: String) -> Result<Self, InvalidIssuer> {
        let base = safe_url(&format!("{}/", base.trim_end_matches('/')))?;
        Ok(Self { base, client_id: client_id.to_owned(), callback, http: OnceCell::new() })
    }

    /// Where somebody signs in.
    pub fn address(&self, attempt: &Attempt) -> String {
        self.with(
            "oauth2/authorize",
            &[
                ("response_type", "code"),
                ("client_id", &self.client_id),
                ("redirect_uri", &self.callback),
                ("scope", SCOPES),
                ("state", &attempt.state),
                ("nonce", &attempt.nonce),
                ("code_challenge", &attempt.challenge()),
                ("code_challenge_method", "S256"),
            ],
        )
    }

    /// Where somebody signs out at the issuer; it leads back to the same address as a sign-in.
    pub fn sign_out_address(&self) -> String {
        self.with("logout", &[("client_id", &self.client_id), ("logout_uri", &self.callback)])
    }

    fn with(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        format!("{}{path}?{}", self.base, query.finish())
    }

    /// The tokens for a code.
    ///
    /// # Errors
    /// [`SignInError::Refused`] if the code is not good for this attempt.
    pub async fn exchange(&self, code: &str, attempt: &Attempt) -> Result<Tokens, SignInError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.callback),
            ("code", code),
            ("code_verifier", &attempt.verifier),
        ];
        self.tokens(&form).await
    }

    /// New tokens for a refresh token.
    ///
    /// # Errors
    /// [`SignInError::Refused`] if whoever has it may no longer sign in.
    pub async fn refresh(&self, token: &SecretString) -> Result<Tokens, SignInError> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.client_id),
            ("refresh_token", token.expose_secret()),
        ];
        self.tokens(&form).await
    }

    /// Makes a refresh token worthless.
    ///
    /// # Errors
    /// If the issuer does not say that it is.
    pub async fn revoke(&self, token: &SecretString) -> Result<(), SignInError> {
        let form = [("client_id", self.client_id.as_str()), ("token", token.expose_secret())];
        self.post("oauth2/revoke", &form).await.map(|_| ())
    }

    async fn tokens(&self, form: &[(&str, &str)]) -> Result<Tokens, SignInError> {
        let body = self.post("oauth2/token", form).await?;
        // What is wrong with it is not told: it may be most of a token.
        serde_json::from_slice(&body).map_err(|_| SignInError::Form)
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<Vec<u8>, SignInError> {
        let client = self.http.get_or_try_init(async || issuer_client(&self.base)).await?;
        let response = client.post(format!("{}{path}", self.base)).form(form).send().await?;
        match response.status().as_u16() {
            200 => {}
            400 | 401 => return Err(SignInError::Refused),
            status => return Err(SignInError::Status(status)),
        }
        client::bounded(response, MAX_BYTES).await?.ok_or(SignInError::Form)
    }
}

/// A client that follows no redirect: tokens come from the issuer or not at all.
fn issuer_client(base: &Url) -> Result<Client, reqwest::Error> {
    client::builder_for(base.as_str())
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .https_only(base.scheme() == "https")
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_signs_in_is_sent_with_a_challenge_and_not_with_its_verifier() {
        let base = "https://antrian.auth.ap-southeast-3.amazoncognito.com";
        let back = "https://antrian.example.org/petugas/masuk/kembali";
        let issuer = StaffSignIn::new(base, "client-1", back.to_owned()).unwrap();
        let attempt = Attempt::begin();
        let url: Url = issuer.address(&attempt).parse().unwrap();
        let said = |name: &str| {
            let mut pairs = url.query_pairs();
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        assert_eq!(url.path(), "/oauth2/authorize");
        assert_eq!(said("redirect_uri").as_deref(), Some(back));
        assert_eq!(said("code_challenge_method").as_deref(), Some("S256"));
        assert_eq!(said("code_challenge"), Some(attempt.challenge()));
        assert_eq!(said("state"), Some(attempt.state.clone()));
        assert!(!url.as_str().contains(&attempt.verifier));
        assert!((43..=128).contains(&attempt.verifier.len()), "RFC 7636, 4.1");
    }

    #[test]
    fn tokens_are_fetched_over_tls_or_on_this_machine() {
        let make = |base| StaffSignIn::new(base, "client-1", String::new());
        assert!(make("https://sign-in.example").is_ok());
        assert!(make("http://127.0.0.1:8080/local/idp").is_ok());
        for base in ["http://sign-in.example", "https://sign-in.example?a=b", "ftp://x", ""] {
            assert!(make(base).is_err(), "{base}");
        }
    }

    #[test]
    fn an_attempt_and_tokens_do_not_print() {
        let attempt = Attempt::begin();
        assert!(!format!("{attempt:?}").contains(&attempt.verifier));
        let tokens: Tokens =
            serde_json::from_str(r#"{"access_token":"hunter2","id_token":"hunter3"}"#).unwrap();
        assert!(!format!("{tokens:?}").contains("hunter"));
        assert_eq!(tokens.expires_in, 300);
    }
}
