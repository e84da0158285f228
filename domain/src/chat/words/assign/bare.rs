//! Names without what is said before and after them.

use crate::chat::words::label::opening;
use crate::chat::words::text::folded;
use crate::chat::words::vocabulary::is_part_of_day;
use crate::regency;

/// `Nama saya adalah Siti`: what introduces a name and is never the beginning of one.
pub(super) const OWN: &[&str] = &["saya", "nama", "adalah"];

/// What people are addressed with.
const ADDRESSES: &[&str] = &[
    "bpk", "bapak", "ibu", "sdr", "sdri", "saudara", "saudari", "yth", "tuan", "nyonya", "tn", "ny",
];

/// The name after its label: what stands after `adalah`, without a form of address before two words or more.
pub(super) fn named(text: &str) -> &str {
    let mut rest = text.rsplit_once(" adalah ").map_or(text, |(_, name)| name);
    rest = without(OWN, rest);
    while let Some((first, after)) = rest.split_once(char::is_whitespace) {
        let is_address = ADDRESSES.contains(&&*folded(first.trim_end_matches('.')));
        if !is_address || after.split_whitespace().count() < 2 {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// A text without such words at its beginning.
pub(super) fn without<'a>(lead_ins: &[&str], text: &'a str) -> &'a str {
    let mut rest = text.trim();
    while let Some((first, after)) = rest.split_once(char::is_whitespace) {
        if !lead_ins.contains(&&*folded(first)) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// A name without what is said after it: `budi contoh ya pak`, `Budi Contoh dari Bandung`. Such words are
/// small: with a capital they may be of the name.
pub(super) fn without_end(text: &str) -> &str {
    let mut rest = text.trim_end();
    while let Some((before, last)) = rest.rsplit_once(char::is_whitespace) {
        if !matches!(last, "ya" | "pak" | "bu" | "kak" | "min" | "gitu" | "dong" | "nih") {
            break;
        }
        rest = before.trim_end();
    }
    let origins = ["dari", "asal", "from"];
    let mut parts = origins.iter().filter_map(|origin| rest.split_once(&format!(" {origin} ")));
    let place = parts.find(|(_, place)| regency::named(place).is_some());
    place.map_or(rest, |(name, _)| name.trim_end())
}

/// `Halo, saya Siti Contoh` without its beginning. `Selamat` is also a name: it is a greeting only before
/// a time of day.
pub(super) fn without_greeting(text: &str) -> &str {
    let mut rest = text.trim_start();
    let mut wants = false;
    loop {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let after = rest[end..].trim_start();
        let next = after.split_whitespace().next().map(folded).unwrap_or_default();
        let first = folded(rest[..end].trim_end_matches(['.', '-']));
        wants = match &*first {
            "mau" | "mo" | "ingin" | "pengen" | "pengin" | "hendak" => WANTED.contains(&&*next),
            word => wants && WANTED.contains(&word),
        };
        let is_greeting = match &*first {
            "selamat" => is_part_of_day(&next),
            "i" => next == "am",
            word => {
                wants
                    || LEAD_INS.contains(&word)
                    || ADDRESSES.contains(&word)
                    || opening::is_spoken(word)
            }
        };
        if !is_greeting || after.is_empty() {
            return rest;
        }
        rest = after;
    }
}

/// What people want; before anything else `mau` is the beginning of a name.
const WANTED: &[&str] = &[
    "daftar",
    "daftarkan",
    "mendaftar",
    "mendaftarkan",
    "dftar",
    "boking",
    "bok",
    "bikin",
    "buat",
    "membuat",
    "urus",
    "mengurus",
    "ngurus",
    "pesan",
    "ambil",
    "antri",
    "antre",
    "antrian",
    "antrean",
    "perpanjang",
    "ganti",
    "paspor",
    "pasport",
    "janji",
    "temu",
    "tanya",
    "untuk",
];

const LEAD_INS: &[&str] = &[
    "saya",
    "aku",
    "sy",
    "ini",
    "adalah",
    "perkenalkan",
    "nama",
    "am",
    "i'm",
    "halo",
    "hai",
    "hi",
    "helo",
    "pagi",
    "siang",
    "sore",
    "malam",
    "pak",
    "bu",
    "kak",
    "min",
    "admin",
    "daftar",
    "mendaftar",
    "boking",
    "permisi",
    "untuk",
    "asalamualaikum",
];
