//! What people send: posts of our own pages only, and addresses to go on to.

use antrian::domain::chat::words::full_date;
use antrian::domain::field::FieldError;
use antrian::domain::language::Locale;
use antrian::domain::normal::normal;
use antrian::http::AppState;
use antrian::http::problem::{Code, Problem};
use axum::body::Bytes;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;

/// A form that one of our own pages has posted. It is the only way to read one, so that no handler can
/// forget to ask where it comes from.
#[derive(Debug)]
pub struct Posted<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        if !is_own(request.headers(), &app.public_url) {
            return Err(Problem::new(Code::ForeignForm));
        }
        let bytes = Bytes::from_request(request, app).await;
        let bytes = bytes.map_err(|_| Problem::new(Code::BodyTooLarge))?;
        let form = serde_html_form::from_bytes(&bytes);
        form.map(Self).map_err(|_| incomplete())
    }
}

/// The content of the file that one of our own pages has posted: the one field of its form.
#[derive(Debug)]
pub struct Uploaded(pub Bytes);

impl FromRequest<AppState> for Uploaded {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        if !is_own(request.headers(), &app.public_url) {
            return Err(Problem::new(Code::ForeignForm));
        }
        let too_large = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge),
            _ => incomplete(),
        };
        let form = Multipart::from_request(request, app).await;
        let mut form = form.map_err(|_| incomplete())?;
        let field = form.next_field().await.map_err(too_large)?.ok_or_else(incomplete)?;
        field.bytes().await.map(Self).map_err(too_large)
    }
}

/// The parameters of an address, of which some may be there more than once.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        serde_html_form::from_str(query).map(Self).map_err(|_| incomplete())
    }
}

fn incomplete() -> Problem {
    Problem::field(
        "form",
        "Isian tidak lengkap. Kembali ke halaman sebelumnya dan isi sekali lagi.",
        "The form is incomplete. Go back to the page before and fill it in once more.",
    )
}

/// A form without fields: only its button counts.
#[derive(Debug, serde::Deserialize)]
pub struct Nothing {}

/// Browsers say where a form comes from: in `Sec-Fetch-Site`, older ones in `Origin`. Who says neither is
/// no browser, and has no cookies that somebody else could use.
fn is_own(headers: &HeaderMap, public_url: &str) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = said("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = said(header::ORIGIN.as_str()) else { return true };
    let authority = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_owned());
    let host = said(header::HOST.as_str());
    public_url.trim_end_matches('/') == origin || authority(origin).as_deref() == host
}

/// `YYYY-MM-DD` of a date that somebody types by day, month and year, in numbers or with the month's name.
/// What is none becomes a text that no rule takes for one.
pub fn date_of(typed: &str) -> String {
    let typed = normal(typed);
    if let Some(date) = full_date(&typed) {
        return date.to_string();
    }
    let parts: Vec<_> =
        typed.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    let (day, month, year) = match *parts {
        [day, month, year] => (day, month, year),
        [all] if all.len() == 8 => (&all[..2], &all[2..4], &all[4..]),
        _ => ("", "", ""),
    };
    format!("{year:0>4}-{month:0>2}-{day:0>2}")
}

/// A date as a browser sends it, or as somebody types it.
pub fn read_date(typed: &str) -> Option<NaiveDate> {
    let typed = normal(typed);
    typed.trim().parse().or_else(|_| date_of(&typed).parse()).ok()
}

/// The first and the last of some days, as somebody types them: whoever names one day means that day.
pub fn read_days(first: &str, last: &str) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let last = if last.trim().is_empty() { first } else { last };
    (read_date(first), read_date(last))
}

/// Pages ask for a date of birth by day, month and year; the rule knows another form.
pub fn birth_date_as_asked(error: FieldError) -> FieldError {
    if error.field != "birth_date" {
        return error;
    }
    FieldError::new(
        "birth_date",
        "Tulis tanggal lahir: hari, bulan, dan tahun empat angka.",
        "Write the date of birth: day, month and a year of four digits.",
    )
}

