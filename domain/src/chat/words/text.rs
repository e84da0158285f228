//! A text in plain form: one spelling of spaces, dashes and digits; nothing invisible.

/// Longest text that is looked at: the most that WhatsApp carries.
const MAX_CHARS: usize = 4_096;

/// The text in plain form. Letters keep their case: names are shown as they were written.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(MAX_CHARS));
    for symbol in text.chars().take(MAX_CHARS) {
        if let Some(number) = circled(symbol) {
            plain.push_str(&format!(" {number} "));
        } else if let Some(symbol) = replaced(symbol) {
            plain.push(symbol);
        }
    }
    plain
}

/// What stands for a character; absent if nothing does.
fn replaced(symbol: char) -> Option<char> {
    let symbol = match symbol {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(symbol) - 0xfee0).unwrap_or(symbol),
        other => other,
    };
    match symbol {
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' => None,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}' | '`' => Some('\''),
        '\u{3001}' => Some(','),
        '\u{3002}' => Some('.'),
        '\u{300}'..='\u{36f}' => Some(symbol),
        '*' | '_' | '~' => Some(' '),
        _ if symbol.is_ascii_graphic() || symbol.is_alphanumeric() => Some(symbol),
        _ => Some(' '),
    }
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
