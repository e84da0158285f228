//! Commands, agreement and numbers in short texts.

use super::said::{Command, Said};
use super::text::folded;
use super::vocabulary::{Meaning, Weight, is_filler, is_hedge, is_thanks, meaning_at};

/// A longer sentence is no command.
const MAX_WORDS: usize = 6;

/// What the words of a short text ask for.
pub(super) fn meant(words: &[String]) -> Option<Meaning> {
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    let mut found: Vec<(Meaning, Weight)> = Vec::new();
    let mut unknown = 0;
    let mut at = 0;
    while at < words.len() {
        if let Some((meaning, weight, taken)) = meaning_at(&words[at..]) {
            if !found.iter().any(|(known, _)| *known == meaning) {
                found.push((meaning, weight));
            }
            at += taken;
        } else {
            unknown += usize::from(!is_filler(&words[at]));
            at += 1;
        }
    }
    one(&found, unknown).filter(|meaning| is_sure(*meaning, words, unknown))
}

/// Agreement is agreement only without a doubt, a question, a condition or anything else beside it: `belum
/// konfirmasi`, `oke nanti`. What it would do cannot be undone by saying so.
fn is_sure(meaning: Meaning, words: &[String], unknown: usize) -> bool {
    let agrees = matches!(meaning, Meaning::Yes | Meaning::Confirm);
    !agrees || (unknown == 0 && !words.iter().any(|word| is_hedge(word)))
}

/// Whether words thank and say nothing else.
pub(super) fn thanks(words: &[String]) -> Option<Said> {
    let only = words.iter().all(|word| is_filler(word)) && words.iter().any(|word| is_thanks(word));
    only.then_some(Said::Thanks)
}

/// The one thing that is meant, if the words agree.
fn one(found: &[(Meaning, Weight)], unknown: usize) -> Option<Meaning> {
    // `syarat paspor` asks for papers, not for an appointment.
    let is_strong = found.iter().any(|(_, weight)| *weight == Weight::Strong);
    let counts = |(meaning, weight): &&(Meaning, Weight)| {
        !is_strong || *weight != Weight::Alone || !matches!(meaning, Meaning::Do(_))
    };
    let found: Vec<_> = found.iter().filter(counts).copied().collect();
    // `ya, batal` agrees to nothing: the command counts.
    let no_yes: Vec<_> = found.iter().filter(|(meaning, _)| *meaning != Meaning::Yes).collect();
    let only = if let [only] = &*found { Some(only) } else { no_yes.first().copied() };
    if let Some((meaning, weight)) = only.filter(|_| no_yes.len() <= 1) {
        return (unknown == 0 || *weight > Weight::Alone).then_some(*meaning);
    }
    let means = |meaning: Meaning| no_yes.iter().any(|(other, _)| *other == meaning);
    // `ga jadi pindah`; but `tidak jadi batal` may be either.
    if means(Meaning::NeverMind) && !means(Meaning::Do(Command::Cancel(None))) {
        return Some(Meaning::NeverMind);
    }
    // `jangan batal` is no command, and of two commands among unknown words neither is sure.
    if unknown > 0 || means(Meaning::No) {
        return None;
    }
    let is_greeting = |meaning: &Meaning| *meaning == Meaning::Do(Command::Menu);
    let commands: Vec<_> = no_yes.iter().filter(|(meaning, _)| !is_greeting(meaning)).collect();
    let heaviest = commands.iter().map(|(_, weight)| *weight).max()?;
    let mut heavy = commands.iter().filter(|(_, weight)| *weight == heaviest);
    let (meaning, _) = heavy.next()?;
    heavy.next().is_none().then_some(*meaning)
}

/// A number of one to three digits, alone: `2`, `no. 2`.
pub(super) fn number(words: &[String]) -> Option<u32> {
    let mut rest = words.iter().filter(|word| !is_filler(word) && *word != "no");
    let number = rest.next().filter(|_| rest.next().is_none())?;
    let is_short = number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_hour = words.iter().any(|word| matches!(&**word, "jam" | "pukul" | "pkl"));
    if is_short && !is_hour { number.parse().ok() } else { None }
}

/// A meaning as the whole of a text.
pub(super) fn said(meaning: Meaning) -> Said {
    match meaning {
        Meaning::Do(command) => Said::Command(command),
        Meaning::Yes => Said::Yes,
        Meaning::No => Said::No,
        Meaning::Confirm => Said::Confirm,
        Meaning::NeverMind => Said::NeverMind,
    }
}

/// Whether a word has a meaning of its own, or adds none to a text.
pub(super) fn is_known(word: &str) -> bool {
    is_filler(word) || meaning_at(&[folded(word)]).is_some()
}
