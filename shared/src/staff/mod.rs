//! Staff: who a request's access token speaks for, and at which offices.
//!
//! Tokens are OIDC access tokens in Cognito's form. The function verifies them itself, whatever a
//! gateway before it did. Which algorithm a signature must have is said by the issuer's key, never by
//! the token; the time is the caller's `now`, never the machine's.

mod keys;
pub mod roles;
pub mod sign_in;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use jsonwebtoken::Algorithm;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use self::keys::KeySource;
pub use self::keys::KeysError;
pub use self::roles::{Role, Scope};
use crate::domain::ids::OfficeId;
use crate::security::tokens::same;

/// By how much the issuer's clock may differ from ours.
const LEEWAY_SECS: i64 = 60;
/// Longest token that is looked at; API Gateway takes 10 KB of headers altogether.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Whom staff tokens are taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffConfig {
    issuer: String,
    client_id: Option<String>,
    keys_url: reqwest::Url,
}

/// An issuer whose keys cannot be fetched safely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a staff issuer is an https URL without query, or an http URL on this machine's loopback")]
pub struct InvalidIssuer;

impl StaffConfig {
    /// Takes tokens of `issuer`, which must be as in their `iss` claim, and if `client_id` is given
    /// only those that were made for it. The keys are fetched from
    /// `<issuer>/.well-known/jwks.json`.
    ///
    /// # Errors
    /// If `issuer` is not an `https` URL, nor an `http` URL on the loopback.
    pub fn new(issuer: &str, client_id: Option<String>) -> Result<Self, InvalidIssuer> {
        let address = format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/'));
        let keys_url = safe_url(&address)?;
        Ok(Self { issuer: issuer.to_owned(), client_id, keys_url })
    }

    /// Fetches the keys from another address: where the issuer is reached by another name than its
    /// own.
    ///
    /// # Errors
    /// If the keys cannot be fetched safely from there.
    pub fn with_keys_at(mut self, address: Option<&str>) -> Result<Self, InvalidIssuer> {
        if let Some(address) = address {
            self.keys_url = safe_url(address)?;
        }
        Ok(self)
    }
}

fn safe_url(address: &str) -> Result<reqwest::Url, InvalidIssuer> {
    let url: reqwest::Url = address.parse().map_err(|_| InvalidIssuer)?;
    let is_safe = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    if is_safe && url.query().is_none() && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(InvalidIssuer)
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|ip| ip.is_loopback())
    })
}

/// The offices that a token is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offices {
    All,
    /// These and no others.
    Only(BTreeSet<OfficeId>),
}

impl Offices {
    /// Whether `office` is one of them.
    pub fn contains(&self, office: &OfficeId) -> bool {
        match self {
            Self::All => true,
            Self::Only(offices) => offices.contains(office),
        }
    }

    /// Reads the groups `office:<id>` and `office:*`; other groups mean nothing here.
    fn of_groups(groups: &[String]) -> Self {
        let names = || groups.iter().filter_map(|group| group.strip_prefix("office:"));
        if names().any(|name| name == "*") {
            return Self::All;
        }
        names().filter_map(|name| name.parse().ok()).collect()
    }

    /// The groups that [`StaffVerifier`] reads as these offices.
    pub fn to_groups(&self) -> Vec<String> {
        match self {
            Self::All => vec!["office:*".to_owned()],
            Self::Only(offices) => offices.iter().map(|id| format!("office:{id}")).collect(),
        }
    }
}

impl FromIterator<OfficeId> for Offices {
    fn from_iter<I: IntoIterator<Item = OfficeId>>(offices: I) -> Self {
        Self::Only(offices.into_iter().collect())
    }
}

/// A member of staff, as a verified token tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// The issuer's opaque identifier of the person.
    pub subject: String,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// What they may do, by their roles and by the token.
    pub scopes: BTreeSet<Scope>,
    pub offices: Offices,
}

impl Staff {
    /// Whether they may do this at `office`.
    pub fn may(&self, scope: Scope, office: &OfficeId) -> bool {
        self.has(scope) && self.offices.contains(office)
    }

    /// Whether they may do this, at whatever office.
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Why a token was not taken.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The token is not good: 401. Which rule it breaks stands in the debug log, without the token.
    #[error("the staff token is not valid")]
    Invalid,
    /// The issuer's keys could not be fetched, so nothing can be said: 503.
    #[error("the staff issuer's keys are not available")]
    Unavailable(#[source] Arc<KeysError>),
}

fn invalid(reason: &'static str) -> StaffError {
    tracing::debug!(reason, "staff token refused");
    StaffError::Invalid
}

/// The claims that count.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    token_use: String,
    client_id: Option<String>,
    #[serde(default)]
    scope: String,
    #[serde(default, rename = "cognito:groups")]
    groups: Vec<String>,
}

