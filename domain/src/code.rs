//! Booking codes: nine Crockford base32 symbols and a check symbol, read aloud in two groups.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::normal::normal;

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols that carry the code's 45 bits.
const DATA_SYMBOLS: usize = 9;
/// Symbols with the check symbol.
const SYMBOLS: usize = DATA_SYMBOLS + 1;

/// Identifies a booking; authorises nothing. Stored as ten symbols, shown as `7KQ4M-M2XR9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BookingCode([u8; SYMBOLS]);

/// A text that is not a booking code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// Not ten symbols of the alphabet.
    #[error("a booking code has ten letters and digits")]
    Form,
    /// Ten symbols, but mistyped: the check symbol does not fit.
    #[error("the booking code is mistyped")]
    Check,
}

impl BookingCode {
    /// The code of the lowest 45 bits of `bits`.
    pub fn from_bits(bits: u64) -> Self {
        let mut values = [0u8; SYMBOLS];
        for (i, value) in values.iter_mut().take(DATA_SYMBOLS).enumerate() {
            let shift = 5 * (DATA_SYMBOLS - 1 - i);
            *value = u8::try_from((bits >> shift) & 31).unwrap_or(0);
        }
        values[DATA_SYMBOLS] = check(&values[..DATA_SYMBOLS]);
        Self(values.map(|value| ALPHABET[usize::from(value)]))
    }

    /// The 45 bits of the code.
    pub fn bits(&self) -> u64 {
        self.0[..DATA_SYMBOLS]
            .iter()
            .fold(0, |bits, &symbol| bits << 5 | u64::from(value_of(symbol).unwrap_or(0)))
    }

    /// The ten symbols without a hyphen.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// In two groups, as people see it.
    pub fn spoken(&self) -> String {
        let (first, second) = self.as_str().split_at(SYMBOLS / 2);
        format!("{first}-{second}")
    }
}

/// The check symbol: the sum of the symbols, each multiplied by another power of a generator of
/// GF(32). Any one wrong symbol and any two swapped ones change it.
fn check(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| double(sum ^ value))
}

/// Multiplies by the generator x modulo x⁵ + x² + 1.
fn double(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

/// The value of a symbol, reading letters as Crockford says: any case, O as 0, I and L as 1.
fn value_of(symbol: u8) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.iter().position(|&s| s == symbol).and_then(|at| u8::try_from(at).ok())
}

impl FromStr for BookingCode {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let mut values = [0u8; SYMBOLS];
        let text = normal(text);
        let mut symbols = text.bytes().filter(|b| !matches!(b, b' ' | b'\n' | b'-'));
        for value in &mut values {
            *value = symbols.next().and_then(value_of).ok_or(InvalidCode::Form)?;
        }
        if symbols.next().is_some() {
            return Err(InvalidCode::Form);
        }
        if check(&values[..DATA_SYMBOLS]) != values[DATA_SYMBOLS] {
            return Err(InvalidCode::Check);
        }
        Ok(Self(values.map(|value| ALPHABET[usize::from(value)])))
    }
}

impl fmt::Display for BookingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for BookingCode {
    type Error = InvalidCode;
    fn try_from(text: String) -> Result<Self, InvalidCode> {
        text.parse()
    }
}

impl From<BookingCode> for String {
    fn from(code: BookingCode) -> Self {
        code.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_reads_back_however_it_is_typed(bits in 0u64..(1 << 45)) {
            let code = BookingCode::from_bits(bits);
            prop_assert_eq!(code.bits(), bits);
            let typed = code.spoken().to_lowercase().replace('0', "o").replace('1', "l");
            prop_assert_eq!(typed.parse::<BookingCode>(), Ok(code));
            prop_assert_eq!(format!(" {} ", code).parse::<BookingCode>(), Ok(code));
            let pasted = format!("\u{200e}{}\r\n", code.spoken().replace('-', "\u{2011}"));
            prop_assert_eq!(pasted.parse::<BookingCode>(), Ok(code));
        }

        #[test]
        fn one_wrong_symbol_is_noticed(bits in 0u64..(1 << 45), at in 0usize..10, to in 0usize..32) {
            let code = BookingCode::from_bits(bits);
            let mut text = code.as_str().as_bytes().to_vec();
            prop_assume!(text[at] != ALPHABET[to]);
            text[at] = ALPHABET[to];
            let parsed = String::from_utf8(text).unwrap().parse::<BookingCode>();
            prop_assert_eq!(parsed, Err(InvalidCode::Check));
        }

        #[test]
        fn two_swapped_symbols_are_noticed(bits in 0u64..(1 << 45), a in 0usize..10, b in 0usize..10) {
            let code = BookingCode::from_bits(bits);
            let mut text = code.as_str().as_bytes().to_vec();
            prop_assume!(text[a] != text[b]);
            text.swap(a, b);
            let parsed = String::from_utf8(text).unwrap().parse::<BookingCode>();
            prop_assert_eq!(parsed, Err(InvalidCode::Check));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,16}") {
            let _ = text.parse::<BookingCode>();
        }
    }
}
