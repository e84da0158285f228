//! `X-Hub-Signature-256`: HMAC-SHA256 over the raw bytes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether `header` (`sha256=` and 64 lower-case hexadecimal digits) signs `body`.
pub(super) fn is_valid(secret: &str, body: &[u8], header: &str) -> bool {
    let Some(digits) = header.strip_prefix("sha256=") else { return false };
    let Some(expected) = bytes(digits) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(body);
    mac.verify_slice(&expected).is_ok()
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let pairs = digits.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    const SECRET: &str = "test_app_secret";
    const BODY: &[u8] = br#"{"object":"whatsapp_business_account","entry":[]}"#;
    const HEADER: &str = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756";

    #[test]
    fn a_known_signature_is_accepted() {
        assert!(is_valid(SECRET, BODY, HEADER));
    }

    #[test]
    fn any_other_is_not() {
        let changed = br#"{"object":"whatsapp_business_account","entry":[ ]}"#;
        assert!(!is_valid(SECRET, changed, HEADER));
        assert!(!is_valid("another", BODY, HEADER));
        for header in ["", "sha256=", &HEADER[..70], &HEADER.to_uppercase(), "sha1=00", "sha256=zz"]
        {
            assert!(!is_valid(SECRET, BODY, header), "{header}");
        }
    }
}
