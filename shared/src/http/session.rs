//! Who asks: applicants by their session token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::AppState;
use super::body::Segments;
use super::problem::Problem;
use crate::app::App;
use crate::domain::account::Applicant;
use crate::domain::booking::Booking;
use crate::domain::code::BookingCode;
use crate::domain::ids::{AccountId, ApplicantId};
use crate::domain::reason::Reason;
use crate::storage::Session;

/// A token as it came, not yet believed: `<account>.<secret>`.
#[derive(Clone)]
pub struct Token {
    account: AccountId,
    text: String,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Tokens are shorter than this.
const MAX_TOKEN_BYTES: usize = 256;

impl Token {
    /// The account that it names. Whether it is its token is not known yet.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The token of a request.
    ///
    /// # Errors
    /// `unauthenticated` if there is none that could be right.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        Self::read(bearer(headers))
    }

    /// A token as a header or a cookie has it.
    ///
    /// # Errors
    /// `unauthenticated` if it could not be right.
    pub fn read(text: Option<&str>) -> Result<Self, Problem> {
        let text = text.filter(|text| text.len() < MAX_TOKEN_BYTES);
        let account = text.and_then(|text| text.split_once('.')?.0.parse().ok());
        match (account, text) {
            (Some(account), Some(text)) => Ok(Self { account, text: text.to_owned() }),
            _ => Err(Problem::new(Reason::Unauthenticated)),
        }
    }

    /// The account that it claims to be of.
    pub fn claimed_account(&self) -> &AccountId {
        &self.account
    }

    /// What the session is stored under.
    pub fn hash(&self, app: &App) -> String {
        app.keyring.token_hash(&self.text)
    }

    /// The session that it stands for, with a person of its account if there is such a one.
    ///
    /// # Errors
    /// `unauthenticated` if there is no session or it has ended.
    pub async fn session_with_applicant(
        &self,
        app: &App,
        applicant: &ApplicantId,
    ) -> Result<(Session, Option<Applicant>), Problem> {
        let (store, now) = (app.ledger.store(), app.clock.now());
        let (session, person) =
            store.session_with_applicant(&self.account, &self.hash(app), applicant, now).await?;
        Ok((session.ok_or_else(|| Problem::new(Reason::Unauthenticated))?, person))
    }

    /// The session that it stands for, with a booking of anybody if there is one of this code.
    ///
    /// # Errors
    /// `unauthenticated` if there is no session or it has ended.
    pub async fn session_with_booking(
        &self,
        app: &App,
        code: BookingCode,
    ) -> Result<(Session, Option<Booking>), Problem> {
        let (store, now) = (app.ledger.store(), app.clock.now());
        let (session, booking) =
            store.session_with_booking(&self.account, &self.hash(app), code, now).await?;
        Ok((session.ok_or_else(|| Problem::new(Reason::Unauthenticated))?, booking))
    }

    /// What was asked, where the session is read together with it: a fault in it is told only to
    /// somebody who is signed in.
    ///
    /// # Errors
    /// `unauthenticated`, or the fault.
    pub async fn first<T>(&self, app: &App, asked: Result<T, Problem>) -> Result<T, Problem> {
        if asked.is_err() {
            self.session(app).await?;
        }
        asked
    }

    /// The session that it stands for.
    ///
    /// # Errors
    /// `unauthenticated` if there is none or it has ended.
    pub async fn session(&self, app: &App) -> Result<Session, Problem> {
        let session =
            app.ledger.store().session(&self.account, &self.hash(app), app.clock.now()).await?;
        session.ok_or_else(|| Problem::new(Reason::Unauthenticated))
    }
}

/// The text behind `Bearer`, in any case.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A signed-in applicant.
#[derive(Debug)]
pub struct SignedIn {
    pub session: Session,
    /// The token that opened it.
    pub token: Token,
}

/// Its owner is not known yet: only that it could be right.
impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.headers)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let token = Token::of(&parts.headers)?;
        let session = token.session(app).await?;
        Ok(Self { session, token })
    }
}

/// A booking of a signed-in applicant, by the code in the path. Anybody else's is not there.
#[derive(Debug)]
pub struct OwnBooking {
    /// The session.
    pub session: Session,
    /// The booking.
    pub booking: Booking,
}

/// Session and booking come by one call, before the body is looked at: who asks is known first.
impl FromRequestParts<AppState> for OwnBooking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        Self::of(&Token::of(&parts.headers)?, parts, app).await
    }
}

impl OwnBooking {
    /// The booking that the path of a request names, if it is the token's owner's.
    ///
    /// # Errors
    /// `unauthenticated`, or `not_found`.
    pub async fn of(token: &Token, parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let code = Segments::<BookingCode>::from_request_parts(parts, app).await;
        let (session, booking) = match code {
            Ok(Segments(code)) => token.session_with_booking(app, code).await?,
            Err(_) => (token.session(app).await?, None),
        };
        let own = booking.filter(|booking| booking.account == session.account);
        let booking = own.ok_or_else(|| Problem::new(Reason::NotFound))?;
        Ok(Self { session, booking })
    }
}
