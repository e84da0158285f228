//! Tickets as pictures and calendar entries.

use std::io::Cursor;

use antrian_tests::app::DATE;
use antrian_tests::{Person, TestApp};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::steps::read_qr;

struct File {
    status: u16,
    kind: String,
    cache: String,
    bytes: Vec<u8>,
}

async fn file(app: &TestApp, person: &Person, code: &str, kind: &str) -> File {
    let url = format!("{}/v1/bookings/{code}/ticket.{kind}", app.stack.base_url);
    let answer = app.http.get(url).bearer_auth(&person.token).send().await.unwrap();
    let header = |name| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
    let (kind, cache) = (header(CONTENT_TYPE), header(CACHE_CONTROL));
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.unwrap().to_vec();
    File { status, kind: kind.unwrap_or_default(), cache: cache.unwrap_or_default(), bytes }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_has_three_forms_once_confirmed_and_no_cache_keeps_them() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.hold(&app, DATE, "09:00").await.text("code");
    for kind in ["svg", "png", "ics"] {
        let early = file(&app, &person, &code, kind).await;
        assert_eq!((early.status, early.kind.as_str()), (409, "application/problem+json"));
        assert!(String::from_utf8(early.bytes).unwrap().contains("not_confirmed"));
    }
    let confirmed = person.act(&app, &code, "confirm").await;
    let kinds = [("svg", "image/svg+xml"), ("png", "image/png"), ("ics", "text/calendar")];
    for (kind, content_type) in kinds {
        assert_eq!(confirmed.body["links"][kind], format!("/v1/bookings/{code}/ticket.{kind}"));
        let found = file(&app, &person, &code, kind).await;
        assert_eq!(found.status, 200, "{kind}");
        assert!(found.kind.starts_with(content_type), "{}", found.kind);
        assert!(found.cache.contains("no-store"), "{}", found.cache);
    }
    person.act(&app, &code, "cancel").await;
    assert_eq!(file(&app, &person, &code, "png").await.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_reads_as_the_ticket_also_scaled_and_compressed() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let confirmed = person.book(&app, DATE, "09:00").await;
    let ticket = confirmed.text("ticket");
    let png = file(&app, &person, &confirmed.text("code"), "png").await.bytes;
    let picture = image::load_from_memory(&png).unwrap().to_luma8();
    assert_eq!(read_qr(&picture).as_ref(), Some(&ticket));
    for percent in [60, 250] {
        let (width, height) = (picture.width() * percent / 100, picture.height() * percent / 100);
        let scaled = resize(&picture, width, height, FilterType::Triangle);
        assert_eq!(read_qr(&scaled).as_ref(), Some(&ticket), "{percent} %");
    }
    let mut jpeg = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut jpeg, 40).encode_image(&picture).unwrap();
    let compressed = image::load_from_memory(jpeg.get_ref()).unwrap().to_luma8();
    assert_eq!(read_qr(&compressed), Some(ticket));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_entry_has_the_visit_in_utc() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let bytes = file(&app, &person, &code, "ics").await.bytes;
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[lines.len() - 1]), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    for line in ["VERSION:2.0", "BEGIN:VEVENT", "DTSTART:20261202T010000Z", "END:VEVENT"] {
        assert!(lines.contains(&line), "{line} in {text}");
    }
    assert!(text.contains(&format!("UID:{code}@antrian")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owners_picture_says_for_whom_it_is() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let code = person.book(&app, DATE, "09:00").await.text("code");
    let before = file(&app, &person, &code, "png").await.bytes;
    assert_eq!(file(&app, &person, &code, "png").await.bytes, before, "it is the same each time");
    let named = serde_json::json!({"name": "Budi Lain"});
    let path = "/v1/me/applicants/p1";
    let corrected = app.call(reqwest::Method::PATCH, path, Some(&person.token), Some(named)).await;
    assert_eq!(corrected.status, 200, "{corrected:?}");
    let after = file(&app, &person, &code, "png").await.bytes;
    assert!(after != before, "another name is on it");
    let picture = image::load_from_memory(&after).unwrap().to_luma8();
    assert!(read_qr(&picture).is_some(), "and its code is read");
}
