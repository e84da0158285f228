//! A ticket's bytes as text, and back from whatever a scanner makes of it.
//!
//! A new ticket is written in 34 symbols, the digits and the letters A to X: they are in the QR code's
//! alphanumeric set, have no case to lose, and Y and Z, which some keyboards swap, are not among them. A
//! scanner that types like a keyboard of another layout moves none of them. Tickets of the first form,
//! base45 after `AN1:`, are read as ever.

/// Begins a ticket of this form, and names it.
pub(super) const PREFIX: &str = "AN2";
/// Began tickets before, in base45 (RFC 9285).
pub(super) const FIRST_PREFIX: &str = "AN1:";

const SYMBOLS: &[u8; 34] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWX";
const BASE: u32 = SYMBOLS.len() as u32;

/// Symbols for so many bytes: the least number whose combinations are as many as theirs. Eight bits
/// a byte, log₂ 34 = 5.08746284… bits a symbol; no number of bytes comes out even.
fn length(bytes: usize) -> usize {
    bytes * 800_000_000 / 508_746_284 + 1
}

/// The bytes as one number, in as many symbols as any of their length needs.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut digits = vec![0u32; length(bytes.len())];
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in digits.iter_mut().rev() {
            carry += *digit * 256;
            *digit = carry % BASE;
            carry /= BASE;
        }
    }
    digits.iter().map(|digit| char::from(SYMBOLS[*digit as usize])).collect()
}

/// So many bytes of a text that begins with them; absent: it does not.
fn decode(text: &str, count: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0u8; count];
    for symbol in text.get(..length(count))?.bytes() {
        let value = SYMBOLS.iter().position(|known| *known == symbol)?;
        let mut carry = u32::try_from(value).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * BASE;
            *byte = (carry % 256).try_into().ok()?;
            carry /= 256;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(bytes)
}

/// The same in base45, of which no other spelling of the same bytes is taken.
fn decode_first(text: &str, count: usize) -> Option<Vec<u8>> {
    let encoded = text.get(..count / 2 * 3 + count % 2 * 2)?;
    let bytes = base45::decode(encoded).ok()?;
    (bytes.len() == count && base45::encode(&bytes) == encoded).then_some(bytes)
}

/// No scanner makes more of a ticket: one that is escaped wholly has three signs for each of its 154.
pub(super) const MAX_CHARS: usize = 1_000;
/// Places in a text at which a ticket is looked for.
const MAX_PLACES: usize = 3;

/// What scanners put in and around a text goes: control characters (STX, ETX, GS, NUL, line ends), and
/// case.
pub(super) fn fold(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control()).map(|c| c.to_ascii_uppercase());
    plain.take(MAX_CHARS).collect()
}

/// Everything in a folded text that can be a ticket's bytes. Before it may stand what names the kind of
/// the code (`]Q1`, `]Q3`), behind it anything: a ticket knows its own length. `counts` are the lengths
/// that there are.
pub(super) fn candidates(
    folded: &str,
    counts: impl Iterator<Item = usize> + Clone,
) -> Vec<Vec<u8>> {
    // Only the first form has a space among its symbols.
    let unspaced: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let of = |text: &str, prefix: &str, read: fn(&str, usize) -> Option<Vec<u8>>| {
        let places = text.match_indices(prefix).take(MAX_PLACES);
        let rests = places.map(|(at, _)| &text[at + prefix.len()..]);
        let read = rests.flat_map(|rest| counts.clone().filter_map(move |count| read(rest, count)));
        read.collect::<Vec<_>>()
    };
    [of(&unspaced, PREFIX, decode), of(folded, FIRST_PREFIX, decode_first)].concat()
}

/// A ticket of the first form whose colon is another sign was typed in another keyboard's layout.
pub(super) fn is_of_another_layout(folded: &str) -> bool {
    let text = folded.strip_prefix(']').and_then(|rest| rest.get(2..)).unwrap_or(folded);
    let fourth = text.strip_prefix("AN1").and_then(|rest| rest.chars().next());
    fourth.is_some_and(|sign| sign != ':')
}

/// How a space is escaped. The first form has all three signs among its symbols: one ticket of six hundred
/// has them in a row.
const SPACE: &str = "%20";
/// More spaces than a ticket of the first form has.
const MAX_SPACES: usize = 20;

/// The same text as a browser or an app writes it into an address. At first only its spaces are read, for
/// the per cent sign is one of the first form's symbols; then all of them but one, which may be its own.
pub(super) fn unescaped(text: &str) -> impl Iterator<Item = String> {
    let has = text.contains('%');
    let spaces = has.then(|| text.replace(SPACE, " "));
    let but_one = text.match_indices(SPACE).take(MAX_SPACES).map(|(at, _)| {
        let (before, own) = text.split_at(at);
        let after = &own[SPACE.len()..];
        [&before.replace(SPACE, " "), SPACE, &after.replace(SPACE, " ")].concat()
    });
    let all = has.then(|| percent_decoded(text));
    spaces.into_iter().chain(but_one).chain(all)
}

fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let value = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match value.filter(u8::is_ascii) {
            Some(byte) => {
                decoded.push(char::from(byte));
                decoded.push_str(&part[2..]);
            }
            None => {
                decoded.push('%');
                decoded.push_str(part);
            }
        }
    }
    decoded
}
