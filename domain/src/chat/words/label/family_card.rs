//! The number of a family card (*kartu keluarga*, KK): it looks like a NIK and is nobody's.

use crate::chat::words::number;
use crate::chat::words::token::{Kind, Token};

/// Words that may stand between the card and its number.
const MAX_WORDS: usize = 3;

/// How many tokens a family card takes at the beginning of `tokens`, its number among them, with whatever
/// words say whose it is: `No. KK ibu saya: 9971…`. A NIK named among these words is what the number is.
/// `first`: nothing of its field stands before it; `is_place`: the card is where something else is written.
pub(in crate::chat::words) fn before(
    tokens: &[Token<'_>],
    first: bool,
    is_place: bool,
) -> Option<usize> {
    let named = named(tokens)?;
    let (words, between) = between(&tokens[named..], first)?;
    let number = named + between;
    // `K.K.` may be initials.
    let is_dotted = tokens[0].folded == "k" && tokens[0].text.len() == 1;
    if words > if is_place || is_dotted { 0 } else { MAX_WORDS } {
        return None;
    }
    let taken = match number::like_nik(&tokens[number..]) {
        Some(taken) => taken,
        None if words == 0 => 1,
        None => return None,
    };
    (!is_nik_after(&tokens[number + taken..])).then_some(number + taken)
}

/// Words and tokens up to a number.
fn between(tokens: &[Token<'_>], first: bool) -> Option<(usize, usize)> {
    let (mut words, mut is_open) = (0, false);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Digits => return Some((words, at)),
            Kind::Word if number::is_mistyped(token.text) => return Some((words, at)),
            Kind::Word if is_nik(token) => return None,
            Kind::Word => words += 1,
            Kind::Mark('(') => is_open = true,
            Kind::Mark(')') if !is_open => return None,
            Kind::Mark(_) => {}
            Kind::Separator if token.text == "\n" && first => {
                let is_next = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Digits);
                return is_next.then_some((words, at + 1));
            }
            Kind::Separator => return None,
        }
    }
    None
}

/// How many tokens after a number say that it is a family card's: `(KK)`, `itu nomor KK saya`. A card with
/// a number of its own, or one that follows later, says nothing of the number before it.
pub(in crate::chat::words) fn after(tokens: &[Token<'_>]) -> Option<usize> {
    let mut words = 0;
    for (at, token) in tokens.iter().enumerate() {
        if let Some(taken) = named(&tokens[at..]) {
            let next = tokens.get(at + taken).map_or("", |token| token.folded.as_str());
            let is_own = before(&tokens[at..], false, false).is_some() || FOLLOWS.contains(&next);
            return (!is_own).then_some(at + taken);
        }
        match token.kind {
            Kind::Word if is_nik(token) || IS_ELSEWHERE.contains(&&*token.folded) => return None,
            Kind::Word if words < MAX_WORDS => words += 1,
            Kind::Mark(_) => {}
            Kind::Separator if matches!(token.text, "," | "\n") && points(&tokens[at + 1..]) => {}
            Kind::Word | Kind::Digits | Kind::Separator => return None,
        }
    }
    None
}

/// Words that part a number from a card named after it.
const IS_ELSEWHERE: &[&str] = &[
    "dan", "sama", "serta", "dengan", "dgn", "sesuai", "menurut", "di", "pada", "dalam", "bukan",
    "bawa", "lampiran", "foto", "fotokopi", "scan",
];
/// What is said of a card that is still to be shown.
const FOLLOWS: &[&str] = &["menyusul", "terlampir", "ada", "sudah", "belum", "nanti", "asli"];

/// `9971…, itu nomor KK`.
fn points(tokens: &[Token<'_>]) -> bool {
    let mut tokens = tokens.iter().skip_while(|token| token.kind == Kind::Mark('('));
    tokens.next().is_some_and(|token| matches!(&*token.folded, "itu" | "ini" | "adalah"))
}

/// How many tokens name the card.
fn named(tokens: &[Token<'_>]) -> Option<usize> {
    let mut at = 0;
    if matches!(&*tokens.first()?.folded, "no" | "nomor" | "nomer") {
        at += 1 + usize::from(tokens.get(1).is_some_and(|token| token.kind == Kind::Mark('.')));
    }
    let token = tokens.get(at)?;
    // One `K` is an initial.
    let short = token.text.to_ascii_lowercase();
    if matches!(&*short, "kk" | "kknya" | "nkk" | "nokk" | "nomorkk" | "nomerkk") {
        return Some(at + 1);
    }
    let next = tokens.get(at + 1).map_or("", |token| token.folded.as_str());
    let is_card = matches!(
        (&*token.folded, next),
        ("kartu", "keluarga" | "keluarganya") | ("family", "card")
    );
    if is_card {
        return Some(at + 2);
    }
    let [k, dot, other, ..] = &tokens[at..] else { return None };
    let is_dotted = [k, other].iter().all(|token| token.folded == "k" && token.text.len() == 1)
        && dot.kind == Kind::Mark('.')
        && dot.end() == other.start;
    is_dotted.then_some(at + 3)
}

fn is_nik(token: &Token<'_>) -> bool {
    matches!(&*token.folded, "nik" | "niknya" | "ktp" | "ektp" | "ktpnya" | "induk")
}

/// `9971… (NIK)`, and no other number.
fn is_nik_after(tokens: &[Token<'_>]) -> bool {
    let at = usize::from(tokens.first().is_some_and(|token| token.kind == Kind::Mark('(')));
    let rest = tokens[at..].iter().skip_while(|token| token.kind == Kind::Word && is_nik(token));
    let rest = rest.map(|token| token.kind).next();
    tokens.get(at).is_some_and(is_nik)
        && !matches!(rest, Some(Kind::Digits | Kind::Word | Kind::Mark(':' | '=' | '-')))
}
