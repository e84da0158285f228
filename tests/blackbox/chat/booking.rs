//! From the first word to the queue number.

use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;
use antrian_tests::{Person, TestApp};
use reqwest::Method;
use serde_json::json;

use super::{NUMBER, WISH, assert_chat, code_in, titles};
use crate::steps::read_qr;

/// What the office's scanner answers to the QR in a picture.
async fn scan(app: &TestApp, png: &[u8]) -> antrian_tests::Answer {
    let ticket = read_qr(&image::load_from_memory(png).unwrap().to_luma8()).unwrap();
    let staff = app.staff("uji", &["desk"]).await;
    app.call(Method::POST, "/v1/check-ins", Some(&staff), Some(json!({"ticket": ticket}))).await
}

#[tokio::test]
async fn the_old_one_liner_leads_to_a_queue_number() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let held = phone.say(WISH).await;
    assert_eq!(held.len(), 1, "one message is answered by one");
    let code = code_in(&held);
    let confirmed = phone.say(&code.to_lowercase().replace('-', " ")).await;
    let png = confirmed[0].picture.as_ref().unwrap();
    let caption = &confirmed[0].text;
    assert!(caption.contains(&code), "{caption}");
    app.advance_to("2026-12-02T00:30:00Z");
    app.tick().await;
    phone.read().await;
    let scanned = scan(&app, png).await;
    assert_eq!(scanned.status, 200, "{scanned:?}");
    assert_eq!(scanned.body["queue_number"], "A-001");
    assert_eq!(
        scanned.body["applicant"],
        json!({"name": "Budi Contoh", "identity": "nik", "category": "general"})
    );
    assert_chat("one_liner", &phone);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn the_menu_leads_to_a_confirmed_booking_by_taps() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("halo").await;
    phone.tap("Buat janji").await;
    phone.say("Siti Contoh, 9971014501909001, Kota Makassar").await;
    phone.tap("Rab, 2 Des").await;
    phone.tap("10.00").await;
    phone.tap("Konfirmasi").await;
    assert_chat("guided", &phone);
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(1));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn everything_can_be_typed_instead_of_tapped() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say("MENU").await;
    phone.say("1").await;
    phone.say("Siti Contoh / 9971014501909001").await;
    phone.say("2 desember").await;
    phone.say("jam 10").await;
    phone.say("ya").await;
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(1));
    assert_chat("typed", &phone);
}

#[tokio::test]
async fn a_full_date_is_answered_with_free_ones_to_tap() {
    let app = TestApp::with_quota(1).await;
    for (number, slot) in [(1, "09:00"), (2, "10:00")] {
        Person::register(&app, number).await.book(&app, DATE, slot).await;
    }
    let mut phone = Phone::new(&app, NUMBER);
    let full = phone.say(WISH).await;
    assert_eq!(full.len(), 1);
    phone.tap("Kam, 3 Des 2026 09.00").await;
    phone.tap("Konfirmasi").await;
    assert_chat("full_date", &phone);
    assert_eq!(app.seats_free("2026-12-03", "09:00").await, Some(0));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_person_without_a_nik_is_marked_for_the_desk() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let held = phone.say("#Budi Contoh#01-01-1990#02-12-2026").await;
    let confirmed = phone.say(&code_in(&held)).await;
    let png = confirmed[0].picture.as_ref().unwrap();
    app.advance_to("2026-12-02T00:30:00Z");
    let scanned = scan(&app, png).await;
    assert_eq!(
        scanned.body["applicant"],
        json!({"name": "Budi Contoh", "identity": "weak", "category": "general"})
    );
    let warnings = scanned.body["warnings"].to_string();
    assert!(warnings.contains("nik_missing"), "{warnings}");
    assert_chat("weak_identity", &phone);
}

#[tokio::test]
async fn several_people_of_one_number_have_a_booking_each() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    phone.tap("Konfirmasi").await;
    phone.say("#Siti Contoh#9971014501909001#02-12-2026").await;
    phone.tap("Konfirmasi").await;
    let again = phone.say(WISH).await;
    assert!(again[0].text.contains("sudah memiliki jadwal"), "{}", again[0].text);
    phone.say("jadwal").await;
    assert_chat("several_people", &phone);
    phone.say("BOOKING").await;
    let people = titles(&phone.say("menu").await);
    assert_eq!(people.len(), 3, "the menu");
    let people = titles(&phone.tap("Buat janji").await);
    assert_eq!(people, ["Budi Contoh", "Siti Contoh", "Orang lain"]);
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 2);
}
