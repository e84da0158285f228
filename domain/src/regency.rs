//! Cities and regencies: what their names mean, and which there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A city or a regency, if that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    City,
    Regency,
}

/// Whether a regency is of an office's region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    Other,
    /// A city and a regency have the name, and which of them is meant was not said.
    Unsure,
}

/// Those of one name: the name without saying which it is, and what has it.
struct Named {
    name: &'static str,
    kinds: Vec<Kind>,
}

/// All of the country, with their kinds: see `domain/data/README.md`.
const FILE: &str = include_str!("../data/regencies.txt");

/// By the name as it is compared.
static ALL: LazyLock<BTreeMap<String, Named>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for line in FILE.lines() {
        let (kind, name) = split(line);
        let named = all.entry(plain(name)).or_insert_with(|| Named { name, kinds: vec![] });
        named.kinds.extend(kind);
    }
    all
});

/// What people call some of them: a short name, or the one before it was changed.
const ALSO_CALLED: [(&str, &str); 22] = [
    ("bdg", "bandung"),
    ("jakbar", "jakartabarat"),
    ("jakpus", "jakartapusat"),
    ("jaksel", "jakartaselatan"),
    ("jaktim", "jakartatimur"),
    ("jakut", "jakartautara"),
    ("mks", "makassar"),
    ("oku", "ogankomeringulu"),
    ("okuselatan", "ogankomeringuluselatan"),
    ("okutimur", "ogankomeringulutimur"),
    ("pangkep", "pangkajenedankepulauan"),
    ("ppu", "penajampaserutara"),
    ("sby", "surabaya"),
    ("tangsel", "tangerangselatan"),
    ("solo", "surakarta"),
    ("jogja", "yogyakarta"),
    ("jogjakarta", "yogyakarta"),
    ("yogya", "yogyakarta"),
    ("malukutenggarabarat", "kepulauantanimbar"),
    ("mamujuutara", "pasangkayu"),
    ("tobasamosir", "toba"),
    ("ujungpandang", "makassar"),
];

/// The name, without saying whether it is the city or the regency, of what a text names, if there is one.
pub fn named(text: &str) -> Option<&'static str> {
    ALL.get(&plain(split(text).1)).map(|named| named.name)
}

