//! What a browser keeps: the language, a registration that has begun, a session.

use std::time::Duration;

use antrian::app::App;
use antrian::domain::ids::RegistrationId;
use antrian::domain::language::Locale;
use antrian::use_cases::registration::{Begun, Opened};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::{DateTime, Utc};

/// The language is no secret and belongs to no session.
const LANGUAGE: &str = "bahasa";
/// A year.
const LANGUAGE_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

pub(crate) fn locale(jar: &CookieJar) -> Locale {
    match jar.get(LANGUAGE).map(Cookie::value) {
        Some("en") => Locale::En,
        _ => Locale::Id,
    }
}

pub(crate) fn with_locale(jar: CookieJar, app: &App, lang: &'static str) -> CookieJar {
    let is_secure = is_secure(app);
    let mut cookie = Cookie::new(LANGUAGE, lang);
    cookie.set_path("/");
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(is_secure);
    cookie.set_max_age(LANGUAGE_LIFE.try_into().ok());
    jar.add(cookie)
}

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
    let value = jar.get(&name(app, "masuk"))?.value().to_owned();
    let mut parts = value.splitn(3, BETWEEN);
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
    jar.get(&name(app, "sesi")).map(|cookie| cookie.value().to_owned())
}

/// Signed in: the registration has done its work.
pub(crate) fn with_session(jar: CookieJar, app: &App, opened: &Opened) -> CookieJar {
    let jar = jar.add(own(app, "sesi", opened.token.clone(), opened.expires_at));
    jar.add(gone(app, "masuk"))
}

pub(crate) fn without_session(jar: CookieJar, app: &App) -> CookieJar {
    jar.add(gone(app, "sesi")).add(gone(app, "masuk"))
}

/// A cookie that no script reads, that no other site's form sends, and that is over when what it stands
/// for is.
fn own(app: &App, what: &str, value: String, until: DateTime<Utc>) -> Cookie<'static> {
    let mut cookie = Cookie::new(name(app, what), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(is_secure(app));
    let left = (until - app.clock.now()).to_std().unwrap_or_default();
    cookie.set_max_age(left.try_into().ok());
    cookie
}

fn gone(app: &App, what: &str) -> Cookie<'static> {
    own(app, what, String::new(), app.clock.now())
}

/// `__Host-` keeps other hosts of the domain from setting it, and wants TLS: only a laptop goes without.
fn name(app: &App, what: &str) -> String {
    let prefix = if is_secure(app) { "__Host-" } else { "" };
    format!("{prefix}antrian-{what}")
}

fn is_secure(app: &App) -> bool {
    app.public_url.starts_with("https://")
}
