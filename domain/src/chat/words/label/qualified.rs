//! What stands between a label and its colon and says whose or which it is: `Nama lengkap (sesuai KTP):`.

use crate::chat::words::token::{Kind, Token};

/// Words that stand between a label and its colon and say whose or which it is.
pub(super) const QUALIFIERS: &[&str] = &[
    "sesuai",
    "dengan",
    "dgn",
    "dg",
    "dan",
    "atau",
    "bukan",
    "di",
    "pada",
    "dalam",
    "menurut",
    "dari",
    "yang",
    "yg",
    "tertera",
    "tertulis",
    "ktp",
    "e",
    "ektp",
    "k",
    "kartu",
    "keluarga",
    "tanda",
    "penduduk",
    "asli",
    "dokumen",
    "surat",
    "ijazah",
    "akta",
    "akte",
    "lahir",
    "kelahiran",
    "paspor",
    "lama",
    "identitas",
    "lengkap",
    "pemohon",
    "calon",
    "anak",
    "suami",
    "istri",
    "wali",
    "saudara",
    "kakak",
    "adik",
    "pasangan",
    "kandung",
    "orang",
    "anda",
    "saya",
    "bapak",
    "ibu",
    "nya",
    "dinginkan",
    "rencana",
    "as",
    "on",
    "in",
    "your",
    "the",
    "id",
    "card",
    "aplicant",
    "asal",
    "penerbit",
];
/// Prepositions: what follows them is no name before a colon.
const PREPOSITIONS: &[&str] =
    &["sesuai", "dengan", "dgn", "di", "pada", "dalam", "menurut", "as", "on"];
/// A label's qualification has at most so many tokens.
pub(super) const MAX_QUALIFICATION: usize = 12;

/// How many tokens qualify the label before them: up to its colon, or else what is in brackets and
/// `di KTP`.
pub(super) fn qualified(tokens: &[Token<'_>]) -> usize {
    let (mut at, mut sure) = (0, 0);
    while let Some(token) = tokens.get(at).filter(|_| at < MAX_QUALIFICATION) {
        let next = tokens.get(at + 1).map_or("", |token| token.folded.as_str());
        match token.kind {
            Kind::Mark(':' | '=') => return at,
            Kind::Mark('(') => {
                let Some(length) = bracketed(&tokens[at..]) else { return sure };
                at += length;
                sure = if sure + length == at { at } else { sure };
            }
            Kind::Word if is_preposition(token) && matches!(next, "ktp" | "k") => {
                at += 2;
                sure = if sure + 2 == at { at } else { sure };
            }
            Kind::Word
                if at > 0 && is_preposition(&tokens[at - 1]) && next_is_colon(tokens, at) =>
            {
                at += 1;
            }
            Kind::Word if is_qualifier(&token.folded) => at += 1,
            Kind::Mark('.' | '-' | '&') => at += 1,
            Kind::Separator if token.text == "/" && QUALIFIERS.contains(&next) => at += 1,
            _ => return sure,
        }
    }
    sure
}

/// Whether a word says whose or which a label is, written out or shortened: `lgkp`, `pmohon`.
fn is_qualifier(word: &str) -> bool {
    const SHORTEST: usize = 3;
    let is_short_for = |full: &&str| {
        let mut rest = full.chars();
        word.len() >= SHORTEST
            && word.chars().next() == full.chars().next()
            && word.chars().last() == full.chars().last()
            && word.chars().all(|letter| rest.any(|other| other == letter))
    };
    QUALIFIERS.iter().any(|full| *full == word || is_short_for(full))
}

/// How many tokens a pair of brackets takes, on one line.
fn bracketed(tokens: &[Token<'_>]) -> Option<usize> {
    let inside = tokens.iter().take(MAX_QUALIFICATION);
    let mut inside = inside.take_while(|token| !matches!(token.text, "\n" | "#"));
    inside.position(|token| token.kind == Kind::Mark(')')).map(|at| at + 1)
}

/// Whether a word says where a thing is written.
pub(in crate::chat::words) fn is_preposition(token: &Token<'_>) -> bool {
    PREPOSITIONS.contains(&&*token.folded)
}

fn next_is_colon(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(Token::is_colon)
}
