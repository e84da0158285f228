//! Cuts a plain text into words, numbers, marks and separators of fields.

use super::text::{folded, is_of_word};
use super::token::{Kind, Token};
use super::{calendar, label, number};

/// The tokens of a plain text.
pub(super) fn tokens(plain: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(symbol) = plain[at..].chars().next() {
        let length = if is_of_word(symbol) {
            let rest = &plain[at..];
            let length = rest.find(|c: char| !is_of_word(c)).unwrap_or(rest.len());
            push_run(&mut found, &rest[..length], at);
            length
        } else {
            let length = symbol.len_utf8();
            push_mark(&mut found, symbol, &plain[at..at + length], at);
            length
        };
        at += length;
    }
    join_dates(&mut found);
    found
}

/// Adds letters and digits: one token, or several if a number was only written without a space.
fn push_run<'a>(found: &mut Vec<Token<'a>>, run: &'a str, start: usize) {
    let parts = parts(run);
    let known = |part: &&str| is_digits(part) || is_glued(&folded(part));
    let is_long = |part: &&str| is_digits(part) && part.len() >= 13;
    if number::is_mistyped(run) && run.starts_with(|c: char| c.is_ascii_digit()) {
        found.push(token(run, start));
    } else if parts.iter().all(known) || parts.iter().any(is_long) {
        let mut at = start;
        for part in parts {
            found.push(token(part, at));
            at += part.len();
        }
    } else {
        found.push(token(run, start));
    }
}

/// Alternating letters and digits of a run.
fn parts(run: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut last = None;
    for (at, symbol) in run.char_indices() {
        let digit = symbol.is_ascii_digit();
        if last.is_some_and(|last| last != digit) {
            parts.push(&run[from..at]);
            from = at;
        }
        last = Some(digit);
    }
    parts.push(&run[from..]);
    parts
}

fn is_digits(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether letters are known to stand beside digits without a space: `25Jan1987`, `jam9`.
fn is_glued(word: &str) -> bool {
    calendar::month(word).is_some()
        || matches!(word, "st" | "nd" | "rd" | "th" | "am" | "pm" | "wib" | "wita" | "wit")
        || label::is_first_word(word)
}

fn token(text: &str, start: usize) -> Token<'_> {
    let kind = if is_digits(text) { Kind::Digits } else { Kind::Word };
    Token { kind, text, folded: folded(text), start }
}

fn push_mark<'a>(found: &mut Vec<Token<'a>>, symbol: char, text: &'a str, start: usize) {
    let kind = match symbol {
        ' ' | '\t' => return,
        '#' | ',' | ';' | '\n' | '|' | '/' => Kind::Separator,
        other => Kind::Mark(other),
    };
    found.push(Token { kind, text, folded: String::new(), start });
}

/// Makes marks of the separators that stand inside a date.
fn join_dates(tokens: &mut [Token<'_>]) {
    for at in 1..tokens.len().saturating_sub(1) {
        let (before, after) = (&tokens[at - 1], &tokens[at + 1]);
        let is_inside = match tokens[at].text {
            "/" => is_part(before) && is_part(after),
            "," if calendar::weekday(&before.folded).is_some() => true,
            "," => before.is_digits(1..=2) && after.is_digits(4..=4) && follows_month(tokens, at),
            _ => false,
        };
        if is_inside {
            tokens[at].kind = Kind::Mark(tokens[at].text.chars().next().unwrap_or('/'));
        }
    }
}

fn is_part(token: &Token<'_>) -> bool {
    token.is_digits(1..=4) || calendar::month(&token.folded).is_some()
}

fn follows_month(tokens: &[Token<'_>], at: usize) -> bool {
    at >= 2 && calendar::month(&tokens[at - 2].folded).is_some()
}
