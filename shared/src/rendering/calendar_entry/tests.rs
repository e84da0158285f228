use super::*;
use crate::domain::booking::Times;
use proptest::prelude::*;
use serde_json::json;

const URL: &str = "https://antrian.example:8443/x";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn entry() -> CalendarEntry {
    CalendarEntry {
        code: BookingCode::from_bits(0x1234_5678_9ABC),
        version: 2,
        status: EntryStatus::Confirmed,
        made_at: at("2026-11-30T03:04:05Z"),
        starts_at: at("2026-12-07T02:00:00Z"),
        ends_at: at("2026-12-07T02:30:00Z"),
        organizer: "Kantor \"Contoh\"".to_owned(),
        host: "antrian.example".to_owned(),
        summary: "Paspor baru: Kantor Contoh".to_owned(),
        location: "Kantor Contoh, Jl. Contoh No. 1; Jakarta".to_owned(),
        description: "Bawa KTP, Kartu Keluarga dan akta – semua asli dan salinannya.\n\
                      Berhalangan? Pindahkan di https://antrian.example/booking/J6HB7H6NW1"
            .to_owned(),
    }
}

/// The file's lines, unfolded. Every line on the way is checked.
fn lines(file: &str) -> Vec<String> {
    assert!(file.ends_with("\r\n"));
    for line in file.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "{line:?}");
    }
    file.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

fn unescaped(value: &str) -> String {
    let mut chars = value.chars();
    let mut text = String::new();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next().unwrap() {
                'n' => '\n',
                other => other,
            },
            other => other,
        });
    }
    text
}

#[test]
fn a_confirmed_visit_as_a_file() {
    insta::assert_snapshot!(lines(&ics(&entry())).join("\n"), @r#"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Antrian//Antrian//ID
    CALSCALE:GREGORIAN
    METHOD:PUBLISH
    BEGIN:VEVENT
    UID:J6HB7H6NW1@antrian
    SEQUENCE:2
    DTSTAMP:20261130T030405Z
    DTSTART:20261207T020000Z
    DTEND:20261207T023000Z
    STATUS:CONFIRMED
    ORGANIZER;CN="Kantor Contoh":mailto:noreply@antrian.example
    CLASS:PRIVATE
    SUMMARY:Paspor baru: Kantor Contoh
    LOCATION:Kantor Contoh\, Jl. Contoh No. 1\; Jakarta
    DESCRIPTION:Bawa KTP\, Kartu Keluarga dan akta – semua asli dan salinannya.\nBerhalangan? Pindahkan di https://antrian.example/booking/J6HB7H6NW1
    BEGIN:VALARM
    ACTION:DISPLAY
    TRIGGER:-P1D
    DESCRIPTION:Paspor baru: Kantor Contoh
    END:VALARM
    BEGIN:VALARM
    ACTION:DISPLAY
    TRIGGER:-PT2H
    DESCRIPTION:Paspor baru: Kantor Contoh
    END:VALARM
    END:VEVENT
    END:VCALENDAR
    "#);
}

#[test]
fn a_cancelled_visit_is_struck_out_and_does_not_remind() {
    let file = ics(&CalendarEntry { status: EntryStatus::Cancelled, ..entry() });
    assert!(file.contains("\r\nSTATUS:CANCELLED\r\n"));
    assert!(!file.contains("VALARM"));
}

fn office() -> Office {
    serde_json::from_value(json!({
        "id": "contoh", "name": "Kantor Contoh", "address": "Jl. Contoh No. 1",
        "city": "Makassar", "province": "Sulawesi Selatan", "timezone": "Asia/Makassar",
        "online": true, "contact": {"id": "", "en": ""},
        "services": [{"id": "passport_new", "queue_group": "A",
            "name": {"id": "Paspor baru", "en": "New passport"}}],
        "sessions": [{"service": "passport_new", "days": ["mon"], "from": "08:00",
            "until": "12:00", "every_minutes": 20, "quota": 4}],
        "release": {"kind": "rolling", "days_ahead": 30, "at": "09:00"}, "domicile": "not_needed"
    }))
    .unwrap()
}

fn booking(office: &Office, time: &str) -> Booking {
    let date = "2026-12-07".parse().unwrap();
    let times = Times::of(office, date, time.parse().unwrap());
    serde_json::from_value(json!({
        "code": "J6HB7H6NW1", "status": "held", "version": 1, "times": times,
        "seat": {"office": "contoh", "service": "passport_new", "date": date, "time": time,
            "number": 3},
        "account": "account-1", "applicant": "p1", "person": "", "channel": "web",
        "locale": "id", "hold_expires_at": at("2026-11-30T03:15:00Z").timestamp(),
        "created_at": 0, "request_hash": ""
    }))
    .unwrap()
}

#[test]
fn the_entry_of_a_booking_says_where_when_and_what_to_bring() {
    let (office, now) = (office(), at("2026-11-30T03:04:05Z"));
    let held = CalendarEntry::of(&booking(&office, "09:00"), &office, URL, now);
    insta::assert_debug_snapshot!(held, @r#"
    CalendarEntry {
        code: BookingCode(
            [
                74,
                54,
                72,
                66,
                55,
                72,
                54,
                78,
                87,
                49,
            ],
        ),
        version: 1,
        status: Tentative,
        made_at: 2026-11-30T03:04:05Z,
        starts_at: 2026-12-07T01:00:00Z,
        ends_at: 2026-12-07T01:20:00Z,
        organizer: "Kantor Contoh",
        host: "antrian.example",
        summary: "Paspor baru – Kantor Contoh",
        location: "Kantor Contoh, Jl. Contoh No. 1",
        description: "Kode booking: J6HB7-H6NW1\nDatang mulai pukul 08.00 WITA; setelah pukul 09.30 WITA jadwal ini tidak berlaku lagi.\nBawa kode QR tiket Anda serta dokumen asli dan fotokopinya.",
    }
    "#);
}

#[test]
fn the_entry_of_a_booking_follows_its_state_and_language() {
    let (office, now) = (office(), at("2026-11-30T03:04:05Z"));
    let held = Booking { locale: Locale::En, ..booking(&office, "12:00") };
    let entry = CalendarEntry::of(&held, &office, URL, now);
    assert_eq!(entry.ends_at - entry.starts_at, USUAL_SLOT, "no session has a slot at noon");
    assert_eq!(entry.summary, "New passport – Kantor Contoh");
    assert!(entry.description.starts_with("Booking code: J6HB7-H6NW1\nCome from 11:00 WITA on;"));
    let late = at("2026-11-30T03:15:00Z");
    assert_eq!(CalendarEntry::of(&held, &office, URL, late).status, EntryStatus::Cancelled);
    let confirmed = held.confirm(now).unwrap();
    assert_eq!(CalendarEntry::of(&confirmed, &office, URL, late).status, EntryStatus::Confirmed);
}

proptest! {
    #[test]
    fn any_text_stays_in_its_line_and_reads_back(
        text in "\\PC{0,20}[\\\\,;:\n\r\u{e9}\u{1f4c4}x ]{0,200}\\PC{0,60}"
    ) {
        let file = ics(&CalendarEntry { description: text.clone(), ..entry() });
        let lines = lines(&file);
        let values: Vec<&str> =
            lines.iter().filter_map(|line| line.strip_prefix("DESCRIPTION:")).collect();
        let printable: String =
            text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        prop_assert_eq!(values.len(), 3, "the event's and its alarms'");
        prop_assert_eq!(unescaped(values[0]), printable);
        prop_assert_eq!(lines.iter().filter(|line| line.starts_with("BEGIN:")).count(), 4);
    }
}
