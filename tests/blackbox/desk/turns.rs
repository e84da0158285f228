//! Almost one's turn: whoever asks for it is told once, when three are called before them.

use antrian_local::simulator::SentMessage;
use antrian_tests::desk::Desk;
use antrian_tests::phone::Phone;
use antrian_tests::{Person, TestApp};
use serde_json::json;

use super::{MORNING, hall};
use crate::pages::books;
use crate::steps::reach;

fn words(sent: &[SentMessage]) -> String {
    sent.iter().map(|kept| &*kept.text).collect::<Vec<_>>().join("\n---\n")
}

#[tokio::test]
async fn who_asks_for_it_is_told_once_when_three_are_before_them() {
    let (app, desk, _, people) = hall(6).await;
    let mut last = Phone::new(&app, &people[5].phone);
    let asked = words(&last.say("kabari").await);
    assert!(asked.contains("Nomor *A-006*") && asked.contains("5 orang lagi"), "{asked}");
    let again = words(&last.say("Kabari saya ya kak").await);
    assert!(again.contains("5 orang lagi"), "{again}");
    let mut second = Phone::new(&app, &people[1].phone);
    let near = words(&second.say("kabari").await);
    assert!(near.contains("Nomor *A-002*") && near.contains("sudah dekat"), "{near}");

    desk.call(&app, "1").await;
    assert!(last.read().await.is_empty(), "four are before them");
    desk.call(&app, "2").await;
    let told = words(&last.read().await);
    assert!(told.contains("*Giliran Anda sudah dekat: nomor A-006.*"), "{told}");
    desk.call(&app, "3").await;
    assert!(last.read().await.is_empty(), "once");
    assert!(second.read().await.is_empty(), "nobody else");
    let near = words(&last.say("KABARI").await);
    assert!(near.contains("sudah dekat"), "{near}");
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_that_call_at_once_tell_it_once() {
    let (app, desk, _, people) = hall(7).await;
    let mut last = Phone::new(&app, &people[6].phone);
    last.say("kabari").await;
    let calls = ["1", "2", "3", "4"].map(|counter| desk.call(&app, counter));
    let called = futures_util::future::join_all(calls).await;
    assert!(called.iter().all(|call| call.status == 200), "{called:?}");
    let next = desk.call(&app, "5").await;
    assert_eq!(next.status, 200);
    let told = last.read().await;
    assert_eq!(told.len(), 1, "{}", words(&told));
}

#[tokio::test]
async fn who_is_in_no_line_is_told_how_it_goes() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 1).await;
    let mut phone = Phone::new(&app, &person.phone);
    let told = words(&phone.say("kabari kalau giliran saya").await);
    assert!(told.contains("belum ada dalam antrean"), "{told}");
    person.book(&app, antrian_tests::app::DATE, "09:00").await;
    phone.read().await;
    let told = words(&phone.say("kabarin ya").await);
    assert!(told.contains("belum ada dalam antrean"), "not scanned: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_leads_there_and_knows_the_line_of_who_returns_on_another_day() {
    let app = TestApp::with_quota(8).await;
    let (mut browser, code) = books(&app, 1, "09:00").await;
    let line = format!("/tiket/{code}/antrean");
    for number in 2..=5 {
        Person::register(&app, number).await.book(&app, antrian_tests::app::DATE, "09:00").await;
    }
    reach(&app, MORNING);
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &code).await.status, 200);
    let near = browser.get(&line).await;
    assert!(near.html.contains("A-001") && !near.html.contains("text=KABARI"), "{near:?}");
    let friday =
        json!({"decision": "incomplete", "missing": ["kk"], "deadline": "2026-12-04T07:00:00Z"});
    assert_eq!(desk.documents(&app, &code, friday).await.status, 200);
    let ticket = browser.get(&format!("/tiket/{code}")).await;
    assert!(ticket.html.contains("kursi kami simpan untuk Anda"), "{ticket:?}");

    reach(&app, "2026-12-04T00:31:00Z");
    let desk = Desk::sign_in(&app).await;
    for number in 11..=14 {
        let walk_in = json!({"name": format!("Contoh {number}"), "nik": format!("99710101019090{number}"),
            "birth_date": "1990-01-01", "ktp_regency": "Kota Makassar", "service": "passport_new"});
        assert_eq!(desk.post(&app, "/v1/offices/uji/walk-ins", walk_in).await.status, 201);
    }
    assert_eq!(desk.documents(&app, &code, json!({"decision": "complete"})).await.status, 200);
    let far = browser.get(&line).await;
    assert!(far.html.contains("A-005") && far.html.contains("text=KABARI"), "{far:?}");
}
