mod wording;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::*;
use crate::domain::fair_use::FairUse;
use crate::domain::language::{Text, date_time, time};

const ZONE: Tz = Tz::Asia__Jakarta;
const ABOUT_BOOKINGS: [MessageKind; 11] = [
    MessageKind::Hold,
    MessageKind::Confirmed,
    MessageKind::Reminder,
    MessageKind::Cancelled,
    MessageKind::Moved,
    MessageKind::OfficeClosed,
    MessageKind::ClosedMoved,
    MessageKind::ClosedWaiting,
    MessageKind::ClaimAsked,
    MessageKind::Released,
    MessageKind::DocumentsMissing,
];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn both(id: &str, en: &str) -> Text {
    Text { id: id.to_owned(), en: en.to_owned() }
}

fn document(label: Text, note: Option<Text>, required: bool) -> Document {
    Document { id: label.en.to_lowercase(), label, note, required }
}

fn documents() -> Vec<Document> {
    vec![
        document(both("KTP", "KTP (identity card)"), None, true),
        document(both("Kartu Keluarga (KK)", "Family card (KK)"), None, true),
        document(
            both(
                "Akta lahir, ijazah, buku nikah atau surat baptis",
                "Birth certificate, diploma, marriage book or baptism letter",
            ),
            Some(both(
                "memuat nama, tempat dan tanggal lahir, serta nama orang tua",
                "with your name, date and place of birth, and your parents' names",
            )),
            true,
        ),
        document(
            both("Surat keterangan domisili atau surat kerja", "Domicile or employer letter"),
            Some(both("karena KTP Anda dari daerah lain", "because your KTP is from elsewhere")),
            false,
        ),
    ]
}

fn warnings() -> Vec<Warning> {
    vec![Warning {
        code: "domicile_recommended".to_owned(),
        message: both(
            "KTP Anda dari luar daerah kantor ini. Sebaiknya bawa surat domisili.",
            "Your KTP is from outside this office's region. It is better to bring a domicile letter.",
        ),
    }]
}

/// A booking on Monday 7 December 2026 at 09:00 in Jakarta.
fn booking<'a>(
    locale: Locale,
    documents: &'a [Document],
    warnings: &'a [Warning],
) -> BookingText<'a> {
    let or = |id, en| if locale == Locale::Id { id } else { en };
    BookingText {
        service: or("Paspor baru", "New passport"),
        when: date_time(locale, at("2026-12-07T02:00:00Z"), ZONE),
        office: "Kantor Imigrasi Contoh Jakarta",
        address: "Jl. Contoh Raya No. 1, Jakarta Pusat",
        contact: or(
            "Telepon (021) 000-0000 pada jam kerja.",
            "Call (021) 000-0000 during office hours.",
        ),
        code: "7KQ4M-M2XR9".to_owned(),
        public_url: "https://antrian.example",
        hold_until: None,
        arrive_from: time(locale, at("2026-12-07T01:00:00Z"), ZONE),
        arrive_until: time(locale, at("2026-12-07T02:30:00Z"), ZONE),
        closed_date: None,
        closed_reason: None,
        by_desk: false,
        queue_number: None,
        moved_by_office: false,
        documents_deadline: None,
        return_seat: None,
        documents,
        warnings,
        who: "Siti C. (NIK …9001)".to_owned(),
        initials: "S. C.".to_owned(),
        group: vec![],
        fair_use: FairUse::default(),
    }
}

