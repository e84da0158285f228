//! Reading requests: JSON bodies, queries, path segments. What does not fit is named, never echoed.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::expected::expected;
use super::problem::{Code, Problem};
use crate::domain::field::FieldError;
use crate::domain::normal::normal;
use crate::domain::reason::Reason;
use crate::security::tokens::hex;

/// Largest body, webhooks excepted.
pub const MAX_BYTES: usize = 64 * 1024;

/// A JSON body, read by [`parse`].
#[derive(Debug)]
pub struct Body<T> {
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
        let value = parse(&bytes).or_else(|problem| parse_normal(&bytes).ok_or(problem))?;
        Ok(Body { value, bytes })
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
    let is_json = |value: &HeaderValue| {
        let Ok(value) = value.to_str() else { return false };
        let (name, _parameters) = value.split_once(';').unwrap_or((value, ""));
        let name = name.trim().to_ascii_lowercase();
        name == "application/json" || name.ends_with("+json")
    };
    if headers.get(header::CONTENT_TYPE).is_none_or(is_json) {
        Ok(())
    } else {
        Err(Problem::new(Code::UnsupportedMediaType))
    }
}

fn too_large(error: &BytesRejection) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Code::BodyTooLarge).with("max_bytes", MAX_BYTES)
        }
        _ => Problem::new(Code::MalformedJson),
    }
}

/// Parses a JSON body. Here, and not by the types, unknown fields are refused at any depth: offices are
/// read from the table too, where a later release may have added some.
///
/// # Errors
/// `body_too_large`, `malformed_json`, or `invalid_request` with the first field that does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new(Code::BodyTooLarge).with("max_bytes", MAX_BYTES));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let mut unknown = None;
    let mut ignored = |path: serde_ignored::Path<'_>| {
        unknown.get_or_insert_with(|| not_known(named(&path).as_deref().unwrap_or(".")));
    };
    let strict = serde_ignored::Deserializer::new(&mut json, &mut ignored);
    let value = match serde_path_to_error::deserialize(strict) {
        Ok(value) => value,
        Err(error) => return Err(misfit(bytes, &error, unknown)),
    };
    json.end().map_err(|_| Problem::new(Code::MalformedJson))?;
    if let Some(field) = unknown {
        return Err(Problem::fields(&[field]));
    }
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(not_an_object());
    }
    Ok(value)
}

/// A body whose texts fit once they are brought into one spelling: a date with a line break after it, an
/// id with a mark that nobody sees.
fn parse_normal<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let mut body: Value =
        serde_json::from_slice(bytes).ok().filter(|_| bytes.len() <= MAX_BYTES)?;
    normalise(&mut body);
    parse(&serde_json::to_vec(&body).ok()?).ok()
}

