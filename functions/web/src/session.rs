//! Who is signed in, by the cookie of the session.

use antrian::domain::booking::Booking;
use antrian::http::AppState;
use antrian::http::problem::Problem;
use antrian::http::session::{OwnBooking, Token};
use antrian::storage::Session;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;

use crate::cookies;

/// A signed-in applicant. Anybody else is led to the sign-in.
pub(crate) struct Visitor {
    pub(crate) session: Session,
    pub(crate) token: Token,
}

fn token(parts: &Parts, app: &AppState) -> Result<Token, Problem> {
    let jar = CookieJar::from_headers(&parts.headers);
    Token::read(cookies::token(&jar, app).as_deref())
}

/// What a browser says of itself, not yet believed: the session is read together with what is asked for.
pub(crate) struct Guest(pub(crate) Token);

impl FromRequestParts<AppState> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        token(parts, app).map(Self)
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let token = token(parts, app)?;
        let session = token.session(app).await?;
        Ok(Self { session, token })
    }
}

/// A booking of whoever is signed in, by the code in the address. Anybody else's is not there.
pub(crate) struct Own {
    pub(crate) booking: Booking,
}

impl FromRequestParts<AppState> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let OwnBooking { booking, .. } = OwnBooking::of(&token(parts, app)?, parts, app).await?;
        Ok(Self { booking })
    }
}
