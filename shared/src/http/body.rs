//! Reading requests: JSON bodies, queries, path segments. What does not fit is named, never echoed.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use sha2::{Digest, Sha256};

use super::problem::{Code, Problem};
use crate::domain::field::FieldError;
use crate::domain::reason::Reason;
use crate::security::tokens::hex;

/// Bodies are at most so large, webhooks excepted.
pub const MAX_BYTES: usize = 64 * 1024;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    bytes: Bytes,
}

impl<T> Body<T> {
    /// SHA-256 of the bytes, in hexadecimal: the same request has the same. Made when it is asked
    /// for: most requests of a rush are refused before.
    pub fn hash(&self) -> String {
        hash(&self.bytes)
    }
}

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        expect_json(request.headers())?;
        let bytes = Bytes::from_request(request, state).await.map_err(|error| too_large(&error))?;
        Ok(Body { value: parse(&bytes)?, bytes })
    }
}

/// The body of a request that has nothing to say: none, or an empty object.
#[derive(Debug)]
pub struct NoBody;

impl NoBody {
    /// The same for every such body.
    pub fn hash(&self) -> String {
        hash(b"{}")
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let has_type = expect_json(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(|error| too_large(&error))?;
        if !bytes.is_empty() {
            has_type?;
            parse::<Nothing>(&bytes)?;
        }
        Ok(Self)
    }
}

/// Clients that name a type have to name JSON; those that name none are believed.
fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let named = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let is_json = named.is_none_or(|name| {
        let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        name == "application/json" || name.ends_with("+json")
    });
    if is_json { Ok(()) } else { Err(Problem::new(Code::UnsupportedMediaType)) }
}

fn too_large(error: &BytesRejection) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Code::BodyTooLarge).with("max_bytes", MAX_BYTES)
        }
        _ => Problem::new(Code::MalformedJson),
    }
}

/// Parses a JSON body.
///
/// # Errors
/// `body_too_large`, `malformed_json`, or `invalid_request` with the field.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new(Code::BodyTooLarge).with("max_bytes", MAX_BYTES));
    }
    let value = serde_json::from_slice(bytes).map_err(|_| body_fault::<T>(bytes))?;
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(not_an_object());
    }
    Ok(value)
}

/// `serde` reads a struct from an array too, by position; nothing here takes one.
fn not_an_object() -> Problem {
    Problem::field(".", "Kirim sebuah objek JSON.", "Send a JSON object.")
}

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What a body that is no `T` is told: a slower reading finds the path of the field. Only the path is
/// told: what stands there may be personal.
fn body_fault<T: DeserializeOwned>(bytes: &[u8]) -> Problem {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut json) else {
        // Something follows it.
        return Problem::new(Code::MalformedJson);
    };
    let inner = error.inner();
    // What kind of error `serde_json` names depends on where it stopped: only a second reading tells.
    if serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
        return Problem::new(Code::MalformedJson)
            .with("line", inner.line())
            .with("column", inner.column());
    }
    let text = inner.to_string();
    let path = error.path().to_string();
    let fault = if let Some(name) = quoted_after(&text, "missing field `") {
        let field = if path == "." { name.to_owned() } else { format!("{path}.{name}") };
        FieldError::new(&field, "Isian ini wajib ada.", "This field is required.")
    } else if text.starts_with("unknown field") {
        FieldError::new(masked(&path), "Isian ini tidak dikenal.", "This field is not known.")
    } else {
        FieldError::new(
            &path,
            "Isi bagian ini tidak sesuai.",
            "The value of this field does not fit.",
        )
    };
    Problem::fields(&[fault])
}

/// An unknown field's name is told if it is a name: a number that stands there may be personal.
fn masked(path: &str) -> &str {
    let is_name = path.bytes().all(|byte| byte.is_ascii_lowercase() || b"_.".contains(&byte));
    if is_name { path } else { "." }
}

fn quoted_after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)?.split('`').next()
}

/// The parameters of a URL's query.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S, T> FromRequestParts<S> for Params<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(value)| Self(value)).map_err(|_| {
            Problem::field(
                "query",
                "Periksa parameter pada alamat: ada yang kurang, tidak dikenal, atau tidak sesuai.",
                "Check the parameters of the address: one is missing, unknown or does not fit.",
            )
        })
    }
}

/// Segments of a URL's path. One that can't be right names nothing: 404.
#[derive(Debug)]
pub struct Segments<T>(pub T);

impl<S, T> FromRequestParts<S> for Segments<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Self(value)).map_err(|_| Problem::new(Reason::NotFound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Small {
        #[expect(dead_code)]
        nik: u32,
    }

    #[test]
    fn what_does_not_fit_is_named_and_not_repeated() {
        for (body, status) in [
            (&br#"{"nik":"9971014501909001"}"#[..], 422),
            (br#"{"nik":1,"9971014501909001":2}"#, 422),
            (br#"{}"#, 422),
            (br#"{"nik":1,"Siti Contoh":2}"#, 422),
            (br#" [1]"#, 422),
            (br#"{"nik":1"#, 400),
            (br#"{"nik":1}}"#, 400),
            (b"\xff\xfe", 400),
            (b"", 400),
            (&[b'['; 70_000], 413),
            (&[b'['; 10_000], 400),
        ] {
            let problem = parse::<Small>(body).unwrap_err();
            let shown = format!("{problem:?}");
            assert!(!shown.contains("9971014501909001") && !shown.contains("Siti"), "{shown}");
            assert_eq!(problem.into_response().status(), status);
        }
    }
}