/// What a refusal says, at a field.
pub fn at_field(field: &str, problem: &Problem) -> FieldError {
    FieldError::new(field, problem.sentence(Locale::Id), problem.sentence(Locale::En))
}

/// Where to go on: a path of ours, or else another. Another site's address, in any spelling that a
/// browser would follow, leads nowhere.
pub fn onward<'a>(asked: Option<&'a str>, otherwise: &'a str) -> &'a str {
    let is_path = |path: &&str| {
        let second = path.as_bytes().get(1);
        path.starts_with('/')
            && second.is_none_or(|byte| *byte != b'/' && *byte != b'\\')
            && path.bytes().all(|byte| byte.is_ascii_graphic())
    };
    asked.filter(is_path).unwrap_or(otherwise)
}

/// Where to go on, as an address or a form carries it.
#[derive(Debug, serde::Deserialize)]
pub struct To {
    ke: Option<String>,
}

impl To {
    /// The path, or another where there is none of ours.
    pub fn path<'a>(&'a self, otherwise: &'a str) -> &'a str {
        onward(self.ke.as_deref(), otherwise)
    }
}

/// An address with these parameters.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    format!("{path}?{}", query.finish())
}

/// Fields that do not fit, for a template.
#[derive(Debug, Default)]
pub struct Faults {
    locale: Locale,
    errors: Vec<FieldError>,
}

impl Faults {
    /// These.
    pub fn new(locale: Locale, errors: Vec<FieldError>) -> Self {
        Self { locale, errors }
    }

    /// One field, in both languages.
    pub fn one(locale: Locale, field: &str, id: &str, en: &str) -> Self {
        Self::new(locale, vec![FieldError::new(field, id, en)])
    }

    /// Whether everything fits.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Field and sentence of each.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.errors.iter().map(|error| (error.field.as_str(), self.sentence(error)))
    }

    /// What is wrong with this field.
    pub fn of(&self, field: &str) -> Option<&str> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(self.sentence(error))
    }

    fn sentence<'a>(&self, error: &'a FieldError) -> &'a str {
        match self.locale {
            Locale::Id => &error.detail,
            Locale::En => &error.detail_en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        let one = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        of.iter().map(one).collect()
    }

    #[test]
    fn only_our_own_pages_post() {
        let url = "https://antrian.example.org";
        for (given, own) in [
            (&[("sec-fetch-site", "same-origin")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://antrian.example.org")], false),
            (&[("origin", "https://antrian.example.org"), ("host", "x.execute-api")], true),
            (&[("origin", "http://localhost:8080"), ("host", "localhost:8080")], true),
            (&[("origin", "https://elsewhere.example"), ("host", "antrian.example.org")], false),
            (&[("origin", "null"), ("host", "antrian.example.org")], false),
            (&[], true),
        ] {
            assert_eq!(is_own(&headers(given), url), own, "{given:?}");
        }
    }

    #[test]
    fn a_date_is_typed_in_one_go_or_in_three() {
        for typed in [
            "05041990",
            "5 4 1990",
            "05-04-1990",
            " 5/4/1990",
            "０５.04.1990",
            "5 April 1990",
            "05-Apr-1990",
            "1990-04-05",
        ] {
            assert_eq!(date_of(typed), "1990-04-05", "{typed}");
        }
        for none in ["", "1990", "050490", "5 April", "1 2 3 4"] {
            assert_eq!(date_of(none), "0000-00-00", "{none}");
        }
    }

    #[test]
    fn one_is_led_on_to_our_own_pages_only() {
        for path in ["/pesan?kantor=x&jam=08%3A00", "/", "/saya"] {
            assert_eq!(onward(Some(path), "/saya"), path);
        }
        for other in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/\n"]
        {
            assert_eq!(onward(Some(other), "/saya"), "/saya", "{other:?}");
        }
        assert_eq!(onward(None, "/saya"), "/saya");
    }
}
