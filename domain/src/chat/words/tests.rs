//! What people write and what it says.

use chrono::NaiveDate;

use super::*;
use crate::code::BookingCode;
use crate::personal::{Nik, PersonName};

/// A Tuesday.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

/// Made-up lines of a chat, each with what it says.
const EXAMPLES: &str = include_str!("examples.txt");

/// Words and numbers that were once taken for somebody else's name or number.
const IDENTITY: &str = include_str!("identity.txt");

/// What the chat prints itself, and sentences.
const UNDERSTOOD: &str = include_str!("understood.txt");

/// What was understood, in one line.
fn shown(said: &Said) -> String {
    match said {
        Said::Wish(details) => format!("Wish {}", shown_details(details)),
        Said::Command(command) => format!("{command:?}"),
        Said::Time(time) => format!("Time {time}"),
        Said::Date(date) => format!("Date {date}"),
        Said::Day(relative) => format!("Date {} {relative:?}", relative.on(today())),
        Said::Code(code) => format!("Code {code}"),
        other => format!("{other:?}"),
    }
}

fn shown_details(details: &Details) -> String {
    let mut parts = Vec::new();
    parts.extend(details.name.as_ref().map(|name| format!("name={:?}", name.expose())));
    parts.extend(details.nik.as_ref().map(|nik| format!("nik={}", nik.expose())));
    parts.extend(details.birth_date.map(|date| format!("birth={date}")));
    parts.extend(details.regency.as_ref().map(|regency| format!("regency={regency:?}")));
    parts.extend(details.date.map(|date| format!("date={date}")));
    parts.extend(details.relative.map(|relative| format!("{relative:?}")));
    parts.extend(details.time.map(|time| format!("time={time}")));
    parts.extend(details.asks_hour.then(|| "which hour?".to_owned()));
    parts.extend(details.misread.iter().map(|fault| format!("fault={fault:?}")));
    parts.join(" ")
}

#[test]
fn what_people_write_is_understood() {
    assert_understood(EXAMPLES);
    assert!(EXAMPLES.lines().count() >= 100);
}

#[test]
fn what_was_printed_and_sentences_are_understood() {
    assert_understood(UNDERSTOOD);
}

#[test]
fn a_code_is_found_in_a_whole_message_of_ours() {
    let shown = |code: &str| {
        format!(
            "Jadwal Anda kami simpan sementara.\n\nPemohon: *Budi C. (NIK …9001)*\nRabu, 2 Desember \
            2026 pukul 09.00 WITA\nJalan 12345 67890\n\nKode booking: *{code}*\n\n*Konfirmasi sebelum \
            pukul 08.15 WITA*: balas, atau buka https://antrian.example/t/abcdefghjk"
        )
    };
    let code: BookingCode = "7KQ4MM2XRB".parse().unwrap();
    assert_eq!(code_within(&shown("7KQ4M-M2XRB")), Some(code));
    assert_eq!(
        code_within("kode 7kq4mm2xrb punya adik saya yang kemarin dipesan lewat web"),
        Some(code)
    );
    assert_eq!(code_within(&shown("7KQ4M-M2XR9")), None);
    let other = BookingCode::from_bits(5).spoken();
    assert_eq!(code_within(&shown(&format!("7KQ4M-M2XRB dan {other}"))), None, "which of them?");
}

#[test]
fn nobody_is_taken_for_somebody_else() {
    assert_understood(IDENTITY);
}

