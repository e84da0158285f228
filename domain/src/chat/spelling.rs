//! Which of some names a text means: by the whole name, a part of it, or a spelling close to it.

use super::state::plain;

/// Fewer letters than these may be part of anything.
const MIN_CHARS: usize = 3;
/// A name has so many letters at least to be found inside a sentence.
const MIN_INSIDE: usize = 5;
/// From so many letters on two of them may be wrong.
const LONG: usize = 7;

/// The places of those that `text` means, by the surest way that finds any: it is the name; it is a part
/// of it; the name stands in it; it is the name but for a letter or two.
pub(super) fn meant(text: &str, names: &[Vec<String>]) -> Vec<usize> {
    let text = plain(text);
    if text.chars().count() < MIN_CHARS {
        return vec![];
    }
    let ways: [&dyn Fn(&str) -> bool; 4] = [
        &|name| name == text,
        &|name| name.contains(&text),
        &|name| is_inside(name, &text),
        &|name| is_close(name, &text),
    ];
    ways.iter().map(|way| found(names, way)).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The places of those that `text` is the name of, but for a letter or two.
pub(super) fn spelled_as(text: &str, names: &[Vec<String>]) -> Vec<usize> {
    let text = plain(text);
    let same = found(names, |name| name == text);
    if same.is_empty() { found(names, |name| is_close(name, &text)) } else { same }
}

/// The places of those whose name stands in a sentence.
pub(super) fn said_in(text: &str, names: &[Vec<String>]) -> Vec<usize> {
    let text = plain(text);
    found(names, |name| is_inside(name, &text))
}

fn found(names: &[Vec<String>], is_meant: impl Fn(&str) -> bool) -> Vec<usize> {
    let is_one = |names: &Vec<String>| names.iter().any(|name| is_meant(&plain(name)));
    (0..names.len()).filter(|at| is_one(&names[*at])).collect()
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
        assert_eq!(said_in("makasar", &names), [0; 0]);
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
