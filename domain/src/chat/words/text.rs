//! A text in plain form: one spelling of everything, and nothing but letters, digits and punctuation.

use crate::normal::normal;

/// Longest text that is looked at: the most that WhatsApp carries.
const MAX_CHARS: usize = 4_096;

/// The text in plain form. Letters keep their case: names are shown as they were written.
pub(super) fn plain(text: &str) -> String {
    let mut counted = String::with_capacity(text.len().min(MAX_CHARS));
    for symbol in text.chars().take(MAX_CHARS) {
        match circled(symbol) {
            Some(number) => counted.push_str(&format!(" {number} ")),
            None => counted.push(symbol),
        }
    }
    normal(&counted).chars().map(replaced).collect()
}

/// What stands for a character: what is neither a letter nor a number nor punctuation of ours is a space,
/// marks of bold and italic among it.
fn replaced(symbol: char) -> char {
    match symbol {
        '\n' | '\u{300}'..='\u{36f}' => symbol,
        '\u{3001}' => ',',
        '\u{3002}' => '.',
        '*' | '_' | '~' => ' ',
        _ if symbol.is_ascii_graphic() || symbol.is_alphanumeric() => symbol,
        _ => ' ',
    }
}

/// A plain text without what is not its own: the time and the sender that copied messages begin with, and
/// what is said above a form of the old format.
pub(super) fn form(plain: &str) -> String {
    let lines: Vec<&str> = plain.split('\n').map(without_sender).collect();
    let is_form = |line: &&str| {
        let fields = line.split('#').filter(|field| field.chars().any(char::is_alphanumeric));
        line.trim_start().starts_with('#') && fields.count() >= 2
    };
    let above = lines.iter().position(is_form).unwrap_or(0);
    let has_digits = |line: &&str| line.bytes().any(|byte| byte.is_ascii_digit());
    let from = if lines[..above].iter().any(has_digits) { 0 } else { above };
    lines[from..].join("\n")
}

/// `[06.21, 26/11/2026] Ayah: Siti` and `26/11/26 06.21 - Ayah: Siti` as `Siti`.
fn without_sender(line: &str) -> &str {
    let text = line.trim_start();
    let stamped = match text.strip_prefix('[') {
        Some(text) => text.split_once(']'),
        None => text.split_once(" - "),
    };
    let is_sent = |stamp: &str| {
        let of_stamp = |c: char| c.is_ascii_digit() || " ,.:/".contains(c);
        let words = stamp.to_ascii_lowercase().replace("am", "").replace("pm", "");
        stamp.contains('/') && stamp.contains([':', '.']) && words.chars().all(of_stamp)
    };
    let Some((_, rest)) = stamped.filter(|(stamp, _)| is_sent(stamp)) else { return line };
    let sender = rest.split_once(": ").filter(|(sender, _)| !sender.contains('#'));
    sender.map_or(rest, |(_, text)| text)
}

/// The number of a circled digit: people copy lists from elsewhere.
fn circled(symbol: char) -> Option<u32> {
    let above = |first: char| u32::from(symbol) - u32::from(first) + 1;
    match symbol {
        '①'..='⑳' => Some(above('①')),
        '❶'..='❿' => Some(above('❶')),
        '➀'..='➉' => Some(above('➀')),
        '➊'..='➓' => Some(above('➊')),
        _ => None,
    }
}

/// The words of a plain text: runs of letters and digits, small, with no letter twice in a row.
pub(super) fn words(plain: &str) -> Vec<String> {
    plain
        .split(|c: char| !is_of_word(c))
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(folded)
        .collect()
}

/// The words of a text as it was written.
pub(in crate::chat) fn words_of(text: &str) -> Vec<String> {
    words(&plain(text))
}

/// Whether a character is part of a word: `Ma'ruf` is one.
pub(super) fn is_of_word(symbol: char) -> bool {
    symbol.is_alphanumeric() || matches!(symbol, '\'' | '\u{300}'..='\u{36f}')
}

/// A word small and with no letter twice in a row: `IYAAA` and `iya` are the same.
pub(super) fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    let mut last = None;
    for symbol in word.chars().flat_map(char::to_lowercase) {
        if Some(symbol) != last || symbol.is_ascii_digit() {
            folded.push(symbol);
        }
        last = Some(symbol);
    }
    folded
}
