//! Tickets: what a QR code says, signed so that a scanner needs nothing but public keys.
//!
//! A ticket holds no personal data and does not keep anybody from copying it: the first scan wins
//! and the clerk compares the KTP.
//!
//! Its text is `AN2` and, in 34 symbols (`form.rs`), these bytes, numbers big-endian:
//!
//! | bytes | |
//! |---|---|
//! | 1 | key id |
//! | 1 | length of the office id |
//! | 2–20 | office id, ASCII |
//! | 2 | date, in days since 2020-01-01 |
//! | 2 | slot, in minutes after midnight |
//! | 6 | booking code, 45 bits |
//! | 64 | Ed25519 signature over `antrian ticket v1`, a zero byte, and the bytes before it |
//!
//! At most 96 bytes, so 151 symbols and 3 of the prefix: all 154 are in the QR code's alphanumeric set, of
//! which version 6 (41 × 41 modules) takes exactly as many at error correction level M. Symbols that no
//! keyboard's layout moves cost no module, but for an office whose id has two letters: 41 instead of 37.

mod form;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{Days, NaiveDate};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::booking::Booking;
use super::code::BookingCode;
use super::ids::OfficeId;
use super::normal::normal;
use super::time::SlotTime;

/// Goes before the signed bytes, so that a signature made for another purpose is none here.
const CONTEXT: &[u8] = b"antrian ticket v1\0";
/// Length of a signature.
const SIGNATURE_BYTES: usize = 64;
/// Bytes besides the office's id and the signature.
const FIXED_BYTES: usize = 12;
/// Lengths of an office's id.
const OFFICE_BYTES: std::ops::RangeInclusive<usize> = 2..=20;
/// Bits of a booking code.
const CODE_BITS: u32 = 45;
/// Day 0 of a ticket's date.
const EPOCH: NaiveDate = match NaiveDate::from_ymd_opt(2020, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// What a ticket says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketClaims {
    /// Where.
    pub office: OfficeId,
    /// When, in the office's zone. A ticket can say 2020-01-01 to 2199-06-06; another date is
    /// written as the nearer of these two, which is no booking's date.
    pub date: NaiveDate,
    /// The slot's start.
    pub time: SlotTime,
    /// Of which booking.
    pub code: BookingCode,
}

impl TicketClaims {
    /// What the ticket of a booking says.
    pub fn of(booking: &Booking) -> Self {
        Self {
            office: booking.seat.office.clone(),
            date: booking.seat.date,
            time: booking.seat.time,
            code: booking.code,
        }
    }
}

/// Why a text is not a ticket. Whether its visit is today is another question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTicket {
    /// Not a ticket's text, or not all of it.
    #[error("this is not a ticket")]
    Form,
    /// A ticket whose signs a scanner has typed in another keyboard's layout.
    #[error("the scanner types in another keyboard's layout")]
    Layout,
    /// Signed with a key that is not known here.
    #[error("the ticket is signed with an unknown key")]
    UnknownKey,
    /// Not signed by us as it stands.
    #[error("the ticket's signature does not fit")]
    Signature,
}

/// Bytes that are not a public key for tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key")]
pub struct InvalidTicketKey;

/// Signs tickets with the current key.
pub struct TicketSigner {
    key_id: u8,
    key: SigningKey,
}

impl fmt::Debug for TicketSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketSigner").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

impl TicketSigner {
    /// Signs with the key that is made of `seed`; every key has its own id.
    pub fn new(key_id: u8, seed: [u8; 32]) -> Self {
        Self { key_id, key: SigningKey::from_bytes(&seed) }
    }

    /// The id that its tickets name.
    pub fn key_id(&self) -> u8 {
        self.key_id
    }

    /// The public key, for scanners.
    pub fn public_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// A verifier of this signer's tickets. Add the keys that were current before.
    pub fn verifier(&self) -> TicketVerifier {
        TicketVerifier::default().with_signer(self)
    }

    /// The QR code's text: the same for the same claims and key.
    pub fn sign(&self, claims: &TicketClaims) -> String {
        let mut bytes = to_bytes(self.key_id, claims);
        let signature = self.key.sign(&signed_bytes(&bytes));
        bytes.extend_from_slice(&signature.to_bytes());
        format!("{}{}", form::PREFIX, form::encode(&bytes))
    }
}

/// Reads tickets and checks their signatures.
#[derive(Debug, Clone, Default)]
pub struct TicketVerifier {
    keys: BTreeMap<u8, VerifyingKey>,
}

impl TicketVerifier {
    /// Knows the public key of one more signer. A key under the same id is replaced.
    #[must_use]
    pub fn with_signer(mut self, signer: &TicketSigner) -> Self {
        self.keys.insert(signer.key_id, signer.key.verifying_key());
        self
    }

