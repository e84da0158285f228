//! Webhooks as Meta writes, signs and posts them.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::account::Account;

/// A webhook that was posted.
#[derive(Clone, Serialize)]
pub struct Webhook {
    pub body: String,
    /// `X-Hub-Signature-256`.
    pub signature: String,
    /// The answer's status; 0: no answer.
    pub status: u16,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("status", &self.status).finish_non_exhaustive()
    }
}

/// `X-Hub-Signature-256` of a body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    let digits = antrian::security::tokens::hex(&mac.finalize().into_bytes());
    format!("sha256={digits}")
}

/// JSON with the escapes of Meta's: `\uXXXX` for what is not ASCII, `\/` for a slash.
pub(super) fn escaped(value: &Value) -> String {
    let mut written = String::new();
    for symbol in value.to_string().chars() {
        match symbol {
            '/' => written.push_str("\\/"),
            _ if symbol.is_ascii() => written.push(symbol),
            _ => {
                for unit in symbol.encode_utf16(&mut [0; 2]) {
                    // Writing to a String does not fail.
                    let _ = write!(written, "\\u{unit:04x}");
                }
            }
        }
    }
    written
}

impl Account {
    /// A delivery with one message or status.
    pub(super) fn delivery(&self, contact: Value, list: &str, element: Value) -> Value {
        json!({"object": "whatsapp_business_account", "entry": [{"id": self.waba_id, "changes": [{
            "field": "messages",
            "value": {
                "messaging_product": "whatsapp",
                "metadata": {
                    "display_phone_number": self.number,
                    "phone_number_id": self.phone_number_id,
                },
                "contacts": [contact],
                list: [element],
            },
        }]}]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_escaped_as_the_platform_does_and_mean_the_same() {
        let value = json!({"a/b": "Ünïcode 🙂 \" \n"});
        let written = escaped(&value);
        assert_eq!(written, r#"{"a\/b":"\u00dcn\u00efcode \ud83d\ude42 \" \n"}"#);
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
    }

    #[test]
    fn the_known_vector_is_signed_as_known() {
        let body = br#"{"object":"whatsapp_business_account","entry":[]}"#;
        let known = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756";
        assert_eq!(sign("test_app_secret", body), known);
    }
}