/// The names of all, without saying which is a city.
pub fn names<'a>() -> impl Iterator<Item = &'a str> {
    ALL.values().map(|named| -> &'a str { named.name })
}

/// With how many words a name begins, the most that there are; `ends` says after which of them it may end.
pub fn beginning(words: &[&str], ends: impl Fn(usize) -> bool) -> Option<usize> {
    (1..=words.len()).rev().find(|&count| ends(count) && named(&words[..count].join(" ")).is_some())
}

/// What was told as a city or regency, as the list has it, if it is there: of `kabupaten gowa pak` and
/// `Banyumas, Jawa Tengah` the name, of `kota gowa` only what there is.
pub fn told(text: &str) -> String {
    let (kind, rest) = split(text);
    let words: Vec<&str> = rest.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let count = beginning(&words, |_| true).unwrap_or_default();
    let Some(known) = ALL.get(&plain(&words[..count].concat())) else {
        return text.trim().to_owned();
    };
    match kind.filter(|kind| known.kinds.contains(kind)) {
        Some(Kind::City) => format!("Kota {}", known.name),
        Some(Kind::Regency) => format!("Kabupaten {}", known.name),
        None => known.name.to_owned(),
    }
}

/// Whether a regency is one of an office's. Compared forgivingly: case, spaces, "Administrasi" and older
/// names do not matter. A city and a regency of one name are two places.
pub fn whose(own: &BTreeSet<String>, regency: &str) -> Whose {
    let (kind, wanted) = compared(regency);
    let named = own.iter().map(|own| compared(own));
    let kinds: Vec<_> = named.filter(|(_, name)| *name == wanted).map(|(kind, _)| kind).collect();
    let has = |kind| kinds.contains(&Some(kind));
    let are_two = || ALL.get(&wanted).is_some_and(|named| named.kinds.len() > 1);
    match (kind, &*kinds) {
        (_, []) => Whose::Other,
        (None, _) if has(Kind::City) && has(Kind::Regency) => Whose::Own,
        (None, _) if are_two() => Whose::Unsure,
        (None, _) => Whose::Own,
        (Some(kind), kinds) if has(kind) || kinds.contains(&None) => Whose::Own,
        (Some(_), _) => Whose::Other,
    }
}

/// The name of a city or regency without saying which it is.
pub fn without_kind(name: &str) -> &str {
    split(name).1
}

fn compared(name: &str) -> (Option<Kind>, String) {
    let (kind, name) = split(name);
    (kind, plain(name))
}

/// What stands before a name says what it is: there is a `Kabupaten Lima Puluh Kota`.
fn split(name: &str) -> (Option<Kind>, &str) {
    let mut kind = None;
    let mut rest = name.trim();
    while let Some((word, after)) = rest.split_once(|c: char| c.is_whitespace() || c == '.') {
        match &*word.to_lowercase() {
            "kota" | "kotamadya" => kind = Some(Kind::City),
            "kab" | "kabupaten" => kind = Some(Kind::Regency),
            "" | "administrasi" | "adm" => {}
            _ => break,
        }
        rest = after.trim_start();
    }
    (kind, rest)
}

fn plain(name: &str) -> String {
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let name = letters.to_lowercase();
    let other = ALSO_CALLED.iter().find(|(called, _)| *called == name);
    other.map_or(name, |(_, now)| (*now).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regencies_are_compared_without_their_titles() {
        for (own, said, expected) in [
            ("Kota Makassar", "makassar", Whose::Own),
            ("Kota Makassar", "KOTA MAKASSAR", Whose::Own),
            ("Kota Adm. Jakarta Pusat", "Kota Jakarta Pusat", Whose::Own),
            ("Kab. Barru", "Kabupaten  BARRU", Whose::Own),
            ("Barru", "Kab. Barru", Whose::Own),
            ("Barru", "Kab.Barru", Whose::Own),
            ("Kota Bandung", "Kota Bandung", Whose::Own),
            ("Kota Bandung", "Kabupaten Bandung", Whose::Other),
            ("Kab. Bandung", "Kota Bandung", Whose::Other),
            ("Kota Bandung", "Bandung", Whose::Unsure),
            ("Kab. Bandung", "bandung", Whose::Unsure),
            ("Kota Bandung", "Bandung Barat", Whose::Other),
            ("Kota Bandung", "Kota Medan", Whose::Other),
            ("Kab. Lima Puluh Kota", "Kabupaten Lima Puluh Kota", Whose::Own),
            ("Kab. Lima Puluh Kota", "lima puluh kota", Whose::Own),
            ("Kab. Kotabaru", "Kota Baru", Whose::Other),
            ("Kota Surakarta", "kota solo", Whose::Own),
            ("Kota Yogyakarta", "Jogja", Whose::Own),
        ] {
            assert_eq!(whose(&[own.to_owned()].into(), said), expected, "{own}: {said}");
        }
        let both = ["Kota Bandung".to_owned(), "Kab. Bandung".to_owned()].into();
        assert_eq!(whose(&both, "Bandung"), Whose::Own, "either is");
    }

    #[test]
    fn what_was_told_is_kept_as_the_list_has_it() {
        for (said, kept) in [
            ("kabupaten gowa pak", "Kabupaten Gowa"),
            ("Kota Gowa", "Gowa"),
            ("kota bandung", "Kota Bandung"),
            ("Banyumas, Jawa Tengah", "Banyumas"),
            ("kab. lima puluh kota", "Kabupaten Lima Puluh Kota"),
            ("kab bdg", "Kabupaten Bandung"),
            ("jaksel", "Jakarta Selatan"),
            ("OKU Timur", "Ogan Komering Ulu Timur"),
            ("Kota Contoh", "Kota Contoh"),
        ] {
            assert_eq!(told(said), kept, "{said}");
        }
    }

    #[test]
    fn all_of_the_country_are_known_by_their_names() {
        let (cities, others): (Vec<_>, Vec<_>) =
            FILE.lines().partition(|line| split(line).0 == Some(Kind::City));
        assert_eq!((cities.len(), others.len()), (98, 416));
        assert!(others.iter().all(|line| split(line).0 == Some(Kind::Regency)));
        let twice = ALL.values().filter(|named| named.kinds.len() == 2).count();
        assert_eq!((ALL.len(), twice), (488, 26), "a name is a city's and a regency's at most");
        for (said, name) in [
            ("sleman", Some("Sleman")),
            ("KAB. SLEMAN", Some("Sleman")),
            ("tojo una una", Some("Tojo Una-Una")),
            ("jakarta selatan", Some("Jakarta Selatan")),
            ("solo", Some("Surakarta")),
            ("jakarta", None),
            ("gimana ini", None),
            ("kota", None),
            ("", None),
        ] {
            assert_eq!(named(said), name, "{said}");
        }
        assert!(
            ALSO_CALLED
                .iter()
                .all(|(other, now)| { !ALL.contains_key(*other) && ALL.contains_key(*now) })
        );
    }
}