    /// Knows one more public key. A key under the same id is replaced.
    pub fn with_key(mut self, key_id: u8, key: [u8; 32]) -> Result<Self, InvalidTicketKey> {
        let key = VerifyingKey::from_bytes(&key).map_err(|_| InvalidTicketKey)?;
        if key.is_weak() {
            return Err(InvalidTicketKey);
        }
        self.keys.insert(key_id, key);
        Ok(self)
    }

    /// The keys that it knows, by their ids: for scanners that verify by themselves.
    pub fn public_keys(&self) -> impl Iterator<Item = (u8, [u8; 32])> {
        self.keys.iter().map(|(key_id, key)| (*key_id, key.to_bytes()))
    }

    /// What the ticket says, if all of it is signed with a known key. What scanners and keyboards do to a
    /// text does not count: case, control characters, what stands before and behind it, escapes, signs of
    /// full width.
    pub fn verify(&self, text: &str) -> Result<TicketClaims, BadTicket> {
        match self.verify_as_it_stands(text) {
            // Spaces and dashes are signs of the first form: one spelling of them is made only of a text
            // that is no ticket without.
            Err(why) if !text.is_ascii() => {
                let bounded: String = text.chars().take(form::MAX_CHARS).collect();
                self.verify_as_it_stands(&normal(&bounded)).map_err(|other| match other {
                    BadTicket::Form => why,
                    other => other,
                })
            }
            found => found,
        }
    }

    fn verify_as_it_stands(&self, text: &str) -> Result<TicketClaims, BadTicket> {
        let mut found = self.verify_folded(&form::fold(text));
        for other in form::unescaped(text) {
            found = found.or_else(|why| self.verify_folded(&form::fold(&other)).map_err(|_| why));
        }
        found
    }

    fn verify_folded(&self, folded: &str) -> Result<TicketClaims, BadTicket> {
        let counts = OFFICE_BYTES.map(|office| office + FIXED_BYTES + SIGNATURE_BYTES);
        let mut why = match form::is_of_another_layout(folded) {
            true => BadTicket::Layout,
            false => BadTicket::Form,
        };
        for bytes in form::candidates(folded, counts) {
            match self.verify_bytes(&bytes) {
                // Of another length than it says.
                Err(BadTicket::Form) => {}
                Err(other) => why = other,
                good => return good,
            }
        }
        Err(why)
    }

    fn verify_bytes(&self, bytes: &[u8]) -> Result<TicketClaims, BadTicket> {
        let (payload, signature) =
            bytes.split_last_chunk::<SIGNATURE_BYTES>().ok_or(BadTicket::Form)?;
        let (key_id, claims) = from_bytes(payload).ok_or(BadTicket::Form)?;
        let key = self.keys.get(&key_id).ok_or(BadTicket::UnknownKey)?;
        key.verify_strict(&signed_bytes(payload), &Signature::from_bytes(signature))
            .map_err(|_| BadTicket::Signature)?;
        Ok(claims)
    }
}

fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    [CONTEXT, payload].concat()
}

fn to_bytes(key_id: u8, claims: &TicketClaims) -> Vec<u8> {
    let office = claims.office.as_str().as_bytes();
    let days = claims.date.signed_duration_since(EPOCH).num_days();
    let days = u16::try_from(days.clamp(0, u16::MAX.into())).unwrap_or(0);
    let mut bytes = vec![key_id, u8::try_from(office.len()).unwrap_or(u8::MAX)];
    bytes.extend_from_slice(office);
    bytes.extend_from_slice(&days.to_be_bytes());
    bytes.extend_from_slice(&claims.time.minutes().to_be_bytes());
    bytes.extend_from_slice(&claims.code.bits().to_be_bytes()[2..]);
    bytes
}

/// Reads what [`to_bytes`] wrote; `None` if anything is missing, left over or out of range.
fn from_bytes(bytes: &[u8]) -> Option<(u8, TicketClaims)> {
    let (&[key_id, length], rest) = bytes.split_first_chunk()?;
    let (office, rest) = rest.split_at_checked(length.into())?;
    let (&days, rest) = rest.split_first_chunk()?;
    let (&minutes, rest) = rest.split_first_chunk()?;
    let &[b0, b1, b2, b3, b4, b5] = rest else {
        return None;
    };
    let bits = u64::from_be_bytes([0, 0, b0, b1, b2, b3, b4, b5]);
    if bits >> CODE_BITS != 0 {
        return None;
    }
    let claims = TicketClaims {
        office: std::str::from_utf8(office).ok()?.parse().ok()?,
        date: EPOCH.checked_add_days(Days::new(u16::from_be_bytes(days).into()))?,
        time: SlotTime::from_minutes(u16::from_be_bytes(minutes))?,
        code: BookingCode::from_bits(bits),
    };
    Some((key_id, claims))
}

#[cfg(test)]
mod tests;