/// The claims of an identity token that count.
#[derive(Deserialize)]
struct Identity {
    iss: String,
    sub: String,
    aud: String,
    exp: i64,
    token_use: String,
    nonce: String,
}

/// Verifies access tokens of one issuer. Keeps its keys; share one among all requests.
#[derive(Debug)]
pub struct StaffVerifier {
    issuer: String,
    client_id: Option<String>,
    keys: KeySource,
}

impl StaffVerifier {
    /// A verifier that fetches the issuer's keys when the first token comes.
    pub fn new(config: StaffConfig) -> Self {
        let StaffConfig { issuer, client_id, keys_url } = config;
        Self { issuer, client_id, keys: KeySource::new(keys_url) }
    }

    /// Who the token (the header's text after `Bearer `) speaks for at `now`.
    ///
    /// # Errors
    /// [`StaffError::Invalid`] if it is not a good access token of the issuer,
    /// [`StaffError::Unavailable`] if that cannot be told without keys that cannot be fetched.
    pub async fn verify(&self, bearer: &str, now: DateTime<Utc>) -> Result<Staff, StaffError> {
        let key_id = key_id(bearer)?;
        let key = self.keys.find(&key_id, now).await.map_err(StaffError::Unavailable)?;
        let key = key.ok_or_else(|| invalid("unknown key"))?;
        let claims: Claims = key.verify(bearer).map_err(|_| invalid("signature or claims"))?;
        self.check(&claims, now)?;
        let roles = roles::of_groups(&claims.groups);
        Ok(Staff {
            subject: claims.sub,
            scopes: roles::scopes(&roles, &claims.scope),
            roles,
            offices: Offices::of_groups(&claims.groups),
        })
    }

    /// Who has signed in, as an identity token of the sign-in with this nonce says.
    ///
    /// # Errors
    /// As [`Self::verify`]; an identity token is good for nothing else.
    pub async fn identity(
        &self,
        id_token: &SecretString,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<String, StaffError> {
        let token = id_token.expose_secret();
        let key = self.keys.find(&key_id(token)?, now).await.map_err(StaffError::Unavailable)?;
        let key = key.ok_or_else(|| invalid("unknown key"))?;
        let identity: Identity = key.verify(token).map_err(|_| invalid("signature or claims"))?;
        let broken = [
            (identity.iss != self.issuer, "another issuer"),
            (identity.exp.saturating_add(LEEWAY_SECS) <= now.timestamp(), "expired"),
            (identity.token_use != "id", "not an identity token"),
            (self.client_id.as_ref() != Some(&identity.aud), "another client"),
            (!same(&identity.nonce, nonce), "another sign-in"),
        ];
        match broken.into_iter().find(|(is_broken, _)| *is_broken) {
            Some((_, reason)) => Err(invalid(reason)),
            None => Ok(identity.sub),
        }
    }

    fn check(&self, claims: &Claims, now: DateTime<Utc>) -> Result<(), StaffError> {
        let now = now.timestamp();
        let ours = |client: &String| claims.client_id.as_ref() == Some(client);
        let broken = [
            (claims.iss != self.issuer, "another issuer"),
            (claims.exp.saturating_add(LEEWAY_SECS) <= now, "expired"),
            (claims.nbf.is_some_and(|nbf| nbf.saturating_sub(LEEWAY_SECS) > now), "not yet valid"),
            (claims.token_use != "access", "not an access token"),
            (!self.client_id.as_ref().is_none_or(ours), "another client"),
            (claims.sub.is_empty(), "no subject"),
        ];
        match broken.into_iter().find(|(is_broken, _)| *is_broken) {
            Some((_, reason)) => Err(invalid(reason)),
            None => Ok(()),
        }
    }
}

/// The identifier of the key that a token claims to be signed with.
fn key_id(bearer: &str) -> Result<String, StaffError> {
    if bearer.len() > MAX_TOKEN_BYTES {
        return Err(invalid("too long"));
    }
    let header = jsonwebtoken::decode_header(bearer).map_err(|_| invalid("not a token"))?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::EdDSA) {
        return Err(invalid("algorithm"));
    }
    if header.crit.is_some() {
        return Err(invalid("critical header"));
    }
    header.kid.ok_or_else(|| invalid("no key named"))
}
