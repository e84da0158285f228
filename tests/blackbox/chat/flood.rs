//! A number that writes without end is answered only so often; what it changes still counts.

use antrian::domain::booking::Status;
use antrian_local::simulator::SentMessage;
use antrian_tests::app::DATE;
use antrian_tests::person::nik;
use antrian_tests::phone::Phone;
use antrian_tests::{Setup, TestApp, offices};
use serde_json::{Value, json};

use super::{NUMBER, WISH, code_in};

/// Answers that a number gets within an hour in these tests: fewer than the provider lets a person have at
/// once.
const LIMIT: usize = 10;

async fn start() -> TestApp {
    let settings = [("ANTRIAN_ANSWERS_PER_HOUR".to_owned(), LIMIT.to_string())].into();
    let offices = vec![offices::office(8)];
    TestApp::start_with(Setup { offices, settings, ..Setup::default() }).await
}

/// Asks for the menu so often; the answers.
async fn flood(phone: &mut Phone<'_>, times: usize) -> Vec<SentMessage> {
    let mut answers = Vec::new();
    for _ in 0..times {
        answers.extend(phone.say("MENU").await);
    }
    answers
}

fn tap(id: &str) -> Value {
    let reply = json!({"id": id, "title": "x"});
    json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_answered_so_often_then_told_once_then_not_until_the_hour_is_over() {
    let app = start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let answers = flood(&mut phone, LIMIT + 20).await;
    assert_eq!(answers.len(), LIMIT + 1);
    let (menus, notice) = answers.split_at(LIMIT);
    assert!(menus.iter().all(|answer| answer.text.contains("Selamat datang")));
    let text = &notice[0].text;
    assert!(text.contains("10 jawaban") && text.contains("menit"), "{text}");
    assert_eq!(app.records_of("answer_withheld").len(), 19);
    assert_eq!(app.stack.inbox.drain().await.unwrap(), 0, "all of it is dealt with");

    let mut other = Phone::new(&app, "6280000000102");
    assert_eq!(flood(&mut other, 1).await.len(), 1, "nobody else is concerned");
    app.advance(3_600);
    assert_eq!(flood(&mut phone, 1).await.len(), 1, "an hour after the first answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gets_no_more_answers_still_books_confirms_and_gets_the_ticket() {
    let app = start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let first = code_in(&phone.say(WISH).await);
    flood(&mut phone, LIMIT + 5).await;
    assert!(phone.say("JADWAL").await.is_empty(), "no answer");

    // By a button, and by the code.
    let confirmed = phone.deliver(tap(&format!("confirm:{}", first.replace('-', "")))).await;
    assert!(confirmed[0].picture.is_some() && confirmed[0].text.contains(&first));
    let wish = format!("#Siti Contoh#{}#{DATE}", nik(7));
    let second = code_in(&phone.say(&wish).await);
    assert!(phone.say(&second).await[0].picture.is_some());
    let store = app.stack.app.ledger.store();
    let booking = store.booking(first.parse().unwrap()).await.unwrap().unwrap();

    assert!(phone.say("STOP").await.is_empty());
    assert!(store.service_window(&booking.account).await.unwrap().reminders_off, "it counts");

    phone.deliver(tap(&format!("cancel-surely:{}", second.replace('-', "")))).await;
    let cancelled = store.booking(second.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(cancelled.status, Status::Cancelled);
    let begun = crate::registration::begin(&app).await;
    assert_eq!(phone.say(begun["code"].as_str().unwrap()).await.len(), 1, "it is asked about");
    let number = begun["match_number"].as_str().unwrap();
    assert_eq!(phone.say(number).await.len(), 1, "it is verified");
    assert_eq!(crate::registration::exchange(&app, &begun).await.status, 200);
    app.assert_audit_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_are_sent_again_beyond_the_limit_but_not_for_ever() {
    let app = start().await;
    let mut phone = Phone::new(&app, NUMBER);
    let code = code_in(&phone.say(WISH).await);
    phone.say(&code).await;
    let ticket = tap(&format!("ticket:{}", code.replace('-', "")));
    let mut sent = 0;
    for _ in 0..2 * LIMIT + 10 {
        sent += phone.deliver(ticket.clone()).await.iter().filter(|m| m.picture.is_some()).count();
    }
    assert_eq!(sent, 2 * LIMIT);
}

/// Somebody of the family, from the menu to the confirmation; every step is answered.
async fn book(phone: &mut Phone<'_>, number: u32) -> usize {
    let mut answers = Vec::new();
    answers.push(phone.say("halo").await);
    answers.push(phone.tap("Buat janji").await);
    if number > 1 {
        answers.push(phone.tap("Orang lain").await);
    }
    let details = format!("Siti Contoh, {}, Kota Makassar", nik(number));
    answers.push(phone.say(&details).await);
    answers.push(phone.tap("Rab, 2 Des").await);
    answers.push(phone.tap("10.00").await);
    answers.push(phone.tap("Konfirmasi").await);
    assert!(answers.iter().all(|answer| answer.len() == 1), "{}", phone.chat);
    answers.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_of_five_on_one_phone_books_everything_untouched() {
    let app = TestApp::with_quota(8).await;
    let mut phone = Phone::new(&app, NUMBER);
    let mut answers = 0;
    for number in 1..=5 {
        answers += book(&mut phone, number).await;
    }
    assert_eq!(app.seats_free(DATE, "10:00").await, Some(3));
    // By default 60 an hour: nearly as much again for mistypings, looking and moving.
    assert!(answers <= 36, "{answers}");
    assert_eq!(app.records_of("answer_withheld").len(), 0);
}
