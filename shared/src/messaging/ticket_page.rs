//! The address of a booking's page, as messages carry it: whoever has it can look, and nothing more.
//!
//! It names the booking and a keyed hash of it, so that nobody finds another one. What it shows is what
//! the message shows that it came with; moving and cancelling want the owner.

use crate::domain::code::BookingCode;
use crate::security::{Derive, Keyring, tokens};

/// Hexadecimal digits of the hash: 64 bits, to be tried over the network only.
const MARK_DIGITS: usize = 16;

/// The address below `public_url`.
pub fn address(keyring: &Keyring, public_url: &str, code: BookingCode) -> String {
    format!("{public_url}/t/{code}-{}", mark(keyring, code))
}

/// The booking that the last part of an address names, if it is genuine.
pub fn code_of(keyring: &Keyring, segment: &str) -> Option<BookingCode> {
    let (code, given) = segment.split_once('-')?;
    let code: BookingCode = code.parse().ok()?;
    tokens::same(&mark(keyring, code), given).then_some(code)
}

/// Of three parts, where the address of a picture has two: they have nothing in common.
fn mark(keyring: &Keyring, code: BookingCode) -> String {
    let hash = keyring.derive(Derive::PictureAddress, &["page", "booking", code.as_str()]);
    let mut mark = tokens::hex(&hash);
    mark.truncate(MARK_DIGITS);
    mark
}
