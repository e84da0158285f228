//! What an answer says that is read with its question.

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::assign::{Loose, assign};
use super::said::{Command, Details, Relative};
use super::text::words_of;
use super::vocabulary::{self, Meaning};
use super::{fields, lex, number, text};
use crate::personal::PersonName;
use crate::time::SlotTime;

/// Whether an answer leaves the choice to us: `terserah`, `kapan saja`.
pub(in crate::chat) fn leaves_the_choice(text: &str) -> bool {
    has_any(text, &[&["terserah"], &["bebas"], &["sembarang"], &["apapun"], &["any"], &["anytime"]])
        || has_any(text, &[&["kapan", "saja"], &["kapan", "aja"], &["kapanpun"], &["whenever"]])
}

/// Whether an answer wants what comes first: `yang terdekat`, `paling pagi`.
pub(in crate::chat) fn wants_the_first(text: &str) -> bool {
    let most = ["pagi", "awal", "cepat", "dekat"].map(|what| ["paling", what]);
    let one = ["terdekat", "tercepat", "terawal", "secepatnya", "earliest", "soonest", "first"];
    most.iter().any(|words| has_any(text, &[words]))
        || one.iter().any(|word| has_any(text, &[&[word]]))
}

/// Whether some of these words stand in a text, one after the other.
fn has_any(text: &str, phrases: &[&[&str]]) -> bool {
    let words = words_of(text);
    phrases.iter().any(|phrase| words.windows(phrase.len()).any(|words| words == *phrase))
}

/// Whether a text asks for the menu, and does not only greet.
pub(in crate::chat) fn asks_for_menu(text: &str) -> bool {
    words_of(text).iter().any(|word| matches!(&**word, "menu" | "0"))
}

/// Whether a text is a few words, such as a place and what is wanted there.
pub(in crate::chat) fn is_short(text: &str) -> bool {
    (1..=4).contains(&words_of(text).len())
}

/// Whether a text names a part of the day.
pub(in crate::chat) fn says_part_of_day(text: &str) -> bool {
    words_of(text).iter().any(|word| vocabulary::is_part_of_day(word))
}

/// The first hour of the part of the day that a text names.
pub(in crate::chat) fn part_of_day(text: &str) -> Option<SlotTime> {
    words_of(text).iter().find_map(|word| vocabulary::begin_of_part(word))
}

/// The day from which on somebody wants to come, if they say no more than the week or the month.
pub(in crate::chat) fn earliest(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if has_any(text, &[&["mingu", "depan"], &["pekan", "depan"], &["next", "wek"]]) {
        let is_day = has_any(text, &[&["hari", "mingu", "depan"]]);
        return (!is_day).then(|| Relative::Weekday(Weekday::Mon).on(today));
    }
    let is_month = has_any(text, &[&["bulan", "depan"], &["next", "month"]]);
    is_month.then(|| today.with_day(1)?.checked_add_months(Months::new(1))).flatten()
}

/// Whether a text is about somebody's name: `ubah nama`.
pub(in crate::chat) fn says_name(text: &str) -> bool {
    words_of(text).iter().any(|word| matches!(&**word, "nama" | "namanya" | "name"))
}

/// `namanya salah, yang benar Siti Contoh`: the name that is right.
pub(in crate::chat) fn corrected_name(text: &str, today: NaiveDate) -> Option<PersonName> {
    const MARKS: [&str; 8] = [
        " jadi ",
        " menjadi ",
        " yang benar ",
        " yg benar ",
        " seharusnya ",
        " harusnya ",
        " yang betul ",
        " to ",
    ];
    let small = text.to_lowercase();
    let end = |mark: &&str| Some(small.rfind(mark)? + mark.len());
    let from = MARKS.iter().filter_map(end).max()?;
    bare_name(text.get(from..)?.trim_start_matches("adalah "), today)
}

/// Whether a text says first that what is known of a person is wrong.
pub(super) fn is_correction(words: &[String]) -> bool {
    const LATEST: usize = 2;
    (0..=LATEST.min(words.len())).any(|at| {
        matches!(vocabulary::meaning_at(&words[at..]), Some((Meaning::Do(Command::Correct), ..)))
    })
}

/// The name that an answer to "which name?" is, without a label. A question, a doubt or a place is none.
pub(in crate::chat) fn bare_name(text: &str, today: NaiveDate) -> Option<PersonName> {
    if words_of(text).iter().any(|word| vocabulary::is_hedge(word)) {
        return None;
    }
    let fields = fields::read(&text::form(&text::plain(text)));
    let told = assign(&fields, Loose::NameAndRegency, today);
    let only = Details { name: told.name.clone(), ..Details::default() };
    told.name.clone().filter(|_| told == only)
}

/// The hour that an answer to "at which hour?" names.
pub(in crate::chat) fn hour(text: &str) -> Option<SlotTime> {
    number::hour(&lex::tokens(&text::plain(text)))
}
