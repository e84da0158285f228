//! What every page has: its language, its address, its headers.

use std::convert::Infallible;
use std::sync::LazyLock;

use antrian::domain::language::{self, Locale, Text};
use antrian::http::AppState;
use antrian::http::problem::{Problem, internal};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use crate::assets;
use crate::cookies;
use crate::forms::onward;

/// Whoever looks at a page: in which language, and where. Templates write texts in both languages side
/// by side and let the page say the one.
#[derive(Debug, Clone)]
pub struct Page {
    /// What it is read in.
    pub locale: Locale,
    /// Path and query.
    pub here: String,
    /// Where the language's switch and another try lead: here, or the page whose form was sent here.
    pub back: String,
    /// Scheme and host of the pages, for those who follow no relative address; empty where a page is
    /// nothing to be shown to others.
    origin: String,
}

impl FromRequestParts<AppState> for Page {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Infallible> {
        let origin = app.public_url.trim_end_matches('/').to_owned();
        Ok(Self { origin, ..Self::of(parts) })
    }
}

/// The page of ours that a browser says it comes from; another site's path leads nowhere worse than to a
/// page of ours that is not there.
fn page_before(parts: &Parts) -> Option<String> {
    let before: Uri = parts.headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let path = before.path_and_query()?.as_str();
    Some(onward(Some(path), "/").to_owned())
}

impl Page {
    /// Of a request.
    pub fn of(parts: &Parts) -> Self {
        let locale = cookies::locale(&CookieJar::from_headers(&parts.headers));
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let back = match parts.method.is_safe() {
            true => here.clone(),
            false => page_before(parts).unwrap_or_else(|| here.clone()),
        };
        Self { locale, here, back, origin: String::new() }
    }

    /// One of two texts.
    pub fn say<'a>(&self, id: &'a str, en: &'a str) -> &'a str {
        match self.locale {
            Locale::Id => id,
            Locale::En => en,
        }
    }

    /// A text of an office.
    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        language::in_language(self.locale, text)
    }

    /// For the `lang` of the document.
    pub fn lang(&self) -> &'static str {
        match self.locale {
            Locale::Id => "id",
            Locale::En => "en",
        }
    }

    /// A date in words.
    pub fn date(&self, date: NaiveDate) -> String {
        language::date(self.locale, date)
    }

    /// One date or the first and the last of several, in words.
    pub fn dates(&self, from: NaiveDate, to: NaiveDate) -> String {
        match from == to {
            true => self.date(from),
            false => format!("{} – {}", self.date(from), self.date(to)),
        }
    }

    /// An hour of a zone.
    pub fn time(&self, at: DateTime<Utc>, zone: Tz) -> String {
        language::time(self.locale, at, zone)
    }

    /// Date and hour of a zone.
    pub fn date_time(&self, at: DateTime<Utc>, zone: Tz) -> String {
        language::date_time(self.locale, at, zone)
    }

    /// Part of each page: on a slow network a file of its own would be one more round trip before
    /// anything is seen.
    pub fn style(&self) -> &'static str {
        assets::STYLE
    }

    /// The address of a path for those who follow no relative one; none where a page is nothing to be
    /// shown to others.
    pub fn shared_address(&self, path: &str) -> Option<String> {
        (!self.origin.is_empty()).then(|| format!("{}{path}", self.origin))
    }
}

static POLICY: LazyLock<String> = LazyLock::new(|| policy(assets::STYLE));

/// The policy of a page with this style: nothing from elsewhere, nothing inline but the style as it is,
/// nobody's frame.
pub fn policy(style: &str) -> String {
    let style = STANDARD.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; style-src 'self' 'sha256-{style}'; script-src 'self'; img-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Pages that say the same to everybody may be kept so long on the way.
const PUBLIC: &str = "public, max-age=5";

/// How others may keep a page.
#[derive(Debug, Clone, Copy)]
pub enum Keep {
    /// It says the same to everybody who reads its language.
    Public,
    /// It is somebody's own.
    Never,
}

/// A page as an answer.
pub fn shown(status: StatusCode, keep: Keep, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => with_headers((status, Html(html)).into_response(), keep),
        Err(error) => internal(&error).into_response(),
    }
}

fn with_headers(mut response: Response, keep: Keep) -> Response {
    let fixed: [(HeaderName, &'static str); 3] = [
        (header::CONTENT_SECURITY_POLICY, &POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::VARY, "cookie"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let keep = match keep {
        Keep::Public => PUBLIC,
        Keep::Never => "no-store",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

/// A page that is somebody's own.
pub fn own(template: &impl Template) -> Response {
    shown(StatusCode::OK, Keep::Never, template)
}

/// A page for everybody.
pub fn public(template: &impl Template) -> Response {
    shown(StatusCode::OK, Keep::Public, template)
}

/// A file to be kept by whoever asks, and nobody on the way.
pub fn download(kind: &'static str, name: &str, content: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, content).into_response()
}

/// What a handler of a page answers with.
pub type Shown = Result<Response, Problem>;

/// On to another page, by a GET.
pub fn go(to: &str) -> Response {
    Redirect::to(to).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn whoever_has_sent_a_form_is_led_back_to_the_page_that_it_is_on() {
        let back = |method: &str, referer: Option<&str>| {
            let request = Request::builder().method(method).uri("/petugas/uji/pindai/X/batal?a=1");
            let request = match referer {
                Some(referer) => request.header("referer", referer),
                None => request,
            };
            Page::of(&request.body(()).unwrap().into_parts().0).back
        };
        let form = Some("https://antrian.example/petugas/uji/pindai?gerbang=A");
        assert_eq!(back("POST", form), "/petugas/uji/pindai?gerbang=A");
        assert_eq!(back("GET", form), "/petugas/uji/pindai/X/batal?a=1");
        assert_eq!(back("POST", None), "/petugas/uji/pindai/X/batal?a=1");
        assert_eq!(back("POST", Some("https://elsewhere.example//evil")), "/");
    }
}
