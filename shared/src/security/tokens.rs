//! Random opaque values and their comparison.
//!
//! All of them come from the thread's generator, a ChaCha stream that the operating system seeds.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::{Rng, RngExt};
use subtle::ConstantTimeEq;

use crate::domain::chat::SIGN_IN_NUMBERS;
use crate::domain::ids::AccountId;

/// Crockford's alphabet: no I, L, O, U.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols of a registration code, 40 bits: even with a million codes pending at once, a guess finds
/// one of them with a chance of one in a million.
const REGISTRATION_SYMBOLS: usize = 8;
/// How many one-time codes there are.
const ONE_TIME_CODES: u32 = 1_000_000;

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// Bytes as a secret is handed out: base64url without padding.
pub fn secret_text(bytes: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An identifier that nobody meets twice: `prefix`, a hyphen and 128 random bits in hexadecimal.
pub fn random_id(prefix: &str) -> String {
    format!("{prefix}-{}", hex(&random_bytes::<16>()))
}

/// A new account's identifier.
pub fn account_id() -> AccountId {
    #[expect(clippy::expect_used, reason = "34 lower-case letters, digits and a hyphen; a test")]
    random_id("a").parse().expect("an account's id")
}

/// A secret of 256 bits, 43 characters that need no escaping in a URL or a header.
pub fn random_secret() -> String {
    secret_text(&random_bytes())
}

/// A one-time code of six digits, each code as likely as every other.
pub fn one_time_code() -> String {
    /// The largest multiple of the number of codes: what lies above would favour the low ones.
    const FAIR: u32 = u32::MAX - u32::MAX % ONE_TIME_CODES;
    let mut rng = rand::rng();
    loop {
        let number = rng.next_u32();
        if number < FAIR {
            return format!("{:06}", number % ONE_TIME_CODES);
        }
    }
}

/// The number that a page shows, and others to choose among in the chat: all different, each as likely
/// as every other. Nothing else that anybody sees tells which of them is the page's.
pub fn sign_in_numbers<const OTHERS: usize>() -> (u8, [u8; OTHERS]) {
    let mut rng = rand::rng();
    let mut left: Vec<u8> = SIGN_IN_NUMBERS.collect();
    let mut draw = || left.swap_remove(rng.random_range(0..left.len()));
    (draw(), std::array::from_fn(|_| draw()))
}

/// A registration's code as the applicant sends it: eight Crockford base32 symbols.
pub fn registration_code() -> String {
    registration_code_of(&random_bytes())
}

/// The registration code that is made of `seed`'s first bytes; see [`super::Derive`].
///
/// One of its symbols is a digit, so that it is never taken for a word: one code of twenty would have
/// none and gets one in the place of its first letter.
pub fn registration_code_of(seed: &[u8; 32]) -> String {
    let symbol = |byte: &u8| char::from(CROCKFORD[usize::from(byte % 32)]);
    let mut code: String = seed.iter().take(REGISTRATION_SYMBOLS).map(symbol).collect();
    if !code.contains(|symbol: char| symbol.is_ascii_digit()) {
        let digit = char::from(CROCKFORD[usize::from(seed[REGISTRATION_SYMBOLS] % 10)]);
        code.replace_range(..1, &digit.to_string());
    }
    code
}

/// Whether two secrets are the same, in a time that tells only their lengths.
pub fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::ids::{MessageId, RegistrationId};

    #[test]
    fn identifiers_are_of_the_domain_s_form() {
        assert!(random_id("a").parse::<AccountId>().is_ok());
        assert!(random_id("m").parse::<MessageId>().is_ok());
        assert!(hex(&[0xab; 32]).parse::<RegistrationId>().is_ok());
        assert_ne!(account_id(), account_id());
    }

    #[test]
    fn secrets_differ_and_need_no_escaping() {
        let secrets: BTreeSet<String> = (0..100).map(|_| random_secret()).collect();
        assert_eq!(secrets.len(), 100);
        for secret in secrets {
            assert_eq!(secret.len(), 43);
            assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        }
    }

    #[test]
    fn a_one_time_code_has_six_digits_and_favours_none() {
        let mut first = [0u32; 10];
        for _ in 0..10_000 {
            let code = one_time_code();
            assert_eq!(code.len(), 6);
            assert!(code.bytes().all(|b| b.is_ascii_digit()));
            first[usize::from(code.as_bytes()[0] - b'0')] += 1;
        }
        // 1,000 each; 200 off would be more than six standard deviations.
        assert!(first.iter().all(|&count| count.abs_diff(1_000) < 200), "{first:?}");
    }

    #[test]
    fn the_numbers_of_a_page_differ_and_none_is_favoured() {
        let mut shown = [0u32; 100];
        for _ in 0..9_000 {
            let (number, others) = sign_in_numbers::<3>();
            let all = BTreeSet::from([number, others[0], others[1], others[2]]);
            assert_eq!(all.len(), 4);
            assert!(all.iter().all(|number| SIGN_IN_NUMBERS.contains(number)), "{all:?}");
            shown[usize::from(number)] += 1;
        }
        // 100 each; 70 off would be seven standard deviations.
        assert!(shown[10..].iter().all(|&count| count.abs_diff(100) < 70), "{shown:?}");
    }

    #[test]
    fn a_registration_code_has_eight_symbols_that_read_aloud() {
        for _ in 0..100 {
            let code = registration_code();
            assert_eq!(code.len(), REGISTRATION_SYMBOLS);
            assert!(code.bytes().all(|b| CROCKFORD.contains(&b)), "{code}");
        }
        assert_eq!(registration_code_of(&[33; 32]), "11111111");
    }

    #[test]
    fn comparison_tells_the_same_from_others() {
        assert!(same("", "") && same("a1", "a1"));
        assert!(!same("a1", "a2") && !same("a1", "a") && !same("", "a"));
    }
}
