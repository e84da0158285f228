//! Sessions of staff in a browser: the issuer's tokens, sealed, under the hash of an opaque token that the
//! browser alone has. They are nobody's partition: all that is ever asked is one session by its token.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::expression::Expression;
use super::items::{from_item, to_item};
use super::transact::Write;
use super::values::{seconds, text};
use super::{Store, keys};

/// A member of staff who is signed in.
#[derive(Debug, Clone)]
pub struct StaffSession {
    /// The issuer's identifier of the person.
    pub subject: String,
    /// What the issuer gave.
    pub tokens: StaffTokens,
    /// Until when the access token is good.
    pub access_until: DateTime<Utc>,
    /// When everybody signs in anew.
    pub expires_at: DateTime<Utc>,
}

/// Tokens of the issuer. They never leave the server.
#[derive(Debug, Clone)]
pub struct StaffTokens {
    pub access: SecretString,
    pub refresh: SecretString,
}

/// A session as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    subject: String,
    sealed: String,
    #[serde(with = "chrono::serde::ts_seconds")]
    access_until: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_seconds")]
    expires_at: DateTime<Utc>,
}

/// What is sealed: access and refresh token.
type Sealed = (String, String);

impl Store {
    /// Opens a session.
    pub async fn open_staff_session(
        &self,
        token_hash: &str,
        session: &StaffSession,
    ) -> Result<(), StoreError> {
        let key = keys::staff_session(token_hash);
        let kept = Kept {
            subject: session.subject.clone(),
            sealed: self.sealed_tokens(token_hash, &session.tokens)?,
            access_until: session.access_until,
            expires_at: session.expires_at,
        };
        let mut item = to_item("staff session", &key, &kept)?;
        item.insert("ttl".to_owned(), seconds(session.expires_at));
        self.transact(vec![Write::Put(item, Some(super::days::absent()))]).await.map(|_| ())
    }

    /// The session of a token, unless it has ended by `now`.
    pub async fn staff_session(
        &self,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<StaffSession>, StoreError> {
        let key = keys::staff_session(token_hash);
        let Some(item) = self.get_item(&key).await? else { return Ok(None) };
        let kept: Kept = from_item("staff session", item)?;
        if kept.expires_at <= now {
            return Ok(None);
        }
        let corrupt = || StoreError::corrupt("staff session");
        let json = self.keyring().open(&kept.sealed, &key.aad("sealed")).map_err(|_| corrupt())?;
        let (access, refresh): Sealed = serde_json::from_slice(&json).map_err(|_| corrupt())?;
        Ok(Some(StaffSession {
            subject: kept.subject,
            tokens: StaffTokens { access: access.into(), refresh: refresh.into() },
            access_until: kept.access_until,
            expires_at: kept.expires_at,
        }))
    }

    /// Keeps newer tokens of a session. `false`: it was ended meanwhile, and stays so.
    pub async fn renew_staff_session(
        &self,
        token_hash: &str,
        tokens: &StaffTokens,
        access_until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let set = Expression::new("SET #sealed = :sealed, #access_until = :until")
            .with(":sealed", text(self.sealed_tokens(token_hash, tokens)?))
            .with(":until", seconds(access_until));
        let on = Expression::new("attribute_exists(#pk)");
        let write = Write::Update(keys::staff_session(token_hash), set, Some(on));
        Ok(self.transact(vec![write]).await?.applied())
    }

    /// Ends a session.
    pub async fn end_staff_session(&self, token_hash: &str) -> Result<(), StoreError> {
        let delete = Write::Delete(keys::staff_session(token_hash), None);
        self.transact(vec![delete]).await.map(|_| ())
    }

    fn sealed_tokens(&self, token_hash: &str, tokens: &StaffTokens) -> Result<String, StoreError> {
        let both = (tokens.access.expose_secret(), tokens.refresh.expose_secret());
        let json = serde_json::to_vec(&both).map_err(|_| StoreError::corrupt("staff session"))?;
        let aad = keys::staff_session(token_hash).aad("sealed");
        Ok(self.keyring().seal(&json, &aad)?)
    }
}
