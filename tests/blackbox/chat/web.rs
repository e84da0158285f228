//! The same person in the chat and on the web: the same bookings, the same guards.

use antrian_tests::app::DATE;
use antrian_tests::phone::Phone;
use antrian_tests::{Person, TestApp};
use serde_json::json;

use super::{WISH, code_in};
use crate::registration::{begin, exchange};

/// Signs a phone in to the web by its registration code.
async fn sign_in(app: &TestApp, phone: &mut Phone<'_>, number: &str) -> Person {
    let begun = begin(app).await;
    let answers = phone.say(begun["code"].as_str().unwrap()).await;
    assert_eq!(answers.len(), 1, "{answers:?}");
    let answers = phone.tap(begun["match_number"].as_str().unwrap()).await;
    assert_eq!(answers.len(), 1, "{answers:?}");
    Person { token: exchange(app, &begun).await.text("token"), phone: number.to_owned() }
}

#[tokio::test]
async fn who_began_in_the_chat_goes_on_on_the_web() {
    let app = TestApp::start().await;
    let number = "6280000000103";
    let mut phone = Phone::new(&app, number);
    let code = code_in(&phone.say(WISH).await).replace('-', "");
    let person = sign_in(&app, &mut phone, number).await;
    let booking = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!((booking.status, booking.text("status")), (200, "held".to_owned()));
    let confirmed = person.act(&app, &code, "confirm").await;
    assert_eq!(confirmed.status, 200);
    let told = phone.read().await;
    assert_eq!(told.len(), 1, "the ticket comes to the chat");
    let other = json!({"applicant_id": "p1", "office": "uji", "service": "passport_new"});
    assert_eq!(person.post(&app, "/v1/bookings", other).await.code(), "already_booked");
}

#[tokio::test]
async fn who_began_on_the_web_goes_on_in_the_chat() {
    let app = TestApp::start().await;
    let person = Person::register(&app, 7).await;
    app.drain().await;
    let mut phone = Phone::new(&app, &person.phone);
    let held = person.hold(&app, DATE, "09:00").await;
    let told = phone.read().await;
    assert_eq!(code_in(&told).replace('-', ""), held.text("code"));
    phone.tap("Konfirmasi").await;
    let code = held.text("code");
    let booking = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(booking.text("status"), "confirmed");
    phone.say("batal").await;
    phone.tap("Ya, batalkan").await;
    let booking = person.get(&app, &format!("/v1/bookings/{code}")).await;
    assert_eq!(booking.text("status"), "cancelled");
}

#[tokio::test]
async fn a_registration_code_that_is_none_is_told_so() {
    let app = TestApp::start().await;
    let mut phone = Phone::new(&app, "6280000000104");
    let answer = phone.say("DAFTAR 7KQ4MM2X").await;
    assert!(answer[0].text.contains("tidak dikenal"), "{}", answer[0].text);
}
