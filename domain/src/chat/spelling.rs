//! Which of some names a text means: by the whole name, a part of it, or a spelling close to it.

use super::state::plain;

/// Fewer letters than these may be part of anything.
const MIN_CHARS: usize = 3;
/// The beginning of a name has so many letters at least: `bali` is not Balikpapan.
const MIN_BEGINNING: usize = 5;
/// A name has so many letters at least to be found inside a sentence.
const MIN_INSIDE: usize = 5;
/// From so many letters on two of them may be wrong.
const LONG: usize = 7;

/// The places of those that `text` means, by the surest way that finds any: it is the name; it is words of
/// it, or its beginning; the name stands in it; it is the name but for a letter or two.
pub(super) fn meant(text: &str, names: &[Vec<String>]) -> Vec<usize> {
    let text = plain(text);
    if text.chars().count() < MIN_CHARS {
        return vec![];
    }
    let ways: [&dyn Fn(&str) -> bool; 5] = [
        &|name| plain(name) == text,
        &|name| has_words(name, &text),
        &|name| plain(name).starts_with(&text) && text.chars().count() >= MIN_BEGINNING,
        &|name| is_inside(&plain(name), &text),
        &|name| is_close(&plain(name), &text),
    ];
    ways.iter().map(|way| found(names, way)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The one name that `text` is, but for a letter or two, and is closer to than to any other.
pub(super) fn closest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let text = plain(text);
    let close = names.filter(|name| is_close(&plain(name), &text));
    let mut all: Vec<_> = close.map(|name| (distance(&plain(name), &text), name)).collect();
    all.sort_unstable();
    match *all {
        [(_, only)] => Some(only),
        [(least, first), (more, _), ..] if least < more => Some(first),
        _ => None,
    }
}

/// The places of those whose name stands in a sentence, or, if none does, a word that is a long one but for
/// a letter.
pub(super) fn said_in(text: &str, names: &[Vec<String>]) -> Vec<usize> {
    let whole = plain(text);
    let inside = found(names, |name| is_inside(&plain(name), &whole));
    if !inside.is_empty() {
        return inside;
    }
    let words: Vec<String> = text.split_whitespace().map(plain).collect();
    let is_almost = |name: &str, word: &String| distance(name, word) <= 1;
    found(names, |name| {
        let name = plain(name);
        name.chars().count() >= LONG && words.iter().any(|word| is_almost(&name, word))
    })
}

/// Whether the first words of two names are one but for a letter.
pub(super) fn begin_alike(one: &str, other: &str) -> bool {
    let first = |name: &str| name.split_whitespace().next().map(plain).unwrap_or_default();
    distance(&first(one), &first(other)) <= 1
}

/// The places of those with whose name a text begins. Small and with no letter twice in a row, as words are
/// compared.
pub(super) fn begun_with(text: &str, names: &[Vec<String>]) -> Vec<usize> {
    let text = plain(text);
    found(names, |name| {
        let name = plain(&super::words::words_of(name).join(" "));
        name.chars().count() >= MIN_CHARS && text.starts_with(&name)
    })
}

/// The places of those of whose words one is a word of the text. What is said of several is of none of them.
pub(super) fn words_in(text: &str, names: &[Vec<String>]) -> Vec<usize> {
    let said: Vec<String> = text.split_whitespace().map(plain).collect();
    let tells_apart = |word: &String| {
        let word = plain(word);
        word.chars().count() >= MIN_CHARS && said.contains(&word)
    };
    let of = |at: &usize| names[*at].iter().filter(|word| tells_apart(word)).count();
    let most = (0..names.len()).map(|at| of(&at)).max().filter(|most| *most > 0);
    (0..names.len()).filter(|at| Some(of(at)) == most).collect()
}

fn found(names: &[Vec<String>], is_meant: impl Fn(&str) -> bool) -> Vec<usize> {
    let is_one = |names: &Vec<String>| names.iter().any(|name| is_meant(name));
    (0..names.len()).filter(|at| is_one(&names[*at])).collect()
}

/// Whether a text is some words of a name that stand together.
fn has_words(name: &str, text: &str) -> bool {
    let words: Vec<String> = name.split_whitespace().map(plain).collect();
    (0..words.len()).any(|from| {
        let mut so_far = String::new();
        words[from..].iter().any(|word| {
            so_far.push_str(word);
            so_far == text
        })
    })
}

fn is_inside(name: &str, text: &str) -> bool {
    name.chars().count() >= MIN_INSIDE && text.contains(name)
}

fn is_close(name: &str, text: &str) -> bool {
    let length = name.chars().count();
    let wrong = if length >= LONG { 2 } else { 1 };
    length > MIN_CHARS && distance(name, text) <= wrong
}

/// Letters that are wrong, missing, too many or swapped with the one beside them.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<_>>()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(a != b);
            let mut least = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_or_two_may_be_wrong() {
        let names: Vec<Vec<String>> = [
            "Makassar",
            "Balikpapan",
            "Merauke",
            "Jakarta Pusat",
            "Jakarta Barat",
            "Batam",
            "Solo",
        ]
        .map(|name| vec![name.to_owned()])
        .into();
        for (text, expected) in [
            ("Makassar", &[0][..]),
            ("makasar", &[0]),
            ("mkassar", &[0]),
            ("Balik papan", &[1]),
            ("balikppan", &[1]),
            ("meruake", &[2]),
            ("jakarta", &[3, 4]),
            ("jakarta pusta", &[3]),
            ("mau yang di makassar saja", &[0]),
            ("bali", &[]),
            ("balikp", &[1]),
            ("pusat", &[3]),
            ("Batan", &[5]),
            ("batal", &[5]),
            ("sola", &[6]),
            ("Bandung", &[]),
            ("ma", &[]),
            ("", &[]),
        ] {
            assert_eq!(meant(text, &names), expected, "{text}");
        }
        assert_eq!(said_in("paspor di Makassar tanggal 10", &names), [0]);
        assert_eq!(said_in("mau perpanjang di makasar", &names), [0]);
        assert_eq!(
            said_in("mau perpanjang di makasr", &names),
            [0; 0],
            "two letters in a sentence"
        );
        assert_eq!(said_in("mau di batan", &names), [0; 0], "a short one is close to too much");
    }

    #[test]
    fn letters_are_counted() {
        for (one, other, wrong) in
            [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kota", "koto", 1), ("abc", "xyz", 3)]
        {
            assert_eq!(distance(one, other), wrong, "{one} {other}");
            assert_eq!(distance(other, one), wrong);
        }
    }
}
