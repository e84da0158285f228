//! What the desk sees of who comes in, and what a clerk corrects.

use antrian_tests::app::DATE;
use antrian_tests::desk::Desk;
use antrian_tests::{Answer, Person, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::steps::{reach, wrong_fields};

const MORNING: &str = "2026-12-02T00:30:00Z";

/// Adds a person to an account that has none.
async fn add(app: &TestApp, person: &Person, name: &str, nik: &str, category: &str) -> Answer {
    let birth = if category == "elderly" { "1950-01-01" } else { "1990-01-01" };
    let body = json!({"name": name, "nik": nik, "birth_date": birth,
        "ktp_regency": "Kota Makassar", "category": category});
    person.post(app, "/v1/me/applicants", body).await
}

/// People with bookings who are at the office, by their codes.
async fn arrived(app: &TestApp, people: &[(&str, &str, &str)]) -> Vec<String> {
    let mut codes = vec![];
    for (number, (name, nik, category)) in people.iter().enumerate() {
        let person = Person::register_only(app, u32::try_from(number).unwrap()).await;
        assert_eq!(add(app, &person, name, nik, category).await.status, 201);
        codes.push(person.book(app, DATE, "09:00").await.text("code"));
    }
    reach(app, MORNING);
    codes
}

fn codes_of(warnings: &Value) -> Vec<&str> {
    let all = warnings.as_array().unwrap();
    all.iter().map(|warning| warning["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_category_that_the_age_does_not_allow_is_refused() {
    let app = TestApp::start().await;
    let person = Person::register_only(&app, 1).await;
    let body = |birth: &str, category: &str| {
        json!({"name": "Budi Contoh", "nik": "9971010101909001", "birth_date": birth,
            "ktp_regency": "Kota Makassar", "category": category})
    };
    for (birth, category) in [("2000-01-01", "elderly"), ("2015-01-01", "toddler")] {
        let refused = person.post(&app, "/v1/me/applicants", body(birth, category)).await;
        assert_eq!(wrong_fields(&refused), ["category"], "{category}");
    }
    let added = person.post(&app, "/v1/me/applicants", body("1966-11-30", "elderly")).await;
    assert_eq!(added.status, 201, "sixty today: {added:?}");
}

#[tokio::test]
async fn the_desk_sees_the_category_and_corrects_it() {
    let app = TestApp::start().await;
    let people = [
        ("Ani Contoh", "9971010101909001", "general"),
        ("Budi Contoh", "9971010101909002", "pregnant"),
    ];
    let codes = arrived(&app, &people).await;
    let desk = Desk::sign_in(&app).await;
    assert_eq!(desk.scan(&app, &codes[0]).await.body["priority"], false);
    let second = desk.scan(&app, &codes[1]).await;
    assert_eq!(second.body["applicant"]["category"], "pregnant", "{second:?}");
    assert_eq!((&second.body["priority"], &second.body["people_ahead"]), (&json!(true), &json!(0)));

    let path = format!("/v1/check-ins/{}/priority", codes[1]);
    let corrected = desk.post(&app, &path, json!({"priority": false})).await;
    assert_eq!((corrected.status, &corrected.body["priority"]), (200, &json!(false)));
    assert_eq!(corrected.text("queue_number"), "A-002", "the number stays");
    let again = desk.post(&app, &path, json!({"priority": false})).await;
    assert_eq!(again.body, corrected.body);
    let called = desk.call(&app, "1").await;
    assert_eq!(called.text("queue_number"), "A-001", "and goes to its place: {called:?}");
    let refused = app.call(Method::POST, &path, None, Some(json!({"priority": true}))).await;
    assert_eq!(refused.status, 401);
    app.assert_audit_agrees().await;
}

#[tokio::test]
async fn somebody_who_was_forgotten_goes_first_once_a_clerk_has_seen_them() {
    let app = TestApp::start().await;
    let people = [
        ("Ani Contoh", "9971010101909001", "general"),
        ("Budi Contoh", "9971010101909002", "general"),
    ];
    let codes = arrived(&app, &people).await;
    let desk = Desk::sign_in(&app).await;
    let path = format!("/v1/check-ins/{}/priority", codes[1]);
    let early = desk.post(&app, &path, json!({"priority": true})).await;
    assert_eq!(early.code(), "not_checked_in", "{early:?}");
    for code in &codes {
        assert_eq!(desk.scan(&app, code).await.status, 200);
    }
    assert_eq!(desk.post(&app, &path, json!({"priority": true})).await.status, 200);
    assert_eq!(desk.call(&app, "1").await.text("queue_number"), "A-002");
}

#[tokio::test]
async fn two_bookings_of_probably_one_person_are_told_to_the_desk_and_both_are_kept() {
    let app = TestApp::with_quota(8).await;
    let people = [
        ("Ani Contoh", "9971010101909001", "general"),
        ("Budi Contoh", "9971010101909002", "general"),
        ("ANI CONTOH", "9971010101909003", "general"),
    ];
    let codes = arrived(&app, &people).await;
    let desk = Desk::sign_in(&app).await;
    for code in &codes[..2] {
        let scanned = desk.scan(&app, code).await;
        assert!(!codes_of(&scanned.body["warnings"]).contains(&"look_alike"), "{scanned:?}");
    }
    let third = desk.scan(&app, &codes[2]).await;
    assert_eq!((third.status, third.text("queue_number")), (200, "A-003".to_owned()));
    let warnings = &third.body["warnings"];
    assert!(codes_of(warnings).contains(&"look_alike"), "{third:?}");
    assert!(warnings.to_string().contains("A-001"), "{warnings}");
    let again = desk.scan(&app, &codes[0]).await;
    assert!(again.body["warnings"].to_string().contains("A-003"), "seen from the first, too");
}

#[tokio::test]
async fn a_nik_that_nobody_can_have_is_told_to_the_person_and_to_the_desk() {
    let app = TestApp::start().await;
    let person = Person::register_only(&app, 1).await;
    let added = add(&app, &person, "Ani Contoh", "9971013102909001", "general").await;
    assert_eq!(added.status, 201, "31 February: {added:?}");
    assert!(codes_of(&added.body["warnings"]).contains(&"nik_unlikely"), "{added:?}");
    let code = person.book(&app, DATE, "09:00").await.text("code");
    reach(&app, MORNING);
    let scanned = Desk::sign_in(&app).await.scan(&app, &code).await;
    assert!(codes_of(&scanned.body["warnings"]).contains(&"nik_unlikely"), "{scanned:?}");
}

#[tokio::test]
async fn the_same_person_is_one_person_of_the_account_with_and_without_a_nik() {
    let app = TestApp::start().await;
    let begun = Person::register_only(&app, 1).await;
    app.post("/local/whatsapp", json!({"from": begun.phone, "text":
        "Nama: Budi Contoh\nTanggal lahir: 01-01-1990\nKabupaten: Kota Makassar\nTanggal: 02-12-2026"}))
        .await;
    app.listen().await;
    let people = begun.get(&app, "/v1/me/applicants").await;
    let list = people.body["applicants"].as_array().unwrap();
    assert_eq!((list.len(), &list[0]["nik"]), (1, &Value::Null), "{people:?}");
    let added = add(&app, &begun, "BUDI contoh", "9971010101909001", "general").await;
    assert_eq!((added.status, added.text("id")), (201, "p1".to_owned()), "{added:?}");
    let refused = begun.hold(&app, "2026-12-03", "09:00").await;
    assert_eq!(refused.code(), "already_booked", "the booking of the chat is the person's");
}
