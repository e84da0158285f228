//! What an applicant's browser keeps: a registration that has begun, a session.

use antrian::app::App;
use antrian::domain::ids::RegistrationId;
use antrian::use_cases::registration::{Begun, Opened};
use antrian_pages::cookies::{gone, own, value};
use axum_extra::extract::cookie::CookieJar;

/// A registration that this browser has begun.
pub(crate) struct Began {
    pub(crate) id: RegistrationId,
    pub(crate) secret: String,
    /// What is to be sent.
    pub(crate) text: String,
}

/// Between the parts of a value; none of them has it.
const BETWEEN: char = '~';

pub(crate) fn began(jar: &CookieJar, app: &App) -> Option<Began> {
    let mut parts = value(jar, app, "masuk")?.splitn(3, BETWEEN);
    let id = parts.next()?.parse().ok()?;
    let (secret, code) = (parts.next()?.to_owned(), parts.next()?);
    let is_code = code.len() <= 16 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_code.then(|| Began { id, secret, text: format!("DAFTAR {code}") })
}

pub(crate) fn with_began(jar: CookieJar, app: &App, begun: &Begun) -> CookieJar {
    let code = begun.text.rsplit(' ').next().unwrap_or_default();
    let value = format!("{}{BETWEEN}{}{BETWEEN}{code}", begun.id, begun.secret);
    jar.add(own(app, "masuk", value, begun.expires_at))
}

/// The token of a session.
pub(crate) fn token(jar: &CookieJar, app: &App) -> Option<String> {
    value(jar, app, "sesi").map(str::to_owned)
}

/// Signed in: the registration has done its work.
pub(crate) fn with_session(jar: CookieJar, app: &App, opened: &Opened) -> CookieJar {
    let jar = jar.add(own(app, "sesi", opened.token.clone(), opened.expires_at));
    jar.add(gone(app, "masuk"))
}

pub(crate) fn without_session(jar: CookieJar, app: &App) -> CookieJar {
    jar.add(gone(app, "sesi")).add(gone(app, "masuk"))
}