/// Compares what lines say with what stands beside them.
fn assert_understood(examples: &str) {
    let mut wrong = Vec::new();
    for line in examples.lines().filter(|line| !line.starts_with("--")) {
        let (text, expected) = line.split_once(" => ").unwrap();
        let said = shown(&understand(&text.replace("\\n", "\n"), today()));
        if said != expected.trim_end() {
            wrong.push(format!("{text} => {said}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_registration_code_is_found_however_it_is_written() {
    let codes = |text| match understand(text, today()) {
        Said::Registration(codes) => codes,
        _ => Vec::new(),
    };
    assert_eq!(codes("DAFTAR 7KQ4MM2X"), ["7KQ4MM2X"]);
    assert_eq!(codes("daftar: 7kq4mm2x."), ["7KQ4MM2X"]);
    assert_eq!(codes("daftar oK1LMM2x"), ["0K11MM2X"]);
    assert!(codes("halo, apa kabar?").is_empty());
    assert_eq!(codes("daftar 7KQ4MM2X 7KQ4MM2Y 7KQ4MM2Z 7KQ4MM2A").len(), 3);
}

#[test]
fn words_that_were_asked_for_are_name_and_regency() {
    for (text, expected) in [
        ("Siti Contoh, 9971014501909001, Bandung", "regency=\"Bandung\""),
        ("Siti Contoh/9971014501909001/Kab. Sleman", "regency=\"Kab. Sleman\""),
        ("Siti Contoh 9971014501909001 Bandung", "regency=\"Bandung\""),
        ("Siti Contoh\n9971014501909001\nKota Bandung", "regency=\"Kota Bandung\""),
        ("Siti Contoh|9971014501909001|KTP: Bandung", "regency=\"Bandung\""),
    ] {
        let shown = shown_details(&details(text, today()));
        assert_eq!(
            shown,
            format!("name=\"Siti Contoh\" nik=9971014501909001 {expected}"),
            "{text}"
        );
    }
    assert_eq!(shown_details(&details("Siti Contoh", today())), "name=\"Siti Contoh\"");
    assert_eq!(shown_details(&details("sleman", today())), "regency=\"sleman\"", "nobody");
    for said in ["sebentar", "Tunggu", "Bagaimana", "baru", "paspor baru"] {
        assert_eq!(shown_details(&details(said, today())), "", "{said} is nobody");
    }
    let bima = details("9971010101909001\nBima", today());
    assert_eq!(shown_details(&bima), "nik=9971010101909001 regency=\"Bima\"", "asked once more");
    assert_eq!(shown_details(&details("saya Siti Contoh", today())), "name=\"Siti Contoh\"");
    assert_eq!(shown_details(&details("pasport baru", today())), "");
    assert_eq!(
        shown_details(&details("Siti#Bandung#Sleman", today())),
        "name=\"Siti\" regency=\"Bandung\" fault=Unclear"
    );
}

#[test]
fn an_hour_is_told_in_many_ways() {
    for (text, expected) in [
        ("9", Some("09:00")),
        ("09", Some("09:00")),
        ("9 pagi", Some("09:00")),
        ("jam 9 pagi kak", Some("09:00")),
        ("jm 9", Some("09:00")),
        ("9 am", Some("09:00")),
        ("0930", Some("09:30")),
        ("09.30 aja", Some("09:30")),
        ("pukul sembilan", Some("09:00")),
        ("jam sembilan", Some("09:00")),
        ("jam 2", Some("14:00")),
        ("jam dua siang", Some("14:00")),
        ("2 siang", Some("14:00")),
        ("jam setengah 9", Some("08:30")),
        ("setengah sembilan", Some("08:30")),
        ("stgh 9 pagi", Some("08:30")),
        ("8 30", Some("08:30")),
        ("jam delapan 30", Some("08:30")),
        ("09.00-10.00", Some("09:00")),
        ("besok saja", None),
        ("25", None),
        ("jam 9 kurang seperempat", None),
        ("jam 8 lewat 30", None),
        ("jam delapan tiga puluh", None),
        ("bukan jam 9", None),
        ("jam 9 jangan", None),
        ("setelah jam 9", None),
        ("antara jam 9 dan 10", None),
        ("jam 9 atau 10", None),
        ("jangan jam 9, jam 10", None),
    ] {
        assert_eq!(hour(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
    }
}

/// A date in one of its spellings.
fn spelt(date: NaiveDate, spelling: usize) -> String {
    const MONTHS: [&str; 12] = [
        "Januari", "Feb", "Maret", "Apr", "Mei", "Juni", "juli", "AGUSTUS", "Sept", "Okt", "Nov",
        "Desember",
    ];
    let month = MONTHS[usize::try_from(chrono::Datelike::month0(&date)).unwrap()];
    match spelling {
        0 => date.format("%d%m%Y").to_string(),
        1 => date.format("%d-%m-%Y").to_string(),
        2 => date.format("%-d/%-m/%Y").to_string(),
        3 => date.format("%d.%m.%Y").to_string(),
        4 => date.format("%Y-%m-%d").to_string(),
        5 => date.format("%d%m%y").to_string(),
        6 => date.format("%d-%m-%y").to_string(),
        _ => date.format(&format!("%-d {month} %Y")).to_string(),
    }
}

fn widened(text: &str) -> String {
    let wide = |c: char| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        other => other,
    };
    text.chars().map(wide).collect()
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_form_reads_back_in_any_order_and_spelling(
            name in "[A-Z]r[aeiou][bdkrst][aeiou] [B-D][lr][aeiou][bdkrst]",
            age in 400u64..25_000, ahead in 0u64..400, woman: bool, sequence in 9_000u32..10_000,
            order in Just([0usize, 1, 2, 3]).prop_shuffle(), spelling in 0usize..8, other in 0usize..8,
            separator in prop::sample::select(vec!["#", " # ", "\n", ";", ", ", "|"]),
            wide: bool, small: bool,
        ) {
            let birth = today() - chrono::Days::new(age);
            let visit = today() + chrono::Days::new(ahead);
            let day = chrono::Datelike::day(&birth) + if woman { 40 } else { 0 };
            let nik = format!("997101{day:02}{}{sequence}", birth.format("%m%y"));
            let name = if small { name.to_lowercase() } else { name };
            let fields = [name.clone(), nik.clone(), spelt(birth, spelling), spelt(visit, other)];
            let text = order.map(|at| fields[at].clone()).join(separator);
            let text = if wide { widened(&text) } else { text };
            let Said::Wish(read) = understand(&text, today()) else {
                return Err(TestCaseError::fail(text));
            };
            prop_assert_eq!(read.name.as_ref().map(PersonName::expose), Some(&*name), "{}", text);
            prop_assert_eq!(read.nik.as_ref().map(Nik::expose), Some(&*nik));
            prop_assert_eq!((read.birth_date, read.date), (Some(birth), Some(visit)), "{}", text);
            prop_assert_eq!(read.misread, vec![]);
        }

        #[test]
        fn a_code_as_it_is_shown_is_a_code(bits in 0u64..(1 << 45), at in 0usize..10, small: bool) {
            let code = BookingCode::from_bits(bits);
            let shown = if small { code.spoken().to_lowercase() } else { code.spoken() };
            prop_assert_eq!(understand(&shown, today()), Said::Code(code));
            let cancel = Said::Command(Command::Cancel(Some(code)));
            prop_assert_eq!(understand(&format!("Batal {shown}"), today()), cancel);
            let mut wrong = code.as_str().as_bytes().to_vec();
            wrong[at] = if wrong[at] == b'7' { b'8' } else { b'7' };
            prop_assume!(wrong.iter().any(u8::is_ascii_alphabetic));
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_eq!(understand(&wrong, today()), Said::MistypedCode);
        }

        #[test]
        fn ordinary_words_are_no_code(
            first in "([bdkrst][aei]){2}[bdkrst]", second in "([bdkrst][aei]){2}[bdkrst]",
            word in "([bdkrst][aei]){5}", before in prop::sample::select(vec!["", "saya ", "batal "]),
        ) {
            for text in [format!("{before}{first} {second}"), format!("{before}{word}")] {
                let said = understand(&text, today());
                let is_code = matches!(said, Said::Code(_) | Said::MistypedCode
                    | Said::Command(Command::Cancel(Some(_))) | Said::Registration(_));
                prop_assert!(!is_code, "{}", text);
            }
        }

        #[test]
        fn no_text_panics(text in "(\\PC|[#/.,:\n 0-9]){0,80}") {
            let _ = (understand(&text, today()), details(&text, today()));
        }

        #[test]
        fn what_surrounds_a_text_changes_nothing(
            line in prop::sample::select(EXAMPLES.lines().collect::<Vec<_>>()),
            before in "[ #*\n\u{a0}\u{200b}]{0,4}", after in "[ #*!.\n\u{a0}\u{200b}]{0,4}",
        ) {
            let text = line.split_once(" => ").unwrap().0.replace("\\n", "\n");
            let around = format!("{before}{text}{after}");
            prop_assert_eq!(understand(&around, today()), understand(&text, today()), "{}", around);
        }
    }
}

#[test]
fn a_code_of_letters_alone_is_found_where_we_printed_it() {
    let code = |bits: u64| BookingCode::from_bits(bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 19);
    let mut codes = (1..).map(code);
    let of_letters = codes.find(|code| !code.spoken().bytes().any(|byte| byte.is_ascii_digit()));
    let code = of_letters.unwrap();
    let message = format!("Kantor Uji\n\nKode booking: *{}*\n\nBawa asli", code.spoken());
    assert_eq!(code_within(&message), Some(code), "{message}");
}
