//! Who is signed in, by the cookie of the session.

use antrian::app::App;
use antrian::domain::ids::OfficeId;
use antrian::domain::reason::Reason;
use antrian::http::AppState;
use antrian::http::problem::{Code, Problem};
use antrian::http::staff_session::StaffMember;
use antrian::staff::{Scope, Staff};
use antrian::use_cases::staff_sessions::{self, NotSignedIn, StaffSignedIn};
use antrian_pages::cookies::{gone, own, value};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;

/// The cookie of a session.
const SESSION: &str = "petugas";
/// Longer cookies are none of ours.
const MAX_TOKEN_BYTES: usize = 64;

/// A signed-in member of staff. Anybody else is led to the sign-in.
pub(crate) struct Clerk(pub(crate) StaffMember);

impl Clerk {
    pub(crate) fn staff(&self) -> &Staff {
        &self.0.0
    }

    /// Whether they may do this at this office.
    pub(crate) fn may(&self, scope: Scope, office: &OfficeId) -> Result<(), Problem> {
        self.0.may(scope, office)
    }
}

impl FromRequestParts<AppState> for Clerk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let jar = CookieJar::from_headers(&parts.headers);
        let token = token(&jar, app).ok_or_else(|| Problem::new(Reason::Unauthenticated))?;
        let staff = staff_sessions::current(app, app.sign_in()?, &token).await?;
        Ok(Self(StaffMember(staff.map_err(refused)?)))
    }
}

/// The problem of whoever is not signed in.
pub(crate) fn refused(why: NotSignedIn) -> Problem {
    match why {
        NotSignedIn::Over => Problem::new(Reason::Unauthenticated),
        NotSignedIn::Denied => Problem::new(Reason::StaffDenied),
        NotSignedIn::IssuerSilent => Problem::new(Code::Busy).retry_after(2),
    }
}

/// The token that a browser has, whether good or not.
pub(crate) fn token(jar: &CookieJar, app: &App) -> Option<String> {
    value(jar, app, SESSION).filter(|text| text.len() <= MAX_TOKEN_BYTES).map(str::to_owned)
}

pub(crate) fn with_session(jar: CookieJar, app: &App, signed_in: &StaffSignedIn) -> CookieJar {
    jar.add(own(app, SESSION, signed_in.token.clone(), signed_in.expires_at))
}

pub(crate) fn without_session(jar: CookieJar, app: &App) -> CookieJar {
    jar.add(gone(app, SESSION))
}
