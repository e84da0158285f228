//! `X-Twilio-Signature`: HMAC-SHA1 over the public URL and the sorted parameters.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Whether `header` signs a POST of `parameters` to `url`.
pub(super) fn is_valid(
    token: &str,
    url: &str,
    parameters: &[(String, String)],
    header: &str,
) -> bool {
    let Ok(expected) = STANDARD.decode(header) else { return false };
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token.as_bytes()) else { return false };
    mac.update(url.as_bytes());
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort();
    // What comes twice is signed once.
    sorted.dedup();
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac.verify_slice(&expected).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const HEADER: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

    fn parameters() -> Vec<(String, String)> {
        [
            ("To", "+18005551212"),
            ("Digits", "1234"),
            ("CallSid", "CA1234567890ABCDE"),
            ("From", "+14158675309"),
            ("Caller", "+14158675309"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn a_known_signature_is_accepted_whatever_the_order() {
        let mut parameters = parameters();
        assert!(is_valid("12345", URL, &parameters, HEADER));
        parameters.reverse();
        assert!(is_valid("12345", URL, &parameters, HEADER));
    }

    #[test]
    fn any_other_is_not() {
        let known = parameters();
        assert!(!is_valid("12346", URL, &known, HEADER));
        assert!(!is_valid("12345", &URL.replace("foo=1", "foo=2"), &known, HEADER));
        assert!(!is_valid("12345", URL, &known[1..], HEADER));
        for header in ["", "x", &HEADER[1..], &HEADER[..27], &HEADER.to_lowercase()] {
            assert!(!is_valid("12345", URL, &known, header), "{header}");
        }
    }
}
