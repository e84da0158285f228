//! Showing, moving and cancelling.

use antrian_tests::TestApp;
use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;

use super::{NUMBER, WISH, assert_chat, code_in};

#[tokio::test]
async fn a_booking_is_shown_moved_and_cancelled() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    phone.tap("Konfirmasi").await;
    phone.say("JADWAL").await;
    phone.tap("Pindah").await;
    phone.tap("Jum, 4 Des").await;
    phone.tap("09.00").await;
    phone.say("batal").await;
    phone.tap("Tidak jadi").await;
    phone.say("#batal").await;
    phone.tap("Ya, batalkan").await;
    phone.say("jadwal").await;
    assert_chat("show_move_cancel", &phone);
    app.advance(61);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
    assert_eq!(app.seats_free("2026-12-04", "09:00").await, Some(2));
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn what_can_be_done_with_a_booking_can_be_typed_by_its_number() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    phone.say(WISH).await;
    phone.tap("Konfirmasi").await;
    phone.say("JADWAL").await;
    let ticket = phone.say("1").await;
    assert!(ticket[0].picture.is_some(), "{}", ticket[0].text);
    phone.say("JADWAL").await;
    let asked = phone.say("2").await;
    assert!(asked[0].text.contains("Tanggal berapa"), "{}", asked[0].text);
}

#[tokio::test]
async fn a_hold_is_given_back_by_a_word_that_is_meant() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = code_in(&phone.say(WISH).await);
    let asked = phone.say("BATAL").await;
    assert!(asked[0].text.contains("Batalkan jadwal ini?"), "{}", asked[0].text);
    let kept = phone.say("ga jadi").await;
    assert!(kept[0].text.contains("tidak ada yang diubah"), "{}", kept[0].text);
    let asked = phone.say(&format!("batal {code}")).await;
    assert!(asked[0].text.contains("Batalkan jadwal ini?"), "{}", asked[0].text);
    phone.say("ya").await;
    app.advance(61);
    assert_eq!(app.seats_free(DATE, "09:00").await, Some(2));
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 0);
}

#[tokio::test]
async fn more_time_is_given_by_two_words_as_far_as_the_office_lets_it() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = code_in(&phone.say(WISH).await);
    let first = phone.say("Tambah waktu dong").await;
    assert!(first[0].text.contains("sampai *pukul 08.18 WITA*"), "{}", first[0].text);
    phone.say("jadwal saya").await;
    let more = phone.say("tambah waktu").await;
    assert!(more[0].text.contains("sampai *pukul 08.21 WITA*"), "not in answer: {}", more[0].text);
    for _ in 0..8 {
        phone.say("tambah waktu").await;
    }
    let refused = phone.say("tambah waktu").await;
    assert!(refused[0].text.contains("tidak bisa disimpan lebih lama"), "{}", refused[0].text);
    app.advance(44 * 60);
    let confirmed = phone.say(&code).await;
    assert!(confirmed[0].text.contains("sudah terkonfirmasi"), "{}", confirmed[0].text);
    let shown = phone.say("more time").await;
    assert!(shown[0].text.contains(&code), "it needs none: {}", shown[0].text);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn a_code_after_its_time_is_told_so() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = code_in(&phone.say(WISH).await);
    app.advance(15 * 60);
    phone.say(&code).await;
    assert_chat("late_code", &phone);
}

#[tokio::test]
async fn a_confirmed_code_brings_its_ticket_again() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = code_in(&phone.say(WISH).await);
    let first = phone.say(&code).await;
    let second = phone.say(&code).await;
    assert_eq!((first.len(), &first[0].text), (1, &second[0].text));
    assert!(second[0].picture.is_some());
}

#[tokio::test]
async fn somebody_elses_code_reveals_nothing() {
    let app = TestApp::start().await;
    let mut owner = Phone::new(&app, NUMBER);
    let code = code_in(&owner.say(WISH).await);
    let mut other = Phone::new(&app, "6280000000102");
    let nobodys = "0000000000".to_owned();
    let mut answers = Vec::new();
    for code in [&code, &nobodys] {
        for text in [code.clone(), format!("BATAL {code}"), format!("PINDAH {code}")] {
            let answer = other.say(&text).await;
            answers.push(answer.into_iter().map(|kept| kept.text).collect::<Vec<_>>());
        }
    }
    assert_eq!(answers[..3], answers[3..], "as if it were nobody's");
    assert!(answers[0][0].contains("tidak ada pada nomor ini"));
    assert_eq!(app.assert_audit_agrees().await.live_bookings, 1);
}
