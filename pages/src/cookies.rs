//! What a browser keeps: the language, and what is its function's own.

use std::time::Duration;

use antrian::app::App;
use antrian::domain::language::Locale;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use chrono::{DateTime, Utc};

/// The language is no secret and belongs to no session.
const LANGUAGE: &str = "bahasa";
/// A year.
const LANGUAGE_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// The language that somebody reads.
pub fn locale(jar: &CookieJar) -> Locale {
    match jar.get(LANGUAGE).map(Cookie::value) {
        Some("en") => Locale::En,
        _ => Locale::Id,
    }
}

/// Keeps the choice of a language.
pub fn with_locale(jar: CookieJar, app: &App, lang: &'static str) -> CookieJar {
    let is_secure = is_secure(app);
    let mut cookie = Cookie::new(LANGUAGE, lang);
    cookie.set_path("/");
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(is_secure);
    cookie.set_max_age(LANGUAGE_LIFE.try_into().ok());
    jar.add(cookie)
}

/// The value of a cookie of ours.
pub fn value<'a>(jar: &'a CookieJar, app: &App, what: &str) -> Option<&'a str> {
    jar.get(&name(app, what)).map(Cookie::value)
}

/// A cookie that no script reads, that no other site's form sends, and that is over when what it stands
/// for is.
pub fn own(app: &App, what: &str, value: String, until: DateTime<Utc>) -> Cookie<'static> {
    let mut cookie = Cookie::new(name(app, what), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(is_secure(app));
    let left = (until - app.clock.now()).to_std().unwrap_or_default();
    cookie.set_max_age(left.try_into().ok());
    cookie
}

/// Takes a cookie of ours away.
pub fn gone(app: &App, what: &str) -> Cookie<'static> {
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