/// The message about it, with what `change` makes of the booking.
fn message(kind: MessageKind, locale: Locale, change: impl Fn(&mut BookingText<'_>)) -> String {
    let (documents, warnings) = (documents(), warnings());
    let mut text = booking(locale, &documents, &warnings);
    change(&mut text);
    booking_message(kind, locale, &text).unwrap()
}

fn nothing(_: &mut BookingText<'_>) {}

/// Two people, the second one an hour later.
fn together(locale: Locale) -> impl Fn(&mut BookingText<'_>) {
    move |text| {
        let member = |(who, hour, code): (&str, &str, &str)| Member {
            who: who.to_owned(),
            time: time(locale, at(hour), ZONE),
            code: code.to_owned(),
        };
        let people = [
            ("Siti C.", "2026-12-07T02:00:00Z", "7KQ4M-M2XR9"),
            ("Budi C.", "2026-12-07T03:00:00Z", "9ABCD-EFGH2"),
        ];
        text.group = people.map(member).into();
    }
}

fn held(locale: Locale) -> impl Fn(&mut BookingText<'_>) {
    move |text| text.hold_until = Some(time(locale, at("2026-11-30T03:15:00Z"), ZONE))
}

#[test]
fn moved_while_held_in_english_asks_for_the_confirmation() {
    let text = message(MessageKind::Moved, Locale::En, held(Locale::En));
    assert!(text.contains("*Confirm before 10:15 WIB*: reply with the booking code"), "{text}");
    assert!(!text.contains("ticket"), "{text}");
}

#[test]
fn verified_in_both_languages() {
    insta::assert_snapshot!(verified(Locale::Id).unwrap(), @r#"
    *Nomor Anda sudah terverifikasi.* Silakan kembali ke halaman pendaftaran dan pilih jadwal.

    Kode ini bukan dari halaman yang Anda buka sendiri? Orang yang memberikannya kini dapat masuk ke akun Anda. Daftarkan ulang nomor ini di halaman resmi, lalu pilih *Keluar dari semua perangkat*.
    "#);
    insta::assert_snapshot!(verified(Locale::En).unwrap(), @r#"
    *Your number is verified.* Please go back to the registration page and choose an appointment.

    Was the code not from a page that you opened yourself? Then whoever gave it to you can enter your account now. Register this number again on the official page and choose *Sign out everywhere*.
    "#);
}

#[test]
fn one_time_code_in_both_languages() {
    insta::assert_snapshot!(one_time_code(Locale::Id, "123456", 5).unwrap(), @"*123456* adalah kode verifikasi Anda, berlaku 5 menit. Jangan berikan kepada siapa pun, juga tidak kepada petugas.");
    insta::assert_snapshot!(one_time_code(Locale::En, "123456", 5).unwrap(), @"*123456* is your verification code, valid for 5 minutes. Give it to nobody, not even to staff.");
}

#[test]
fn one_minute_is_not_minutes() {
    assert!(one_time_code(Locale::En, "123456", 1).unwrap().contains("1 minute."));
}

#[test]
fn every_message_about_a_booking_says_what_it_is_about_and_fits_a_caption() {
    for kind in ABOUT_BOOKINGS {
        // A missing document has a deadline in the place of the visit's hour.
        let until = |text: &mut BookingText<'_>| text.documents_deadline = Some(text.when.clone());
        let (id, en) = (message(kind, Locale::Id, until), message(kind, Locale::En, until));
        assert_ne!(id, en);
        for (locale, text) in [(Locale::Id, id), (Locale::En, en)] {
            let when = date_time(locale, at("2026-12-07T02:00:00Z"), ZONE);
            for part in [when.as_str(), "7KQ4M-M2XR9", "Kantor Imigrasi Contoh Jakarta"] {
                assert!(text.contains(part), "{kind:?} without {part}: {text}");
            }
            assert!(text.chars().count() <= CAPTION_CHARS, "{kind:?}: {}", text.chars().count());
            assert!(!text.contains("\n\n\n") && !text.contains(" \n"), "{kind:?}: {text:?}");
            assert_eq!(text.matches('*').count() % 2, 0, "{kind:?}: {text}");
        }
    }
}

#[test]
fn what_is_not_about_a_booking_is_refused() {
    for kind in [MessageKind::Verified, MessageKind::OneTimeCode] {
        assert!(booking_message(kind, Locale::Id, &booking(Locale::Id, &[], &[])).is_err());
    }
}

#[test]
fn notes_are_left_out_of_what_would_be_too_long_for_a_caption() {
    let mut documents = documents();
    let confirmed = |documents: &[Document]| {
        let text = booking(Locale::Id, documents, &[]);
        booking_message(MessageKind::Confirmed, Locale::Id, &text).unwrap()
    };
    let letter = "- Surat keterangan domisili atau surat kerja (disarankan)";
    assert!(confirmed(&documents).contains(&format!("{letter}: karena KTP")));
    documents[0].note = Some(both(&"n".repeat(900), ""));
    let short = confirmed(&documents);
    assert!(short.chars().count() <= CAPTION_CHARS);
    assert!(short.contains(&format!("{letter}\n")), "{short}");
}

#[test]
fn a_caption_fits_whatever_the_office_says_and_still_has_the_code() {
    let documents: Vec<_> = (0..40).flat_map(|_| documents()).collect();
    let address = "Jalan Panjang ".repeat(80);
    for locale in [Locale::Id, Locale::En] {
        for address in ["Jalan Contoh 1", address.as_str()] {
            let text = BookingText { address, ..booking(locale, &documents, &[]) };
            let whole = booking_message(MessageKind::Confirmed, locale, &text).unwrap();
            assert!(whole.chars().count() > CAPTION_CHARS, "or this shows nothing");
            let caption = caption(MessageKind::Confirmed, locale, &text).unwrap();
            assert!(caption.chars().count() <= CAPTION_CHARS);
            assert!(address.len() > 100 || caption.contains(&text.code), "{caption}");
        }
    }
}

#[test]
fn a_closed_day_is_told_with_its_reason_and_with_what_to_do() {
    let closed = |text: &mut BookingText<'_>| {
        text.closed_date = Some("4 Desember 2026".to_owned());
        text.closed_reason = Some("Pemadaman listrik");
    };
    for (kind, locale, words) in [
        (
            MessageKind::ClosedMoved,
            Locale::Id,
            ["4 Desember 2026", "kami pindahkan", "tanpa biaya"],
        ),
        (
            MessageKind::ClosedMoved,
            Locale::En,
            ["4 Desember 2026", "We have moved", "free of charge"],
        ),
        (
            MessageKind::ClosedWaiting,
            Locale::Id,
            ["tidak perlu datang", "Belum ada waktu", "tanpa biaya"],
        ),
        (
            MessageKind::ClosedWaiting,
            Locale::En,
            ["need not come", "keep looking", "free of charge"],
        ),
    ] {
        let text = message(kind, locale, closed);
        assert!(text.contains("Pemadaman listrik"), "{text}");
        assert!(words.iter().all(|words| text.contains(words)), "{kind:?}: {text}");
        assert!(text.contains("https://antrian.example"), "{text}");
    }
}
