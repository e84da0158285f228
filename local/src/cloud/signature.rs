//! Whether a request to the embedded cloud is signed as AWS wants it (Signature Version 4), by the one
//! user that there is. Written from AWS's description and not with the crate that signs.

use std::fmt::Write;

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Id and secret of the one user.
pub(super) const USER: &str = "local";

/// Whether this `POST /` to `service` is signed: all that AWS insists on is part of what is signed.
pub(super) fn is_right(service: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    check(service, headers, body).is_some()
}

fn check(service: &str, headers: &HeaderMap, body: &[u8]) -> Option<()> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let given = header("authorization")?.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let part = |name: &str| given.split(", ").find_map(|part| part.strip_prefix(name));
    let (credential, names) = (part("Credential=")?, part("SignedHeaders=")?);
    let (date, scope) = (header("x-amz-date")?, credential.strip_prefix(USER)?.strip_prefix('/')?);
    let [day, region, of, "aws4_request"] = scope.split('/').collect::<Vec<_>>()[..] else {
        return None;
    };
    let signed: Vec<&str> = names.split(';').collect();
    let insisted = ["host", "x-amz-date", "x-amz-target"];
    let token = headers.contains_key("x-amz-security-token").then_some("x-amz-security-token");
    let all = insisted.into_iter().chain(token).all(|name| signed.contains(&name));
    let is_scope = of == service && date.starts_with(day) && all && signed.is_sorted();
    let mut canonical = String::from("POST\n/\n\n");
    for name in &signed {
        writeln!(canonical, "{name}:{}", header(name)?.trim()).ok()?;
    }
    write!(canonical, "\n{names}\n{}", hex(&Sha256::digest(body))).ok()?;
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let secret = format!("AWS4{USER}").into_bytes();
    let steps = [day, region, of, "aws4_request", text.as_str()];
    let signature = steps.iter().fold(secret, |key, step| keyed(&key, step));
    (is_scope && part("Signature=")? == hex(&signature)).then_some(())
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