fn normalise(value: &mut Value) {
    match value {
        Value::String(text) => *text = normal(text).into_owned(),
        Value::Array(values) => values.iter_mut().for_each(normalise),
        Value::Object(fields) => fields.values_mut().for_each(normalise),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `serde` reads a struct from an array too, by position; nothing here takes one.
fn not_an_object() -> Problem {
    Problem::field(".", "Kirim sebuah objek JSON.", "Send a JSON object.")
}

/// SHA-256, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// What is wrong with a body that could not be read: an unknown field before the fault comes first.
fn misfit(
    bytes: &[u8],
    error: &serde_path_to_error::Error<serde_json::Error>,
    unknown: Option<FieldError>,
) -> Problem {
    // What kind of error `serde_json` names depends on where it stopped: only a second reading tells.
    if serde_json::from_slice::<IgnoredAny>(bytes).is_err() {
        return Problem::new(Code::MalformedJson)
            .with("line", error.inner().line())
            .with("column", error.inner().column());
    }
    Problem::fields(&[unknown.unwrap_or_else(|| field_error(error))])
}

/// The field that could not be read. Its value is not repeated: it may be personal.
fn field_error(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    let (path, text) = (error.path().to_string(), error.inner().to_string());
    if let Some(name) = quoted_after(&text, "missing field `") {
        let field = if path == "." { name.to_owned() } else { format!("{path}.{name}") };
        return FieldError::new(&field, "Isian ini wajib ada.", "This field is required.");
    }
    // Of a variant, and of types that refuse such fields themselves.
    if text.starts_with("unknown field") {
        let is_named = path.split('.').all(is_name);
        return not_known(if is_named { &path } else { "." });
    }
    let (id, en) = expected(&text);
    FieldError::new(&path, &id, &en)
}

fn not_known(field: &str) -> FieldError {
    FieldError::new(field, "Isian ini tidak dikenal.", "This field is not known.")
}

/// The path of an unknown field, written as `serde_path_to_error` writes paths. Absent: something in it
/// is no name, and a number that stands there may be personal.
fn named(path: &serde_ignored::Path<'_>) -> Option<String> {
    use serde_ignored::Path;
    match path {
        Path::Root => Some(String::new()),
        Path::Seq { parent, index } => Some(format!("{}[{index}]", named(parent)?)),
        Path::Map { parent, key } => {
            let parent = named(parent)?;
            let dot = if parent.is_empty() { "" } else { "." };
            is_name(key).then(|| format!("{parent}{dot}{key}"))
        }
        Path::Some { parent }
        | Path::NewtypeStruct { parent }
        | Path::NewtypeVariant { parent } => named(parent),
    }
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
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
        let normal = || Query::<T>::try_from_uri(&normal_query(&parts.uri)?).ok();
        let query = query.or_else(|error| normal().ok_or(error));
        query.map(|Query(value)| Self(value)).map_err(|error| parameter(&error.body_text()))
    }
}

/// The address with the values of its query in one spelling.
fn normal_query(uri: &Uri) -> Option<Uri> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query()?.as_bytes()) {
        query.append_pair(&name, &normal(&value));
    }
    format!("/?{}", query.finish()).parse().ok()
}

/// What is wrong with a query, by the parameter that is meant, if what stands there is a name.
fn parameter(error: &str) -> Problem {
    let text = error.strip_prefix("Failed to deserialize query string: ").unwrap_or(error);
    if let Some((_, rest)) = text.split_once("unknown field `") {
        let name = rest.split('`').next().filter(|name| is_name(name) && !name.is_empty());
        return Problem::field(
            name.unwrap_or("query"),
            "Parameter ini tidak dikenal.",
            "This parameter is not known.",
        );
    }
    if let Some((_, rest)) = text.split_once("duplicate field `") {
        return Problem::field(
            rest.split('`').next().unwrap_or("query"),
            "Parameter ini ada lebih dari sekali pada alamat.",
            "This parameter is there more than once in the address.",
        );
    }
    if let Some((_, rest)) = text.split_once("missing field `") {
        return Problem::field(
            rest.split('`').next().unwrap_or("query"),
            "Parameter ini wajib ada pada alamat.",
            "This parameter is required in the address.",
        );
    }
    let (name, refusal) = text.split_once(": ").unwrap_or(("", text));
    let name = if is_name(name) && !name.is_empty() { name } else { "query" };
    let (id, en) = expected(refusal);
    Problem::field(name, &id, &en)
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

    #[derive(Debug, Deserialize)]
    struct Large {
        #[expect(dead_code)]
        list: Vec<Small>,
    }

    #[test]
    fn the_first_unknown_field_is_named_at_any_depth() {
        for (body, field) in [
            (
                &br#"{"list":[{"nik":1},{"nik":2,"colour":{"deep":3}}],"size":4}"#[..],
                "list[1].colour",
            ),
            (br#"{"colour":1,"list":5}"#, "colour"),
            (br#"{"list":5,"colour":1}"#, "list"),
            (br#"{"colour":1}"#, "colour"),
            (br#"{"list":[{"nik":1,"9971014501909001":2}]}"#, "."),
        ] {
            let shown = format!("{:?}", parse::<Large>(body).unwrap_err());
            let shows = |field: &str| shown.contains(&format!("\"field\": String({field:?})"));
            assert!(shows(field), "{field}: {shown}");
        }
    }
}
