//! Staff in a browser: signed in at the issuer, known here by an opaque token. The issuer's tokens are
//! looked at for each request as the API looks at them, so that whoever is denied is out as soon.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;

use super::Outcome;
use crate::app::App;
use crate::security::tokens::random_secret;
use crate::staff::sign_in::{Attempt, SignInError, StaffSignIn, Tokens};
use crate::staff::{Staff, StaffError};
use crate::storage::{StaffSession, StaffTokens};

/// When everybody signs in anew: no refresh token of the issuer is good for longer.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// An access token that ends sooner is renewed first: a request takes less.
const RENEWED_BEFORE: TimeDelta = TimeDelta::seconds(60);

/// A session that was opened.
#[derive(Debug)]
pub struct StaffSignedIn {
    /// What the browser keeps.
    pub token: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Why somebody is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSignedIn {
    /// There is no such session, or it is over: sign in anew.
    Over,
    /// An administrator has denied them.
    Denied,
    /// The issuer does not answer: nothing can be said.
    IssuerSilent,
}

/// Opens a session for the code that the issuer has sent somebody back with.
pub async fn open(
    app: &App,
    issuer: &StaffSignIn,
    code: &str,
    attempt: &Attempt,
) -> Outcome<StaffSignedIn, NotSignedIn> {
    let now = app.clock.now();
    let tokens = match issuer.exchange(code, attempt).await {
        Ok(tokens) => tokens,
        Err(error) => return Ok(Err(refused(&error))),
    };
    let staff = match verified(app, &tokens, attempt, now).await {
        Ok(staff) => staff,
        Err(error) => return Ok(Err(not_believed(&error))),
    };
    if is_denied(app, &staff, now).await? {
        return Ok(Err(NotSignedIn::Denied));
    }
    let Some(refresh) = tokens.refresh_token.clone() else { return Ok(Err(NotSignedIn::Over)) };
    let (token, expires_at) = (random_secret(), now + LIFETIME);
    let session = StaffSession {
        subject: staff.subject,
        access_until: access_until(&tokens, now),
        tokens: StaffTokens { access: tokens.access_token, refresh },
        expires_at,
    };
    app.ledger.store().open_staff_session(&app.keyring.token_hash(&token), &session).await?;
    Ok(Ok(StaffSignedIn { token, expires_at }))
}

/// Who has the access token, which the identity token of this very sign-in has to name.
async fn verified(
    app: &App,
    tokens: &Tokens,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<Staff, StaffError> {
    let id_token = tokens.id_token.as_ref().ok_or(StaffError::Invalid)?;
    let subject = app.staff.identity(id_token, &attempt.nonce, now).await?;
    let staff = app.staff.verify(tokens.access_token.expose_secret(), now).await?;
    if staff.subject == subject { Ok(staff) } else { Err(StaffError::Invalid) }
}

/// Who is signed in by this token. Tokens that are about to end are renewed first.
pub async fn current(app: &App, issuer: &StaffSignIn, token: &str) -> Outcome<Staff, NotSignedIn> {
    let (hash, now) = (app.keyring.token_hash(token), app.clock.now());
    let Some(session) = app.ledger.store().staff_session(&hash, now).await? else {
        return Ok(Err(NotSignedIn::Over));
    };
    let staff = match session.access_until - now > RENEWED_BEFORE {
        true => believed(app, &session, now).await,
        false => renewed(app, issuer, &hash, session, now).await?,
    };
    Ok(match staff {
        Ok(staff) if is_denied(app, &staff, now).await? => Err(NotSignedIn::Denied),
        staff => staff,
    })
}

async fn believed(
    app: &App,
    session: &StaffSession,
    now: DateTime<Utc>,
) -> Result<Staff, NotSignedIn> {
    let staff = app.staff.verify(session.tokens.access.expose_secret(), now).await;
    let staff = staff.map_err(|error| not_believed(&error))?;
    if staff.subject == session.subject { Ok(staff) } else { Err(NotSignedIn::Over) }
}

async fn renewed(
    app: &App,
    issuer: &StaffSignIn,
    hash: &str,
    session: StaffSession,
    now: DateTime<Utc>,
) -> Outcome<Staff, NotSignedIn> {
    let store = app.ledger.store();
    let tokens = match issuer.refresh(&session.tokens.refresh).await {
        Ok(tokens) => tokens,
        Err(SignInError::Refused) => return refused_refresh(app, hash, &session, now).await,
        // What is still good is good while the issuer does not answer.
        Err(error) => {
            tracing::warn!(%error, "staff tokens not renewed");
            let still = believed(app, &session, now).await;
            return Ok(still.map_err(|_| NotSignedIn::IssuerSilent));
        }
    };
    let access_until = access_until(&tokens, now);
    let refresh = tokens.refresh_token.unwrap_or(session.tokens.refresh);
    let tokens = StaffTokens { access: tokens.access_token, refresh };
    let is_on = store.renew_staff_session(hash, &tokens, access_until).await?;
    if !is_on {
        return Ok(Err(NotSignedIn::Over));
    }
    Ok(believed(app, &StaffSession { tokens, access_until, ..session }, now).await)
}

/// Whoever may no longer sign in is signed out. A request at the same moment may have used the refresh
/// token first: then what it was given is good.
async fn refused_refresh(
    app: &App,
    hash: &str,
    before: &StaffSession,
    now: DateTime<Utc>,
) -> Outcome<Staff, NotSignedIn> {
    let store = app.ledger.store();
    match store.staff_session(hash, now).await? {
        Some(session) if session.access_until > before.access_until => {
            Ok(believed(app, &session, now).await)
        }
        _ => {
            store.end_staff_session(hash).await?;
            Ok(Err(NotSignedIn::Over))
        }
    }
}

/// Ends a session, here and at the issuer. What the issuer does not hear of ends with its tokens.
pub async fn end(app: &App, issuer: &StaffSignIn, token: &str) -> Result<(), super::LedgerError> {
    let (hash, now) = (app.keyring.token_hash(token), app.clock.now());
    let store = app.ledger.store();
    let Some(session) = store.staff_session(&hash, now).await? else { return Ok(()) };
    store.end_staff_session(&hash).await?;
    if let Err(error) = issuer.revoke(&session.tokens.refresh).await {
        tracing::warn!(%error, "refresh token not revoked");
    }
    Ok(())
}

async fn is_denied(
    app: &App,
    staff: &Staff,
    now: DateTime<Utc>,
) -> Result<bool, super::LedgerError> {
    Ok(app.ledger.offices().is_denied(&staff.subject, now).await?)
}

fn access_until(tokens: &Tokens, now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::seconds(tokens.expires_in.into())
}

fn refused(error: &SignInError) -> NotSignedIn {
    match error {
        SignInError::Refused => NotSignedIn::Over,
        error => {
            tracing::warn!(%error, "no staff tokens");
            NotSignedIn::IssuerSilent
        }
    }
}

fn not_believed(error: &StaffError) -> NotSignedIn {
    match error {
        StaffError::Invalid => NotSignedIn::Over,
        StaffError::Unavailable(_) => NotSignedIn::IssuerSilent,
    }
}
